-- The enterprise behind each party of a trademark, case, lot, pledge or honour on the day of its record; the same rules as for patents.
with mentions as (
    select
        name_hash,
        uscc,
        mention_date
    from {{ ref('int_subject_mentions') }}
),

{{ enterprise_matches('mentions') }}
