-- Every name that an enterprise of the register bears or bore: the names of its versions with their validity, and the former names
-- that the register lists (without dates); in the forms in which names are compared.
with versions as (
    select * from {{ ref('int_enterprise_versions') }}
),

numbers as (
    select * from {{ ref('int_numbers') }}
),

names as (
    select * from {{ ref('int_names_resolved') }}
),

former as (
    select
        versions.enterprise_key,
        versions.uscc,
        versions.established_date,
        {{ list_item('versions.former_names', 'numbers.position_number') }} as enterprise_name
    from versions
    inner join numbers on numbers.position_number <= {{ list_count('versions.former_names') }}
    where versions.former_names is not null and versions.former_names <> ''
),

named as (
    select
        enterprise_key,
        uscc,
        established_date,
        enterprise_name,
        true as is_dated,
        valid_from,
        valid_to
    from versions
    union all
    select distinct
        enterprise_key,
        uscc,
        established_date,
        enterprise_name,
        false as is_dated,
        cast(null as date) as valid_from,
        cast(null as date) as valid_to
    from former
    where enterprise_name is not null
)

select
    named.enterprise_key,
    named.uscc,
    coalesce(names.written_name, named.enterprise_name) as written_name,
    coalesce(names.normalised_name, named.enterprise_name) as normalised_name,
    coalesce(names.has_city_prefix, false) as has_city_prefix,
    named.is_dated,
    named.valid_from,
    named.valid_to,
    min(named.established_date) over (partition by named.enterprise_key) as established_date
from named
left join names on md5(named.enterprise_name) = names.name_hash
