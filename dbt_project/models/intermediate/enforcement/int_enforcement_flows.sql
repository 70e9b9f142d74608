-- Case events by their own dates. A revoked decision is taken back on the day of its revocation, as a dated revision of the amounts;
-- the case stays closed. Fines and confiscations are two parts of the penalty, never one for the other.
with cases as (
    select * from {{ ref('int_enforcement_cases_latest') }}
),

case_kinds as (
    select * from {{ ref('case_kind_indicators') }}
),

places as (
    select * from {{ ref('int_places_dated') }}
),

events as (
    select
        case_kinds.indicator_code,
        case when case_kinds.event_name = 'filed' then cases.filed_date else coalesce(cases.closed_date, cases.decision_date) end as event_date,
        cases.place_code,
        'agency' as breakdown_type,
        case when case_kinds.event_name = 'filed' then cases.filing_agency_name else cases.agency_name end as breakdown_code,
        'kind' as second_breakdown_type,
        cases.case_kind as second_breakdown_code,
        cast(1 as decimal(24, 6)) as quantity
    from cases
    inner join case_kinds on cases.case_kind = case_kinds.case_kind
    union all
    select
        'ip_case_transferred_to_police_count' as indicator_code,
        transferred_date as event_date,
        place_code,
        'ALL' as breakdown_type,
        'ALL' as breakdown_code,
        'ALL' as second_breakdown_type,
        'ALL' as second_breakdown_code,
        cast(1 as decimal(24, 6)) as quantity
    from cases
    where transferred_to like '%公安%'
    union all
    select
        'ip_case_fine_amount_cny_10k' as indicator_code,
        decision_date as event_date,
        place_code,
        'penalty_part' as breakdown_type,
        '罚款' as breakdown_code,
        'ALL' as second_breakdown_type,
        'ALL' as second_breakdown_code,
        cast(fine_cny_10k as decimal(24, 6)) as quantity
    from cases
    where fine_cny_10k <> 0
    union all
    select
        'ip_case_fine_amount_cny_10k' as indicator_code,
        decision_date as event_date,
        place_code,
        'penalty_part' as breakdown_type,
        '没收' as breakdown_code,
        'ALL' as second_breakdown_type,
        'ALL' as second_breakdown_code,
        cast(confiscated_cny_10k as decimal(24, 6)) as quantity
    from cases
    where confiscated_cny_10k <> 0
    union all
    select
        'ip_case_fine_amount_cny_10k' as indicator_code,
        revoked_date as event_date,
        place_code,
        'penalty_part' as breakdown_type,
        '罚款' as breakdown_code,
        'ALL' as second_breakdown_type,
        'ALL' as second_breakdown_code,
        cast(-fine_cny_10k as decimal(24, 6)) as quantity
    from cases
    where fine_cny_10k <> 0 and decision_date is not null and revoked_date is not null
    union all
    select
        'ip_case_fine_amount_cny_10k' as indicator_code,
        revoked_date as event_date,
        place_code,
        'penalty_part' as breakdown_type,
        '没收' as breakdown_code,
        'ALL' as second_breakdown_type,
        'ALL' as second_breakdown_code,
        cast(-confiscated_cny_10k as decimal(24, 6)) as quantity
    from cases
    where confiscated_cny_10k <> 0 and decision_date is not null and revoked_date is not null
)

select
    events.indicator_code,
    {{ month_start('events.event_date') }} as month_start,
    places.town_code as town_code_then,
    places.current_town_code as town_code_now,
    'ALL' as industry_code,
    'ALL' as applicant_type,
    events.breakdown_type,
    coalesce(events.breakdown_code, 'unassigned') as breakdown_code,
    events.second_breakdown_type,
    events.second_breakdown_code,
    cast(sum(events.quantity) as decimal(24, 6)) as quantity
from events
inner join places on {{ town_at('places', 'events.place_code', 'events.event_date') }}
group by 1, 2, 3, 4, 7, 8, 9, 10
