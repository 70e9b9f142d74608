-- The departments' figures as indicator values, passed through for every indicator whose rule is `return`. Years and years to date that
-- a department did not hand in are summed from its months (additive figures) or taken from December (stocks); nothing else is computed.
with returns as (
    select * from {{ ref('int_returns_located') }}
),

indicators as (
    select * from {{ ref('int_indicators_parsed') }}
    where value_rule = 'return'
),

split_towns as (
    select * from {{ ref('int_split_towns') }}
),

figures as (
    select
        returns.indicator_code,
        indicators.additivity_class,
        case when returns.period_type = 'day' then 'month' else returns.period_type end as period_type,
        -- A day's stock is that of its month; a year to date is keyed by the month that it runs to.
        case
            when returns.period_type = 'year' then {{ year_start('returns.period_end') }}
            else {{ month_start('returns.period_end') }}
        end as period_start,
        returns.period_end,
        returns.town_code as town_code_then,
        returns.current_town_code as town_code_now,
        case when returns.breakdown_type = 'industry' then returns.breakdown_code else 'ALL' end as industry_code,
        case when returns.breakdown_type = 'applicant_type' then returns.breakdown_code else 'ALL' end as applicant_type,
        case when returns.breakdown_type in ('industry', 'applicant_type') then 'ALL' else returns.breakdown_type end as breakdown_type,
        case when returns.breakdown_type in ('industry', 'applicant_type') then 'ALL' else returns.breakdown_code end as breakdown_code,
        returns.value,
        returns.value_status,
        returns.town_code <> returns.current_town_code and split_towns.current_town_code is not null as is_divided
    from returns
    inner join indicators on returns.indicator_code = indicators.indicator_code
    left join split_towns on returns.current_town_code = split_towns.current_town_code
),

by_basis as (
    select
        indicator_code,
        additivity_class,
        period_type,
        period_start,
        period_end,
        'then' as town_basis,
        town_code_then as town_code,
        industry_code,
        applicant_type,
        breakdown_type,
        breakdown_code,
        value,
        value_status,
        false as is_divided
    from figures
    union all
    select
        indicator_code,
        additivity_class,
        period_type,
        period_start,
        period_end,
        'now' as town_basis,
        town_code_now as town_code,
        industry_code,
        applicant_type,
        breakdown_type,
        breakdown_code,
        value,
        value_status,
        is_divided
    from figures
),

-- Former towns are added up on today's towns; a ratio or a distinct count of two towns can't be.
given as (
    select
        indicator_code,
        additivity_class,
        period_type,
        period_start,
        max(period_end) as period_end,
        town_basis,
        town_code,
        industry_code,
        applicant_type,
        breakdown_type,
        breakdown_code,
        case when count(*) = 1 or additivity_class <> 'N' then sum(value) end as value,
        count(*) as figure_count,
        sum(case when value is null then 1 else 0 end) as blank_count,
        max(case when value_status = 'late' then 1 else 0 end) as late_mark,
        max(case when is_divided then 1 else 0 end) as divided_mark
    from by_basis
    group by 1, 2, 3, 4, 6, 7, 8, 9, 10, 11
),

stated as (
    select
        indicator_code,
        additivity_class,
        period_type,
        period_start,
        period_end,
        town_basis,
        town_code,
        industry_code,
        applicant_type,
        breakdown_type,
        breakdown_code,
        value,
        cast(null as decimal(7, 4)) as coverage_pct,
        case
            when value is null and blank_count = 0 then 'not_applicable'
            when value is null then 'not_reported'
            when blank_count > 0 then 'partial'
            when divided_mark = 1 then 'estimated'
            else 'reported'
        end as value_status,
        case
            when value is null and blank_count = 0 then 'not additive over merged towns'
            when value is null then 'not reported by the department'
            when blank_count > 0 then 'not reported by all former towns'
            when divided_mark = 1 then 'former town was divided; its parts are not separable'
            when late_mark = 1 then 'late'
        end as status_reason
    from given
),

months as (
    select * from {{ ref('int_months') }}
),

