-- Grants and published applications of the city by month, class, applicant type and town. The kind code decides what a document is;
-- a correction is neither a publication nor a grant; the first-named party gives town and applicant type.
with patents as (
    select * from {{ ref('int_patents_resolved') }}
),

located as (
    select * from {{ ref('int_patents_located') }}
),

parties as (
    select * from {{ ref('int_patent_parties_split') }}
    where party_order = 1
),

names as (
    select * from {{ ref('int_names_resolved') }}
)

select
    patents.patent_kind,
    {{ month_start('patents.publication_date') }} as month_start,
    located.town_code as town_code_then,
    located.current_town_code as town_code_now,
    coalesce(patents.class_scheme, '') as class_scheme,
    coalesce(patents.main_class, '') as main_class,
    coalesce(names.applicant_type, 'unknown') as applicant_type,
    count(*) as patent_count
from patents
inner join located on patents.record_key = located.record_key
left join parties on patents.record_key = parties.record_key
left join names on parties.name_hash = names.name_hash
where
    located.is_in_city
    and not patents.is_correction
    and length(patents.kind_code) = 1
    and patents.patent_kind in ('invention_published', 'invention_granted', 'utility_granted', 'design_granted')
group by 1, 2, 3, 4, 5, 6, 7
