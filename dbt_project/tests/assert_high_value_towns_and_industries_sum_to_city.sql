-- The towns, and the industries by weight, of the high-value inventions each sum to the city, as the towns of the single reasons do.
with counts as (
    select
        period_start,
        indicator_code,
        sum(case when town_basis = 'both' then quantity else 0 end) as city_count,
        sum(case when town_basis = 'then' then quantity else 0 end) as then_count,
        sum(case when town_basis = 'now' then quantity else 0 end) as now_count
    from {{ ref('int_high_value_counts') }}
    group by period_start, indicator_code
),

industries as (
    select
        period_start,
        indicator_code,
        sum(quantity) as industry_sum
    from {{ ref('int_high_value_measures') }}
    where industry_code <> 'ALL'
    group by period_start, indicator_code
)

select
    counts.period_start,
    counts.indicator_code,
    counts.city_count,
    counts.then_count,
    counts.now_count,
    industries.industry_sum
from counts
left join industries
    on
        counts.period_start = industries.period_start
        and counts.indicator_code = industries.indicator_code
where
    counts.city_count <> counts.then_count
    or counts.city_count <> counts.now_count
    -- Cells are rounded to six decimals.
    or abs(counts.city_count - industries.industry_sum) > 0.001
