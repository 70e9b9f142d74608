-- One row a document that the legal events speak of, with the bibliographic fields of its best copy: an intact application number
-- first, then the latest known, then the row hash.
with landed as (
    select *
    from {{ active_rows('cnipa_legal_events') }} as landed_rows
    where publication_number is not null and patent_kind is not null
),

ranked as (
    select
        landed.*,
        {{ copy_rank(
            keys=['patent_kind', 'publication_number'],
            prefer=[number_preference('application_number_status')]
        ) }} as copy_rank,
        min(_known_on) over (partition by patent_kind, publication_number) as first_known_on,
        min(grant_date) over (partition by patent_kind, publication_number) as any_grant_date,
        min(case when event_code = 'GR01' then event_date end) over (partition by patent_kind, publication_number) as grant_event_date,
        min(event_date) over (partition by patent_kind, publication_number) as first_event_date
    from landed
),

coded as (
    select
        ranked.*,
        case
            when right(publication_number, 1) between '0' and '9' then right(publication_number, 2)
            else right(publication_number, 1)
        end as kind_code
    from ranked
    where copy_rank = 1
)

select
    {{ hash_key(['patent_kind', 'publication_number']) }} as record_key,
    patent_kind,
    publication_number,
    kind_code,
    -- A8 A9 B8 B9 U8 U9 S8 S9 correct an earlier document, C1-C9 invalidate a part of it.
    length(kind_code) = 2 and (right(kind_code, 1) in ('8', '9') or left(kind_code, 1) = 'C') as is_correction,
    title,
    -- The announcement of the grant: as stated, else that of the event; where neither is there, the first day that it is heard of.
    coalesce(grant_date, any_grant_date, grant_event_date, first_event_date) as publication_date,
    application_number,
    application_number_status,
    filing_date,
    patentees,
    address,
    md5(address) as address_hash,
    main_class,
    case when main_class is null then null when main_class between 'A' and 'I' then 'ipc' else 'loc' end as class_scheme,
    first_known_on as known_on
from coded
