-- One row a granted right: its grant, the place of its first patentee in the granted document, and the day on which its term is over
-- (the first day that it is not in force: the anniversary of the filing; the last day in force is the day before).
-- A published application, a correction (A8 ... S9) or a partial invalidation (C1-C9) is never a right.
with patents as (
    select * from {{ ref('int_patents_resolved') }}
),

located as (
    select * from {{ ref('int_patents_located') }}
),

terms as (
    select * from {{ ref('patent_terms') }}
),

events as (
    select * from {{ ref('int_patent_events') }}
),

extensions as (
    select
        right_key,
        max(effective_date) as extended_to
    from events
    where
        event_effect = 'extends_term'
        and known_on <= {{ horizon() }}
    group by right_key
),

granted as (
    select
        patents.record_key,
        patents.patent_kind,
        patents.filing_date,
        patents.publication_date as granted_on,
        patents.known_on,
        located.place_code,
        terms.term_years,
        extensions.right_key is not null as is_extended,
        extensions.extended_to,
        {{ add_years('patents.filing_date', 'terms.term_years') }} as regular_term_end
    from patents
    inner join located on patents.record_key = located.record_key
    left join terms
        on
            patents.patent_kind = terms.patent_kind
            and patents.filing_date >= terms.filed_from
            and (terms.filed_before is null or patents.filing_date < terms.filed_before)
    left join extensions on patents.record_key = extensions.right_key
    where
        patents.patent_kind in ('invention_granted', 'utility_granted', 'design_granted')
        and not patents.is_correction
        and patents.publication_date is not null
        and length(patents.kind_code) = 1
)

select
    record_key,
    patent_kind,
    filing_date,
    granted_on,
    known_on,
    place_code,
    -- A compensated term ends on the stated day; where none is stated, only a published expiry can end it.
    case
        when not is_extended then regular_term_end
        when extended_to > regular_term_end then extended_to
    end as term_ended_on
from granted
