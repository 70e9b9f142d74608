-- Every gain and loss of the stock, one row a right, day and reason: flow_count is 1 or -1 at place_code. A move is two rows, each
-- naming the other place, so that moves inside a town or inside the city can be taken out where the area is wider than the place.
with states as (
    select * from {{ ref('int_patent_right_states') }}
),

{%- set no_place = 'cast(null as ' ~ dbt.type_string() ~ ')' %}

changes as (
    select series, record_key, patent_kind, on_date, 'granted' as flow_reason, place_code, {{ no_place }} as other_place_code, 1 as flow_count
    from states
    where is_grant
    union all
    select series, record_key, patent_kind, on_date, ending_reason, place_code, {{ no_place }}, -1
    from states
    where is_grant and not is_valid
    union all
    select series, record_key, patent_kind, on_date, ending_reason, previous_place_code, {{ no_place }}, -1
    from states
    where not is_grant and was_valid and not is_valid
    union all
    select series, record_key, patent_kind, on_date, 'restored', place_code, {{ no_place }}, 1
    from states
    where not is_grant and not was_valid and is_valid
    union all
    select series, record_key, patent_kind, on_date, 'moved_out', previous_place_code, place_code, -1
    from states
    where not is_grant and was_valid and is_valid and place_code <> previous_place_code
    union all
    select series, record_key, patent_kind, on_date, 'moved_in', place_code, previous_place_code, 1
    from states
    where not is_grant and was_valid and is_valid and place_code <> previous_place_code
    -- An ending that was undone: both flows on the day that it took effect.
    union all
    select series, record_key, patent_kind, on_date, undone_reason, place_code, {{ no_place }}, -1
    from states
    where undone_reason is not null and is_valid
    union all
    select series, record_key, patent_kind, on_date, 'restored', place_code, {{ no_place }}, 1
    from states
    where undone_reason is not null and is_valid
)

select
    series,
    record_key,
    patent_kind,
    on_date as change_date,
    flow_reason,
    place_code,
    other_place_code,
    flow_count
from changes
