-- Towns, unassigned included, sum to the city in every complete period and on both town bases, for what can be added over towns.
-- (Departments' own figures are not ours to add up; measures that are not additive over towns are left out.)
with town_sums as (
    select
        cells.indicator_code,
        cells.period_type,
        cells.period_start,
        cells.town_basis,
        cells.series,
        cells.counting_basis,
        sum(case when cells.town_code = '442000' then 0 else cells.value end) as town_sum,
        sum(case when cells.town_code = '442000' then cells.value else 0 end) as city_value
    from {{ ref('fct_indicator_values') }} as cells
    inner join {{ ref('int_indicators_parsed') }} as indicators on cells.indicator_code = indicators.indicator_code
    where
        indicators.has_town
        and indicators.value_rule in ('flow', 'stock')
        and cells.industry_code = 'ALL'
        and cells.applicant_type = 'ALL'
        and cells.breakdown_type = 'ALL'
        and cells.value is not null
    group by 1, 2, 3, 4, 5, 6
)

select
    indicator_code,
    period_type,
    period_start,
    town_basis,
    series,
    counting_basis,
    town_sum,
    city_value
from town_sums
where town_sum <> city_value
