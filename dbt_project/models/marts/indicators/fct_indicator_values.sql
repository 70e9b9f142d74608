-- Every value of every indicator, with the reason where there is none. One row a cell of the registry's margins.
-- `period_start` of a year to date is the first day of the month that it runs to, so that the key tells its months apart.
with cells as (
    select * from {{ ref('int_indicator_cells') }}
),

return_values as (
    select * from {{ ref('int_indicator_return_values') }}
),

gaps as (
    select * from {{ ref('int_indicator_gaps') }}
),

indicators as (
    select * from {{ ref('int_indicators_parsed') }}
),

town_periods as (
    select * from {{ ref('int_town_periods') }}
),

all_values as (
    select
        indicator_code,
        series,
        period_type,
        period_start,
        period_end,
        town_basis,
        town_code,
        industry_code,
        applicant_type,
        breakdown_type,
        breakdown_code,
        counting_basis,
        industry_basis,
        quantity as value,
        numerator,
        denominator,
        denominator_period,
        denominator_known_on,
        coverage_pct,
        value_status,
        status_reason
    from cells
    union all
    select
        indicator_code,
        'published' as series,
        period_type,
        period_start,
        period_end,
        town_basis,
        town_code,
        industry_code,
        applicant_type,
        breakdown_type,
        breakdown_code,
        'first' as counting_basis,
        'ipc_mapping' as industry_basis,
        value,
        cast(null as decimal(24, 6)) as numerator,
        cast(null as decimal(24, 6)) as denominator,
        cast(null as {{ dbt.type_string() }}) as denominator_period,
        cast(null as date) as denominator_known_on,
        coverage_pct,
        value_status,
        status_reason
    from return_values
    union all
    select
        indicator_code,
        'published' as series,
        period_type,
        period_start,
        period_end,
        town_basis,
        town_code,
        'ALL' as industry_code,
        'ALL' as applicant_type,
        'ALL' as breakdown_type,
        'ALL' as breakdown_code,
        'first' as counting_basis,
        'ipc_mapping' as industry_basis,
        cast(null as decimal(24, 6)) as value,
        cast(null as decimal(24, 6)) as numerator,
        cast(null as decimal(24, 6)) as denominator,
        cast(null as {{ dbt.type_string() }}) as denominator_period,
        cast(null as date) as denominator_known_on,
        coverage_pct,
        value_status,
        status_reason
    from gaps
)

select
    cast(all_values.indicator_code as {{ dbt.type_string() }}) as indicator_code,
    cast(all_values.series as {{ dbt.type_string() }}) as series,
    cast(all_values.period_type as {{ dbt.type_string() }}) as period_type,
    cast(all_values.period_start as date) as period_start,
    cast(all_values.town_code as {{ dbt.type_string() }}) as town_code,
    cast(all_values.industry_code as {{ dbt.type_string() }}) as industry_code,
    cast(all_values.applicant_type as {{ dbt.type_string() }}) as applicant_type,
    cast(all_values.breakdown_type as {{ dbt.type_string() }}) as breakdown_type,
    cast(all_values.breakdown_code as {{ dbt.type_string() }}) as breakdown_code,
    cast(all_values.town_basis as {{ dbt.type_string() }}) as town_basis,
    cast(all_values.counting_basis as {{ dbt.type_string() }}) as counting_basis,
    cast(all_values.industry_basis as {{ dbt.type_string() }}) as industry_basis,
    indicators.indicator_version,
    cast(town_periods.town_key as {{ dbt.type_string() }}) as town_key,
    cast(all_values.period_end as date) as period_end,
    cast(all_values.value as decimal(24, 6)) as value,
    cast(all_values.numerator as decimal(24, 6)) as numerator,
    cast(all_values.denominator as decimal(24, 6)) as denominator,
    cast(all_values.denominator_period as {{ dbt.type_string() }}) as denominator_period,
    cast(all_values.denominator_known_on as date) as denominator_known_on,
    cast(all_values.coverage_pct as decimal(7, 4)) as coverage_pct,
    cast(all_values.value_status as {{ dbt.type_string() }}) as value_status,
    cast(all_values.status_reason as {{ dbt.type_string() }}) as status_reason
from all_values
inner join indicators on all_values.indicator_code = indicators.indicator_code
inner join town_periods
    on
        all_values.town_code = town_periods.town_code
        and all_values.period_end = town_periods.period_end
