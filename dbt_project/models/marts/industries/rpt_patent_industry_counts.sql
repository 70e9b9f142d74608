-- Grants of the city by year, kind and industry, whole and fractional side by side, and by both attributions. A whole count gives a
-- patent to each of its industries and is never summed over them; the fractional one shares it by weight and sums to the patents.
with counted as (
    select * from {{ ref('int_patent_months_counted') }}
    where patent_kind <> 'invention_published'
),

class_industries as (
    select * from {{ ref('int_patent_class_industries') }}
),

registered as (
    select * from {{ ref('int_patent_registered_industries') }}
    where is_in_city
),

by_class as (
    select
        {{ year_start('counted.month_start') }} as period_start,
        counted.patent_kind,
        class_industries.industry_code,
        sum(counted.patent_count) as whole_count,
        sum(counted.patent_count * class_industries.weight) as fractional_count,
        sum(case when class_industries.is_exact then counted.patent_count else 0 end) as exact_count
    from counted
    inner join class_industries
        on
            counted.class_scheme = class_industries.class_scheme
            and counted.main_class = class_industries.main_class
    group by 1, 2, 3
),

by_register as (
    select
        {{ year_start('month_start') }} as period_start,
        patent_kind,
        industry_code,
        count(*) as patent_count
    from registered
    group by 1, 2, 3
)

select
    period_start,
    cast(patent_kind as {{ dbt.type_string() }}) as patent_kind,
    cast('ipc_mapping' as {{ dbt.type_string() }}) as industry_basis,
    cast(industry_code as {{ dbt.type_string() }}) as industry_code,
    cast(whole_count as bigint) as whole_count,
    cast(fractional_count as decimal(24, 12)) as fractional_count,
    cast(exact_count as bigint) as exact_count
from by_class
union all
select
    period_start,
    cast(patent_kind as {{ dbt.type_string() }}) as patent_kind,
    cast('registered' as {{ dbt.type_string() }}) as industry_basis,
    cast(industry_code as {{ dbt.type_string() }}) as industry_code,
    cast(patent_count as bigint) as whole_count,
    cast(patent_count as decimal(24, 12)) as fractional_count,
    cast(case when industry_code = 'unassigned' then 0 else patent_count end as bigint) as exact_count
from by_register
