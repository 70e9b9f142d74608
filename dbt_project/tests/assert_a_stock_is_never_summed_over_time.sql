-- A stock of a year is that of December, and no stock has a year to date.
with stocks as (
    select cells.*
    from {{ ref('fct_indicator_values') }} as cells
    inner join {{ ref('int_indicators_parsed') }} as indicators on cells.indicator_code = indicators.indicator_code
    where indicators.is_stock and indicators.has_month and cells.value is not null
)

select
    years.indicator_code,
    years.period_type,
    years.period_start,
    years.town_code,
    years.value,
    months.value as december_value
from stocks as years
left join stocks as months
    on
        months.period_type = 'month'
        and years.period_end = months.period_end
        and years.indicator_code = months.indicator_code
        and years.town_code = months.town_code
        and years.industry_code = months.industry_code
        and years.applicant_type = months.applicant_type
        and years.breakdown_type = months.breakdown_type
        and years.breakdown_code = months.breakdown_code
        and years.town_basis = months.town_basis
        and years.series = months.series
        and years.counting_basis = months.counting_basis
        and years.industry_basis = months.industry_basis
where
    years.period_type = 'year_to_date'
    or (years.period_type = 'year' and (months.value is null or years.value <> months.value))
