-- Every known version of an enforcement case; the first version names the agency that filed it, the latest one its state.
with landed as (
    select * from {{ active_rows('enforcement_cases') }} as active_rows
),

ranked as (
    select
        *,
        row_number() over (
            partition by case_number, _known_on
            order by _row_hash
        ) as copy_rank
    from landed
)

select
    {{ hash_key(["'enforcement_case'", 'case_number']) }} as record_key,
    case_number,
    case_kind,
    party_name,
    md5(coalesce(party_name, '')) as party_name_hash,
    party_type,
    uscc,
    decision_number,
    violation_type,
    penalty_type,
    cast(fine_cny_10k as decimal(18, 4)) as fine_cny_10k,
    cast(confiscated_cny_10k as decimal(18, 4)) as confiscated_cny_10k,
    decision_date,
    agency_name,
    accepted_date,
    filed_date,
    closed_date,
    transferred_date,
    transferred_to,
    revoked_date,
    md5(coalesce(address, '')) as address_hash,
    _known_on as known_on,
    _batch_id,
    _source_file,
    _source_row,
    _row_hash
from ranked
where copy_rank = 1
