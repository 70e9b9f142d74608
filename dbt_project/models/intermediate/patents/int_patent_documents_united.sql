-- Every feed's row for every document, in one shape. feed_rank is the order in which feeds are believed:
-- gazette, exchange format, provider's export, legal events.
with gazette as (
    select * from {{ ref('stg_cnipa__gazette_patents') }}
),

exchange as (
    select * from {{ ref('stg_cnipa__exchange_patents') }}
),

provider as (
    select * from {{ ref('stg_provider__api_patents') }}
),

events as (
    select * from {{ ref('stg_cnipa__legal_event_patents') }}
)

{%- set columns = [
    'record_key', 'patent_kind', 'publication_number', 'kind_code', 'is_correction', 'title', 'publication_date',
    'application_number', 'application_number_status', 'filing_date', 'patentees', 'main_class', 'class_scheme', 'known_on'
] %}

select
    1 as feed_rank,
    {%- for column in columns %}
    {{ column }},
    {%- endfor %}
    address,
    address_hash,
    has_kind_conflict
from gazette
union all
select
    2 as feed_rank,
    {%- for column in columns %}
    {{ column }},
    {%- endfor %}
    address,
    address_hash,
    false as has_kind_conflict
from exchange
union all
select
    3 as feed_rank,
    {%- for column in columns %}
    {{ column }},
    {%- endfor %}
    cast(null as {{ dbt.type_string() }}) as address,
    cast(null as {{ dbt.type_string() }}) as address_hash,
    false as has_kind_conflict
from provider
union all
select
    4 as feed_rank,
    {%- for column in columns %}
    {{ column }},
    {%- endfor %}
    address,
    address_hash,
    false as has_kind_conflict
from events
