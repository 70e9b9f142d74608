-- Every party that a subject other than patents names, on the day that its record speaks of: what enterprises are looked up for. The lists
-- of the city's own offices speak of its firms; an applicant or right holder lies where the address says.
with trademarks as (
    select * from {{ ref('stg_cnipa__trademarks') }}
),

cases as (
    select * from {{ ref('int_enforcement_cases_latest') }}
),

rights as (
    select * from {{ ref('int_customs_rights_located') }}
),

pledges as (
    select * from {{ ref('int_pledges_classified') }}
),

honours as (
    select * from {{ ref('stg_ip_office__honours') }}
),

addresses as (
    select * from {{ ref('int_addresses_located') }}
),

mentions as (
    select
        'cnipa_trademarks' as feed,
        applicant_name as party_name,
        applicant_name_hash as name_hash,
        uscc,
        filing_date as mention_date,
        coalesce(addresses.is_in_city, false) as is_in_city
    from trademarks
    left join addresses on trademarks.address_hash = addresses.address_hash
    union all
    select
        'enforcement_cases' as feed,
        party_name,
        party_name_hash as name_hash,
        uscc,
        coalesce(filed_date, accepted_date, known_on) as mention_date,
        true as is_in_city
    from cases
    union all
    select
        'customs_lots' as feed,
        right_holder_name as party_name,
        right_holder_name_hash as name_hash,
        cast(null as {{ dbt.type_string() }}) as uscc,
        located_on as mention_date,
        is_in_city
    from rights
    union all
    select
        case when has_ledger then 'pledge_ledger' else 'pledge_registrations' end as feed,
        pledgor_name as party_name,
        pledgor_name_hash as name_hash,
        uscc,
        registered_date as mention_date,
        true as is_in_city
    from pledges
    union all
    select
        'honours' as feed,
        holder_name as party_name,
        holder_name_hash as name_hash,
        uscc,
        issued_on as mention_date,
        true as is_in_city
    from honours
)

select
    feed,
    party_name,
    name_hash,
    uscc,
    mention_date,
    is_in_city,
    cast(count(*) as bigint) as row_count
from mentions
group by 1, 2, 3, 4, 5, 6
