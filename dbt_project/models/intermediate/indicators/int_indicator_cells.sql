-- Every counted cell with the status of its period. City-level margins hold for both town bases. A complete period gets a zero for the
-- city and for each town that has no event; an incomplete one gets no zero: its blanks are unknown.
{%- set counted_columns = [
    'period_type', 'town_basis', 'town_code', 'industry_code', 'applicant_type', 'breakdown_type', 'breakdown_code'
] %}
with flow_cells as (
    select * from {{ ref('int_indicator_flow_cells') }}
),

stock_cells as (
    select * from {{ ref('int_indicator_stock_cells') }}
),

measured_cells as (
    select * from {{ ref('int_indicator_measured_cells') }}
),

periods as (
    select * from {{ ref('int_indicator_periods') }}
),

indicators as (
    select * from {{ ref('int_indicators_parsed') }}
),

town_periods as (
    select * from {{ ref('int_town_periods') }}
),

town_bases as (
    select 'then' as town_basis
    union all
    select 'now' as town_basis
),

counted as (
    {{ measure_rows('flow_cells', counted_columns) }}
    union all
    {{ measure_rows('stock_cells', counted_columns) }}
    union all
    select * from measured_cells
),

cells as (
    select
        counted.indicator_code,
        counted.series,
        counted.period_type,
        counted.period_start,
        town_bases.town_basis,
        counted.town_code,
        counted.industry_code,
        counted.applicant_type,
        counted.breakdown_type,
        counted.breakdown_code,
        counted.counting_basis,
        counted.industry_basis,
        counted.quantity,
        counted.numerator,
        counted.denominator,
        counted.denominator_period,
        counted.denominator_known_on,
        counted.value_status,
        counted.status_reason
    from counted
    inner join town_bases on counted.town_basis = 'both' or counted.town_basis = town_bases.town_basis
),

-- The city and its towns, in every period that is complete; which codes exist is a question of the basis.
zero_grid as (
    select
        periods.indicator_code,
        periods.period_type,
        periods.period_start,
        town_bases.town_basis,
        town_periods.town_code
    from periods
    inner join indicators on periods.indicator_code = indicators.indicator_code
    inner join town_periods on periods.period_end = town_periods.period_end
    cross join town_bases
    where
        periods.is_complete
        and indicators.value_rule in ('flow', 'stock', 'distinct')
        and (indicators.first_year is null or {{ date_part_int('year', 'periods.period_start') }} >= indicators.first_year)
        and town_periods.town_code <> 'outside'
        and (town_periods.town_code = '442000' or indicators.has_town)
        and (
            (
                town_bases.town_basis = 'then'
                and town_periods.code_valid_from <= periods.period_end
                and town_periods.code_valid_to > periods.window_start
            )
            or (town_bases.town_basis = 'now' and town_periods.is_current_code)
        )
),

zeros as (
    select
        zero_grid.indicator_code,
        zero_grid.period_type,
        zero_grid.period_start,
        zero_grid.town_basis,
        zero_grid.town_code,
        cast(0 as decimal(24, 6)) as quantity
    from zero_grid
    left join cells
        on
            zero_grid.indicator_code = cells.indicator_code
            and zero_grid.period_type = cells.period_type
            and zero_grid.period_start = cells.period_start
            and zero_grid.town_basis = cells.town_basis
            and zero_grid.town_code = cells.town_code
            and cells.industry_code = 'ALL'
            and cells.applicant_type = 'ALL'
            and cells.breakdown_type = 'ALL'
            and cells.series = 'published'
            and cells.counting_basis = 'first'
    where cells.indicator_code is null
),

filled as (
    select * from cells
    union all
    {{ measure_rows('zeros', ['period_type', 'town_basis', 'town_code']) }}
)

select
    filled.indicator_code,
    filled.series,
    filled.period_type,
    filled.period_start,
    periods.period_end,
    filled.town_basis,
    filled.town_code,
    filled.industry_code,
    filled.applicant_type,
    filled.breakdown_type,
    filled.breakdown_code,
    filled.counting_basis,
    filled.industry_basis,
    filled.quantity,
    filled.numerator,
    filled.denominator,
    filled.denominator_period,
    filled.denominator_known_on,
    periods.coverage_pct,
    case
        when not periods.is_complete and periods.has_calendar and filled.quantity is not null then 'partial'
        else coalesce(filled.value_status, 'reported')
    end as value_status,
    case
        when not periods.is_complete and periods.has_calendar and filled.quantity is not null then 'delivery missing'
        else filled.status_reason
    end as status_reason
from filled
inner join periods
    on
        filled.indicator_code = periods.indicator_code
        and filled.period_type = periods.period_type
        and filled.period_start = periods.period_start
