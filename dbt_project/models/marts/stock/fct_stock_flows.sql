-- What changed the stock of valid patents, by month, for each of today's towns and for the city. Cumulated over months it is the stock.
-- series: published (as it became known), restated (by legal effect, as known at the horizon), revision (restated less published:
-- cumulated to a month it is what a stock published then has been revised by, split by reason).
-- Moves between places of one area are no flow of that area.
with flows as (
    select * from {{ ref('int_patent_stock_flows') }}
),

places as (
    select distinct
        place_code,
        current_town_code
    from {{ ref('int_places_dated') }}
),

towns as (
    select
        town_code,
        town_key
    from {{ ref('dim_town') }}
    where valid_to is null
),

placed as (
    select
        flows.series,
        flows.patent_kind,
        flows.month_start,
        flows.flow_reason,
        flows.flow_count,
        places.current_town_code as town_code,
        other_places.current_town_code as other_town_code
    from flows
    inner join places on flows.place_code = places.place_code
    left join places as other_places on flows.other_place_code = other_places.place_code
    where flows.place_code <> 'outside'
),

areas as (
    select
        series,
        patent_kind,
        month_start,
        flow_reason,
        flow_count,
        town_code
    from placed
    where other_town_code is null or other_town_code <> town_code
    union all
    select
        series,
        patent_kind,
        month_start,
        flow_reason,
        flow_count,
        '442000' as town_code
    from placed
    where other_town_code is null or other_town_code = 'outside'
),

summed as (
    select
        series,
        town_code,
        patent_kind,
        month_start,
        flow_reason,
        sum(flow_count) as flow_count
    from areas
    group by series, town_code, patent_kind, month_start, flow_reason
),

revised as (
    select
        'revision' as series,
        town_code,
        patent_kind,
        month_start,
        flow_reason,
        sum(case when series = 'restated' then flow_count else -flow_count end) as flow_count
    from summed
    group by town_code, patent_kind, month_start, flow_reason
    having sum(case when series = 'restated' then flow_count else -flow_count end) <> 0
),

united as (
    select series, town_code, patent_kind, month_start, flow_reason, flow_count from summed
    union all
    select series, town_code, patent_kind, month_start, flow_reason, flow_count from revised
)

select
    united.series,
    united.town_code,
    united.patent_kind,
    united.month_start,
    united.flow_reason,
    towns.town_key,
    cast(united.flow_count as bigint) as flow_count
from united
inner join towns on united.town_code = towns.town_code
