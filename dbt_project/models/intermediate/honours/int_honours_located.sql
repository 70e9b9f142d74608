-- Honours with the town of their holder: an honour names no address, so the register's town of the enterprise on the day counts.
with honours as (
    select * from {{ ref('stg_ip_office__honours') }}
),

matches as (
    select * from {{ ref('int_subject_matches') }}
),

versions as (
    select * from {{ ref('int_enterprise_versions') }}
)

select
    honours.record_key,
    honours.honour_type,
    honours.honour_grade,
    honours.award_year,
    honours.holder_name_hash,
    coalesce(matches.enterprise_version_key, 'unresolved') as enterprise_version_key,
    coalesce(matches.enterprise_key, 'unresolved') as enterprise_key,
    -- Honours are the city's own list: a holder whose town can't be told is still the city's.
    coalesce(versions.place_code, 'unassigned') as place_code,
    honours.application_number,
    -- An award is for a project: the patent, whoever shares it; without one, its holder.
    {{ hash_key([
        'honours.honour_grade', 'honours.award_year', 'coalesce(honours.application_number, honours.holder_name_hash)'
    ]) }} as project_key,
    case
        when versions.enterprise_key is not null then versions.enterprise_key
        else coalesce(honours.uscc, honours.holder_name_hash)
    end as holder_key,
    honours.issued_on,
    coalesce(honours.valid_from, honours.issued_on) as valid_from,
    -- The notice names the last day of validity; ranges here are half-open.
    {{ add_days('honours.valid_to', 1) }} as valid_to,
    honours._source_row as source_row,
    honours.known_on
from honours
left join matches
    on
        {{ enterprise_mention_key('honours.holder_name_hash', 'honours.uscc', 'honours.issued_on', "'honours'") }}
        = matches.mention_key
left join versions on matches.enterprise_version_key = versions.enterprise_version_key
