-- The city's applications under both statistical years, in class lines and in applications, so that a national figure is compared
-- with its own year and the two years never mix.
with trademarks as (
    select * from {{ ref('int_trademarks_located') }}
),

period_rules as (
    select 'calendar' as period_rule
    union all
    select 'december_16' as period_rule
),

dated as (
    select
        period_rules.period_rule,
        {{ year_start(statistical_month('trademarks.filing_date', 'period_rules.period_rule')) }} as year_start,
        trademarks.application_number,
        trademarks.nice_class
    from trademarks
    cross join period_rules
    where
        trademarks.is_latest
        and trademarks.is_in_city
        and not trademarks.is_madrid
        and trademarks.filing_date is not null
)

select
    period_rule,
    {{ date_part_int('year', 'year_start') }} as statistical_year,
    cast(count(*) as integer) as class_count,
    cast(count(distinct application_number) as integer) as application_count
from dated
group by 1, 2
