-- Enterprises and market entities at each year's end by the yearly lists of the register: high-tech, above scale (with the registered
-- industry), exporters, cultivation tiers (one tier an enterprise), and all open entities with the self-employed (个体工商户) apart.
with year_ends as (
    select * from {{ ref('int_register_year_ends') }}
),

listed as (
    select
        'high_tech_enterprise_count' as indicator_code,
        period_start,
        town_code_then,
        town_code_now,
        'ALL' as industry_code,
        'ALL' as breakdown_type,
        'ALL' as breakdown_code
    from year_ends
    where is_high_tech
    union all
    select
        'above_scale_enterprise_count' as indicator_code,
        period_start,
        town_code_then,
        town_code_now,
        industry_code,
        'ALL' as breakdown_type,
        'ALL' as breakdown_code
    from year_ends
    where is_above_scale
    union all
    select
        'export_above_scale_enterprise_count' as indicator_code,
        period_start,
        town_code_then,
        town_code_now,
        'ALL' as industry_code,
        'ALL' as breakdown_type,
        'ALL' as breakdown_code
    from year_ends
    where is_above_scale_exporter
    union all
    select
        'ip_cultivation_enterprise_count' as indicator_code,
        period_start,
        town_code_then,
        town_code_now,
        'ALL' as industry_code,
        'tier' as breakdown_type,
        cultivation_tier as breakdown_code
    from year_ends
    where cultivation_tier is not null
    union all
    select
        'market_entity_count' as indicator_code,
        period_start,
        town_code_then,
        town_code_now,
        'ALL' as industry_code,
        'entity_type' as breakdown_type,
        entity_type as breakdown_code
    from year_ends
),

town_counts as (
    {{ town_margins('listed', ['indicator_code', 'period_start'], [('entity_count', 'count(*)')]) }}
)

select
    indicator_code,
    period_start,
    town_basis,
    town_code,
    'ALL' as industry_code,
    'ipc_mapping' as industry_basis,
    'ALL' as breakdown_type,
    'ALL' as breakdown_code,
    cast(entity_count as decimal(24, 6)) as quantity
from town_counts
union all
select
    indicator_code,
    period_start,
    'both' as town_basis,
    '442000' as town_code,
    industry_code,
    'registered' as industry_basis,
    'ALL' as breakdown_type,
    'ALL' as breakdown_code,
    cast(count(*) as decimal(24, 6)) as quantity
from listed
where industry_code <> 'ALL'
group by indicator_code, period_start, industry_code
union all
select
    indicator_code,
    period_start,
    'both' as town_basis,
    '442000' as town_code,
    'ALL' as industry_code,
    'ipc_mapping' as industry_basis,
    breakdown_type,
    breakdown_code,
    cast(count(*) as decimal(24, 6)) as quantity
from listed
where breakdown_type <> 'ALL'
group by indicator_code, period_start, breakdown_type, breakdown_code
