-- One row for each yearly count of the city and pair of neighbouring years that are both complete: every delivery that
-- the calendars of the indicator's feeds expect for the year is in the build. Four standard deviations of the
-- difference of two counts are taken off. The articles of detained lots are left out: one lot holds from ten to a hundred
-- thousand of them, so that their sum says nothing about the completeness of a year.
with delivered as (
    select batches.feed, batches.partition_key
    from ops.batches as batches
    inner join ops.build_batches as members on members.batch_id = batches.batch_id
    where members.build_id = '{build_id}' and batches.is_complete
),

feed_years as (
    select coverage.feed, extract(year from coverage.period_start) as year_number,
        bool_and(delivered.feed is not null) as is_complete
    from ops.coverage as coverage
    left join delivered on delivered.feed = coverage.feed and delivered.partition_key = coverage.partition_key
    group by coverage.feed, extract(year from coverage.period_start)
),

indicator_years as (
    select needed.indicator_code, feed_years.year_number, bool_and(feed_years.is_complete) as is_complete
    from {staging}.indicator_coverage_feeds as needed
    inner join feed_years on feed_years.feed = needed.feed
    group by needed.indicator_code, feed_years.year_number
    having count(*) = (
        select count(*) from {staging}.indicator_coverage_feeds as every_feed
        where every_feed.indicator_code = needed.indicator_code
    )
),

yearly as (
    select facts.indicator_code, indicator_years.year_number, facts.value as this_value,
        lag(facts.value) over earlier as earlier_value,
        lag(indicator_years.year_number) over earlier as earlier_year
    from {marts}.fct_indicator_values as facts
    inner join indicator_years
        on
            indicator_years.indicator_code = facts.indicator_code
            and indicator_years.year_number = extract(year from facts.period_start)
    where
        indicator_years.is_complete
        and facts.indicator_code like '%count' and facts.indicator_code not like '%article_count'
        and facts.series = 'published' and facts.period_type = 'year' and facts.value_status = 'reported'
        and facts.town_code = '442000' and facts.town_basis = 'now' and facts.counting_basis = 'first'
        and facts.industry_code = 'ALL' and facts.applicant_type = 'ALL'
        and facts.breakdown_type = 'ALL' and facts.breakdown_code = 'ALL'
    window earlier as (partition by facts.indicator_code, facts.industry_basis order by facts.period_start)
)

select
    indicator_code || '|' || cast(cast(year_number as integer) as varchar) as subject,
    this_value,
    earlier_value,
    round(cast(greatest(0, 100 * (earlier_value - this_value - 4 * sqrt(earlier_value + this_value))
        / earlier_value) as numeric), 1) as fall_pct,
    round(cast(greatest(0, 100 * (this_value - earlier_value - 4 * sqrt(earlier_value + this_value))
        / earlier_value) as numeric), 1) as rise_pct
from yearly
where earlier_year = year_number - 1 and earlier_value > 0
