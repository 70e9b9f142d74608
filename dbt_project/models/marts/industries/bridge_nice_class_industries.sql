-- The industries of a Nice class with weights that sum to 1 for each class: marks by industry and by cluster of the city.
with industries as (
    select * from {{ ref('int_nice_class_industries') }}
)

select
    nice_class,
    cast(industry_code as {{ dbt.type_string() }}) as industry_code,
    weight,
    is_exact
from industries
