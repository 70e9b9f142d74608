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
    -- The state at a period's end (a stock, or a mean or share of one) rests on everything delivered until then and has no year to date.
    value_rule = 'stock'
    or (
        value_rule in ('distinct', 'ratio', 'measure')
        and left(additivity, 1) <> 'A'
        and dimension_list not like '%,year,%'
        and dimension_list not like '%,month,%'
    )
    or indicator_code = 'patent_invention_valid_per_10k_population_revised' as is_state,
    dimension_list like '%,town,%' as has_town,
    dimension_list like '%,industry,%' as has_industry,
    dimension_list like '%,applicant_type,%' as has_applicant_type,
    (
        dimension_list like '%,month,%'
        or dimension_list like '%,month-end,%'
        or dimension_list like '%,period-end,%'
    ) as has_month
from tokens
