-- Targets of the plan, the latest statement of each.
with landed as (
    select * from {{ active_rows('plan_targets') }} as active_rows
),

ranked as (
    select
        *,
        {{ copy_rank(['indicator_code', 'target_kind', 'target_year']) }} as copy_rank
    from landed
)

select
    indicator_code,
    target_kind,
    base_period,
    cast(base_value as decimal(24, 6)) as base_value,
    target_year,
    cast(target_value as decimal(24, 6)) as target_value,
    unit,
    source_text,
    _known_on as known_on,
    _batch_id,
    _source_file,
    _source_row
from ranked
where copy_rank = 1
