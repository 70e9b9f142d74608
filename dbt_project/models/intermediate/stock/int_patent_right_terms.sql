-- The term of each right that has a compensation (TG01, TP01, RN01), as it was known between two days: the regular term before the first
-- one is known, the compensated one after. Half-open, an open end is NULL. Rights without a compensation have no row.
with rights as (
    select * from {{ ref('int_patent_rights') }}
),

events as (
    select * from {{ ref('int_patent_events') }}
),

known_days as (
    select
        right_key as record_key,
        known_on,
        max(effective_date) as extended_to
    from events
    where event_effect = 'extends_term'
    group by right_key, known_on
),

extensions as (
    select
        record_key,
        known_on,
        max(extended_to) over (partition by record_key order by known_on) as extended_to,
        lead(known_on) over (partition by record_key order by known_on) as next_known_on,
        row_number() over (partition by record_key order by known_on) as extension_number
    from known_days
)

select
    rights.record_key,
    cast(null as date) as known_from,
    extensions.known_on as known_to,
    rights.regular_term_ended_on as term_ended_on
from rights
inner join extensions
    on
        rights.record_key = extensions.record_key
        and extensions.extension_number = 1
union all
select
    rights.record_key,
    extensions.known_on as known_from,
    extensions.next_known_on as known_to,
    -- A compensated term ends on the stated day; where none is stated, only a published expiry can end it.
    case when extensions.extended_to > rights.regular_term_ended_on then extensions.extended_to end as term_ended_on
from rights
inner join extensions on rights.record_key = extensions.record_key
