-- One row a lot and right, the latest report of each: the sender repeats the lot's own cells for every right that it touches.
with landed as (
    select * from {{ active_rows('customs_lots') }} as active_rows
),

ranked as (
    select
        *,
        {{ copy_rank(['lot_number', 'right_kind', 'right_number']) }} as copy_rank
    from landed
)

select
    {{ hash_key(["'customs_lot'", 'lot_number']) }} as record_key,
    {{ hash_key(['right_kind', 'right_number']) }} as right_key,
    lot_number,
    customs_office,
    measure_date,
    detention_date,
    stage,
    channel,
    goods_name,
    cast(article_count as bigint) as article_count,
    cast(value_cny_10k as decimal(18, 4)) as value_cny_10k,
    right_kind,
    right_number,
    right_holder_name,
    md5(coalesce(right_holder_name, '')) as right_holder_name_hash,
    md5(coalesce(right_holder_address, '')) as right_holder_address_hash,
    _known_on as known_on,
    _batch_id,
    _source_file,
    _source_row,
    _row_hash
from ranked
where copy_rank = 1
