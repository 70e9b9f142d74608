-- Applications and registrations of the city in class lines (a mark in n classes is n), by day; international registrations apart.
with trademarks as (
    select * from {{ ref('int_trademarks_located') }}
),

places as (
    select * from {{ ref('int_places_dated') }}
),

events as (
    select
        'trademark_application_count' as indicator_code,
        nice_class,
        place_code,
        filing_date as event_date
    from trademarks
    where is_latest and is_in_city and not is_madrid and filing_date is not null
    union all
    select
        'trademark_registration_count' as indicator_code,
        nice_class,
        place_code,
        registration_date as event_date
    from trademarks
    where is_latest and is_in_city and not is_madrid and registration_date is not null
)

select
    events.indicator_code,
    events.event_date,
    places.town_code as town_code_then,
    places.current_town_code as town_code_now,
    events.nice_class,
    cast(count(*) as integer) as class_count
from events
inner join places on {{ town_at('places', 'events.place_code', 'events.event_date') }}
group by 1, 2, 3, 4, 5
