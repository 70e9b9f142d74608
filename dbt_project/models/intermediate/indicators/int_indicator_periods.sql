-- The periods of each indicator that is counted from records, with the coverage of the feeds that it rests on:
-- complete only if every one of its feeds is; the coverage is that of the least covered feed.
with indicators as (
    select * from {{ ref('int_indicators_parsed') }}
),

coverage_feeds as (
    select * from {{ ref('indicator_coverage_feeds') }}
),

feed_periods as (
    select * from {{ ref('int_feed_periods') }}
),

months as (
    select * from {{ ref('int_months') }}
),

feeds_with_calendar as (
    select distinct feed from {{ ref('int_feed_months') }}
),

feeds_seen as (
    select distinct feed from {{ ref('stg_ops__pinned_partitions') }}
),

indicator_feeds as (
    select
        indicators.indicator_code,
        indicators.is_stock
        -- Events add up to a state from the first one on; a snapshot is a state by itself.
        or (indicators.is_state and coverage_feeds.feed in ('cnipa_gazette', 'cnipa_legal_events')) as is_stock,
        indicators.is_state,
        indicators.has_month,
        coverage_feeds.feed,
        feeds_with_calendar.feed is not null as has_calendar,
        feeds_seen.feed is not null as is_seen
    from indicators
    inner join coverage_feeds on indicators.indicator_code = coverage_feeds.indicator_code
    left join feeds_with_calendar on coverage_feeds.feed = feeds_with_calendar.feed
    left join feeds_seen on coverage_feeds.feed = feeds_seen.feed
    where indicators.value_rule not in ('none', 'return')
),

-- A feed without a calendar (honours) can't be late: its periods are all of the series, and no zero is written for it.
all_periods as (
    select
        'month' as period_type,
        month_start as period_start,
        month_start as window_start,
        month_start as coverage_month,
        month_end as period_end
    from months
    union all
    select
        'year_to_date' as period_type,
        month_start as period_start,
        year_start as window_start,
        month_start as coverage_month,
        month_end as period_end
    from months
    union all
    select
        'year' as period_type,
        year_start as period_start,
        year_start as window_start,
        {{ add_months('year_start', 11) }} as coverage_month,
        {{ add_days(add_months('year_start', 12), -1) }} as period_end
    from months
    where month_number = 1
),

wanted as (
    select
        indicator_feeds.indicator_code,
        indicator_feeds.is_stock,
        indicator_feeds.feed,
        indicator_feeds.has_calendar,
        indicator_feeds.is_seen,
        all_periods.period_type,
        all_periods.period_start,
        case when indicator_feeds.is_state then all_periods.period_end else all_periods.window_start end as window_start,
        all_periods.period_end,
        case when indicator_feeds.is_stock then 'stock' else all_periods.period_type end as window_kind,
        case when indicator_feeds.is_stock then all_periods.coverage_month else all_periods.period_start end as coverage_start
    from indicator_feeds
    inner join all_periods
        on
            (indicator_feeds.has_month or all_periods.period_type = 'year')
            and (not indicator_feeds.is_state or all_periods.period_type <> 'year_to_date')
),

covered as (
    select
        wanted.indicator_code,
        wanted.period_type,
        wanted.period_start,
        wanted.window_start,
        wanted.period_end,
        wanted.has_calendar,
        wanted.is_seen,
        feed_periods.expected_count,
        feed_periods.delivered_count,
        coalesce(feed_periods.is_complete, false) as is_complete,
        {{ ratio('feed_periods.delivered_count', 'feed_periods.expected_count', 4, times=100) }} as coverage_pct
    from wanted
    left join feed_periods
        on
            wanted.feed = feed_periods.feed
            and wanted.window_kind = feed_periods.window_kind
            and wanted.coverage_start = feed_periods.period_start
)

select
    indicator_code,
    period_type,
    period_start,
    window_start,
    period_end,
    cast(min(coverage_pct) as decimal(7, 4)) as coverage_pct,
    cast(sum(coalesce(expected_count, 0)) as integer) as expected_count,
    cast(sum(coalesce(delivered_count, 0)) as integer) as delivered_count,
    min(case when has_calendar then 1 else 0 end) = 1 as has_calendar,
    min(case when is_seen then 1 else 0 end) = 1 as is_seen,
    min(case when is_complete then 1 else 0 end) = 1 as is_complete
from covered
group by indicator_code, period_type, period_start, window_start, period_end
-- Before its feeds' calendars begin nothing is said about a period.
having max(case when not has_calendar or expected_count is not null or period_end >= {{ month_start(horizon()) }} then 1 else 0 end) = 1
