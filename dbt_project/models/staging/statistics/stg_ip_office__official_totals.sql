-- Totals of official notices, to reconcile with; the same total may be stated by several sources. Two values for one total are two
-- rows: the gate finds them. The notices' remarks stay in landing: nothing is worked out from them.
with landed as (
    select * from {{ active_rows('official_totals') }} as active_rows
),

ranked as (
    select
        *,
        {{ copy_rank(['geo_name', 'period_text', 'indicator_name', 'type_name', 'value', 'unit', 'source']) }} as copy_rank
    from landed
)

select
    geo_name,
    period_text,
    indicator_name,
    type_name,
    cast(value as decimal(24, 6)) as value,
    unit,
    source,
    published_on,
    _known_on as known_on,
    _batch_id,
    _source_file,
    _source_row
from ranked
where copy_rank = 1
