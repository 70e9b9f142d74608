-- Every vintage of the resident population of the city (unit `442000`) and of its statistical units, with the span of days in which it
-- was the latest one known. A unit without a figure of its own is the sum of its towns, where each of them is a unit with a figure
-- (火炬统筹区 in 2022 = 民众 + 中山港); it is never made from rates.
with populations as (
    select * from {{ ref('stg_statistics_bureau__populations') }}
),

unit_towns as (
    select * from {{ ref('statistical_units') }}
),

unit_names as (
    select distinct statistical_unit from unit_towns
),

stated as (
    select
        '442000' as unit_name,
        population_year,
        vintage,
        resident_population_count,
        known_on,
        -- The census office's table repeats the city's total under another name: it is used only where nothing else states the year.
        case when geo_name = '全市' then 2 else 1 end as source_rank
    from populations
    where geo_name in ('中山市', '全市')
    union all
    select
        populations.geo_name as unit_name,
        populations.population_year,
        populations.vintage,
        populations.resident_population_count,
        populations.known_on,
        1 as source_rank
    from populations
    inner join unit_names on populations.geo_name = unit_names.statistical_unit
),

ranked as (
    select
        stated.*,
        min(source_rank) over (partition by unit_name, population_year) as best_source_rank,
        row_number() over (
            partition by unit_name, population_year, known_on
            order by source_rank, vintage desc
        ) as day_rank
    from stated
),

published as (
    select
        unit_name,
        population_year,
        vintage,
        resident_population_count,
        known_on,
        row_number() over (partition by unit_name, population_year order by known_on) as vintage_number
    from ranked
    where source_rank = best_source_rank and day_rank = 1
),

unit_sizes as (
    select
        statistical_unit,
        first_year,
        last_year,
        count(*) as town_count,
        min(town_code) as only_town_code
    from unit_towns
    group by statistical_unit, first_year, last_year
),

town_populations as (
    select
        unit_sizes.only_town_code as town_code,
        published.population_year,
        published.vintage_number,
        max(published.resident_population_count) as resident_population_count,
        max(published.vintage) as vintage,
        max(published.known_on) as known_on
    from published
    inner join unit_sizes
        on
            published.unit_name = unit_sizes.statistical_unit
            and published.population_year >= unit_sizes.first_year
            and (unit_sizes.last_year is null or published.population_year <= unit_sizes.last_year)
    where unit_sizes.town_count = 1
    group by unit_sizes.only_town_code, published.population_year, published.vintage_number
),

summed as (
    select
        unit_towns.statistical_unit as unit_name,
        town_populations.population_year,
        town_populations.vintage_number,
        max(town_populations.vintage) as vintage,
        sum(town_populations.resident_population_count) as resident_population_count,
        max(town_populations.known_on) as known_on,
        count(*) as found_count
    from unit_towns
    inner join town_populations
        on
            unit_towns.town_code = town_populations.town_code
            and town_populations.population_year >= unit_towns.first_year
            and (unit_towns.last_year is null or town_populations.population_year <= unit_towns.last_year)
    group by unit_towns.statistical_unit, town_populations.population_year, town_populations.vintage_number
),

derived as (
    select summed.*
    from summed
    inner join unit_sizes
        on
            summed.unit_name = unit_sizes.statistical_unit
            and summed.population_year >= unit_sizes.first_year
            and (unit_sizes.last_year is null or summed.population_year <= unit_sizes.last_year)
            and summed.found_count = unit_sizes.town_count
    left join published
        on
            summed.unit_name = published.unit_name
            and summed.population_year = published.population_year
    where published.unit_name is null
),

united as (
    select
        unit_name,
        population_year,
        vintage,
        vintage_number,
        resident_population_count,
        known_on,
        false as is_derived
    from published
    union all
    select
        unit_name,
        population_year,
        vintage,
        vintage_number,
        resident_population_count,
        known_on,
        true as is_derived
    from derived
)

select
    unit_name,
    cast(population_year as integer) as population_year,
    vintage,
    cast(vintage_number as integer) as vintage_number,
    vintage_number = max(vintage_number) over (partition by unit_name, population_year) as is_newest,
    is_derived,
    cast(resident_population_count as bigint) as resident_population_count,
    known_on
from united
