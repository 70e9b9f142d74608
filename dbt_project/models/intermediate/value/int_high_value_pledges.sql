-- Amounts that a patent was pledged for, by contract: the secured amount from the registration on, and the changed one from the change
-- on. The whole amount of a contract counts for each of its patents. A patent that overlaps an open pledge is left out.
with contracts as (
    select * from {{ ref('int_pledges_joined') }}
    where has_ledger and registered_date is not null
),

versions as (
    select * from {{ ref('stg_ip_office__pledge_contract_versions') }}
),

rights as (
    select * from {{ ref('int_pledge_rights_split') }}
    where right_kind = 'patent'
),

overlapping as (
    select * from {{ ref('int_pledge_overlaps') }}
),

patents as (
    select
        record_key,
        application_number
    from {{ ref('int_patents_resolved') }}
    where
        patent_kind = 'invention_granted'
        and not is_correction
        and application_number is not null
),

pledged as (
    select
        patents.record_key,
        contracts.contract_number,
        contracts.registered_date,
        versions.secured_amount_cny_10k,
        versions.changed_amount_cny_10k,
        greatest(coalesce(versions.changed_date, contracts.registered_date), contracts.registered_date) as changed_date,
        versions.released_date,
        versions.known_on,
        versions.known_until
    from rights
    inner join contracts on rights.record_key = contracts.record_key
    inner join versions on contracts.contract_number = versions.contract_number
    inner join patents on rights.right_number = patents.application_number
    left join overlapping
        on
            rights.record_key = overlapping.record_key
            and rights.right_key = overlapping.right_key
    where overlapping.record_key is null
)

select
    record_key,
    contract_number,
    'secured' as amount_kind,
    secured_amount_cny_10k as amount_cny_10k,
    registered_date as pledged_from,
    {%- if var('high_value_pledge_ends_at_release') %}
    case when changed_amount_cny_10k is not null then least(changed_date, coalesce(released_date, changed_date)) else released_date end
    {%- else %}
    cast(null as date)
    {%- endif %} as pledged_to,
    known_on,
    known_until
from pledged
where secured_amount_cny_10k is not null
union all
select
    record_key,
    contract_number,
    'changed' as amount_kind,
    changed_amount_cny_10k as amount_cny_10k,
    changed_date as pledged_from,
    {%- if var('high_value_pledge_ends_at_release') %} released_date{% else %} cast(null as date){% endif %} as pledged_to,
    known_on,
    known_until
from pledged
where changed_amount_cny_10k is not null
