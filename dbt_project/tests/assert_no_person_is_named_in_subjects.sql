-- No natural person's name reaches a mart: what is published of a person is a pseudonym.
with persons as (
    select party_name
    from {{ ref('int_names_resolved') }}
    where is_natural_person
)

select 'fct_trademarks' as table_name, count(*) as row_count
from {{ ref('fct_trademarks') }} as marts_rows
inner join persons on marts_rows.applicant_name = persons.party_name
having count(*) > 0
union all
select 'fct_enforcement_cases' as table_name, count(*) as row_count
from {{ ref('fct_enforcement_cases') }} as marts_rows
inner join persons on marts_rows.party_name = persons.party_name
having count(*) > 0
union all
select 'bridge_customs_rights' as table_name, count(*) as row_count
from {{ ref('bridge_customs_rights') }} as marts_rows
inner join persons on marts_rows.right_holder_name = persons.party_name
having count(*) > 0
union all
select 'fct_pledges' as table_name, count(*) as row_count
from {{ ref('fct_pledges') }} as marts_rows
inner join persons on marts_rows.pledgor_name = persons.party_name
having count(*) > 0
union all
select 'fct_honours' as table_name, count(*) as row_count
from {{ ref('fct_honours') }} as marts_rows
inner join persons on marts_rows.holder_name = persons.party_name
having count(*) > 0
