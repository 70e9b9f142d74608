-- The enterprise behind each party of a patent at the day of the document (a feed without credit codes: names only).
with mentions as (
    select
        name_hash,
        cast(null as {{ dbt.type_string() }}) as uscc,
        publication_date as mention_date
    from {{ ref('int_patent_parties_split') }}
),

{{ enterprise_matches('mentions') }}
