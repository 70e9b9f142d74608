-- The indicators of high value in the shape of the measures: counts by town, the city's margins by industry (by weight) and by strategic
-- emerging industry (an invention may be in several: they are not summed), and the share in all valid inventions.
with counts as (
    select * from {{ ref('int_high_value_counts') }}
),

year_patents as (
    select * from {{ ref('int_high_value_year_patents') }}
),

patents as (
    select * from {{ ref('int_patents_resolved') }}
),

class_industries as (
    select * from {{ ref('int_patent_class_industries') }}
),

sei_matches as (
    select * from {{ ref('int_sei_matches') }}
),

valid_counts as (
    select period_start, 'both' as town_basis, '442000' as town_code, cast(count(*) as decimal(24, 6)) as valid_count
    from year_patents
    group by period_start
    union all
    select period_start, 'then' as town_basis, town_code_then as town_code, cast(count(*) as decimal(24, 6)) as valid_count
    from year_patents
    group by period_start, town_code_then
    union all
    select period_start, 'now' as town_basis, town_code_now as town_code, cast(count(*) as decimal(24, 6)) as valid_count
    from year_patents
    group by period_start, town_code_now
),

by_industry as (
    select
        year_patents.period_start,
        class_industries.industry_code,
        cast(sum(class_industries.weight) as decimal(24, 6)) as quantity,
        cast(
            sum(
                case
                    when year_patents.reason_count = year_patents.is_sei and year_patents.is_sei_by_keyword = 0
                        then class_industries.weight
                    else 0
                end
            ) as decimal(24, 6)
        ) as upper_bound_quantity
    from year_patents
    inner join patents on year_patents.record_key = patents.record_key
    inner join class_industries
        on
            coalesce(patents.class_scheme, '') = class_industries.class_scheme
            and coalesce(patents.main_class, '') = class_industries.main_class
    where year_patents.reason_count > 0
    group by year_patents.period_start, class_industries.industry_code
),

by_sei_class as (
    select
        year_patents.period_start,
        sei_matches.sei_code,
        cast(count(*) as decimal(24, 6)) as quantity,
        cast(sum(case when sei_matches.is_upper_bound then 1 else 0 end) as decimal(24, 6)) as upper_bound_quantity
    from year_patents
    inner join sei_matches on year_patents.record_key = sei_matches.record_key
    group by year_patents.period_start, sei_matches.sei_code
),

shares as (
    select
        counts.period_start,
        counts.town_basis,
        counts.town_code,
        counts.quantity as numerator,
        valid_counts.valid_count as denominator,
        counts.upper_bound_quantity
    from counts
    inner join valid_counts
        on
            counts.period_start = valid_counts.period_start
            and counts.town_basis = valid_counts.town_basis
            and counts.town_code = valid_counts.town_code
    where counts.indicator_code = 'patent_invention_high_value_count'
),

measured as (
    select
        indicator_code,
        period_start,
        town_basis,
        town_code,
        'ALL' as industry_code,
        'ALL' as breakdown_type,
        'ALL' as breakdown_code,
        quantity,
        cast(null as decimal(24, 6)) as numerator,
        cast(null as decimal(24, 6)) as denominator,
        upper_bound_quantity
    from counts
    union all
    select
        'patent_invention_high_value_count' as indicator_code,
        period_start,
        'both' as town_basis,
        '442000' as town_code,
        industry_code,
        'ALL' as breakdown_type,
        'ALL' as breakdown_code,
        quantity,
        cast(null as decimal(24, 6)) as numerator,
        cast(null as decimal(24, 6)) as denominator,
        upper_bound_quantity
    from by_industry
    union all
    select
        'patent_invention_valid_sei_count' as indicator_code,
        period_start,
        'both' as town_basis,
        '442000' as town_code,
        'ALL' as industry_code,
        'sei_class' as breakdown_type,
        sei_code as breakdown_code,
        quantity,
        cast(null as decimal(24, 6)) as numerator,
        cast(null as decimal(24, 6)) as denominator,
        upper_bound_quantity
    from by_sei_class
    union all
    select
        'patent_invention_high_value_share_pct' as indicator_code,
        period_start,
        town_basis,
        town_code,
        'ALL' as industry_code,
        'ALL' as breakdown_type,
        'ALL' as breakdown_code,
        cast({{ ratio('numerator', 'denominator', 6, times=100) }} as decimal(24, 6)) as quantity,
        numerator,
        denominator,
        upper_bound_quantity
    from shares
)

select
    indicator_code,
    period_start,
    town_basis,
    town_code,
    industry_code,
    breakdown_type,
    breakdown_code,
    quantity,
    numerator,
    denominator,
    case when upper_bound_quantity > 0 then 'estimated' end as value_status,
    case when upper_bound_quantity > 0 then 'strategic emerging industry by IPC alone: upper bound' end as status_reason
from measured
