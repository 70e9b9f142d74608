-- One row a case, its latest known state, with each event's own date.
with cases as (
    select * from {{ ref('int_enforcement_cases_latest') }}
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
    cases.record_key,
    cases.case_number,
    cases.case_kind,
    coalesce(names.published_name, '未识别名称') as party_name,
    coalesce(cases.party_type, '未注明') as party_type,
    coalesce(matches.enterprise_version_key, 'unresolved') as enterprise_version_key,
    coalesce(matches.enterprise_key, 'unresolved') as enterprise_key,
    places.town_key,
    places.town_code,
    coalesce(cases.agency_name, '未注明') as agency_name,
    cases.accepted_date,
    cases.filed_date,
    cases.closed_date,
    cases.transferred_date,
    cases.decision_date,
    cases.revoked_date,
    cases.decision_number,
    cases.violation_type,
    cases.penalty_type,
    cases.fine_cny_10k,
    cases.confiscated_cny_10k,
    cases.known_on
from cases
inner join places
    on {{ town_at('places', 'cases.place_code', 'coalesce(cases.filed_date, cases.accepted_date, cases.known_on)') }}
left join names on cases.party_name_hash = names.name_hash
left join matches
    on
        {{ enterprise_mention_key('cases.party_name_hash', 'cases.uscc', 'coalesce(cases.filed_date, cases.accepted_date, cases.known_on)', "'enforcement_cases'") }}
        = matches.mention_key
