-- Gazette issues received by month; the calendar of the feed (Tuesdays and Fridays) is the denominator, kept as the coverage.
with feed_months as (
    select * from {{ ref('int_feed_months') }}
    where feed = 'cnipa_gazette'
)

select
    'patent_grant_gazette_day_count' as indicator_code,
    month_start,
    'unassigned' as town_code_then,
    'unassigned' as town_code_now,
    'ALL' as industry_code,
    'ALL' as applicant_type,
    'ALL' as breakdown_type,
    'ALL' as breakdown_code,
    'ALL' as second_breakdown_type,
    'ALL' as second_breakdown_code,
    cast(delivered_count as decimal(24, 6)) as quantity
from feed_months
where delivered_count > 0
