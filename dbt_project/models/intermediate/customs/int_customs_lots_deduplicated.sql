-- One row a lot: its own cells are repeated by the sender for every right, so they are taken once, from the latest report.
with lot_rights as (
    select * from {{ ref('stg_customs__lot_rights') }}
),

rights_located as (
    select * from {{ ref('int_customs_rights_located') }}
),

city_offices as (
    select * from {{ ref('city_customs_offices') }}
),

ranked as (
    select
        *,
        row_number() over (partition by lot_number order by known_on desc, _row_hash) as row_rank
    from lot_rights
),

holders as (
    select
        record_key,
        max(case when is_in_city then 1 else 0 end) = 1 as has_city_right_holder,
        max(case when is_in_city and holder_rank = 1 then place_code end) as first_city_place_code
    from rights_located
    group by record_key
)

select
    ranked.record_key,
    ranked.lot_number,
    ranked.customs_office,
    city_offices.customs_office is not null as is_city_office,
    ranked.stage,
    ranked.channel,
    -- A released lot that carries a detention date was detained; a measure without one was not.
    (ranked.detention_date is not null or ranked.stage in ('扣留', '没收')) as is_detained,
    coalesce(ranked.measure_date, ranked.detention_date, ranked.known_on) as measure_date,
    case
        when ranked.detention_date is not null or ranked.stage in ('扣留', '没收')
            then coalesce(ranked.detention_date, ranked.measure_date, ranked.known_on)
    end as detention_date,
    ranked.goods_name,
    ranked.article_count,
    ranked.value_cny_10k,
    holders.has_city_right_holder,
    holders.first_city_place_code,
    ranked.known_on
from ranked
left join city_offices on ranked.customs_office = city_offices.customs_office
inner join holders on ranked.record_key = holders.record_key
where ranked.row_rank = 1
