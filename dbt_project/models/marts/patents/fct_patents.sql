-- One row a patent document of any feed, with its first party, town, enterprise and industry. A published application, a grant and a
-- correction are different documents; patent_kind and is_correction tell them apart.
with patents as (
    select * from {{ ref('int_patents_resolved') }}
),

located as (
    select * from {{ ref('int_patents_located') }}
),

parties as (
    select * from {{ ref('int_patent_parties_split') }}
),

names as (
    select * from {{ ref('int_names_resolved') }}
),

matches as (
    select * from {{ ref('int_enterprise_matches') }}
),

industries as (
    select * from {{ ref('int_patent_class_industries') }}
    where industry_order = 1
)

select
    patents.record_key,
    patents.patent_kind,
    patents.publication_number,
    patents.kind_code,
    patents.application_number,
    patents.filing_date,
    patents.publication_date,
    patents.known_on,
    patents.is_correction,
    coalesce(patents.title, '') as title,
    -- A name that the resolver has not seen may be a person's: it is not published.
    case
        when parties.party_name is null then '未公布'
        else coalesce(names.published_name, '未识别名称')
    end as applicant_name,
    coalesce(names.applicant_type, 'unknown') as applicant_type,
    coalesce(parties.party_count, 0) as party_count,
    coalesce(matches.enterprise_version_key, 'unresolved') as enterprise_version_key,
    coalesce(matches.enterprise_key, 'unresolved') as enterprise_key,
    located.town_key,
    located.town_code,
    located.town_confidence,
    located.town_reason,
    industries.industry_code,
    patents.main_class,
    patents.class_scheme,
    located.is_in_city,
    patents.has_kind_conflict
from patents
inner join located on patents.record_key = located.record_key
inner join industries
    on
        coalesce(patents.class_scheme, '') = industries.class_scheme
        and coalesce(patents.main_class, '') = industries.main_class
left join parties
    on
        patents.record_key = parties.record_key
        and parties.party_order = 1
left join names on parties.name_hash = names.name_hash
left join matches
    on
        {{ enterprise_mention_key('parties.name_hash', "''", 'parties.publication_date') }} = matches.mention_key
        and parties.name_hash is not null
