-- Names by which departments call a town, with the place they mean; a name that could mean two places means none.
with place_aliases as (
    select * from {{ ref('place_aliases') }}
),

town_names as (
    select
        alias as town_name,
        min(place_code) as place_code,
        count(distinct place_code) as place_count
    from place_aliases
    where alias_kind in ('town', 'town_former', 'town_short', 'zone')
    group by alias
)

select
    town_name,
    place_code
from town_names
where place_count = 1
