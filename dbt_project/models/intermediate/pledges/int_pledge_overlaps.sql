-- Patents registered as pledged while an earlier pledge on them was still open: the register refuses that, so one of the two rows is an
-- error of the data. The later one is listed here and not counted. A renewal after the release is no overlap, nor is a pledge that
-- overlaps only such an error: whether a row is an error depends on the rows before it, so each round settles one more pledge of a
-- patent, in the order of registration. Eight rounds settle eight overlapping pledges in a chain.
{%- set rounds = 8 %}
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
),

pairs as (
    select
        later.record_key,
        later.right_key,
        later.right_number,
        later.contract_number,
        later.registered_date,
        earlier.record_key as earlier_record_key,
        earlier.contract_number as earlier_contract_number,
        earlier.registered_date as earlier_registered_date
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
),

errors_0 as (
    select
        record_key,
        right_key
    from pairs
    where 1 = 0
),

{%- for round in range(1, rounds + 1) %}

errors_{{ round }} as (
    select distinct
        pairs.record_key,
        pairs.right_key
    from pairs
    left join errors_{{ round - 1 }} as known_errors
        on
            pairs.earlier_record_key = known_errors.record_key
            and pairs.right_key = known_errors.right_key
    where known_errors.record_key is null
){% if not loop.last %},{% endif %}
{%- endfor %}

select
    pairs.record_key,
    pairs.right_key,
    pairs.right_number,
    pairs.contract_number,
    pairs.registered_date,
    min(pairs.earlier_contract_number) as earlier_contract_number,
    min(pairs.earlier_registered_date) as earlier_registered_date
from pairs
inner join errors_{{ rounds }} as settled
    on
        pairs.record_key = settled.record_key
        and pairs.right_key = settled.right_key
left join errors_{{ rounds }} as earlier_errors
    on
        pairs.earlier_record_key = earlier_errors.record_key
        and pairs.right_key = earlier_errors.right_key
where earlier_errors.record_key is null
group by 1, 2, 3, 4, 5
