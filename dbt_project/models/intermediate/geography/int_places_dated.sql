-- The town, and the version of the town, that each place belongs to at a date: half-open ranges, joined with town_at().
with town_places as (
    select * from {{ ref('town_places') }}
),

towns as (
    select * from {{ ref('int_towns_keyed') }}
),

current_towns as (
    select
        place_code,
        town_code as current_town_code
    from town_places
    where valid_to is null
)

select
    town_places.place_code,
    town_places.town_code,
    towns.town_key,
    current_towns.current_town_code,
    town_places.place_code <> 'outside' as is_in_city,
    greatest(town_places.valid_from, towns.valid_from) as valid_from,
    case
        when town_places.valid_to is null then towns.valid_to
        when towns.valid_to is null then town_places.valid_to
        else least(town_places.valid_to, towns.valid_to)
    end as valid_to
from town_places
inner join towns
    on
        town_places.town_code = towns.town_code
        and (towns.valid_to is null or town_places.valid_from < towns.valid_to)
        and (town_places.valid_to is null or towns.valid_from < town_places.valid_to)
inner join current_towns on town_places.place_code = current_towns.place_code
