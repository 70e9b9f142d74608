-- The towns of each statistical unit by population year; the city (`442000`) is not a unit of towns.
with unit_towns as (
    select * from {{ ref('statistical_units') }}
),

years as (
    select distinct population_year from {{ ref('int_populations_dated') }}
)

select
    unit_towns.statistical_unit as unit_name,
    years.population_year,
    unit_towns.town_code
from unit_towns
inner join years
    on
        years.population_year >= unit_towns.first_year
        and (unit_towns.last_year is null or years.population_year <= unit_towns.last_year)
