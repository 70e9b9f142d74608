-- The enterprise behind each party of a patent at the day of the document (feeds without credit codes: names only). Only the first party
-- has the address, so only its record can lie in the city.
with parties as (
    select * from {{ ref('int_patent_parties_split') }}
),

located as (
    select * from {{ ref('int_patents_located') }}
),

mentions as (
    select
        'patents' as feed_group,
        parties.name_hash,
        cast(null as {{ dbt.type_string() }}) as uscc,
        parties.publication_date as mention_date,
        parties.party_order = 1 and coalesce(located.is_in_city, false) as is_in_city
    from parties
    left join located on parties.record_key = located.record_key
),

{{ enterprise_matches('mentions') }}
