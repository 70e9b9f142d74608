-- The rights that a lot touches, each with the domicile of its holder; weights of a lot sum to 1.
with lot_rights as (
    select * from {{ ref('stg_customs__lot_rights') }}
),

addresses as (
    select * from {{ ref('int_addresses_located') }}
)

select
    lot_rights.record_key,
    lot_rights.right_key,
    lot_rights.lot_number,
    lot_rights.right_kind,
    lot_rights.right_number,
    lot_rights.right_holder_name,
    lot_rights.right_holder_name_hash,
    coalesce(lot_rights.detention_date, lot_rights.measure_date, lot_rights.known_on) as located_on,
    coalesce(addresses.place_code, 'outside') as place_code,
    coalesce(addresses.is_in_city, false) as is_in_city,
    row_number() over (
        partition by lot_rights.record_key, coalesce(addresses.is_in_city, false)
        order by lot_rights.right_kind, lot_rights.right_number
    ) as holder_rank,
    count(*) over (partition by lot_rights.record_key) as right_count,
    row_number() over (partition by lot_rights.record_key order by lot_rights.right_kind, lot_rights.right_number) as right_order
from lot_rights
left join addresses on lot_rights.right_holder_address_hash = addresses.address_hash
