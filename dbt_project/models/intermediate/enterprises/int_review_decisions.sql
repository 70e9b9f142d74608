-- What reviewers decided on names, as pinned by this build: one decision for a name and a group of feeds that meet in one record (the
-- patent feeds, the two pledge feeds). Where two feeds of a group were decided differently, the later decision holds.
with pinned as (
    select * from {{ source('ops', 'build_decisions') }}
    where build_id = '{{ var("build_id") }}'
),

decisions as (
    select * from {{ source('ops', 'review_decisions') }}
),

grouped as (
    select
        {{ feed_group('decisions.feed') }} as feed_group,
        md5(decisions.name) as name_hash,
        decisions.decision_id,
        decisions.decision,
        decisions.uscc
    from pinned
    inner join decisions on pinned.decision_id = decisions.decision_id
),

ranked as (
    select
        grouped.*,
        row_number() over (partition by feed_group, name_hash order by decision_id desc) as decision_rank
    from grouped
)

select
    feed_group,
    name_hash,
    decision_id,
    decision,
    uscc
from ranked
where decision_rank = 1
