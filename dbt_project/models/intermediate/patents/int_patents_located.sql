-- A document with the place of its first-named party and the town that the place belonged to on the day of publication.
-- No address, or one that the resolver has not seen: outside, and the reason says so; nothing is guessed.
with patents as (
    select * from {{ ref('int_patents_resolved') }}
),

addresses as (
    select * from {{ ref('int_addresses_located') }}
),

places as (
    select * from {{ ref('int_places_dated') }}
),

located as (
    select
        patents.record_key,
        patents.publication_date,
        case when coalesce(addresses.is_in_city, false) then addresses.place_code else 'outside' end as place_code,
        coalesce(addresses.is_in_city, false) as is_in_city,
        coalesce(addresses.confidence, cast(0 as decimal(3, 2))) as town_confidence,
        case
            when patents.address is null then 'no_address'
            when addresses.address_hash is null then 'not_resolved'
            when addresses.is_boundary_ambiguous then 'boundary_ambiguous'
            else addresses.reason
        end as town_reason
    from patents
    left join addresses on patents.address_hash = addresses.address_hash
)

select
    located.record_key,
    located.place_code,
    places.town_key,
    places.town_code,
    places.current_town_code,
    located.is_in_city,
    located.town_confidence,
    located.town_reason
from located
inner join places on {{ town_at('places', 'located.place_code', 'located.publication_date') }}
