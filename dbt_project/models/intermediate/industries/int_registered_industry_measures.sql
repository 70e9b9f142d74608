-- Grants (month, year to date, year) and valid patents (month's and year's end) of the city by the registered industry of the first
-- patentee: the second attribution beside the one by class, for the indicators whose registry names the dimension.
with changes as (
    select changes.*
    from {{ ref('int_registered_industry_changes') }} as changes
    inner join {{ ref('int_indicators_parsed') }} as indicators on changes.indicator_code = indicators.indicator_code
    where indicators.has_industry
),

months as (
    select * from {{ ref('int_months') }}
),

first_month as (
    select min(month_start) as first_month_start from months
),

grants as (
    select
        changes.indicator_code,
        changes.industry_code,
        changes.patent_count,
        months.month_start,
        months.year_start
    from changes
    inner join months on changes.month_start = months.month_start
    where changes.change_kind = 'grant'
),

-- Changes from before the series begin are the opening stock of its first month.
stock_changes as (
    select
        changes.indicator_code,
        changes.industry_code,
        greatest(changes.month_start, first_month.first_month_start) as month_start,
        sum(changes.patent_count) as patent_count
    from changes
    cross join first_month
    where changes.change_kind = 'valid'
    group by 1, 2, 3
),

stock_cells as (
    select distinct
        indicator_code,
        industry_code
    from stock_changes
),

stocks as (
    select
        stock_cells.indicator_code,
        stock_cells.industry_code,
        months.month_start,
        months.month_number,
        months.year_start,
        sum(coalesce(stock_changes.patent_count, 0)) over (
            partition by stock_cells.indicator_code, stock_cells.industry_code
            order by months.month_start
        ) as patent_count
    from stock_cells
    cross join months
    left join stock_changes
        on
            stock_cells.indicator_code = stock_changes.indicator_code
            and stock_cells.industry_code = stock_changes.industry_code
            and months.month_start = stock_changes.month_start
),

measured as (
    select indicator_code, 'month' as period_type, month_start as period_start, industry_code, patent_count
    from grants
    union all
    select
        indicator_code,
        'year' as period_type,
        {{ year_start('month_start') }} as period_start,
        industry_code,
        patent_count
    from changes
    where change_kind = 'grant'
    union all
    select grants.indicator_code, 'year_to_date' as period_type, months.month_start as period_start, grants.industry_code, grants.patent_count
    from grants
    inner join months
        on
            grants.year_start = months.year_start
            and grants.month_start <= months.month_start
    union all
    select indicator_code, 'month' as period_type, month_start as period_start, industry_code, patent_count
    from stocks
    union all
    select indicator_code, 'year' as period_type, year_start as period_start, industry_code, patent_count
    from stocks
    where month_number = 12
)

select
    indicator_code,
    period_type,
    period_start,
    industry_code,
    'registered' as industry_basis,
    cast(sum(patent_count) as decimal(24, 6)) as quantity
from measured
group by indicator_code, period_type, period_start, industry_code
having sum(patent_count) <> 0
