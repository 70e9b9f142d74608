-- Enterprises with valid rights at each year's end: how many own a valid invention (by town, registered industry and size), and which share
-- of the high-tech, the above-scale and the exporting enterprises of the year's lists has one. An owner that the year's list does not
-- have is counted for the city, without town. A mark is an exporter's own if it or an enterprise of its group holds it.
with right_years as (
    select * from {{ ref('int_enterprise_right_years') }}
),

year_ends as (
    select * from {{ ref('int_register_year_ends') }}
),

listed_years as (
    select distinct period_start from year_ends
),

holders as (
    select
        period_start,
        enterprise_key,
        max(case when right_kind = 'invention' then 1 else 0 end) as invention_mark,
        max(case when right_kind in ('invention', 'other_patent') then 1 else 0 end) as patent_mark
    from right_years
    group by period_start, enterprise_key
),

groups_with_marks as (
    select distinct
        year_ends.period_start,
        year_ends.group_key
    from year_ends
    inner join right_years
        on
            year_ends.period_start = right_years.period_start
            and year_ends.enterprise_key = right_years.enterprise_key
            and right_years.right_kind = 'trademark'
),

owners as (
    select
        holders.period_start,
        holders.enterprise_key,
        coalesce(year_ends.town_code_then, 'unassigned') as town_code_then,
        coalesce(year_ends.town_code_now, 'unassigned') as town_code_now,
        coalesce(year_ends.industry_code, 'unassigned') as industry_code,
        case when year_ends.uscc is null then 'unknown' when year_ends.is_above_scale then 'above_scale' else 'below_scale' end as size_code
    from holders
    inner join listed_years on holders.period_start = listed_years.period_start
    left join year_ends
        on
            holders.period_start = year_ends.period_start
            and holders.enterprise_key = year_ends.enterprise_key
    where holders.invention_mark = 1
),

owner_counts as (
    {{ town_margins('owners', ['period_start'], [('owner_count', 'count(*)')]) }}
),

members as (
    select
        'patent_high_tech_enterprise_with_invention_pct' as indicator_code,
        year_ends.period_start,
        year_ends.town_code_then,
        year_ends.town_code_now,
        coalesce(holders.invention_mark, 0) as has_right
    from year_ends
    left join holders
        on
            year_ends.period_start = holders.period_start
            and year_ends.enterprise_key = holders.enterprise_key
    where year_ends.is_high_tech
    union all
    select
        'patent_above_scale_enterprise_with_valid_pct' as indicator_code,
        year_ends.period_start,
        year_ends.town_code_then,
        year_ends.town_code_now,
        coalesce(holders.patent_mark, 0) as has_right
    from year_ends
    left join holders
        on
            year_ends.period_start = holders.period_start
            and year_ends.enterprise_key = holders.enterprise_key
    where year_ends.is_above_scale
    union all
    select
        'export_above_scale_enterprise_own_trademark_pct' as indicator_code,
        year_ends.period_start,
        year_ends.town_code_then,
        year_ends.town_code_now,
        case when groups_with_marks.group_key is null then 0 else 1 end as has_right
    from year_ends
    left join groups_with_marks
        on
            year_ends.period_start = groups_with_marks.period_start
            and year_ends.group_key = groups_with_marks.group_key
    where year_ends.is_above_scale_exporter
),

member_counts as (
    {{ town_margins(
        'members', ['indicator_code', 'period_start'], [('holder_count', 'sum(has_right)'), ('member_count', 'count(*)')]
    ) }}
),

shares as (
    select
        indicator_code,
        period_start,
        town_basis,
        town_code,
        cast(holder_count as decimal(24, 6)) as numerator,
        cast(member_count as decimal(24, 6)) as denominator
    from member_counts
),

all_rows as (
    select
        'patent_invention_owner_enterprise_count' as indicator_code,
        period_start,
        town_basis,
        town_code,
        'ALL' as industry_code,
        'ipc_mapping' as industry_basis,
        'ALL' as breakdown_type,
        'ALL' as breakdown_code,
        cast(owner_count as decimal(24, 6)) as quantity,
        cast(null as decimal(24, 6)) as numerator,
        cast(null as decimal(24, 6)) as denominator
    from owner_counts
    union all
    select
        'patent_invention_owner_enterprise_count' as indicator_code,
        period_start,
        'both' as town_basis,
        '442000' as town_code,
        industry_code,
        'registered' as industry_basis,
        'ALL' as breakdown_type,
        'ALL' as breakdown_code,
        cast(count(*) as decimal(24, 6)) as quantity,
        cast(null as decimal(24, 6)) as numerator,
        cast(null as decimal(24, 6)) as denominator
    from owners
    group by period_start, industry_code
    union all
    select
        'patent_invention_owner_enterprise_count' as indicator_code,
        period_start,
        'both' as town_basis,
        '442000' as town_code,
        'ALL' as industry_code,
        'ipc_mapping' as industry_basis,
        'size' as breakdown_type,
        size_code as breakdown_code,
        cast(count(*) as decimal(24, 6)) as quantity,
        cast(null as decimal(24, 6)) as numerator,
        cast(null as decimal(24, 6)) as denominator
    from owners
    group by period_start, size_code
    union all
    select
        indicator_code,
        period_start,
        town_basis,
        town_code,
        'ALL' as industry_code,
        'ipc_mapping' as industry_basis,
        'ALL' as breakdown_type,
        'ALL' as breakdown_code,
        cast({{ ratio('numerator', 'denominator', 6, times=100) }} as decimal(24, 6)) as quantity,
        numerator,
        denominator
    from shares
)

select
    indicator_code,
    period_start,
    town_basis,
    town_code,
    industry_code,
    industry_basis,
    breakdown_type,
    breakdown_code,
    quantity,
    numerator,
    denominator
from all_rows
