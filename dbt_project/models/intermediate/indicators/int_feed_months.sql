-- Expected and delivered partitions of each feed by the month that they speak of. Delivered = a batch pinned by this build;
-- with as_of, a partition that speaks of days after it does not count as delivered.
with expected_deliveries as (
    select * from {{ source('ops', 'expected_deliveries') }}
),

delivered as (
    select * from {{ ref('stg_ops__pinned_partitions') }}
),

calendar as (
    select
        expected_deliveries.feed,
        expected_deliveries.period_end,
        {{ month_start('expected_deliveries.period_end') }} as month_start,
        delivered.partition_key is not null
        {%- if var('as_of', '') %} and expected_deliveries.period_end <= {{ date_literal(var('as_of')) }}{% endif %} as is_delivered
    from expected_deliveries
    left join delivered
        on
            expected_deliveries.feed = delivered.feed
            and expected_deliveries.partition_key = delivered.partition_key
),

bounds as (
    select
        feed,
        min(month_start) as first_month,
        max(period_end) as calendar_end
    from calendar
    group by feed
)

select
    calendar.feed,
    calendar.month_start,
    bounds.first_month,
    bounds.calendar_end,
    cast(count(*) as integer) as expected_count,
    cast(sum(case when calendar.is_delivered then 1 else 0 end) as integer) as delivered_count
from calendar
inner join bounds on calendar.feed = bounds.feed
group by calendar.feed, calendar.month_start, bounds.first_month, bounds.calendar_end
