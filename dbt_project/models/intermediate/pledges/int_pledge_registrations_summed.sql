-- One row a registration number of the patent register: when it began, changed and ended, and who pledged to whom.
with events as (
    select * from {{ ref('stg_cnipa__pledge_registrations') }}
    where registration_number is not null
),

ranked as (
    select
        *,
        row_number() over (
            partition by registration_number
            order by case when event_code = 'PE01' then 0 else 1 end, known_on desc, _row_hash
        ) as event_rank
    from events
),

dates as (
    select
        registration_number,
        min(case when event_code = 'PE01' then coalesce(effective_date, event_date) end) as registered_date,
        max(case when event_code = 'PC01' then coalesce(effective_date, event_date) end) as released_date,
        max(case when event_code = 'PM01' then coalesce(effective_date, event_date) end) as changed_date,
        max(known_on) as known_on
    from events
    group by registration_number
)

select
    dates.registration_number,
    dates.registered_date,
    dates.released_date,
    dates.changed_date,
    ranked.pledgor_name,
    ranked.pledgor_name_hash,
    ranked.pledgor_address_hash,
    ranked.pledgee_name,
    dates.known_on
from dates
inner join ranked
    on
        dates.registration_number = ranked.registration_number
        and ranked.event_rank = 1
