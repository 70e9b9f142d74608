-- The rows that say why there is no value: a town code that doesn't exist in the period, a period without any delivery,
-- an indicator whose rule follows or whose feed is missing (one row of the city a year).
with indicators as (
    select * from {{ ref('int_indicators_parsed') }}
),

periods as (
    select * from {{ ref('int_indicator_periods') }}
),

cells as (
    select * from {{ ref('int_indicator_cells') }}
),

return_values as (
    select * from {{ ref('int_indicator_return_values') }}
),

town_periods as (
    select * from {{ ref('int_town_periods') }}
),

months as (
    select * from {{ ref('int_months') }}
),

town_bases as (
    select 'then' as town_basis
    union all
    select 'now' as town_basis
),

years as (
    select
        year_start as period_start,
        {{ add_days(add_months('year_start', 12), -1) }} as period_end
    from months
    where month_number = 1
),

-- (A fractional count has no first-party row.)
city_cells as (
    select distinct
        indicator_code,
        period_type,
        period_start,
        town_basis
    from cells
    where
        town_code = '442000'
        and industry_code = 'ALL'
        and applicant_type = 'ALL'
        and breakdown_type = 'ALL'
        and series = 'published'
),

not_applicable as (
    select
        city_cells.indicator_code,
        city_cells.period_type,
        city_cells.period_start,
        periods.period_end,
        city_cells.town_basis,
        town_periods.town_code,
        periods.coverage_pct,
        'not_applicable' as value_status,
        'town does not exist in the period' as status_reason
    from city_cells
    inner join indicators on city_cells.indicator_code = indicators.indicator_code
    inner join periods
        on
            city_cells.indicator_code = periods.indicator_code
            and city_cells.period_type = periods.period_type
            and city_cells.period_start = periods.period_start
    inner join town_periods on periods.period_end = town_periods.period_end
    where
        indicators.has_town
        and city_cells.town_basis = 'then'
        and not (
            town_periods.code_valid_from <= periods.period_end
            and town_periods.code_valid_to > periods.window_start
        )
),

not_covered as (
    select
        periods.indicator_code,
        periods.period_type,
        periods.period_start,
        periods.period_end,
        town_bases.town_basis,
        '442000' as town_code,
        periods.coverage_pct,
        -- In a complete period only a ratio can lack a value: there was nothing to divide by.
        case
            when {{ date_part_int('year', 'periods.period_start') }} < indicators.first_year then 'not_applicable'
            when periods.is_complete then 'not_applicable'
            else 'not_reported'
        end as value_status,
        case
            when {{ date_part_int('year', 'periods.period_start') }} < indicators.first_year then 'series begins later'
            when periods.is_complete then 'denominator is zero'
            when not periods.is_seen then 'feed missing'
            when not periods.has_calendar then 'no record in the feed'
            else 'delivery missing'
        end as status_reason
    from periods
    inner join indicators on periods.indicator_code = indicators.indicator_code
    cross join town_bases
    left join city_cells
        on
            periods.indicator_code = city_cells.indicator_code
            and periods.period_type = city_cells.period_type
            and periods.period_start = city_cells.period_start
            and town_bases.town_basis = city_cells.town_basis
    where city_cells.indicator_code is null
),

returned as (
    select distinct
        indicator_code,
        period_type,
        period_start,
        town_basis
    from return_values
    where
        town_code = '442000'
        and industry_code = 'ALL'
        and applicant_type = 'ALL'
        and breakdown_type = 'ALL'
),

-- Since when a department returns an indicator at all, and by which kind of period: what is missing after that was not reported.
returned_since as (
    select
        indicator_code,
        period_type,
        min(period_start) as first_period_start
    from returned
    group by indicator_code, period_type
),

returning_indicators as (
    select distinct indicator_code from return_values
),

months_not_returned as (
    select
        returned_since.indicator_code,
        returned_since.period_type,
        months.month_start as period_start,
        months.month_end as period_end,
        town_bases.town_basis,
        '442000' as town_code,
        cast(null as decimal(7, 4)) as coverage_pct,
        'not_reported' as value_status,
        'not reported by the department' as status_reason
    from returned_since
    inner join indicators on returned_since.indicator_code = indicators.indicator_code
    inner join months on returned_since.first_period_start <= months.month_start
    cross join town_bases
    left join returned
        on
            returned_since.indicator_code = returned.indicator_code
            and returned_since.period_type = returned.period_type
            and months.month_start = returned.period_start
            and town_bases.town_basis = returned.town_basis
    where
        returned_since.period_type = 'month'
        and indicators.has_month
        and returned.indicator_code is null
),

no_value_yet as (
    select
        indicators.indicator_code,
        'year' as period_type,
        years.period_start,
        years.period_end,
        town_bases.town_basis,
        '442000' as town_code,
        cast(null as decimal(7, 4)) as coverage_pct,
        case
            when {{ date_part_int('year', 'years.period_start') }} < indicators.first_year then 'not_applicable'
            else 'not_reported'
        end as value_status,
        case
            when {{ date_part_int('year', 'years.period_start') }} < indicators.first_year then 'series begins later'
            when indicators.status_reason is not null then indicators.status_reason
            when returning_indicators.indicator_code is not null then 'not reported by the department'
            else 'feed missing'
        end as status_reason
    from indicators
    cross join years
    cross join town_bases
    left join returning_indicators on indicators.indicator_code = returning_indicators.indicator_code
    left join returned
        on
            indicators.indicator_code = returned.indicator_code
            and returned.period_type = 'year'
            and years.period_start = returned.period_start
            and town_bases.town_basis = returned.town_basis
    where
        indicators.value_rule in ('none', 'return')
        and returned.indicator_code is null
)

select
    indicator_code,
    period_type,
    period_start,
    period_end,
    town_basis,
    town_code,
    coverage_pct,
    value_status,
    status_reason
from not_applicable
union all
select
    indicator_code,
    period_type,
    period_start,
    period_end,
    town_basis,
    town_code,
    coverage_pct,
    value_status,
    status_reason
from not_covered
union all
select
    indicator_code,
    period_type,
    period_start,
    period_end,
    town_basis,
    town_code,
    coverage_pct,
    value_status,
    status_reason
from no_value_yet
union all
select
    indicator_code,
    period_type,
    period_start,
    period_end,
    town_basis,
    town_code,
    coverage_pct,
    value_status,
    status_reason
from months_not_returned
