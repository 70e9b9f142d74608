-- Everything that ends a right: published events and the computed end of the term, each with its legal effect (ended_on), the day it
-- became known, and the day on which it was undone (restored_on): a restoration, or a compensation of a term that was over.
-- A term needs no announcement: it is known on the day. Published endings are all here, whenever they became known; computed ones only
-- up to the horizon.
with rights as (
    select * from {{ ref('int_patent_rights') }}
),

terms as (
    select * from {{ ref('int_patent_right_terms') }}
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

compensated as (
    select distinct record_key from terms
),

expired as (
    select
        {{ hash_key(["'term'", 'rights.record_key']) }} as ending_key,
        rights.record_key,
        rights.regular_term_ended_on as ended_on,
        rights.regular_term_ended_on as known_on,
        cast(null as date) as restored_on
    from rights
    left join compensated on rights.record_key = compensated.record_key
    where
        rights.regular_term_ended_on <= {{ horizon() }}
        and compensated.record_key is null
    union all
    select
        {{ hash_key(["'term'", 'record_key', 'known_from']) }} as ending_key,
        record_key,
        term_ended_on as ended_on,
        case when known_from > term_ended_on then known_from else term_ended_on end as known_on,
        known_to as restored_on
    from terms
    where
        term_ended_on <= {{ horizon() }}
        and (known_from is null or known_from <= {{ horizon() }})
        -- A term that was compensated before its end never ended.
        and (known_to is null or known_to > term_ended_on)
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
union all
select
    ending_key,
    record_key,
    'expired' as flow_reason,
    ended_on,
    known_on,
    restored_on
from expired
