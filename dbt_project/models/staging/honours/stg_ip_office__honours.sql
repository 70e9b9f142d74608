-- Honours as announced, the latest notice of each.
with landed as (
    select * from {{ active_rows('honours') }} as active_rows
),

ranked as (
    select
        *,
        {{ copy_rank(['honour_type', 'honour_grade', 'award_year', 'holder_name', 'application_number']) }} as copy_rank
    from landed
)

select
    {{ hash_key(["'honour'", 'honour_type', 'honour_grade', 'award_year', 'holder_name', 'application_number']) }} as record_key,
    honour_type,
    honour_grade,
    award_year,
    holder_name,
    md5(coalesce(holder_name, '')) as holder_name_hash,
    uscc,
    application_number,
    valid_from,
    valid_to,
    issued_on,
    _known_on as known_on,
    _batch_id,
    _source_file,
    _source_row,
    _row_hash
from ranked
where copy_rank = 1
