-- Everything that ends a right: published events and the computed end of the term, each with its legal effect (ended_on), the day it
-- became known, and the day on which a restoration became known that undoes it (restored_on).
-- A term needs no announcement: it is known on the day.
with rights as (
    select * from {{ ref('int_patent_rights') }}
),

events as (
    select * from {{ ref('int_patent_events') }}
),

restorations as (
    select
        right_key,
        known_on
    from events
    where event_effect = 'restores'
),

announced as (
    select
        events.event_key as ending_key,
        events.right_key as record_key,
        case
            when events.event_effect = 'ends_lapse' then 'lapsed'
            when events.event_effect = 'ends_term' then 'expired'
            when events.event_effect in ('ends_abandonment', 'ends_double_patenting') then 'abandoned'
            when events.event_effect = 'ends_invalidation' then 'invalidated'
            else 'otherwise_ended'
        end as flow_reason,
        events.effective_date as ended_on,
        events.known_on,
        events.is_restorable
    from events
    where events.event_effect in (
        'ends_lapse', 'ends_term', 'ends_abandonment', 'ends_double_patenting', 'ends_invalidation', 'ends_other'
    )
),

restored as (
    select
        announced.ending_key,
        min(restorations.known_on) as restored_on
    from announced
    inner join restorations
        on
            announced.record_key = restorations.right_key
            and announced.known_on <= restorations.known_on
    where announced.is_restorable
    group by announced.ending_key
),

expired as (
    select
        {{ hash_key(["'term'", 'record_key']) }} as ending_key,
        record_key,
        term_ended_on as ended_on
    from rights
    where term_ended_on <= {{ horizon() }}
)

select
    announced.ending_key,
    announced.record_key,
    announced.flow_reason,
    announced.ended_on,
    announced.known_on,
    restored.restored_on
from announced
inner join rights on announced.record_key = rights.record_key
left join restored on announced.ending_key = restored.ending_key
where announced.known_on <= {{ horizon() }}
union all
select
    ending_key,
    record_key,
    'expired' as flow_reason,
    ended_on,
    ended_on as known_on,
    cast(null as date) as restored_on
from expired
