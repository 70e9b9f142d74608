-- Rights entering and leaving the stock of a place as it became known (K = D), by month, industry and applicant type of the first
-- patentee in the granted document.
with intervals as (
    select * from {{ ref('int_patent_right_intervals') }}
    where series = 'published' and place_code <> 'outside'
),

patents as (
    select * from {{ ref('int_patents_resolved') }}
),

parties as (
    select * from {{ ref('int_patent_parties_split') }}
    where party_order = 1
),

names as (
    select * from {{ ref('int_names_resolved') }}
),

class_industries as (
    select * from {{ ref('int_patent_class_industries') }}
),

described as (
    select
        intervals.patent_kind,
        intervals.place_code,
        {{ month_start('intervals.valid_from') }} as from_month,
        {{ month_start('intervals.valid_to') }} as to_month,
        coalesce(patents.class_scheme, '') as class_scheme,
        coalesce(patents.main_class, '') as main_class,
        coalesce(names.applicant_type, 'unknown') as applicant_type,
        count(*) as right_count
    from intervals
    inner join patents on intervals.record_key = patents.record_key
    left join parties on intervals.record_key = parties.record_key
    left join names on parties.name_hash = names.name_hash
    group by 1, 2, 3, 4, 5, 6, 7
),

changes as (
    select
        patent_kind,
        place_code,
        from_month as month_start,
        class_scheme,
        main_class,
        applicant_type,
        right_count as change_count
    from described
    where from_month is null or to_month is null or from_month <> to_month
    union all
    select
        patent_kind,
        place_code,
        to_month as month_start,
        class_scheme,
        main_class,
        applicant_type,
        -right_count as change_count
    from described
    where to_month is not null and from_month <> to_month
)

select
    case changes.patent_kind
        when 'invention_granted' then 'patent_invention_valid_count'
        when 'utility_granted' then 'patent_utility_valid_count'
        else 'patent_design_valid_count'
    end as indicator_code,
    changes.month_start,
    changes.place_code,
    class_industries.industry_code,
    changes.applicant_type,
    'ALL' as breakdown_type,
    'ALL' as breakdown_code,
    'ALL' as second_breakdown_type,
    'ALL' as second_breakdown_code,
    sum(changes.change_count * class_industries.weight) as quantity
from changes
inner join class_industries
    on
        changes.class_scheme = class_industries.class_scheme
        and changes.main_class = class_industries.main_class
group by 1, 2, 3, 4, 5
having sum(changes.change_count * class_industries.weight) <> 0
