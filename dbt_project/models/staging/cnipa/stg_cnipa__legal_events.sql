-- One row a legal event. Identical events (same document, code, dates and contract) that the sender repeats are one; where their
-- remaining fields differ, the row hash decides.
with landed as (
    select *
    from {{ active_rows('cnipa_legal_events') }} as landed_rows
    where event_code is not null
),

keyed as (
    select
        landed.*,
        case
            when publication_number is not null and patent_kind is not null
                then {{ hash_key(['patent_kind', 'publication_number']) }}
        end as document_key,
        coalesce(effective_date, event_date, _known_on) as event_effective_date
    from landed
),

ranked as (
    select
        keyed.*,
        {{ copy_rank(
            keys=[
                'document_key',
                "case when document_key is null then application_number end",
                'event_code',
                'event_effective_date',
                '_known_on',
                'contract_number'
            ],
            prefer=[number_preference('application_number_status'), 'case when address_after is null then 2 else 1 end'],
            is_latest_known=false
        ) }} as copy_rank
    from keyed
)

select
    document_key,
    application_number,
    event_code,
    event_effective_date as effective_date,
    _known_on as known_on,
    contract_number,
    change_item,
    address_after,
    md5(address_after) as address_after_hash
from ranked
where copy_rank = 1
