-- Each known version of a class line with its place and the span in which it was the latest knowledge.
with trademarks as (
    select * from {{ ref('stg_cnipa__trademarks') }}
),

addresses as (
    select * from {{ ref('int_addresses_located') }}
)

select
    trademarks.record_key,
    trademarks.application_number,
    trademarks.registration_number,
    trademarks.nice_class,
    trademarks.mark_type,
    trademarks.is_madrid,
    trademarks.filing_date,
    trademarks.registration_date,
    trademarks.term_end_date,
    trademarks.status,
    trademarks.status_date,
    trademarks.known_on,
    lead(trademarks.known_on) over (partition by trademarks.record_key order by trademarks.known_on) as next_known_on,
    row_number() over (partition by trademarks.record_key order by trademarks.known_on desc) = 1 as is_latest,
    coalesce(addresses.place_code, 'outside') as place_code,
    coalesce(addresses.is_in_city, false) as is_in_city
from trademarks
left join addresses on trademarks.address_hash = addresses.address_hash
