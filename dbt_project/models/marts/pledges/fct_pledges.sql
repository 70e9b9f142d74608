-- One row a pledge contract: the office's ledger and the register of patents, joined by registration number. A row of which all rights
-- overlap an open pledge is kept here and held back from the indicators (see int_pledge_overlaps).
with pledges as (
    select * from {{ ref('int_pledges_classified') }}
    where registered_date is not null
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
    pledges.record_key,
    pledges.contract_number,
    pledges.registration_number,
    pledges.pledge_kind,
    pledges.registered_date,
    pledges.released_date,
    pledges.due_date,
    pledges.changed_date,
    coalesce(names.published_name, '未识别名称') as pledgor_name,
    coalesce(matches.enterprise_version_key, 'unresolved') as enterprise_version_key,
    coalesce(matches.enterprise_key, 'unresolved') as enterprise_key,
    places.town_key,
    places.town_code,
    coalesce(pledges.pledgee_name, '未注明') as pledgee_name,
    pledges.secured_amount_cny_10k,
    pledges.changed_amount_cny_10k,
    pledges.disbursed_amount_cny_10k,
    pledges.disbursed_date,
    pledges.patent_right_count,
    pledges.trademark_right_count,
    pledges.has_ledger,
    pledges.has_registration,
    pledges.known_on
from pledges
inner join places on {{ town_at('places', 'pledges.place_code', 'pledges.registered_date') }}
left join names on pledges.pledgor_name_hash = names.name_hash
left join matches
    on
        {{ enterprise_mention_key('pledges.pledgor_name_hash', 'pledges.uscc', 'pledges.registered_date', "'pledges'") }}
        = matches.mention_key
