-- Stocks of registrations (not class lines) at each year's end: collective and certification marks of the city, once however many classes;
-- and Madrid registrations, once however many classes and countries (not an indicator here: the departments return it).
with spans as (
    select * from {{ ref('int_trademarks_in_force') }}
),

months as (
    select * from {{ ref('int_months') }}
),

places as (
    select * from {{ ref('int_places_dated') }}
),

standing as (
    select distinct
        case when spans.is_madrid then 'madrid' else 'collective_certification' end as mark_group,
        months.year_start as period_start,
        spans.registration_number,
        places.town_code as town_code_then,
        places.current_town_code as town_code_now
    from spans
    inner join months on spans.valid_from <= months.month_end and (spans.valid_to is null or spans.valid_to > months.month_end)
    inner join places on {{ town_at('places', 'spans.place_code', 'months.month_end') }}
    where
        spans.is_in_city
        and months.month_number = 12
        and (spans.is_madrid or spans.mark_type in ('集体', '证明'))
)

select
    mark_group,
    period_start,
    'both' as town_basis,
    '442000' as town_code,
    cast(count(distinct registration_number) as integer) as registration_count
from standing
group by 1, 2
union all
select
    mark_group,
    period_start,
    'then' as town_basis,
    town_code_then as town_code,
    cast(count(distinct registration_number) as integer) as registration_count
from standing
group by 1, 2, 4
union all
select
    mark_group,
    period_start,
    'now' as town_basis,
    town_code_now as town_code,
    cast(count(distinct registration_number) as integer) as registration_count
from standing
group by 1, 2, 4
