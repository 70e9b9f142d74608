-- The office's own ledger of pledge contracts: the latest known state of each contract, with its amounts.
with landed as (
    select * from {{ active_rows('pledge_ledger') }} as active_rows
),

ranked as (
    select
        *,
        {{ copy_rank(['contract_number']) }} as copy_rank
    from landed
)

select
    contract_number,
    registration_number,
    registered_date,
    pledgor_name,
    md5(coalesce(pledgor_name, '')) as pledgor_name_hash,
    uscc,
    town_name,
    pledgee_name,
    cast(secured_amount_cny_10k as decimal(18, 4)) as secured_amount_cny_10k,
    cast(disbursed_amount_cny_10k as decimal(18, 4)) as disbursed_amount_cny_10k,
    disbursed_date,
    due_date,
    released_date,
    changed_date,
    cast(changed_amount_cny_10k as decimal(18, 4)) as changed_amount_cny_10k,
    patent_numbers,
    trademark_numbers,
    _known_on as known_on,
    _batch_id,
    _source_file,
    _source_row,
    _row_hash
from ranked
where copy_rank = 1
