-- One row a name that the resolver has seen. published_name is the only form of a name that may leave the intermediate layer.
with resolved_names as (
    select * from {{ source('ops', 'resolved_names') }}
)

select
    cast(name_hash as {{ dbt.type_string() }}) as name_hash,
    name as party_name,
    written_name,
    normalised_name,
    head_name,
    has_city_prefix,
    applicant_type,
    is_natural_person,
    published_name
from resolved_names
