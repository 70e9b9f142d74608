-- High-value inventions for 10,000 residents at each year's end: the city and each statistical unit, by the denominators of all rates
-- (population of the previous year-end in the vintage known then). A unit's rate is its own inventions over its own population.
with counts as (
    select * from {{ ref('int_high_value_counts') }}
    where indicator_code = 'patent_invention_high_value_count'
),

denominators as (
    select * from {{ ref('int_population_denominators') }}
    where clock = 'published' and {{ date_part_int('month', 'month_start') }} = 12
),

unit_towns as (
    select * from {{ ref('int_population_unit_towns') }}
),

counted_years as (
    select distinct period_start from counts
    where town_code = '442000'
),

numerators as (
    select
        counted_years.period_start,
        denominators.unit_name,
        coalesce(sum(counts.quantity), 0) as numerator,
        coalesce(sum(counts.upper_bound_quantity), 0) as upper_bound_quantity
    from denominators
    inner join counted_years on {{ year_start('denominators.month_start') }} = counted_years.period_start
    left join unit_towns
        on
            denominators.unit_name = unit_towns.unit_name
            and denominators.population_year = unit_towns.population_year
    left join counts
        on
            counted_years.period_start = counts.period_start
            and (
                (denominators.unit_name = '442000' and counts.town_basis = 'both' and counts.town_code = '442000')
                or (counts.town_basis = 'now' and unit_towns.town_code = counts.town_code)
            )
    group by counted_years.period_start, denominators.unit_name
),

rates as (
    select
        numerators.period_start,
        numerators.unit_name,
        cast(numerators.numerator as decimal(24, 6)) as numerator,
        denominators.population_10k as denominator,
        denominators.denominator_period,
        denominators.denominator_known_on,
        denominators.value_status as population_status,
        denominators.status_reason as population_reason,
        numerators.upper_bound_quantity > 0 and denominators.population_10k is not null as is_upper_bound
    from numerators
    inner join denominators
        on
            numerators.unit_name = denominators.unit_name
            and numerators.period_start = {{ year_start('denominators.month_start') }}
)

select
    'patent_invention_high_value_per_10k_population' as indicator_code,
    period_start,
    case when unit_name = '442000' then 'ALL' else 'statistical_unit' end as breakdown_type,
    case when unit_name = '442000' then 'ALL' else unit_name end as breakdown_code,
    cast({{ ratio('numerator', 'denominator', 6) }} as decimal(24, 6)) as quantity,
    cast(case when denominator is not null then numerator end as decimal(24, 6)) as numerator,
    denominator,
    denominator_period,
    denominator_known_on,
    coalesce(population_status, case when is_upper_bound then 'estimated' end) as value_status,
    coalesce(
        population_reason, case when is_upper_bound then 'strategic emerging industry by IPC alone: upper bound' end
    ) as status_reason
from rates
