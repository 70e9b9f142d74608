-- Coverage of each feed over the windows that indicators speak of: a month, the year to a month, a year, and, for a stock,
-- everything from the calendar's first month to the month's end. One row a feed, window kind and month (a year: its January).
with feed_months as (
    select * from {{ ref('int_feed_months') }}
),

months as (
    select * from {{ ref('int_months') }}
),

feeds as (
    select distinct
        feed,
        first_month,
        calendar_end
    from feed_months
),

windows as (
    select
        'month' as window_kind,
        month_start as period_start,
        month_start as window_start,
        month_end as period_end
    from months
    union all
    select
        'year_to_date' as window_kind,
        month_start as period_start,
        year_start as window_start,
        month_end as period_end
    from months
    union all
    select
        'year' as window_kind,
        year_start as period_start,
        year_start as window_start,
        {{ add_days(add_months('year_start', 12), -1) }} as period_end
    from months
    where month_number = 1
    union all
    select
        'stock' as window_kind,
        month_start as period_start,
        cast(null as date) as window_start,
        month_end as period_end
    from months
),

counted as (
    select
        feeds.feed,
        feeds.calendar_end,
        windows.window_kind,
        windows.period_start,
        windows.period_end,
        sum(coalesce(feed_months.expected_count, 0)) as expected_count,
        sum(coalesce(feed_months.delivered_count, 0)) as delivered_count
    from feeds
    inner join windows on windows.period_end >= feeds.first_month
    left join feed_months
        on
            feeds.feed = feed_months.feed
            and feed_months.month_start <= windows.period_end
            and (windows.window_start is null or feed_months.month_start >= windows.window_start)
    group by feeds.feed, feeds.calendar_end, windows.window_kind, windows.period_start, windows.period_end
)

select
    feed,
    window_kind,
    period_start,
    period_end,
    cast(expected_count as integer) as expected_count,
    cast(delivered_count as integer) as delivered_count,
    -- An issue may fall up to four days before a period's end; a calendar that stops earlier declares nothing.
    (
        expected_count > 0
        and delivered_count = expected_count
        and calendar_end >= {{ add_days('period_end', -4) }}
    ) as is_complete
from counted
