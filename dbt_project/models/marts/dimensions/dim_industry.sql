-- Industries of GB/T 4754-2017 with their parents, the city's clusters and the members ALL and unassigned.
with industries as (
    select * from {{ ref('industries') }}
)

select
    industry_code,
    industry_name,
    parent_code,
    industry_level as level,
    section_code,
    division_code,
    is_cluster,
    sort_order
from industries
