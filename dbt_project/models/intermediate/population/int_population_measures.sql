-- The resident population itself (first published, and newest vintage) and the inventions in force for 10,000 residents. The rate of a
-- unit is its own inventions over its own population, never a mean of rates; where there is no denominator the row says so.
with populations as (
    select * from {{ ref('int_populations_dated') }}
),

denominators as (
    select * from {{ ref('int_population_denominators') }}
),

unit_towns as (
    select * from {{ ref('int_population_unit_towns') }}
),

months as (
    select * from {{ ref('int_months') }}
),

stocks as (
    select
        period_start as month_start,
        town_basis,
        town_code,
        quantity
    from {{ ref('int_indicator_stock_cells') }}
    where
        indicator_code = 'patent_invention_valid_count'
        and period_type = 'month'
        and industry_code = 'ALL'
        and applicant_type = 'ALL'
        and breakdown_type = 'ALL'
),

numerators as (
    select
        denominators.clock,
        denominators.month_start,
        denominators.unit_name,
        coalesce(sum(stocks.quantity), 0) as valid_count
    from denominators
    left join unit_towns
        on
            denominators.unit_name = unit_towns.unit_name
            and denominators.population_year = unit_towns.population_year
    left join stocks
        on
            denominators.month_start = stocks.month_start
            and (
                (denominators.unit_name = '442000' and stocks.town_basis = 'both' and stocks.town_code = '442000')
                or (stocks.town_basis = 'now' and unit_towns.town_code = stocks.town_code)
            )
    group by denominators.clock, denominators.month_start, denominators.unit_name
),

rates as (
    select
        denominators.clock,
        denominators.month_start,
        months.month_number,
        months.year_start,
        denominators.unit_name,
        cast(numerators.valid_count as decimal(24, 6)) as numerator,
        denominators.population_10k as denominator,
        denominators.denominator_period,
        denominators.denominator_known_on,
        denominators.value_status,
        denominators.status_reason
    from denominators
    inner join months on denominators.month_start = months.month_start
    inner join numerators
        on
            denominators.clock = numerators.clock
            and denominators.month_start = numerators.month_start
            and denominators.unit_name = numerators.unit_name
),

all_rows as (
    select
        'population_resident_count' as indicator_code,
        'published' as series,
        'year' as period_type,
        {{ year_date('population_year') }} as period_start,
        unit_name,
        cast(resident_population_count as decimal(24, 6)) as quantity,
        cast(null as decimal(24, 6)) as numerator,
        cast(null as decimal(24, 6)) as denominator,
        cast(null as {{ dbt.type_string() }}) as denominator_period,
        cast(null as date) as denominator_known_on,
        cast(null as {{ dbt.type_string() }}) as value_status,
        case when is_derived then 'sum of its towns' end as status_reason
    from populations
    where vintage_number = 1
    union all
    select
        'population_resident_count' as indicator_code,
        'restated' as series,
        'year' as period_type,
        {{ year_date('population_year') }} as period_start,
        unit_name,
        cast(resident_population_count as decimal(24, 6)) as quantity,
        cast(null as decimal(24, 6)) as numerator,
        cast(null as decimal(24, 6)) as denominator,
        cast(null as {{ dbt.type_string() }}) as denominator_period,
        cast(null as date) as denominator_known_on,
        cast(null as {{ dbt.type_string() }}) as value_status,
        case when is_derived then 'sum of its towns' end as status_reason
    from populations
    where is_newest
    union all
    select
        'patent_invention_valid_per_10k_population' as indicator_code,
        'published' as series,
        'month' as period_type,
        month_start as period_start,
        unit_name,
        cast({{ ratio('numerator', 'denominator', 6) }} as decimal(24, 6)) as quantity,
        numerator,
        denominator,
        denominator_period,
        denominator_known_on,
        value_status,
        status_reason
    from rates
    where clock = 'published'
    union all
    select
        case
            when clock = 'published' then 'patent_invention_valid_per_10k_population'
            else 'patent_invention_valid_per_10k_population_revised'
        end as indicator_code,
        'published' as series,
        'year' as period_type,
        year_start as period_start,
        unit_name,
        cast({{ ratio('numerator', 'denominator', 6) }} as decimal(24, 6)) as quantity,
        numerator,
        denominator,
        denominator_period,
        denominator_known_on,
        value_status,
        status_reason
    from rates
    where month_number = 12
)

select
    indicator_code,
    series,
    period_type,
    period_start,
    case when unit_name = '442000' then 'ALL' else 'statistical_unit' end as breakdown_type,
    case when unit_name = '442000' then 'ALL' else unit_name end as breakdown_code,
    quantity,
    cast(case when quantity is not null then numerator end as decimal(24, 6)) as numerator,
    denominator,
    denominator_period,
    denominator_known_on,
    value_status,
    status_reason
from all_rows
