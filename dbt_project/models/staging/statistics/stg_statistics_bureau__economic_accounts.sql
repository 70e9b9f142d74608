-- Economic accounts as published: every vintage of a year is kept.
with landed as (
    select * from {{ active_rows('economic_accounts') }} as active_rows
),

ranked as (
    select
        *,
        {{ copy_rank(['indicator_code', 'geo_name', 'account_year', 'vintage']) }} as copy_rank
    from landed
)

select
    indicator_code,
    geo_name,
    account_year,
    cast(value as decimal(24, 6)) as value,
    unit,
    vintage,
    published_on,
    _known_on as known_on,
    _batch_id,
    _source_file,
    _source_row
from ranked
where copy_rank = 1
