-- Inventions valid at each year's end as known on that day, with their place (also outside the city), filing date and class.
with intervals as (
    select * from {{ ref('int_patent_right_intervals') }}
    where series = 'published' and patent_kind = 'invention_granted'
),

rights as (
    select * from {{ ref('int_patent_rights') }}
),

patents as (
    select * from {{ ref('int_patents_resolved') }}
),

months as (
    select * from {{ ref('int_months') }}
    where month_number = 12
),

places as (
    select * from {{ ref('int_places_dated') }}
)

select
    months.year_start as period_start,
    months.month_end as period_end,
    intervals.record_key,
    intervals.place_code,
    places.town_code as town_code_then,
    places.current_town_code as town_code_now,
    rights.filing_date,
    coalesce(patents.class_scheme, '') as class_scheme,
    coalesce(patents.main_class, '') as main_class
from intervals
inner join months
    on
        intervals.valid_from <= months.month_end
        and (intervals.valid_to is null or intervals.valid_to > months.month_end)
inner join rights on intervals.record_key = rights.record_key
inner join patents on intervals.record_key = patents.record_key
inner join places on {{ town_at('places', 'intervals.place_code', 'months.month_end') }}
