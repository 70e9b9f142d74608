-- Patents registered as pledged while an earlier pledge on them was still open: the register refuses that, so one of the two rows is an
-- error of the data. The later one is listed here and not counted. A renewal after the release is no overlap.
with pledges as (
    select * from {{ ref('int_pledges_joined') }}
    where registered_date is not null
),

rights as (
    select * from {{ ref('int_pledge_rights_split') }}
    where right_kind = 'patent'
),

pledged as (
    select
        rights.right_number,
        rights.right_key,
        pledges.record_key,
        pledges.contract_number,
        pledges.registered_date,
        pledges.released_date
    from rights
    inner join pledges on rights.record_key = pledges.record_key
)

select
    later.record_key,
    later.right_key,
    later.right_number,
    later.contract_number,
    later.registered_date,
    min(earlier.contract_number) as earlier_contract_number,
    min(earlier.registered_date) as earlier_registered_date
from pledged as later
inner join pledged as earlier
    on
        later.right_key = earlier.right_key
        and later.record_key <> earlier.record_key
        and (
            earlier.registered_date < later.registered_date
            or (earlier.registered_date = later.registered_date and earlier.contract_number < later.contract_number)
        )
        and (earlier.released_date is null or earlier.released_date > later.registered_date)
group by 1, 2, 3, 4, 5
