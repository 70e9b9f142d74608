-- The registered industries of the city, `unassigned` included, sum to the city in every period that has any: grants and valid patents.
with registered as (
    select
        indicator_code,
        period_type,
        period_start,
        town_basis,
        sum(value) as industry_sum
    from {{ ref('fct_indicator_values') }}
    where industry_basis = 'registered' and indicator_code like 'patent_%' and series = 'published'
    group by 1, 2, 3, 4
),

city as (
    select *
    from {{ ref('fct_indicator_values') }}
    where
        town_code = '442000'
        and industry_code = 'ALL'
        and applicant_type = 'ALL'
        and breakdown_type = 'ALL'
        and series = 'published'
        and counting_basis = 'first'
        and industry_basis = 'ipc_mapping'
        and value is not null
)

select
    registered.indicator_code,
    registered.period_type,
    registered.period_start,
    registered.town_basis,
    registered.industry_sum,
    city.value as city_value
from registered
left join city
    on
        registered.indicator_code = city.indicator_code
        and registered.period_type = city.period_type
        and registered.period_start = city.period_start
        and registered.town_basis = city.town_basis
where
    registered.indicator_code in (
        'patent_invention_grant_count', 'patent_utility_grant_count', 'patent_design_grant_count', 'patent_all_grant_count',
        'patent_invention_valid_count', 'patent_utility_valid_count', 'patent_design_valid_count'
    )
    and (city.value is null or city.value <> registered.industry_sum)
