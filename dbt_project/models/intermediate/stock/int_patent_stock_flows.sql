-- The changes of the stock summed by month, kind, reason and place: the base of every stock, by cumulation.
with changes as (
    select * from {{ ref('int_patent_right_changes') }}
)

select
    series,
    patent_kind,
    {{ month_start('change_date') }} as month_start,
    flow_reason,
    place_code,
    other_place_code,
    cast(sum(flow_count) as bigint) as flow_count
from changes
group by
    series,
    patent_kind,
    {{ month_start('change_date') }},
    flow_reason,
    place_code,
    other_place_code
