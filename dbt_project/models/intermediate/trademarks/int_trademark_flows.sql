-- Trademark applications and registrations in the months of the rule that their source follows (a rule per source and year).
with filings as (
    select * from {{ ref('int_trademark_filings_counted') }}
),

period_rules as (
    select * from {{ ref('reference_period_rules') }}
    where source = 'cnipa_trademarks'
),

dated as (
    select
        filings.*,
        {{ statistical_month('filings.event_date', "coalesce(period_rules.period_rule, 'calendar')") }} as counted_month
    from filings
    left join period_rules
        on
            {{ date_part_int('year', 'filings.event_date') }} >= period_rules.first_year
            and (period_rules.last_year is null or {{ date_part_int('year', 'filings.event_date') }} <= period_rules.last_year)
)

select
    indicator_code,
    counted_month as month_start,
    town_code_then,
    town_code_now,
    'ALL' as industry_code,
    'ALL' as applicant_type,
    'nice_class' as breakdown_type,
    cast(nice_class as {{ dbt.type_string() }}) as breakdown_code,
    'ALL' as second_breakdown_type,
    'ALL' as second_breakdown_code,
    cast(sum(class_count) as decimal(24, 6)) as quantity
from dated
group by 1, 2, 3, 4, 8
