-- Every known state of a contract of the ledger, with the days between which it was the latest known one: what the ledger said then.
with landed as (
    select * from {{ active_rows('pledge_ledger') }} as landed_rows
),

ranked as (
    select
        landed.*,
        {{ copy_rank(keys=['contract_number', '_known_on'], is_latest_known=false) }} as copy_rank
    from landed
)

select
    contract_number,
    registered_date,
    cast(secured_amount_cny_10k as decimal(18, 4)) as secured_amount_cny_10k,
    changed_date,
    cast(changed_amount_cny_10k as decimal(18, 4)) as changed_amount_cny_10k,
    released_date,
    _known_on as known_on,
    lead(_known_on) over (partition by contract_number order by _known_on) as known_until
from ranked
where copy_rank = 1
