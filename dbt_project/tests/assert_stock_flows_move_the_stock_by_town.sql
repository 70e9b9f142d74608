-- The identity of both series, by town, kind and month: stock at the month's end less stock at the end of the month before = the month's
-- flows of all reasons, for each of today's towns and for the city. The left side is counted on the spans of validity (spans begun less
-- spans ended in the month), never from the flows.
with intervals as (
    select * from {{ ref('int_patent_right_intervals') }}
    where place_code <> 'outside'
),

flows as (
    select * from {{ ref('fct_stock_flows') }}
    where series <> 'revision'
),

places as (
    select distinct
        place_code,
        current_town_code
    from {{ ref('int_places_dated') }}
),

edges as (
    select
        series,
        patent_kind,
        place_code,
        {{ month_start('valid_from') }} as month_start,
        1 as edge_count
    from intervals
    union all
    select
        series,
        patent_kind,
        place_code,
        {{ month_start('valid_to') }} as month_start,
        -1 as edge_count
    from intervals
    where valid_to is not null
),

edges_by_place as (
    select
        series,
        patent_kind,
        place_code,
        month_start,
        sum(edge_count) as edge_count
    from edges
    group by 1, 2, 3, 4
),

net_of_spans as (
    select
        edges_by_place.series,
        edges_by_place.patent_kind,
        places.current_town_code as town_code,
        edges_by_place.month_start,
        edges_by_place.edge_count
    from edges_by_place
    inner join places on edges_by_place.place_code = places.place_code
    union all
    select
        series,
        patent_kind,
        '442000' as town_code,
        month_start,
        edge_count
    from edges_by_place
),

both_sides as (
    select
        series,
        patent_kind,
        town_code,
        month_start,
        edge_count as net_of_spans,
        0 as net_of_flows
    from net_of_spans
    union all
    select
        series,
        patent_kind,
        town_code,
        month_start,
        0 as net_of_spans,
        flow_count as net_of_flows
    from flows
)

select
    series,
    patent_kind,
    town_code,
    month_start,
    sum(net_of_spans) as net_of_spans,
    sum(net_of_flows) as net_of_flows
from both_sides
group by 1, 2, 3, 4
having sum(net_of_spans) <> sum(net_of_flows)
