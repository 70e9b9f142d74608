-- Legal events with their effect, tied to their document (by publication number, else by an application number) and to the granted
-- right that they concern: the document itself where it is a grant, else the grant of the same application.
with events as (
    select * from {{ ref('stg_cnipa__legal_events') }}
),

codes as (
    select * from {{ ref('legal_event_codes') }}
),

patents as (
    select * from {{ ref('int_patents_resolved') }}
),

grants as (
    select
        application_number,
        min(record_key) as record_key
    from patents
    where
        patent_kind in ('invention_granted', 'utility_granted', 'design_granted')
        and not is_correction
        and application_number is not null
    group by application_number
),

documents_by_number as (
    select
        application_number,
        min(record_key) as record_key
    from patents
    where application_number is not null
    group by application_number
),

tied as (
    select
        coalesce(events.document_key, grants.record_key, documents_by_number.record_key) as record_key,
        coalesce(events.application_number, patents.application_number) as application_number,
        case
            when patents.patent_kind in ('invention_granted', 'utility_granted', 'design_granted') and not patents.is_correction
                then events.document_key
            else coalesce(grants.record_key, patent_grants.record_key)
        end as right_key,
        events.event_code,
        coalesce(codes.event_effect, 'unknown_code') as event_effect,
        coalesce(codes.is_restorable, false) as is_restorable,
        events.effective_date,
        events.known_on,
        events.contract_number,
        events.address_after_hash
    from events
    left join codes on events.event_code = codes.event_code
    left join patents on events.document_key = patents.record_key
    left join grants on events.application_number = grants.application_number
    left join grants as patent_grants on patents.application_number = patent_grants.application_number
    left join documents_by_number on events.application_number = documents_by_number.application_number
),

ranked as (
    select
        {{ hash_key(['record_key', 'application_number', 'event_code', 'effective_date', 'known_on', 'contract_number']) }} as event_key,
        tied.*,
        row_number() over (
            partition by record_key, application_number, event_code, effective_date, known_on, contract_number
            order by case when address_after_hash is null then 2 else 1 end, address_after_hash, right_key
        ) as copy_rank
    from tied
    where record_key is not null
)

select
    event_key,
    record_key,
    right_key,
    application_number,
    event_code,
    event_effect,
    is_restorable,
    effective_date,
    known_on,
    contract_number,
    address_after_hash
from ranked
where copy_rank = 1
