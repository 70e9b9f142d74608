-- Counted events of all subjects by month, town (as then and today's), industry, applicant type and breakdown; one shape for every subject.
with patent_flows as (
    select * from {{ ref('int_patent_flows') }}
),

patent_event_flows as (
    select * from {{ ref('int_patent_event_flows') }}
),

trademark_flows as (
    select * from {{ ref('int_trademark_flows') }}
),

enforcement_flows as (
    select * from {{ ref('int_enforcement_flows') }}
),

customs_flows as (
    select * from {{ ref('int_customs_flows') }}
),

pledge_flows as (
    select * from {{ ref('int_pledge_flows') }}
),

gazette_days as (
    select * from {{ ref('int_gazette_days') }}
)

select
    indicator_code,
    month_start,
    town_code_then,
    town_code_now,
    industry_code,
    applicant_type,
    breakdown_type,
    breakdown_code,
    second_breakdown_type,
    second_breakdown_code,
    quantity
from patent_flows
union all
select
    indicator_code,
    month_start,
    town_code_then,
    town_code_now,
    industry_code,
    applicant_type,
    breakdown_type,
    breakdown_code,
    second_breakdown_type,
    second_breakdown_code,
    quantity
from patent_event_flows
union all
select
    indicator_code,
    month_start,
    town_code_then,
    town_code_now,
    industry_code,
    applicant_type,
    breakdown_type,
    breakdown_code,
    second_breakdown_type,
    second_breakdown_code,
    quantity
from trademark_flows
union all
select
    indicator_code,
    month_start,
    town_code_then,
    town_code_now,
    industry_code,
    applicant_type,
    breakdown_type,
    breakdown_code,
    second_breakdown_type,
    second_breakdown_code,
    quantity
from enforcement_flows
union all
select
    indicator_code,
    month_start,
    town_code_then,
    town_code_now,
    industry_code,
    applicant_type,
    breakdown_type,
    breakdown_code,
    second_breakdown_type,
    second_breakdown_code,
    quantity
from customs_flows
union all
select
    indicator_code,
    month_start,
    town_code_then,
    town_code_now,
    industry_code,
    applicant_type,
    breakdown_type,
    breakdown_code,
    second_breakdown_type,
    second_breakdown_code,
    quantity
from pledge_flows
union all
select
    indicator_code,
    month_start,
    town_code_then,
    town_code_now,
    industry_code,
    applicant_type,
    breakdown_type,
    breakdown_code,
    second_breakdown_type,
    second_breakdown_code,
    quantity
from gazette_days
