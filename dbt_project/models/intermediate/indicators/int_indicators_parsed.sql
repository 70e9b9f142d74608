-- The registry's `dimensions` read as margins: only these margins of an indicator get rows, never the full cross.
with indicators as (
    select * from {{ ref('indicators') }}
),

tokens as (
    select
        *,
        ',' || dimensions || ',' as dimension_list
    from indicators
)

select
    indicator_code,
    cast(indicator_version as integer) as indicator_version,
    value_rule,
    left(additivity, 1) as additivity_class,
    status_reason,
    cast(left(cast(first_period as {{ dbt.type_string() }}), 4) as integer) as first_year,
    dimension_list,
    value_rule = 'stock' as is_stock,
    dimension_list like '%,town,%' as has_town,
    dimension_list like '%,industry,%' as has_industry,
    dimension_list like '%,applicant_type,%' as has_applicant_type,
    (
        dimension_list like '%,month,%'
        or dimension_list like '%,month-end,%'
        or dimension_list like '%,period-end,%'
    ) as has_month
from tokens
