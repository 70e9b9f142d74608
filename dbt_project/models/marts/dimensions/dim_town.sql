-- A town version.
with towns as (
    select * from {{ ref('int_towns_keyed') }}
)

select
    town_key,
    town_code,
    town_name,
    valid_from,
    valid_to,
    current_town_code,
    statistical_unit,
    sort_order
from towns
