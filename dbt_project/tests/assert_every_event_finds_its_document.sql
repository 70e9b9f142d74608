-- Warns (a person looks, nothing stops): legal events that name neither a publication number nor an application number that any
-- document has. They are in landing, but no fact can point to a document for them.
{{ config(severity='warn') }}
with events as (
    select * from {{ ref('stg_cnipa__legal_events') }}
),

patents as (
    select * from {{ ref('int_patents_resolved') }}
)

select
    events.application_number,
    events.event_code,
    events.effective_date,
    events.known_on
from events
left join patents on events.application_number = patents.application_number
where
    events.document_key is null
    and patents.record_key is null
