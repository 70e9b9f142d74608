-- One row a contract and right: from the ledger's lists and, for patents, from the register's own rows.
with pledges as (
    select * from {{ ref('int_pledges_joined') }}
),

numbers as (
    select * from {{ ref('int_numbers') }}
),

registrations as (
    select distinct
        registration_number,
        application_number
    from {{ ref('stg_cnipa__pledge_registrations') }}
    where event_code = 'PE01' and application_number is not null
),

listed as (
    select
        pledges.record_key,
        'patent' as right_kind,
        {{ list_item('pledges.patent_numbers', 'numbers.position_number') }} as listed_number
    from pledges
    inner join numbers on numbers.position_number <= {{ list_count('pledges.patent_numbers') }}
    union all
    select
        pledges.record_key,
        'trademark' as right_kind,
        {{ list_item('pledges.trademark_numbers', 'numbers.position_number') }} as listed_number
    from pledges
    inner join numbers on numbers.position_number <= {{ list_count('pledges.trademark_numbers') }}
),

all_rights as (
    select
        record_key,
        right_kind,
        -- A patent number is its application number; the ledger may write it with ZL and a dot.
        case
            when right_kind = 'patent' then replace(replace(replace(replace(upper(listed_number), 'ZL', ''), 'CN', ''), '.', ''), ' ', '')
            else listed_number
        end as right_number
    from listed
    where listed_number is not null
    union
    select
        pledges.record_key,
        'patent' as right_kind,
        registrations.application_number as right_number
    from pledges
    inner join registrations on pledges.registration_number = registrations.registration_number
)

select
    record_key,
    {{ hash_key(['right_kind', 'right_number']) }} as right_key,
    right_kind,
    right_number,
    count(*) over (partition by record_key) as right_count,
    row_number() over (partition by record_key order by right_kind, right_number) as right_order
from all_rights
