-- The whole numbers that list splitting and calendars join with; built from three digits, so that no engine's series function is needed.
with digits as (
    {% for digit in range(10) %}
    select {{ digit }} as digit_value{% if not loop.last %} union all{% endif %}
    {% endfor %}
)

select cast(hundreds.digit_value * 100 + tens.digit_value * 10 + units.digit_value + 1 as integer) as position_number
from digits as units
cross join digits as tens
cross join digits as hundreds
