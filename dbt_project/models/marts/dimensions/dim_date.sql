-- Every day from 1985-01-01 (the patent law came into force that year) to 2049-12-31.
with numbers as (
    select * from {{ ref('int_numbers') }}
),

days as (
    select {{ add_days(date_literal('1985-01-01'), '(thousands.position_number - 1) * 1000 + numbers.position_number - 1') }} as calendar_date
    from numbers
    cross join numbers as thousands
    where thousands.position_number <= 30
)

select
    calendar_date,
    {{ date_part_int('year', 'calendar_date') }} as year_number,
    {{ date_part_int('quarter', 'calendar_date') }} as quarter_number,
    {{ date_part_int('month', 'calendar_date') }} as month_number,
    {{ month_start('calendar_date') }} as month_start,
    {{ year_start('calendar_date') }} as year_start
from days
where calendar_date < {{ date_literal('2050-01-01') }}
