-- The changes of the outstanding secured amount by month, for the stock at each month's end.
with changes as (
    select * from {{ ref('int_pledge_amount_changes') }}
)

select
    'ip_pledge_outstanding_amount_cny_10k' as indicator_code,
    {{ month_start('change_date') }} as month_start,
    place_code,
    'ALL' as industry_code,
    'ALL' as applicant_type,
    'ALL' as breakdown_type,
    'ALL' as breakdown_code,
    'ALL' as second_breakdown_type,
    'ALL' as second_breakdown_code,
    cast(sum(amount_cny_10k) as decimal(24, 6)) as quantity
from changes
group by 2, 3
having sum(amount_cny_10k) <> 0
