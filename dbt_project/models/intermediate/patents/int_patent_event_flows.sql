-- What happens to granted patents, as indicator flows by the month in which it became known: ends of inventions by reason; grants shared
-- by enterprises with universities or institutes; transfers (TR01, not changes of name or address) by direction; recorded licence
-- contracts, a contract once however many patents; transfers and licences by universities and institutes.
-- A transfer is counted once, in the town that the right left, or, where it comes from outside, in the town that it came to.
with right_changes as (
    select * from {{ ref('int_patent_right_changes') }}
    where series = 'published' and patent_kind = 'invention_granted'
),

rights as (
    select * from {{ ref('int_patent_rights') }}
),

moves as (
    select * from {{ ref('int_patent_right_moves') }}
),

events as (
    select * from {{ ref('int_patent_events') }}
    where right_key is not null and known_on <= {{ horizon() }}
),

parties as (
    select * from {{ ref('int_patent_parties_split') }}
),

names as (
    select * from {{ ref('int_names_resolved') }}
),

patents as (
    select * from {{ ref('int_patents_resolved') }}
),

class_industries as (
    select * from {{ ref('int_patent_class_industries') }}
),

places as (
    select * from {{ ref('int_places_dated') }}
),

moved_rights as (
    select distinct record_key from moves
),

-- The places of a right one after another, as they became known.
placed_steps as (
    select
        rights.record_key,
        cast(null as {{ dbt.type_string() }}) as event_key,
        rights.place_code,
        0 as step_rank,
        rights.known_on,
        rights.granted_on as moved_on
    from rights
    inner join moved_rights on rights.record_key = moved_rights.record_key
    union all
    select
        record_key,
        event_key,
        place_code,
        1 as step_rank,
        known_on,
        moved_on
    from moves
),

steps as (
    select
        record_key,
        event_key,
        place_code,
        lag(place_code) over (partition by record_key order by step_rank, known_on, moved_on, event_key) as previous_place_code,
        known_on
    from placed_steps
),

transfers as (
    select
        events.event_key,
        events.right_key,
        events.known_on,
        coalesce(steps.previous_place_code, rights.place_code) as from_place_code,
        coalesce(steps.place_code, rights.place_code) as to_place_code
    from events
    inner join rights on events.right_key = rights.record_key
    left join steps on events.event_key = steps.event_key
    where events.event_effect = 'moves_owner'
),

licences as (
    select
        events.known_on,
        rights.place_code,
        row_number() over (
            partition by coalesce(events.contract_number, events.event_key)
            order by case when rights.place_code = 'outside' then 2 else 1 end, events.known_on, events.right_key, events.event_key
        ) as contract_rank,
        events.right_key
    from events
    inner join rights on events.right_key = rights.record_key
    where events.event_effect = 'licence_starts'
),

research_owners as (
    select distinct parties.record_key
    from parties
    inner join names on parties.name_hash = names.name_hash
    where parties.party_order = 1 and names.applicant_type in ('university', 'research_institute')
),

-- Grant and class are joined before grouping: after it the planner takes the few groups for one.
shared_grants as (
    select
        parties.record_key,
        rights.granted_on,
        rights.place_code,
        coalesce(patents.class_scheme, '') as class_scheme,
        coalesce(patents.main_class, '') as main_class
    from parties
    inner join names on parties.name_hash = names.name_hash
    inner join rights on parties.record_key = rights.record_key
    inner join patents on parties.record_key = patents.record_key
    where parties.party_count > 1
    group by 1, 2, 3, 4, 5
    having
        max(case when names.applicant_type = 'enterprise' then 1 else 0 end) = 1
        and max(case when names.applicant_type in ('university', 'research_institute') then 1 else 0 end) = 1
),

counted as (
    select
        'patent_invention_lapse_count' as indicator_code,
        change_date as counted_on,
        place_code,
        'ALL' as industry_code,
        'reason' as breakdown_type,
        flow_reason as breakdown_code,
        cast(1 as decimal(24, 12)) as quantity
    from right_changes
    where flow_reason in ('lapsed', 'expired', 'abandoned', 'invalidated', 'otherwise_ended')
    union all
    select
        'patent_industry_research_coapplication_count' as indicator_code,
        shared_grants.granted_on as counted_on,
        shared_grants.place_code,
        class_industries.industry_code,
        'ALL' as breakdown_type,
        'ALL' as breakdown_code,
        cast(class_industries.weight as decimal(24, 12)) as quantity
    from shared_grants
    inner join class_industries
        on
            shared_grants.class_scheme = class_industries.class_scheme
            and shared_grants.main_class = class_industries.main_class
    union all
    select
        'patent_transfer_event_count' as indicator_code,
        known_on as counted_on,
        case when from_place_code = 'outside' then to_place_code else from_place_code end as place_code,
        'ALL' as industry_code,
        'direction' as breakdown_type,
        case
            when from_place_code = 'outside' then 'into_city'
            when to_place_code = 'outside' then 'out_of_city'
            else 'within_city'
        end as breakdown_code,
        cast(1 as decimal(24, 12)) as quantity
    from transfers
    union all
    select
        'patent_licence_recorded_contract_count' as indicator_code,
        known_on as counted_on,
        place_code,
        'ALL' as industry_code,
        'ALL' as breakdown_type,
        'ALL' as breakdown_code,
        cast(1 as decimal(24, 12)) as quantity
    from licences
    where contract_rank = 1
    union all
    select
        'patent_university_transfer_licence_count' as indicator_code,
        transfers.known_on as counted_on,
        transfers.from_place_code as place_code,
        'ALL' as industry_code,
        'ALL' as breakdown_type,
        'ALL' as breakdown_code,
        cast(1 as decimal(24, 12)) as quantity
    from transfers
    inner join research_owners on transfers.right_key = research_owners.record_key
    union all
    select
        'patent_university_transfer_licence_count' as indicator_code,
        licences.known_on as counted_on,
        licences.place_code,
        'ALL' as industry_code,
        'ALL' as breakdown_type,
        'ALL' as breakdown_code,
        cast(1 as decimal(24, 12)) as quantity
    from licences
    inner join research_owners on licences.right_key = research_owners.record_key
)

select
    counted.indicator_code,
    {{ month_start('counted.counted_on') }} as month_start,
    places.town_code as town_code_then,
    places.current_town_code as town_code_now,
    counted.industry_code,
    'ALL' as applicant_type,
    counted.breakdown_type,
    counted.breakdown_code,
    'ALL' as second_breakdown_type,
    'ALL' as second_breakdown_code,
    sum(counted.quantity) as quantity
from counted
inner join places on {{ town_at('places', 'counted.place_code', 'counted.counted_on') }}
where counted.place_code <> 'outside'
group by 1, 2, 3, 4, 5, 7, 8
