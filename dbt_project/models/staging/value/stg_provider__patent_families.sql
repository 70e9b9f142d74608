-- Members abroad of each Chinese document, one row a state of a member and the days between which it was the latest known one.
with landed as (
    select * from {{ active_rows('patent_families') }} as landed_rows
),

ranked as (
    select
        landed.*,
        {{ copy_rank(keys=['publication_number', 'member_publication_number', '_known_on'], is_latest_known=false) }} as copy_rank
    from landed
)

select
    {{ hash_key(['patent_kind', 'publication_number']) }} as document_key,
    publication_number,
    member_publication_number,
    member_country_code,
    granted_date,
    ended_date,
    _known_on as known_on,
    lead(_known_on) over (partition by publication_number, member_publication_number order by _known_on) as known_until,
    _batch_id,
    _source_file,
    _source_row,
    _row_hash
from ranked
where copy_rank = 1
