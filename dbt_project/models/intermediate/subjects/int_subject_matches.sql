-- The enterprise behind each party of a trademark, case, lot, pledge or honour on the day of its record; the same rules as for patents.
with mentions as (
    select
        {{ feed_group('feed') }} as feed_group,
        name_hash,
        uscc,
        mention_date,
        is_in_city
    from {{ ref('int_subject_mentions') }}
),

{{ enterprise_matches('mentions') }}
