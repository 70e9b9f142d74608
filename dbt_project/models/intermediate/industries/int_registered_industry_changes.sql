-- Grants of a month, and changes of the stock as it became known, by the registered industry of the first patentee.
with registered as (
    select * from {{ ref('int_patent_registered_industries') }}
),

intervals as (
    select * from {{ ref('int_patent_right_intervals') }}
    where series = 'published' and place_code <> 'outside'
),

kinds as (
    select 'invention_granted' as patent_kind, 'patent_invention' as right_name
    union all
    select 'utility_granted' as patent_kind, 'patent_utility' as right_name
    union all
    select 'design_granted' as patent_kind, 'patent_design' as right_name
),

changes as (
    select
        patent_kind,
        'grant' as change_kind,
        month_start,
        industry_code,
        1 as patent_count
    from registered
    where is_in_city
    union all
    select
        intervals.patent_kind,
        'valid' as change_kind,
        {{ month_start('intervals.valid_from') }} as month_start,
        registered.industry_code,
        1 as patent_count
    from intervals
    inner join registered on intervals.record_key = registered.record_key
    union all
    select
        intervals.patent_kind,
        'valid' as change_kind,
        {{ month_start('intervals.valid_to') }} as month_start,
        registered.industry_code,
        -1 as patent_count
    from intervals
    inner join registered on intervals.record_key = registered.record_key
    where intervals.valid_to is not null
),

named as (
    select
        kinds.right_name || '_' || changes.change_kind || '_count' as indicator_code,
        changes.*
    from changes
    inner join kinds on changes.patent_kind = kinds.patent_kind
    union all
    select
        'patent_all_grant_count' as indicator_code,
        changes.*
    from changes
    where change_kind = 'grant'
)

select
    indicator_code,
    change_kind,
    month_start,
    industry_code,
    sum(patent_count) as patent_count
from named
group by indicator_code, change_kind, month_start, industry_code
