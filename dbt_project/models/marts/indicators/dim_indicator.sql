-- The registry of the 144 indicators, one row a version.
with indicators as (
    select * from {{ ref('indicators') }}
)

select
    cast(indicator_code as {{ dbt.type_string() }}) as indicator_code,
    cast(indicator_version as integer) as indicator_version,
    cast(name_zh as {{ dbt.type_string() }}) as name_zh,
    cast(name_en as {{ dbt.type_string() }}) as name_en,
    cast(area as {{ dbt.type_string() }}) as area,
    cast(definition as {{ dbt.type_string() }}) as definition,
    cast(unit as {{ dbt.type_string() }}) as unit,
    cast(formula as {{ dbt.type_string() }}) as formula,
    cast(counting_rule as {{ dbt.type_string() }}) as counting_rule,
    cast(additivity as {{ dbt.type_string() }}) as additivity,
    cast(source as {{ dbt.type_string() }}) as source,
    cast(decimals as integer) as decimals,
    cast(has_feed as boolean) as has_feed,
    cast(first_period as {{ dbt.type_string() }}) as first_period,
    cast(last_period as {{ dbt.type_string() }}) as last_period,
    cast(dimensions as {{ dbt.type_string() }}) as dimensions,
    cast(confidentiality as {{ dbt.type_string() }}) as confidentiality
from indicators
