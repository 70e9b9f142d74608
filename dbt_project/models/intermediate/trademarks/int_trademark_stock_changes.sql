-- Class lines of the city entering and leaving the stock of registered marks, by month.
with spans as (
    select * from {{ ref('int_trademarks_in_force') }}
),

changes as (
    select
        place_code,
        nice_class,
        {{ month_start('valid_from') }} as month_start,
        1 as quantity
    from spans
    where is_in_city and not is_madrid
    union all
    select
        place_code,
        nice_class,
        {{ month_start('valid_to') }} as month_start,
        -1 as quantity
    from spans
    where is_in_city and not is_madrid and valid_to is not null
)

select
    'trademark_valid_count' as indicator_code,
    month_start,
    place_code,
    'ALL' as industry_code,
    'ALL' as applicant_type,
    'nice_class' as breakdown_type,
    cast(nice_class as {{ dbt.type_string() }}) as breakdown_code,
    'ALL' as second_breakdown_type,
    'ALL' as second_breakdown_code,
    cast(sum(quantity) as decimal(24, 6)) as quantity
from changes
group by 2, 3, 7
having sum(quantity) <> 0
