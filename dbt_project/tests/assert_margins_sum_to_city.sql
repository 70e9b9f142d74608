-- Industries (by weight) and applicant types of an indicator counted from records each sum to the city.
with cells as (
    select values_table.*
    from {{ ref('fct_indicator_values') }} as values_table
    inner join {{ ref('int_indicators_parsed') }} as indicators on values_table.indicator_code = indicators.indicator_code
    where
        values_table.town_code = '442000'
        and values_table.breakdown_type = 'ALL'
        and values_table.value is not null
        and values_table.series = 'published'
        and values_table.counting_basis = 'first'
        and values_table.industry_basis = 'ipc_mapping'
        and indicators.value_rule in ('flow', 'stock')
),

sums as (
    select
        indicator_code,
        period_type,
        period_start,
        town_basis,
        sum(case when industry_code = 'ALL' and applicant_type = 'ALL' then value else 0 end) as city_value,
        sum(case when industry_code <> 'ALL' then value else 0 end) as industry_sum,
        sum(case when industry_code <> 'ALL' then 1 else 0 end) as industry_count,
        sum(case when applicant_type <> 'ALL' then value else 0 end) as applicant_sum,
        sum(case when applicant_type <> 'ALL' then 1 else 0 end) as applicant_count
    from cells
    group by 1, 2, 3, 4
)

select
    indicator_code,
    period_type,
    period_start,
    town_basis,
    city_value,
    industry_sum,
    applicant_sum
from sums
where
    -- Cells are rounded to six decimals, so that a sum of shared weights may differ in the last ones.
    (industry_count > 0 and abs(industry_sum - city_value) > 0.001)
    or (applicant_count > 0 and applicant_sum <> city_value)
