-- The industries of a document by its main class, with weights that sum to 1 for each document (`unassigned` included).
with patents as (
    select * from {{ ref('int_patents_resolved') }}
),

industries as (
    select * from {{ ref('int_patent_class_industries') }}
)

select
    patents.record_key,
    industries.industry_code,
    industries.weight,
    industries.is_exact
from patents
inner join industries
    on
        coalesce(patents.class_scheme, '') = industries.class_scheme
        and coalesce(patents.main_class, '') = industries.main_class
