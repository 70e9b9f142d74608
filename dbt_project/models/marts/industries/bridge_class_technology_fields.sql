-- The WIPO technology field of every IPC symbol that a patent has as its main class.
with fields as (
    select * from {{ ref('int_class_technology_fields') }}
)

select
    cast(main_class as {{ dbt.type_string() }}) as main_class,
    field_number,
    cast(sector_name as {{ dbt.type_string() }}) as sector_name,
    cast(field_name as {{ dbt.type_string() }}) as field_name,
    cast(ipc_prefix as {{ dbt.type_string() }}) as ipc_prefix
from fields
