-- Figures of the departments' returns, the latest report of each; the names of filler and approver stay in landing.
with landed as (
    select * from {{ active_rows('department_returns') }} as active_rows
),

ranked as (
    select
        *,
        {{ copy_rank(['indicator_code', 'period_text', 'town_name', 'breakdown_type', 'breakdown_code']) }} as copy_rank,
        min(_known_on) over (
            partition by indicator_code, period_text, town_name, breakdown_type, breakdown_code
        ) as first_known_on
    from landed
)

select
    {{ hash_key(["'return'", 'indicator_code', 'period_text', 'town_name', 'breakdown_type', 'breakdown_code']) }} as record_key,
    form_code,
    indicator_code,
    period_text,
    period_type,
    period_start,
    period_end,
    town_name,
    coalesce(nullif(breakdown_type, ''), 'ALL') as breakdown_type,
    coalesce(nullif(breakdown_code, ''), 'ALL') as breakdown_code,
    cast(value as decimal(24, 6)) as value,
    unit,
    first_known_on,
    _known_on as known_on,
    _batch_id,
    _source_file,
    _source_row,
    _row_hash
from ranked
where copy_rank = 1
