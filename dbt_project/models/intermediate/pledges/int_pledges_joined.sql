-- One row a pledge contract: the office's ledger joined to the register by registration number; a registration that the ledger
-- doesn't know stands alone, without an amount.
with contracts as (
    select * from {{ ref('stg_ip_office__pledge_contracts') }}
),

registrations as (
    select * from {{ ref('int_pledge_registrations_summed') }}
),

addresses as (
    select * from {{ ref('int_addresses_located') }}
),

town_names as (
    select * from {{ ref('int_town_names') }}
),

known_registrations as (
    select distinct registration_number from contracts
    where registration_number is not null
),

joined as (
    select
        contracts.contract_number,
        contracts.registration_number,
        coalesce(registrations.registered_date, contracts.registered_date) as registered_date,
        coalesce(contracts.released_date, registrations.released_date) as released_date,
        contracts.due_date,
        coalesce(contracts.changed_date, registrations.changed_date) as changed_date,
        contracts.pledgor_name,
        contracts.pledgor_name_hash,
        contracts.uscc,
        contracts.town_name,
        registrations.pledgor_address_hash,
        contracts.pledgee_name,
        contracts.secured_amount_cny_10k,
        contracts.changed_amount_cny_10k,
        contracts.disbursed_amount_cny_10k,
        contracts.disbursed_date,
        contracts.patent_numbers,
        contracts.trademark_numbers,
        true as has_ledger,
        registrations.registration_number is not null as has_registration,
        greatest(contracts.known_on, coalesce(registrations.known_on, contracts.known_on)) as known_on
    from contracts
    left join registrations on contracts.registration_number = registrations.registration_number
    union all
    select
        registrations.registration_number as contract_number,
        registrations.registration_number,
        registrations.registered_date,
        registrations.released_date,
        cast(null as date) as due_date,
        registrations.changed_date,
        registrations.pledgor_name,
        registrations.pledgor_name_hash,
        cast(null as {{ dbt.type_string() }}) as uscc,
        cast(null as {{ dbt.type_string() }}) as town_name,
        registrations.pledgor_address_hash,
        registrations.pledgee_name,
        cast(null as decimal(18, 4)) as secured_amount_cny_10k,
        cast(null as decimal(18, 4)) as changed_amount_cny_10k,
        cast(null as decimal(18, 4)) as disbursed_amount_cny_10k,
        cast(null as date) as disbursed_date,
        cast(null as {{ dbt.type_string() }}) as patent_numbers,
        cast(null as {{ dbt.type_string() }}) as trademark_numbers,
        false as has_ledger,
        true as has_registration,
        registrations.known_on
    from registrations
    left join known_registrations on registrations.registration_number = known_registrations.registration_number
    -- A release or change whose registration was never delivered is no contract that could be counted.
    where known_registrations.registration_number is null and registrations.registered_date is not null
)

select
    {{ hash_key(["'pledge'", 'joined.has_ledger', 'joined.contract_number']) }} as record_key,
    joined.contract_number,
    joined.registration_number,
    joined.registered_date,
    joined.released_date,
    joined.due_date,
    joined.changed_date,
    joined.pledgor_name,
    joined.pledgor_name_hash,
    joined.uscc,
    case
        when town_names.place_code is not null then town_names.place_code
        when addresses.place_code is not null and (addresses.is_in_city or not joined.has_ledger) then addresses.place_code
        when joined.has_ledger then 'unassigned'
        else 'outside'
    end as place_code,
    joined.pledgee_name,
    joined.secured_amount_cny_10k,
    joined.changed_amount_cny_10k,
    joined.disbursed_amount_cny_10k,
    joined.disbursed_date,
    joined.patent_numbers,
    joined.trademark_numbers,
    joined.has_ledger,
    joined.has_registration,
    joined.known_on
from joined
left join town_names on joined.town_name = town_names.town_name
left join addresses on joined.pledgor_address_hash = addresses.address_hash
