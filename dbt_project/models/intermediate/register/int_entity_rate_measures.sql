-- Rates for 10,000 market entities: registered marks in force at a year's end, and IP cases filed in the year (direction neutral), over the
-- entities of the previous year-end's register, placed in the towns of the year that the rate is of. A town without entities has no rate.
with year_ends as (
    select * from {{ ref('int_register_year_ends') }}
),

places as (
    select * from {{ ref('int_places_dated') }}
),

cases as (
    select * from {{ ref('int_enforcement_cases_latest') }}
    where filed_date is not null and place_code <> 'outside'
),

months as (
    select * from {{ ref('int_months') }}
    where month_number = 12
),

counted_entities as (
    select
        {{ add_months('period_start', 12) }} as period_start,
        {{ add_days(add_months('period_start', 24), -1) }} as period_end,
        {{ date_part_int('year', 'period_start') }} as entity_year,
        snapshot_date,
        place_code,
        count(*) as entity_count
    from year_ends
    group by 1, 2, 3, 4, 5
),

entities as (
    select
        counted_entities.period_start,
        counted_entities.entity_year,
        counted_entities.snapshot_date,
        places.town_code as town_code_then,
        places.current_town_code as town_code_now,
        counted_entities.entity_count
    from counted_entities
    inner join places on {{ town_at('places', 'counted_entities.place_code', 'counted_entities.period_end') }}
),

denominators as (
    {{ town_margins('entities', ['period_start', 'entity_year', 'snapshot_date'], [('entity_count', 'sum(entity_count)')]) }}
),

filed as (
    select
        {{ year_start('cases.filed_date') }} as period_start,
        places.town_code as town_code_then,
        places.current_town_code as town_code_now
    from cases
    inner join places on {{ town_at('places', 'cases.place_code', 'cases.filed_date') }}
),

numerators as (
    select
        'trademark_valid_per_10k_market_entities' as indicator_code,
        period_start,
        town_basis,
        town_code,
        quantity
    from {{ ref('int_indicator_stock_cells') }}
    where
        indicator_code = 'trademark_valid_count'
        and period_type = 'year'
        and industry_code = 'ALL'
        and applicant_type = 'ALL'
        and breakdown_type = 'ALL'
    union all
    {{ town_margins('filed', ["'ip_case_per_10k_market_entities' as indicator_code", 'period_start'], [('quantity', 'count(*)')]) }}
),

indicators as (
    select 'trademark_valid_per_10k_market_entities' as indicator_code
    union all
    select 'ip_case_per_10k_market_entities' as indicator_code
),

wanted as (
    select
        indicators.indicator_code,
        denominators.period_start,
        denominators.town_basis,
        denominators.town_code
    from denominators
    cross join indicators
    union
    select
        numerators.indicator_code,
        numerators.period_start,
        numerators.town_basis,
        numerators.town_code
    from numerators
    inner join months on numerators.period_start = months.year_start
),

joined as (
    select
        wanted.indicator_code,
        wanted.period_start,
        wanted.town_basis,
        wanted.town_code,
        cast(coalesce(numerators.quantity, 0) as decimal(24, 6)) as numerator,
        {{ in_ten_thousands('denominators.entity_count') }} as denominator,
        denominators.entity_year,
        denominators.snapshot_date
    from wanted
    left join numerators
        on
            wanted.indicator_code = numerators.indicator_code
            and wanted.period_start = numerators.period_start
            and wanted.town_basis = numerators.town_basis
            and wanted.town_code = numerators.town_code
    left join denominators
        on
            wanted.period_start = denominators.period_start
            and wanted.town_basis = denominators.town_basis
            and wanted.town_code = denominators.town_code
)

select
    indicator_code,
    period_start,
    town_basis,
    town_code,
    cast({{ ratio('numerator', 'denominator', 6) }} as decimal(24, 6)) as quantity,
    cast(case when denominator is not null then numerator end as decimal(24, 6)) as numerator,
    denominator,
    cast(entity_year as {{ dbt.type_string() }}) as denominator_period,
    snapshot_date as denominator_known_on,
    case when denominator is null then case when town_code = '442000' then 'not_reported' else 'not_applicable' end end as value_status,
    case
        when denominator is null and town_code = '442000' then 'no register of the previous year-end'
        when denominator is null then 'no market entity at the previous year-end'
    end as status_reason
from joined
