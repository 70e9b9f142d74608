-- Published applications and grants as indicator flows; the industries of a class share its patents by weight. No application count
-- is made from a gazette, whatever is in it: applications come from the departments' returns alone.
with counted as (
    select * from {{ ref('int_patent_months_counted') }}
),

class_industries as (
    select * from {{ ref('int_patent_class_industries') }}
),

kinds as (
    select 'invention_published' as patent_kind, 'patent_invention_published_count' as indicator_code
    union all
    select 'invention_granted' as patent_kind, 'patent_invention_grant_count' as indicator_code
    union all
    select 'utility_granted' as patent_kind, 'patent_utility_grant_count' as indicator_code
    union all
    select 'design_granted' as patent_kind, 'patent_design_grant_count' as indicator_code
    union all
    select 'invention_granted' as patent_kind, 'patent_all_grant_count' as indicator_code
    union all
    select 'utility_granted' as patent_kind, 'patent_all_grant_count' as indicator_code
    union all
    select 'design_granted' as patent_kind, 'patent_all_grant_count' as indicator_code
)

select
    kinds.indicator_code,
    counted.month_start,
    counted.town_code_then,
    counted.town_code_now,
    class_industries.industry_code,
    counted.applicant_type,
    'ALL' as breakdown_type,
    'ALL' as breakdown_code,
    'ALL' as second_breakdown_type,
    'ALL' as second_breakdown_code,
    sum(counted.patent_count * class_industries.weight) as quantity
from counted
inner join kinds on counted.patent_kind = kinds.patent_kind
inner join class_industries
    on
        counted.class_scheme = class_industries.class_scheme
        and counted.main_class = class_industries.main_class
group by 1, 2, 3, 4, 5, 6
