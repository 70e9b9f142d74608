-- Every place belongs to exactly one town at each date: its ranges begin with the calendar of towns, follow each other without gap or
-- overlap, and the last is open.
with places as (
    select * from {{ ref('int_places_dated') }}
),

followed as (
    select
        place_code,
        valid_from,
        valid_to,
        lag(valid_from) over (partition by place_code order by valid_from) as previous_valid_from,
        lead(valid_from) over (partition by place_code order by valid_from) as next_valid_from,
        min(valid_from) over () as first_valid_from
    from places
)

select
    place_code,
    valid_from
from followed
where
    (previous_valid_from is null and valid_from <> first_valid_from)
    or (next_valid_from is null and valid_to is not null)
    or (next_valid_from is not null and (valid_to is null or valid_to <> next_valid_from))
