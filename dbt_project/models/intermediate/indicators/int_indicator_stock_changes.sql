-- Changes of the stocks of all subjects by month and place; a stock at D is their running sum up to D.
with patent_changes as (
    select * from {{ ref('int_patent_stock_changes') }}
),

trademark_changes as (
    select * from {{ ref('int_trademark_stock_changes') }}
),

pledge_changes as (
    select * from {{ ref('int_pledge_stock_changes') }}
)

select
    indicator_code,
    month_start,
    place_code,
    industry_code,
    applicant_type,
    breakdown_type,
    breakdown_code,
    second_breakdown_type,
    second_breakdown_code,
    quantity
from patent_changes
union all
select
    indicator_code,
    month_start,
    place_code,
    industry_code,
    applicant_type,
    breakdown_type,
    breakdown_code,
    second_breakdown_type,
    second_breakdown_code,
    quantity
from trademark_changes
union all
select
    indicator_code,
    month_start,
    place_code,
    industry_code,
    applicant_type,
    breakdown_type,
    breakdown_code,
    second_breakdown_type,
    second_breakdown_code,
    quantity
from pledge_changes
