-- One row a legal event of a document in fct_patents; identical events are one.
with events as (
    select * from {{ ref('int_patent_events') }}
)

select
    event_key,
    record_key,
    application_number,
    event_code,
    event_effect,
    effective_date,
    known_on,
    contract_number
from events
