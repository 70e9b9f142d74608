-- One row a party of a document, in the announced order; party 1 is the first-named patentee or applicant.
with patents as (
    select * from {{ ref('int_patents_resolved') }}
),

numbers as (
    select * from {{ ref('int_numbers') }}
),

counted as (
    select
        record_key,
        publication_date,
        patentees,
        {{ list_count('patentees') }} as item_count
    from patents
    where patentees is not null and patentees <> ''
),

-- Most documents have one party: only the others need the numbers.
split as (
    select
        record_key,
        publication_date,
        1 as item_number,
        nullif(trim(patentees), '') as party_name
    from counted
    where item_count = 1
    union all
    select
        counted.record_key,
        counted.publication_date,
        numbers.position_number as item_number,
        {{ list_item('counted.patentees', 'numbers.position_number') }} as party_name
    from counted
    inner join numbers on numbers.position_number <= counted.item_count
    where counted.item_count > 1
)

select
    record_key,
    cast(row_number() over (partition by record_key order by item_number) as integer) as party_order,
    cast(count(*) over (partition by record_key) as integer) as party_count,
    publication_date,
    party_name,
    md5(party_name) as name_hash
from split
where party_name is not null
