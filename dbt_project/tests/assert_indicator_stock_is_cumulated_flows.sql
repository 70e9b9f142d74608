-- The valid stock of the indicators is the flows of its series cumulated (published, restated), for the city and each of today's towns;
-- and where there is a published one there is a restated one.
with kinds as (
    select 'invention_granted' as patent_kind, 'patent_invention_valid_count' as indicator_code
    union all
    select 'utility_granted' as patent_kind, 'patent_utility_valid_count' as indicator_code
    union all
    select 'design_granted' as patent_kind, 'patent_design_valid_count' as indicator_code
),

stocks as (
    select
        indicator_code,
        series,
        town_code,
        period_start,
        value
    from {{ ref('fct_indicator_values') }}
    where
        indicator_code like 'patent_%_valid_count'
        and period_type = 'month'
        and town_basis = 'now'
        and industry_code = 'ALL'
        and applicant_type = 'ALL'
        and breakdown_type = 'ALL'
        and counting_basis = 'first'
        and value is not null
),

differing as (
    select
        stocks.indicator_code,
        stocks.series,
        stocks.town_code,
        stocks.period_start,
        stocks.value,
        coalesce(sum(flows.flow_count), 0) as cumulated
    from stocks
    inner join kinds on stocks.indicator_code = kinds.indicator_code
    left join {{ ref('fct_stock_flows') }} as flows
        on
            stocks.series = flows.series
            and kinds.patent_kind = flows.patent_kind
            and stocks.town_code = flows.town_code
            and flows.month_start <= stocks.period_start
    group by 1, 2, 3, 4, 5
    having stocks.value <> coalesce(sum(flows.flow_count), 0)
),

missing as (
    select
        stocks.indicator_code,
        stocks.town_code,
        stocks.period_start
    from stocks
    inner join kinds on stocks.indicator_code = kinds.indicator_code
    group by 1, 2, 3
    having max(case when stocks.series = 'restated' then 1 else 0 end) = 0
)

select
    indicator_code,
    series,
    town_code,
    period_start,
    value,
    cumulated
from differing
union all
select
    indicator_code,
    'restated is missing' as series,
    town_code,
    period_start,
    cast(null as decimal(24, 6)) as value,
    null as cumulated
from missing
