-- Today's towns that a former town was divided among: a figure that names only the former town can't be divided after the fact.
with places as (
    select * from {{ ref('int_places_dated') }}
),

divided as (
    select town_code
    from places
    group by town_code
    having count(distinct current_town_code) > 1
)

select distinct places.current_town_code
from divided
inner join places on divided.town_code = places.town_code
