-- Application counts come from the departments' returns alone: a value without a return would have been made from a gazette.
select
    cells.indicator_code,
    cells.period_type,
    cells.period_start,
    cells.value
from {{ ref('fct_indicator_values') }} as cells
left join {{ ref('fct_returns') }} as returns on cells.indicator_code = returns.indicator_code
where
    -- (Grants with a co-applicant end in `coapplication_count`, which `like` would take for one.)
    left(cells.indicator_code, 7) = 'patent_'
    and right(cells.indicator_code, 18) = '_application_count'
    and cells.value is not null
    and returns.indicator_code is null
