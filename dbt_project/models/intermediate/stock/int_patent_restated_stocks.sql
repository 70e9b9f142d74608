-- The restated valid stock at each month's and year's end, for the city and its towns: by legal effect, as known at the horizon. Lapses
-- become known up to 473 days after they take effect: the last months before the horizon are provisional (parameter
-- stock_provisional_months). Every town that exists has its row, zero included.
with flows as (
    select * from {{ ref('int_patent_stock_flows') }}
    where series = 'restated' and place_code <> 'outside'
),

months as (
    select * from {{ ref('int_months') }}
),

places as (
    select * from {{ ref('int_places_dated') }}
    where is_in_city and place_code <> '442000'
),

indicators as (
    select 'invention_granted' as patent_kind, 'patent_invention_valid_count' as indicator_code
    union all
    select 'utility_granted' as patent_kind, 'patent_utility_valid_count' as indicator_code
    union all
    select 'design_granted' as patent_kind, 'patent_design_valid_count' as indicator_code
),

first_month as (
    select min(month_start) as first_month_start from months
),

-- Changes from before the series begin are the opening stock of its first month.
monthly as (
    select
        flows.patent_kind,
        flows.place_code,
        greatest(flows.month_start, first_month.first_month_start) as month_start,
        sum(flows.flow_count) as flow_count
    from flows
    cross join first_month
    group by 1, 2, 3
),

places_once as (
    select distinct place_code from places
),

running as (
    select
        indicators.indicator_code,
        places_once.place_code,
        months.month_start,
        months.month_end,
        sum(coalesce(monthly.flow_count, 0)) over (
            partition by indicators.indicator_code, places_once.place_code
            order by months.month_start
        ) as right_count
    from indicators
    cross join places_once
    cross join months
    left join monthly
        on
            indicators.patent_kind = monthly.patent_kind
            and places_once.place_code = monthly.place_code
            and months.month_start = monthly.month_start
    -- Where no right was ever delivered nothing is known, and nothing is not zero.
    where exists (select 1 from flows)
),

placed as (
    select
        running.indicator_code,
        running.month_start,
        running.month_end,
        running.right_count,
        places.town_code,
        places.current_town_code
    from running
    inner join places on {{ town_at('places', 'running.place_code', 'running.month_end') }}
),

by_town as (
    select indicator_code, month_start, month_end, 'then' as town_basis, town_code, right_count from placed
    union all
    select indicator_code, month_start, month_end, 'now' as town_basis, current_town_code as town_code, right_count from placed
    union all
    select indicator_code, month_start, month_end, 'both' as town_basis, '442000' as town_code, right_count from placed
),

summed as (
    select
        indicator_code,
        month_start,
        month_end,
        town_basis,
        town_code,
        cast(sum(right_count) as decimal(24, 6)) as quantity
    from by_town
    group by 1, 2, 3, 4, 5
),

marked as (
    select
        summed.*,
        month_end > {{ add_months(horizon(), -var('stock_provisional_months')) }} as is_provisional
    from summed
),

dated as (
    select
        marked.*,
        'month' as period_type,
        month_start as period_start
    from marked
    union all
    select
        marked.*,
        'year' as period_type,
        {{ year_start('month_start') }} as period_start
    from marked
    where {{ date_part_int('month', 'month_start') }} = 12
)

select
    indicator_code,
    'restated' as series,
    period_type,
    period_start,
    town_basis,
    town_code,
    quantity,
    case when is_provisional then 'provisional' end as value_status,
    case when is_provisional then 'late lapses are not known yet' end as status_reason
from dated
