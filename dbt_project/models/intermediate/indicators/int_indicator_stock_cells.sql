-- Stocks at each month's end: the changes known until then, cumulated. Places are turned into towns at that day, so that a merged
-- town carries the stock of its predecessors from its first day on. A stock is never summed over time: a year's stock is December's.
with changes as (
    select * from {{ ref('int_indicator_stock_changes') }}
),

indicators as (
    select * from {{ ref('int_indicators_parsed') }}
),

months as (
    select * from {{ ref('int_months') }}
),

first_month as (
    select min(month_start) as first_month_start from months
),

-- Changes from before the series begin are the opening stock of its first month.
dated as (
    select
        changes.*,
        case
            when changes.month_start < first_month.first_month_start then first_month.first_month_start
            else changes.month_start
        end as counted_month
    from changes
    cross join first_month
),

monthly as (
    {{ city_margins('dated', ['counted_month']) }}
    union all
    {{ margin_select('dated', ['counted_month'], 'place', 'counted.place_code', 'indicators.has_town') }}
),

cells as (
    select
        indicator_code,
        town_basis,
        town_code,
        industry_code,
        applicant_type,
        breakdown_type,
        breakdown_code,
        min(counted_month) as first_counted_month
    from monthly
    group by 1, 2, 3, 4, 5, 6, 7
),

running as (
    select
        cells.indicator_code,
        months.month_start,
        months.month_end,
        cells.town_basis,
        cells.town_code,
        cells.industry_code,
        cells.applicant_type,
        cells.breakdown_type,
        cells.breakdown_code,
        sum(coalesce(monthly.quantity, 0)) over (
            partition by
                cells.indicator_code,
                cells.town_basis,
                cells.town_code,
                cells.industry_code,
                cells.applicant_type,
                cells.breakdown_type,
                cells.breakdown_code
            order by months.month_start
        ) as quantity
    from cells
    inner join months on cells.first_counted_month <= months.month_start
    left join monthly
        on
            cells.indicator_code = monthly.indicator_code
            and cells.town_basis = monthly.town_basis
            and cells.town_code = monthly.town_code
            and cells.industry_code = monthly.industry_code
            and cells.applicant_type = monthly.applicant_type
            and cells.breakdown_type = monthly.breakdown_type
            and cells.breakdown_code = monthly.breakdown_code
            and months.month_start = monthly.counted_month
),

places as (
    select * from {{ ref('int_places_dated') }}
),

placed as (
    select
        running.indicator_code,
        running.month_start,
        running.town_basis,
        running.town_code,
        running.industry_code,
        running.applicant_type,
        running.breakdown_type,
        running.breakdown_code,
        running.quantity
    from running
    where running.town_basis = 'both'
    union all
    select
        running.indicator_code,
        running.month_start,
        'then' as town_basis,
        places.town_code,
        running.industry_code,
        running.applicant_type,
        running.breakdown_type,
        running.breakdown_code,
        running.quantity
    from running
    inner join places on {{ town_at('places', 'running.town_code', 'running.month_end') }}
    where running.town_basis = 'place'
    union all
    select
        running.indicator_code,
        running.month_start,
        'now' as town_basis,
        places.current_town_code as town_code,
        running.industry_code,
        running.applicant_type,
        running.breakdown_type,
        running.breakdown_code,
        running.quantity
    from running
    inner join places on {{ town_at('places', 'running.town_code', 'running.month_end') }}
    where running.town_basis = 'place'
),

summed as (
    select
        indicator_code,
        month_start,
        town_basis,
        town_code,
        industry_code,
        applicant_type,
        breakdown_type,
        breakdown_code,
        sum(quantity) as quantity
    from placed
    group by 1, 2, 3, 4, 5, 6, 7, 8
    having sum(quantity) <> 0
)

select
    summed.indicator_code,
    'month' as period_type,
    summed.month_start as period_start,
    summed.town_basis,
    summed.town_code,
    summed.industry_code,
    summed.applicant_type,
    summed.breakdown_type,
    summed.breakdown_code,
    cast(summed.quantity as decimal(24, 6)) as quantity
from summed
inner join indicators on summed.indicator_code = indicators.indicator_code
where indicators.has_month
union all
select
    indicator_code,
    'year' as period_type,
    {{ year_start('month_start') }} as period_start,
    town_basis,
    town_code,
    industry_code,
    applicant_type,
    breakdown_type,
    breakdown_code,
    cast(quantity as decimal(24, 6)) as quantity
from summed
where {{ date_part_int('month', 'month_start') }} = 12