-- What months give for a year (to date): the whole, if every month is there, else a part with its coverage.
summed as (
    select
        stated.indicator_code,
        stated.additivity_class,
        'year_to_date' as period_type,
        months.month_start as period_start,
        months.month_end as period_end,
        months.month_number as month_count,
        stated.town_basis,
        stated.town_code,
        stated.industry_code,
        stated.applicant_type,
        stated.breakdown_type,
        stated.breakdown_code,
        sum(stated.value) as value,
        count(stated.value) as reported_count,
        max(case when stated.value_status = 'estimated' then 1 else 0 end) as estimated_mark,
        max(case when stated.value_status = 'partial' then 1 else 0 end) as partial_mark
    from stated
    inner join months
        on
            months.year_start = {{ year_start('stated.period_start') }}
            and stated.period_start <= months.month_start
    where stated.period_type = 'month' and stated.additivity_class = 'A'
    group by 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12
    having count(stated.value) > 0
),

-- A year that has not ended yet is its last month's year to date, with the coverage of twelve months.
years as (
    select
        indicator_code,
        'year' as period_type,
        {{ year_start('period_start') }} as period_start,
        {{ add_days(add_months(year_start('period_start'), 12), -1) }} as period_end,
        12 as month_count,
        town_basis,
        town_code,
        industry_code,
        applicant_type,
        breakdown_type,
        breakdown_code,
        value,
        reported_count,
        estimated_mark,
        partial_mark,
        row_number() over (
            partition by
                indicator_code,
                {{ year_start('period_start') }},
                town_basis,
                town_code,
                industry_code,
                applicant_type,
                breakdown_type,
                breakdown_code
            order by period_start desc
        ) as month_rank
    from summed
),

computed as (
    select
        indicator_code,
        period_type,
        period_start,
        period_end,
        month_count,
        town_basis,
        town_code,
        industry_code,
        applicant_type,
        breakdown_type,
        breakdown_code,
        value,
        reported_count,
        estimated_mark,
        partial_mark
    from summed
    union all
    select
        indicator_code,
        period_type,
        period_start,
        period_end,
        month_count,
        town_basis,
        town_code,
        industry_code,
        applicant_type,
        breakdown_type,
        breakdown_code,
        value,
        reported_count,
        estimated_mark,
        partial_mark
    from years
    where month_rank = 1
),

december as (
    select
        indicator_code,
        'year' as period_type,
        {{ year_start('period_start') }} as period_start,
        {{ add_days(add_months(year_start('period_start'), 12), -1) }} as period_end,
        town_basis,
        town_code,
        industry_code,
        applicant_type,
        breakdown_type,
        breakdown_code,
        value,
        coverage_pct,
        value_status,
        status_reason
    from stated
    where
        period_type = 'month'
        and additivity_class = 'S'
        and {{ date_part_int('month', 'period_start') }} = 12
),

candidates as (
    select
        0 as preference,
        indicator_code,
        period_type,
        period_start,
        period_end,
        town_basis,
        town_code,
        industry_code,
        applicant_type,
        breakdown_type,
        breakdown_code,
        value,
        coverage_pct,
        value_status,
        status_reason
    from stated
    union all
    select
        1 as preference,
        indicator_code,
        period_type,
        period_start,
        period_end,
        town_basis,
        town_code,
        industry_code,
        applicant_type,
        breakdown_type,
        breakdown_code,
        value,
        cast({{ ratio('reported_count', 'month_count', 4, times=100) }} as decimal(7, 4)) as coverage_pct,
        case
            when reported_count < month_count or partial_mark = 1 then 'partial'
            when estimated_mark = 1 then 'estimated'
            else 'reported'
        end as value_status,
        case
            when reported_count < month_count then 'summed from months; some are missing'
            when partial_mark = 1 then 'summed from months; some are partial'
            when estimated_mark = 1 then 'former town was divided; its parts are not separable'
            else 'summed from months'
        end as status_reason
    from computed
    union all
    select
        1 as preference,
        indicator_code,
        period_type,
        period_start,
        period_end,
        town_basis,
        town_code,
        industry_code,
        applicant_type,
        breakdown_type,
        breakdown_code,
        value,
        coverage_pct,
        value_status,
        status_reason
    from december
),

ranked as (
    select
        *,
        row_number() over (
            partition by
                indicator_code,
                period_type,
                period_start,
                town_basis,
                town_code,
                industry_code,
                applicant_type,
                breakdown_type,
                breakdown_code
            -- A figure that was handed in goes before one computed here; a blank one does not.
            order by case when value is null then 1 else 0 end, preference
        ) as candidate_rank
    from candidates
)

select
    indicator_code,
    period_type,
    period_start,
    period_end,
    town_basis,
    town_code,
    industry_code,
    applicant_type,
    breakdown_type,
    breakdown_code,
    cast(value as decimal(24, 6)) as value,
    coverage_pct,
    value_status,
    status_reason
from ranked
where candidate_rank = 1
