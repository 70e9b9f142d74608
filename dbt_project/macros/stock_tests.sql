{#- stock_differs_from_definition(series, known_day, invalidations_restated): a data test. The flows of a series cumulated to a day D must be
    what `valid_rights` gives at D as known on `known_day` (an expression, `stock_day` for K = D), for each of today's towns, the city and
    each kind; the rows are those that differ. -#}
{% macro stock_differs_from_definition(series, known_day, invalidations_restated) -%}
with rights as (
    select * from {{ ref('int_patent_rights') }}
),

terms as (
    select * from {{ ref('int_patent_right_terms') }}
),

endings as (
    select * from {{ ref('int_patent_right_endings') }}
),

moves as (
    select * from {{ ref('int_patent_right_moves') }}
),

flows as (
    select * from {{ ref('fct_stock_flows') }}
    where series = '{{ series }}'
),

places as (
    select distinct
        place_code,
        current_town_code
    from {{ ref('int_places_dated') }}
),

-- The horizon where it ends a month, else the last month's end before it, and the three year ends before that.
days as (
    select {{ add_days(month_start(add_days(horizon(), 1)), -1) }} as stock_day
    {%- for back in [0, 1, 2] %}
    union
    select {{ add_days(add_years(year_start(horizon()), -back), -1) }} as stock_day
    {%- endfor %}
),

clocks as (
    select
        stock_day,
        {{ known_day }} as known_day
    from days
),

valid as (
    {{ valid_rights('clocks', 'rights', 'terms', 'endings', 'moves', invalidations_restated) | indent(4) }}
),

by_town as (
    select
        valid.stock_day,
        valid.patent_kind,
        places.current_town_code as town_code,
        count(*) as right_count
    from valid
    inner join places on valid.place_code = places.place_code
    where valid.place_code <> 'outside'
    group by 1, 2, 3
),

defined as (
    select
        stock_day,
        patent_kind,
        town_code,
        right_count
    from by_town
    union all
    select
        stock_day,
        patent_kind,
        '442000' as town_code,
        sum(right_count) as right_count
    from by_town
    group by 1, 2, 3
),

cumulated as (
    select
        days.stock_day,
        flows.patent_kind,
        flows.town_code,
        sum(flows.flow_count) as right_count
    from flows
    inner join days on flows.month_start <= days.stock_day
    group by 1, 2, 3
),

both_sides as (
    select
        stock_day,
        patent_kind,
        town_code,
        right_count as stock_by_definition,
        0 as stock_by_flows
    from defined
    union all
    select
        stock_day,
        patent_kind,
        town_code,
        0 as stock_by_definition,
        right_count as stock_by_flows
    from cumulated
)

select
    stock_day,
    patent_kind,
    town_code,
    sum(stock_by_definition) as stock_by_definition,
    sum(stock_by_flows) as stock_by_flows
from both_sides
group by 1, 2, 3
having sum(stock_by_definition) <> sum(stock_by_flows)
{%- endmacro %}
