-- The industries of each Nice class, for marks by cluster: several rows of one class share equally, so that the weights sum to 1.
with nice_classes as (
    select * from {{ ref('nice_classes') }}
),

mapping as (
    select * from {{ ref('nice_class_industries') }}
),

mapped as (
    select
        nice_classes.nice_class,
        coalesce(mapping.industry_code, 'unassigned') as industry_code,
        coalesce(mapping.is_exact, false) as is_exact
    from nice_classes
    left join mapping on cast(nice_classes.nice_class as {{ dbt.type_string() }}) = mapping.class_prefix
),

ranked as (
    select
        mapped.*,
        row_number() over (partition by nice_class order by is_exact desc, industry_code) as industry_order,
        count(*) over (partition by nice_class) as industry_count
    from mapped
)

select
    nice_class,
    industry_code,
    is_exact,
    {{ equal_share('industry_order', 'industry_count') }} as weight
from ranked
