-- Resident population as published: every vintage of a year is kept.
with landed as (
    select * from {{ active_rows('population') }} as active_rows
),

ranked as (
    select
        *,
        {{ copy_rank(['geo_name', 'population_year', 'vintage']) }} as copy_rank
    from landed
)

select
    geo_name,
    population_year,
    cast(resident_population_count as bigint) as resident_population_count,
    vintage,
    published_on,
    _known_on as known_on,
    _batch_id,
    _source_file,
    _source_row
from ranked
where copy_rank = 1
