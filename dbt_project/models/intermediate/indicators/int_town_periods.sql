-- For each month's end: the version of every town code that its rows point to, and whether the code exists then.
-- A code that doesn't exist yet (or any more) points to its nearest version, for the rows that say `not_applicable`.
with places as (
    select * from {{ ref('int_places_dated') }}
),

towns as (
    select
        town_key,
        town_code,
        min(valid_from) as valid_from,
        case when max(case when valid_to is null then 1 else 0 end) = 0 then max(valid_to) end as valid_to
    from places
    group by town_key, town_code
),

months as (
    select * from {{ ref('int_months') }}
),

-- Departments also hand in figures of days and of years before the calendars begin.
return_values as (
    select distinct period_end from {{ ref('int_indicator_return_values') }}
),

ends as (
    select month_end as period_end from months
    union
    select {{ add_days(add_months('year_start', 12), -1) }} as period_end from months
    union
    select period_end from return_values
),

ranked as (
    select
        ends.period_end,
        towns.town_code,
        towns.town_key,
        min(towns.valid_from) over (partition by ends.period_end, towns.town_code) as code_valid_from,
        max(coalesce(towns.valid_to, {{ date_literal('9999-12-31') }})) over (
            partition by ends.period_end, towns.town_code
        ) as code_valid_to,
        max(case when towns.valid_to is null then 1 else 0 end) over (partition by ends.period_end, towns.town_code) as is_open,
        row_number() over (
            partition by ends.period_end, towns.town_code
            order by
                case when towns.valid_from <= ends.period_end then 0 else 1 end,
                case when towns.valid_from <= ends.period_end then towns.valid_from end desc,
                towns.valid_from
        ) as version_rank
    from ends
    cross join towns
)

select
    period_end,
    town_code,
    town_key,
    code_valid_from,
    code_valid_to,
    is_open = 1 as is_current_code
from ranked
where version_rank = 1
