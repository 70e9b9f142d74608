-- One row a document of the provider's monthly export. Copies: an intact application number first, then the latest known
-- (the legal status moves on), then the row hash.
with landed as (
    select * from {{ active_rows('patent_api') }} as landed_rows
),

ranked as (
    select
        landed.*,
        {{ copy_rank(
            keys=['patent_kind', 'publication_number'],
            prefer=[number_preference('application_number_status')]
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
    main_class,
    class_scheme,
    legal_status,
    current_status,
    applicant_type_name,
    first_known_on as known_on
from ranked
where copy_rank = 1
