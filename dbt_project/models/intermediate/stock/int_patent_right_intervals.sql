-- Spans in which a right is valid at one place, half-open, an open end is NULL. Series as in int_patent_right_states: in the published
-- series a date D stands for "as known on D".
with states as (
    select * from {{ ref('int_patent_right_states') }}
)

select
    series,
    record_key,
    patent_kind,
    place_code,
    on_date as valid_from,
    next_date as valid_to
from states
where is_valid
