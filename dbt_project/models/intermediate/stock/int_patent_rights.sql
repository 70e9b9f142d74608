-- One row a granted right: its grant, the place of its first patentee in the granted document, and the day on which its regular term is
-- over (the first day that it is not in force: the anniversary of the filing; the last day in force is the day before).
-- The filing date is the one of the document: the international date of a PCT application, the parent's date of a divisional.
-- A published application, a correction (A8 ... S9) or a partial invalidation (C1-C9) is never a right.
with patents as (
    select * from {{ ref('int_patents_resolved') }}
),

located as (
    select * from {{ ref('int_patents_located') }}
),

terms as (
    select * from {{ ref('patent_terms') }}
)

select
    patents.record_key,
    patents.patent_kind,
    patents.filing_date,
    patents.publication_date as granted_on,
    patents.known_on,
    located.place_code,
    {{ add_years('patents.filing_date', 'terms.term_years') }} as regular_term_ended_on
from patents
inner join located on patents.record_key = located.record_key
left join terms
    on
        patents.patent_kind = terms.patent_kind
        and patents.filing_date >= terms.filed_from
        and (terms.filed_before is null or patents.filing_date < terms.filed_before)
where
    patents.patent_kind in ('invention_granted', 'utility_granted', 'design_granted')
    and not patents.is_correction
    and patents.publication_date is not null
    and length(patents.kind_code) = 1
