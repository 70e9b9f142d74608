-- Months of the series: from the first month of any calendar (or of this year, where there is none) to the horizon's month.
with numbers as (
    select * from {{ ref('int_numbers') }}
),

feed_months as (
    select * from {{ ref('int_feed_months') }}
),

start as (
    select coalesce(min(first_month), {{ year_start(horizon()) }}) as first_month from feed_months
),

months as (
    select {{ add_months(year_start('start.first_month'), 'numbers.position_number - 1') }} as month_start
    from numbers
    cross join start
)

select
    month_start,
    {{ add_days(add_months('month_start', 1), -1) }} as month_end,
    {{ year_start('month_start') }} as year_start,
    {{ date_part_int('month', 'month_start') }} as month_number
from months
where month_start <= {{ month_start(horizon()) }}
