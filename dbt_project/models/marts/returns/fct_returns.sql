-- One row a figure of a department's return, as last reported. value_status tells a late figure and a blank from a zero.
with returns as (
    select * from {{ ref('int_returns_located') }}
)

select
    record_key,
    form_code,
    indicator_code,
    period_type,
    period_start,
    period_end,
    town_key,
    town_code,
    breakdown_type,
    breakdown_code,
    value,
    unit,
    value_status,
    known_on
from returns
