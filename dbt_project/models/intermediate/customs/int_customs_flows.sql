-- Measures by the city's customs offices, detained lots once however many rights they touch, articles and value of whole lots;
-- and lots of any office in the country that touch a right holder of the city, in the town of the first such holder.
with lots as (
    select * from {{ ref('int_customs_lots_deduplicated') }}
),

places as (
    select * from {{ ref('int_places_dated') }}
),

events as (
    select
        'customs_measure_count' as indicator_code,
        measure_date as event_date,
        'unassigned' as place_code,
        customs_office,
        channel,
        cast(1 as decimal(24, 6)) as quantity
    from lots
    where is_city_office
    union all
    select
        'customs_detention_lot_count' as indicator_code,
        detention_date as event_date,
        'unassigned' as place_code,
        customs_office,
        channel,
        cast(1 as decimal(24, 6)) as quantity
    from lots
    where is_city_office and is_detained
    union all
    select
        'customs_detention_article_count' as indicator_code,
        detention_date as event_date,
        'unassigned' as place_code,
        customs_office,
        channel,
        cast(article_count as decimal(24, 6)) as quantity
    from lots
    where is_city_office and is_detained
    union all
    select
        'customs_detention_value_cny_10k' as indicator_code,
        detention_date as event_date,
        'unassigned' as place_code,
        customs_office,
        channel,
        cast(value_cny_10k as decimal(24, 6)) as quantity
    from lots
    where is_city_office and is_detained
    union all
    select
        'customs_detention_lot_by_holder_domicile_count' as indicator_code,
        detention_date as event_date,
        first_city_place_code as place_code,
        customs_office,
        channel,
        cast(1 as decimal(24, 6)) as quantity
    from lots
    where has_city_right_holder and is_detained
)

select
    events.indicator_code,
    {{ month_start('events.event_date') }} as month_start,
    places.town_code as town_code_then,
    places.current_town_code as town_code_now,
    'ALL' as industry_code,
    'ALL' as applicant_type,
    'customs' as breakdown_type,
    coalesce(events.customs_office, 'unassigned') as breakdown_code,
    'channel' as second_breakdown_type,
    coalesce(events.channel, 'unassigned') as second_breakdown_code,
    cast(sum(coalesce(events.quantity, 0)) as decimal(24, 6)) as quantity
from events
inner join places on {{ town_at('places', 'events.place_code', 'events.event_date') }}
group by 1, 2, 3, 4, 8, 10
