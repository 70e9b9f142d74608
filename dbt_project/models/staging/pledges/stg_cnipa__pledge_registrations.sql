-- Pledge events of the register (PE01 registration, PC01 release, PM01 change), one row an event and patent; no amounts here.
with landed as (
    select * from {{ active_rows('pledge_registrations') }} as active_rows
),

ranked as (
    select
        *,
        {{ copy_rank(['event_code', 'registration_number', 'application_number', 'effective_date', 'change_item']) }} as copy_rank
    from landed
)

select
    event_code,
    application_number,
    registration_number,
    effective_date,
    event_date,
    pledgor_name,
    md5(coalesce(pledgor_name, '')) as pledgor_name_hash,
    md5(coalesce(pledgor_address, '')) as pledgor_address_hash,
    pledgee_name,
    change_item,
    value_before,
    value_after,
    _known_on as known_on,
    _batch_id,
    _source_file,
    _source_row,
    _row_hash
from ranked
where copy_rank = 1
