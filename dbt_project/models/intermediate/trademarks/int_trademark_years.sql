-- The city's applications under both statistical years, in class lines and in applications, so that a national figure is compared
-- with its own year and the two years never mix.
with trademarks as (
    select * from {{ ref('int_trademarks_located') }}
    where
        is_latest
        and is_in_city
        and not is_madrid
        and filing_date is not null
),

applications as (
    select
        application_number,
        filing_date,
        count(*) as class_count
    from trademarks
    group by application_number, filing_date
),

period_rules as (
    select 'calendar' as period_rule
    union all
    select 'december_16' as period_rule
),

dated as (
    select
        period_rules.period_rule,
        {{ year_start(statistical_month('applications.filing_date', 'period_rules.period_rule')) }} as year_start,
        applications.class_count
    from applications
    cross join period_rules
)

select
    period_rule,
    {{ date_part_int('year', 'year_start') }} as statistical_year,
    cast(sum(class_count) as integer) as class_count,
    cast(count(*) as integer) as application_count
from dated
group by 1, 2
