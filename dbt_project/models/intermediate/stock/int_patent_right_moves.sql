-- Events that move a right to another place: a transfer (TR01) or a change of address (CP02, CP03). A change of the name alone (CP01)
-- never does; one without a new address leaves the right where it was. move_number is the order of effect: of two moves of a right that
-- are both known, the higher one says where it is.
with rights as (
    select * from {{ ref('int_patent_rights') }}
),

events as (
    select * from {{ ref('int_patent_events') }}
),

addresses as (
    select * from {{ ref('int_addresses_located') }}
)

select
    events.event_key,
    events.right_key as record_key,
    events.effective_date as moved_on,
    events.known_on,
    case when addresses.is_in_city then addresses.place_code else 'outside' end as place_code,
    cast(
        row_number() over (
            partition by events.right_key
            order by events.effective_date, events.known_on, events.event_key
        ) as integer
    ) as move_number
from events
inner join rights on events.right_key = rights.record_key
inner join addresses on events.address_after_hash = addresses.address_hash
where events.event_effect in ('moves_owner', 'changes_address', 'changes_name_and_address')
