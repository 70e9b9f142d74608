-- Where each record of the subjects other than patents came from: every row that speaks of it.
with trademarks as (
    select * from {{ ref('stg_cnipa__trademarks') }}
),

cases as (
    select * from {{ ref('stg_market_supervision__enforcement_cases') }}
),

lot_rights as (
    select * from {{ ref('stg_customs__lot_rights') }}
),

contracts as (
    select * from {{ ref('stg_ip_office__pledge_contracts') }}
),

registrations as (
    select * from {{ ref('stg_cnipa__pledge_registrations') }}
),

pledges as (
    select * from {{ ref('int_pledges_joined') }}
),

honours as (
    select * from {{ ref('stg_ip_office__honours') }}
),

returns as (
    select * from {{ ref('stg_departments__returns') }}
)

{%- set sources = [
    ('trademarks', 'cnipa_trademarks'), ('cases', 'enforcement_cases'), ('lot_rights', 'customs_lots'),
    ('honours', 'honours'), ('returns', 'department_returns')
] %}
{%- for relation, feed in sources %}
select
    record_key,
    '{{ feed }}' as feed,
    _batch_id as batch_id,
    _source_file as source_file,
    _source_row as source_row
from {{ relation }}
union all
{%- endfor %}
select
    pledges.record_key,
    'pledge_ledger' as feed,
    contracts._batch_id as batch_id,
    contracts._source_file as source_file,
    contracts._source_row as source_row
from contracts
inner join pledges on contracts.contract_number = pledges.contract_number and pledges.has_ledger
union all
select
    pledges.record_key,
    'pledge_registrations' as feed,
    registrations._batch_id as batch_id,
    registrations._source_file as source_file,
    registrations._source_row as source_row
from registrations
inner join pledges on registrations.registration_number = pledges.registration_number
