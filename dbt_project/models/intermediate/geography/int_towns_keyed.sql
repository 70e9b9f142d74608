-- A town version with its key. The first version of a code begins on 1900-01-01; members that are no towns have their own code as key.
with towns as (
    select * from {{ ref('towns') }}
)

select
    case
        when town_code in ('442000', 'unassigned', 'outside') then town_code
        else town_code || '-' || replace(cast(valid_from as {{ dbt.type_string() }}), '-', '')
    end as town_key,
    town_code,
    town_name,
    valid_from,
    valid_to,
    current_town_code,
    statistical_unit,
    sort_order
from towns
