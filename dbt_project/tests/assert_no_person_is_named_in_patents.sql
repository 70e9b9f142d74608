-- No natural person's name, and no name that was never classified, leaves the intermediate layer.
with patents as (
    select * from {{ ref('fct_patents') }}
),

parties as (
    select * from {{ ref('bridge_patent_parties') }}
),

persons as (
    select * from {{ ref('int_names_resolved') }}
    where is_natural_person
)

select patents.record_key
from patents
inner join persons on patents.applicant_name = persons.party_name
union all
select parties.record_key
from parties
inner join persons on parties.party_name = persons.party_name
