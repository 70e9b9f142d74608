-- What can make a granted invention a high-value one, one row a piece of evidence, on two clocks: it holds from fulfilled_from until
-- fulfilled_to, and was the known state from known_on until known_until (half-open, an open end is NULL). No parameter of a count is
-- applied here (the age stands on both clocks, a pledge with its amount), so that a what-if needs no other build.
with rights as (
    select * from {{ ref('int_patent_rights') }}
    where patent_kind = 'invention_granted'
),

patents as (
    select * from {{ ref('int_patents_resolved') }}
),

sei_matches as (
    select * from {{ ref('int_sei_matches') }}
),

families as (
    select * from {{ ref('stg_provider__patent_families') }}
    where
        granted_date is not null
        and member_country_code not in ('CN', 'WO')
        {%- if not var('overseas_family_includes_hk_mo_tw') %}
        and member_country_code not in ('HK', 'MO', 'TW')
        {%- endif %}
),

pledges as (
    select * from {{ ref('int_high_value_pledges') }}
),

honours as (
    select * from {{ ref('int_honours_located') }}
),

award_types as (
    select * from {{ ref('high_value_award_types') }}
),

-- The granted right of an application; a family may be named by the published application.
rights_by_number as (
    select
        patents.application_number,
        min(rights.record_key) as record_key
    from rights
    inner join patents on rights.record_key = patents.record_key
    where patents.application_number is not null
    group by patents.application_number
),

family_rights as (
    select
        families.*,
        coalesce(rights.record_key, rights_by_number.record_key) as record_key
    from families
    left join rights on families.document_key = rights.record_key
    left join patents on families.document_key = patents.record_key
    left join rights_by_number on patents.application_number = rights_by_number.application_number
),

evidence as (
    select
        sei_matches.record_key,
        'sei' as reason_code,
        'none' as age_clock,
        sei_matches.sei_code as evidence_reference,
        sei_matches.is_upper_bound,
        cast(null as decimal(18, 4)) as amount_cny_10k,
        rights.granted_on as fulfilled_from,
        cast(null as date) as fulfilled_to,
        rights.known_on,
        cast(null as date) as known_until
    from sei_matches
    inner join rights on sei_matches.record_key = rights.record_key
    union all
    select
        record_key,
        'overseas_family',
        'none',
        member_country_code || ' ' || member_publication_number,
        false,
        cast(null as decimal(18, 4)),
        granted_date,
        ended_date,
        known_on,
        known_until
    from family_rights
    where record_key is not null
    -- More than ten years: the day after the tenth anniversary is the first one.
    union all
    select
        record_key,
        'over_10_years',
        'filing',
        '',
        false,
        cast(null as decimal(18, 4)),
        {{ add_days(add_years('filing_date', 10), 1) }},
        cast(null as date),
        known_on,
        cast(null as date)
    from rights
    where filing_date is not null
    union all
    select
        record_key,
        'over_10_years',
        'grant',
        '',
        false,
        cast(null as decimal(18, 4)),
        {{ add_days(add_years('granted_on', 10), 1) }},
        cast(null as date),
        known_on,
        cast(null as date)
    from rights
    union all
    select
        rights.record_key,
        'pledge',
        'none',
        pledges.contract_number || ' ' || pledges.amount_kind,
        false,
        pledges.amount_cny_10k,
        pledges.pledged_from,
        pledges.pledged_to,
        pledges.known_on,
        pledges.known_until
    from pledges
    inner join rights on pledges.record_key = rights.record_key
    union all
    select
        rights_by_number.record_key,
        'award',
        'none',
        honours.honour_type || ' ' || cast(honours.award_year as {{ dbt.type_string() }})
        || ' ' || coalesce(honours.honour_grade, ''),
        false,
        cast(null as decimal(18, 4)),
        honours.valid_from,
        honours.valid_to,
        honours.known_on,
        cast(null as date)
    from honours
    inner join award_types on honours.honour_type = award_types.honour_type
    inner join rights_by_number on honours.application_number = rights_by_number.application_number
),

-- One award listed with two holders is one piece of evidence.
distinct_evidence as (
    select distinct * from evidence
)

select
    {{ hash_key([
        'record_key', 'reason_code', 'age_clock', 'evidence_reference', 'amount_cny_10k',
        'fulfilled_from', 'fulfilled_to', 'known_on', 'known_until'
    ]) }} as evidence_key,
    record_key,
    reason_code,
    age_clock,
    evidence_reference,
    is_upper_bound,
    amount_cny_10k,
    fulfilled_from,
    fulfilled_to,
    known_on,
    known_until
from distinct_evidence
