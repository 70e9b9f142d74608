-- One row a case, whatever it was called on its way: the latest known version gives its state, the first version with a filing date
-- names the agency that filed it. A case handed to another agency under the same number stays one case.
with cases as (
    select * from {{ ref('stg_market_supervision__enforcement_cases') }}
),

addresses as (
    select * from {{ ref('int_addresses_located') }}
),

ranked as (
    select
        *,
        row_number() over (partition by case_number order by known_on desc, _row_hash) as version_rank
    from cases
),

filing_agencies as (
    select
        case_number,
        agency_name,
        row_number() over (partition by case_number order by known_on, _row_hash) as version_rank
    from cases
    where filed_date is not null
)

select
    ranked.record_key,
    ranked.case_number,
    ranked.case_kind,
    ranked.party_name,
    ranked.party_name_hash,
    ranked.party_type,
    ranked.uscc,
    ranked.decision_number,
    ranked.violation_type,
    ranked.penalty_type,
    ranked.fine_cny_10k,
    ranked.confiscated_cny_10k,
    ranked.decision_date,
    ranked.agency_name,
    coalesce(filing_agencies.agency_name, ranked.agency_name) as filing_agency_name,
    ranked.accepted_date,
    ranked.filed_date,
    ranked.closed_date,
    ranked.transferred_date,
    ranked.transferred_to,
    ranked.revoked_date,
    -- The city's own agencies report these cases: one whose place can't be told is still a case of the city.
    case
        when addresses.place_code is null or not addresses.is_in_city then 'unassigned'
        else addresses.place_code
    end as place_code,
    ranked.known_on
from ranked
left join filing_agencies
    on
        ranked.case_number = filing_agencies.case_number
        and filing_agencies.version_rank = 1
left join addresses on ranked.address_hash = addresses.address_hash
where ranked.version_rank = 1
