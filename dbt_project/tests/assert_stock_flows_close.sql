-- Three identities of fct_stock_flows, each for every series, kind and month: towns (with `unassigned`) sum to the city; no stock is
-- ever negative; restated = published + revision, reason by reason.
with flows as (
    select * from {{ ref('fct_stock_flows') }}
),

areas as (
    select
        'towns and city differ' as identity_name,
        series,
        patent_kind,
        month_start,
        sum(case when town_code = '442000' then -flow_count else flow_count end) as difference
    from flows
    group by series, patent_kind, month_start
    having sum(case when town_code = '442000' then -flow_count else flow_count end) <> 0
),

monthly as (
    select
        series,
        patent_kind,
        town_code,
        month_start,
        sum(flow_count) as flow_count
    from flows
    where series <> 'revision'
    group by series, patent_kind, town_code, month_start
),

stocks as (
    select
        series,
        patent_kind,
        month_start,
        sum(flow_count) over (partition by series, patent_kind, town_code order by month_start) as stock_count
    from monthly
),

revisions as (
    select
        'restated is not published plus revision' as identity_name,
        'revision' as series,
        patent_kind,
        month_start,
        sum(case when series = 'restated' then flow_count else -flow_count end) as difference
    from flows
    group by patent_kind, month_start, town_code, flow_reason
    having sum(case when series = 'restated' then flow_count else -flow_count end) <> 0
)

select identity_name, series, patent_kind, month_start, difference from areas
union all
select 'a stock is negative' as identity_name, series, patent_kind, month_start, stock_count as difference
from stocks
where stock_count < 0
union all
select identity_name, series, patent_kind, month_start, difference from revisions
