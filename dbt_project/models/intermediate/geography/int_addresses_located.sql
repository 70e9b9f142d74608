-- One row an address that the resolver has seen: its place of the gazetteer, with confidence and reason.
with resolved_addresses as (
    select * from {{ source('ops', 'resolved_addresses') }}
)

select
    cast(address_hash as {{ dbt.type_string() }}) as address_hash,
    -- An address that names the city alone lies in the city, in no town that is known.
    case when place_code = '442000' then 'unassigned' else place_code end as place_code,
    cast(confidence as decimal(3, 2)) as confidence,
    reason,
    is_in_city,
    is_boundary_ambiguous
from resolved_addresses
