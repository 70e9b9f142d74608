-- One row a lot, whatever the number of rights that it touches; rights are in bridge_customs_rights.
with lots as (
    select * from {{ ref('int_customs_lots_deduplicated') }}
)

select
    record_key,
    lot_number,
    coalesce(customs_office, '未注明') as customs_office,
    coalesce(stage, '未注明') as stage,
    coalesce(channel, '未注明') as channel,
    is_detained,
    measure_date,
    detention_date,
    goods_name,
    coalesce(article_count, 0) as article_count,
    coalesce(value_cny_10k, 0) as value_cny_10k,
    has_city_right_holder,
    known_on
from lots
