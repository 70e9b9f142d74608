-- The population that a rate of a month's end is divided by, for the city (`442000`) and each statistical unit. Clock `published`: that of
-- the previous year-end, in the vintage known on the month's last day; while the year is unpublished that of the year before, marked
-- provisional and saying so. Clock `revised`: the newest vintage of the previous year-end. Keyed by year and vintage, never by value.
-- A unit without a figure where the city has one has no denominator.
with populations as (
    select * from {{ ref('int_populations_dated') }}
),

months as (
    select
        month_start,
        month_end,
        {{ date_part_int('year', 'month_start') }} - 1 as wanted_year
    from {{ ref('int_months') }}
),

units as (
    select
        '442000' as unit_name,
        0 as first_year
    union all
    select
        statistical_unit as unit_name,
        (select min(first_year) from {{ ref('statistical_units') }}) as first_year
    from {{ ref('statistical_units') }}
    group by statistical_unit
),

grid as (
    select
        months.month_start,
        months.month_end,
        months.wanted_year,
        units.unit_name
    from months
    inner join units on units.first_year <= months.wanted_year
),

city_years as (
    select
        population_year,
        min(known_on) as first_known_on
    from populations
    where unit_name = '442000'
    group by population_year
),

known as (
    select
        grid.month_start,
        grid.unit_name,
        populations.population_year,
        populations.resident_population_count,
        populations.known_on,
        row_number() over (
            partition by grid.month_start, grid.unit_name
            order by populations.population_year desc, populations.known_on desc
        ) as choice_rank
    from grid
    left join city_years on grid.wanted_year = city_years.population_year
    inner join populations
        on
            grid.unit_name = populations.unit_name
            and populations.known_on <= grid.month_end
            and (
                grid.wanted_year = populations.population_year
                or (
                    grid.wanted_year - 1 = populations.population_year
                    and (city_years.first_known_on is null or city_years.first_known_on > grid.month_end)
                )
            )
),

chosen as (
    select
        'published' as clock,
        grid.month_start,
        grid.month_end,
        grid.wanted_year,
        grid.unit_name,
        known.population_year,
        known.resident_population_count,
        known.known_on
    from grid
    left join known
        on
            grid.month_start = known.month_start
            and grid.unit_name = known.unit_name
            and known.choice_rank = 1
    union all
    select
        'revised' as clock,
        grid.month_start,
        grid.month_end,
        grid.wanted_year,
        grid.unit_name,
        populations.population_year,
        populations.resident_population_count,
        populations.known_on
    from grid
    left join populations
        on
            grid.unit_name = populations.unit_name
            and grid.wanted_year = populations.population_year
            and populations.is_newest
)

select
    clock,
    month_start,
    month_end,
    unit_name,
    population_year,
    {{ in_ten_thousands('resident_population_count') }} as population_10k,
    cast(population_year as {{ dbt.type_string() }}) as denominator_period,
    known_on as denominator_known_on,
    case
        when population_year is null and unit_name = '442000' then 'not_reported'
        when population_year is null then 'not_applicable'
        when population_year < wanted_year then 'provisional'
    end as value_status,
    case
        when population_year is null and unit_name = '442000' then 'population of the previous year-end not published'
        when population_year is null then 'no population of the unit at the previous year-end'
        when population_year < wanted_year
            then 'population of the previous year-end not yet published; that of ' || cast(population_year as {{ dbt.type_string() }}) || ' used'
    end as status_reason
from chosen
