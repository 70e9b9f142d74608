-- Every known version of a trademark line (application x Nice class); a stock as known at D needs more than the latest one.
with landed as (
    select * from {{ active_rows('cnipa_trademarks') }} as active_rows
),

ranked as (
    select
        *,
        row_number() over (
            partition by application_number, nice_class, _known_on
            order by _row_hash
        ) as copy_rank
    from landed
)

select
    {{ hash_key(['application_number', 'nice_class']) }} as record_key,
    application_number,
    registration_number,
    nice_class,
    mark_name,
    mark_type,
    coalesce(is_gi, false) as is_gi,
    applicant_name,
    md5(coalesce(applicant_name, '')) as applicant_name_hash,
    md5(coalesce(address, '')) as address_hash,
    uscc,
    filing_date,
    registration_date,
    term_start_date,
    term_end_date,
    status,
    status_date,
    _known_on as known_on,
    -- An international registration is one right whatever its classes: it never enters a count of class lines.
    coalesce(registration_number like 'G%', false) as is_madrid,
    _batch_id,
    _source_file,
    _source_row,
    _row_hash
from ranked
where copy_rank = 1
