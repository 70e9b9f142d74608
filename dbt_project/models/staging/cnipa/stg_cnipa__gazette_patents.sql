-- One row a document of the patent gazette. Copies that disagree are resolved by the contract's rule (an intact application number
-- first, then a file that agrees with the document's kind), then by the row hash.
with landed as (
    select * from {{ active_rows('cnipa_gazette') }} as landed_rows
),

ranked as (
    select
        landed.*,
        {{ copy_rank(
            keys=['patent_kind', 'publication_number'],
            prefer=[number_preference('application_number_status'), 'case when has_kind_conflict then 2 else 1 end'],
            is_latest_known=false
        ) }} as copy_rank,
        min(_known_on) over (partition by patent_kind, publication_number) as first_known_on
    from landed
)

select
    {{ hash_key(['patent_kind', 'publication_number']) }} as record_key,
    patent_kind,
    publication_number,
    kind_code,
    coalesce(is_correction, false) as is_correction,
    title,
    publication_date,
    application_number,
    application_number_status,
    filing_date,
    patentees,
    address,
    md5(address) as address_hash,
    main_class,
    class_scheme,
    coalesce(has_kind_conflict, false) as has_kind_conflict,
    first_known_on as known_on
from ranked
where copy_rank = 1
