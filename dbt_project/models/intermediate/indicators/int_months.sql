-- Months of the series: from the first year of any calendar that an indicator rests on (or of this year, where there is none) to the
-- horizon's month.
with numbers as (
    select * from {{ ref('int_numbers') }}
),

feed_months as (
    select * from {{ ref('int_feed_months') }}
),

-- A yearly register reaches back a year before the series of events that it is compared with: it doesn't begin them.
coverage_feeds as (
    select distinct feed from {{ ref('indicator_coverage_feeds') }}
    where feed <> 'enterprise_register'
),

start as (
    select coalesce(min(feed_months.first_month), {{ year_start(horizon()) }}) as first_month
    from feed_months
    inner join coverage_feeds on feed_months.feed = coverage_feeds.feed
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
