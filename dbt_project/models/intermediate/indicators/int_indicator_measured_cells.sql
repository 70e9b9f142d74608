-- Values that are measured at a year (distinct counts, ratios, stocks of holders) and can't be summed from smaller cells.
with pledge_measures as (
    select * from {{ ref('int_pledge_year_measures') }}
),

honour_stocks as (
    select * from {{ ref('int_honour_year_stocks') }}
),

trademark_stocks as (
    select * from {{ ref('int_trademark_year_stocks') }}
    where mark_group = 'collective_certification'
)

select
    indicator_code,
    'year' as period_type,
    period_start,
    town_basis,
    town_code,
    quantity,
    numerator,
    denominator
from pledge_measures
union all
select
    indicator_code,
    'year' as period_type,
    period_start,
    town_basis,
    town_code,
    quantity,
    cast(null as decimal(24, 6)) as numerator,
    cast(null as decimal(24, 6)) as denominator
from honour_stocks
union all
select
    'trademark_collective_certification_valid_count' as indicator_code,
    'year' as period_type,
    period_start,
    town_basis,
    town_code,
    cast(registration_count as decimal(24, 6)) as quantity,
    cast(null as decimal(24, 6)) as numerator,
    cast(null as decimal(24, 6)) as denominator
from trademark_stocks
