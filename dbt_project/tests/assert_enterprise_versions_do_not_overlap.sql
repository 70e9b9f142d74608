-- Versions of one enterprise follow each other without overlap, and only the last one is open.
with versions as (
    select * from {{ ref('int_enterprise_versions') }}
),

followed as (
    select
        enterprise_version_key,
        valid_from,
        valid_to,
        lead(valid_from) over (partition by enterprise_key order by version_number) as next_valid_from
    from versions
)

select enterprise_version_key
from followed
where
    (next_valid_from is not null and (valid_to is null or valid_to > next_valid_from))
    or valid_to <= valid_from
