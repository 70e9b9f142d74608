-- One row a class line (application x Nice class), its latest known state.
with trademarks as (
    select * from {{ ref('stg_cnipa__trademarks') }}
),

located as (
    select * from {{ ref('int_trademarks_located') }}
    where is_latest
),

places as (
    select * from {{ ref('int_places_dated') }}
),

names as (
    select * from {{ ref('int_names_resolved') }}
),

matches as (
    select * from {{ ref('int_subject_matches') }}
)

select
    trademarks.record_key,
    trademarks.application_number,
    trademarks.registration_number,
    trademarks.nice_class,
    coalesce(trademarks.mark_name, '') as mark_name,
    trademarks.mark_type,
    trademarks.is_gi,
    coalesce(names.published_name, '未识别名称') as applicant_name,
    coalesce(names.applicant_type, 'unknown') as applicant_type,
    coalesce(matches.enterprise_version_key, 'unresolved') as enterprise_version_key,
    coalesce(matches.enterprise_key, 'unresolved') as enterprise_key,
    places.town_key,
    places.town_code,
    located.is_in_city,
    trademarks.filing_date,
    trademarks.registration_date,
    trademarks.term_start_date,
    trademarks.term_end_date,
    trademarks.status,
    trademarks.status_date,
    trademarks.known_on
from trademarks
inner join located
    on
        trademarks.record_key = located.record_key
        and trademarks.known_on = located.known_on
inner join places
    on {{ town_at('places', 'located.place_code', 'coalesce(trademarks.filing_date, trademarks.known_on)') }}
left join names on trademarks.applicant_name_hash = names.name_hash
left join matches
    on
        {{ enterprise_mention_key('trademarks.applicant_name_hash', 'trademarks.uscc', 'trademarks.filing_date', "'cnipa_trademarks'") }}
        = matches.mention_key
