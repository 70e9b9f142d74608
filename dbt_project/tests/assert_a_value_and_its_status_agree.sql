-- A row has a value exactly if its status says so, and every row without one says why.
select
    indicator_code,
    period_type,
    period_start,
    town_code,
    value,
    value_status,
    status_reason
from {{ ref('fct_indicator_values') }}
where
    (value is null and value_status not in ('not_reported', 'not_applicable', 'suppressed'))
    or (value is not null and value_status in ('not_reported', 'not_applicable', 'suppressed'))
    or (value is null and status_reason is null)
