-- An enterprise version of the register, and the two members that facts without an enterprise point to.
with versions as (
    select * from {{ ref('int_enterprise_versions') }}
),

places as (
    select * from {{ ref('int_places_dated') }}
),

members as (
    select
        'unresolved' as member_key,
        '未能对应登记企业' as member_name
    union all
    select
        'not_an_enterprise' as member_key,
        '非企业' as member_name
)

select
    versions.enterprise_version_key,
    versions.enterprise_key,
    versions.uscc,
    versions.enterprise_name,
    versions.group_key,
    -- The town as it was when the register last showed this version.
    places.town_code,
    versions.industry_code,
    versions.is_high_tech,
    versions.is_above_scale,
    versions.is_above_scale_exporter,
    versions.cultivation_tier,
    versions.valid_from,
    versions.valid_to
from versions
inner join places on {{ town_at('places', 'versions.place_code', 'versions.last_seen_on') }}
union all
select
    member_key as enterprise_version_key,
    member_key as enterprise_key,
    cast(null as {{ dbt.type_string() }}) as uscc,
    member_name as enterprise_name,
    member_key as group_key,
    'unassigned' as town_code,
    'unassigned' as industry_code,
    false as is_high_tech,
    false as is_above_scale,
    false as is_above_scale_exporter,
    cast(null as {{ dbt.type_string() }}) as cultivation_tier,
    cast(null as date) as valid_from,
    cast(null as date) as valid_to
from members
