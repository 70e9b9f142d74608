-- High-value inventions and their single reasons at each year's end, for the city and each town on both bases; zero rows where the
-- period is complete. What rests on IPC alone is counted beside it: a number that holds any of it is an upper bound.
{%- set flags = [
    ('patent_invention_high_value_count', 'reason_count > 0', 'reason_count = is_sei and is_sei_by_keyword = 0'),
    ('patent_invention_valid_sei_count', 'is_sei = 1', 'is_sei_by_keyword = 0'),
    ('patent_invention_valid_overseas_family_count', 'is_overseas_family = 1', '1 = 0'),
    ('patent_invention_valid_over_10_years_count', 'is_over_10_years = 1', '1 = 0'),
] %}
with patents as (
    select * from {{ ref('int_high_value_year_patents') }}
),

periods as (
    select * from {{ ref('int_indicator_periods') }}
    where period_type = 'year' and is_complete
),

town_periods as (
    select * from {{ ref('int_town_periods') }}
    where town_code <> 'outside'
),

town_bases as (
    select 'both' as town_basis
    union all
    select 'then' as town_basis
    union all
    select 'now' as town_basis
),

flagged as (
    {%- for code, condition, upper_bound in flags %}
    select
        '{{ code }}' as indicator_code,
        period_start,
        town_code_then,
        town_code_now,
        case when {{ upper_bound }} then 1 else 0 end as upper_bound_mark
    from patents
    where {{ condition }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

counted as (
    select indicator_code, period_start, 'both' as town_basis, '442000' as town_code, 1 as patent_count, upper_bound_mark
    from flagged
    union all
    select indicator_code, period_start, 'then' as town_basis, town_code_then as town_code, 1 as patent_count, upper_bound_mark
    from flagged
    union all
    select indicator_code, period_start, 'now' as town_basis, town_code_now as town_code, 1 as patent_count, upper_bound_mark
    from flagged
    -- Zeros: the city, and the towns that exist on each basis.
    union all
    select
        periods.indicator_code,
        periods.period_start,
        town_bases.town_basis,
        town_periods.town_code,
        0 as patent_count,
        0 as upper_bound_mark
    from periods
    inner join town_periods on periods.period_end = town_periods.period_end
    inner join town_bases
        on
            (town_bases.town_basis = 'both' and town_periods.town_code = '442000')
            or (
                town_bases.town_basis = 'then'
                and town_periods.town_code <> '442000'
                and town_periods.code_valid_from <= periods.period_end
                and town_periods.code_valid_to > periods.period_end
            )
            or (town_bases.town_basis = 'now' and town_periods.town_code <> '442000' and town_periods.is_current_code)
    where periods.indicator_code in ({% for code, _, _ in flags %}'{{ code }}'{{ ', ' if not loop.last }}{% endfor %})
)

select
    indicator_code,
    period_start,
    town_basis,
    town_code,
    cast(sum(patent_count) as decimal(24, 6)) as quantity,
    cast(sum(upper_bound_mark) as decimal(24, 6)) as upper_bound_quantity
from counted
group by indicator_code, period_start, town_basis, town_code
