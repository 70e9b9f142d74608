-- Flows summed to the registry's margins and to months, years to date and years; sparse: only cells with events.
with flows as (
    select * from {{ ref('int_indicator_flows') }}
),

indicators as (
    select * from {{ ref('int_indicators_parsed') }}
),

months as (
    select * from {{ ref('int_months') }}
),

monthly as (
    {{ city_margins('flows', ['month_start']) }}
    union all
    {{ margin_select('flows', ['month_start'], 'then', 'counted.town_code_then', 'indicators.has_town') }}
    union all
    {{ margin_select('flows', ['month_start'], 'now', 'counted.town_code_now', 'indicators.has_town') }}
),

yearly as (
    select
        indicator_code,
        {{ year_start('month_start') }} as period_start,
        town_basis,
        town_code,
        industry_code,
        applicant_type,
        breakdown_type,
        breakdown_code,
        sum(quantity) as quantity
    from monthly
    group by 1, 2, 3, 4, 5, 6, 7, 8
),

to_date as (
    select
        monthly.indicator_code,
        months.month_start as period_start,
        monthly.town_basis,
        monthly.town_code,
        monthly.industry_code,
        monthly.applicant_type,
        monthly.breakdown_type,
        monthly.breakdown_code,
        sum(monthly.quantity) as quantity
    from monthly
    inner join months
        on
            months.year_start = {{ year_start('monthly.month_start') }}
            and monthly.month_start <= months.month_start
    group by 1, 2, 3, 4, 5, 6, 7, 8
),

all_periods as (
    select
        indicator_code,
        'month' as period_type,
        month_start as period_start,
        town_basis,
        town_code,
        industry_code,
        applicant_type,
        breakdown_type,
        breakdown_code,
        quantity
    from monthly
    union all
    select
        indicator_code,
        'year_to_date' as period_type,
        period_start,
        town_basis,
        town_code,
        industry_code,
        applicant_type,
        breakdown_type,
        breakdown_code,
        quantity
    from to_date
    union all
    select
        indicator_code,
        'year' as period_type,
        period_start,
        town_basis,
        town_code,
        industry_code,
        applicant_type,
        breakdown_type,
        breakdown_code,
        quantity
    from yearly
)

select
    all_periods.indicator_code,
    all_periods.period_type,
    all_periods.period_start,
    all_periods.town_basis,
    all_periods.town_code,
    all_periods.industry_code,
    all_periods.applicant_type,
    all_periods.breakdown_type,
    all_periods.breakdown_code,
    cast(all_periods.quantity as decimal(24, 6)) as quantity
from all_periods
inner join indicators on all_periods.indicator_code = indicators.indicator_code
where indicators.has_month or all_periods.period_type = 'year'
