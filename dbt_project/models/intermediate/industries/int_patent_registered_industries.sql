-- The second attribution of a grant: the division in which its first patentee is registered (by the version of the day of publication);
-- `unassigned` where the patentee is not in the register (a natural person, an enterprise elsewhere) or has no code.
with patents as (
    select * from {{ ref('int_patents_resolved') }}
    where
        patent_kind in ('invention_granted', 'utility_granted', 'design_granted')
        and not is_correction
        and length(kind_code) = 1
),

located as (
    select * from {{ ref('int_patents_located') }}
),

parties as (
    select * from {{ ref('int_patent_parties_split') }}
    where party_order = 1 and name_hash is not null
),

matches as (
    select * from {{ ref('int_enterprise_matches') }}
),

versions as (
    select * from {{ ref('int_enterprise_versions') }}
),

industries as (
    select * from {{ ref('industries') }}
)

select
    patents.record_key,
    patents.patent_kind,
    {{ month_start('patents.publication_date') }} as month_start,
    located.is_in_city,
    coalesce(nullif(industries.division_code, ''), 'unassigned') as industry_code
from patents
inner join located on patents.record_key = located.record_key
left join parties on patents.record_key = parties.record_key
left join matches
    on {{ enterprise_mention_key('parties.name_hash', "''", 'parties.publication_date') }} = matches.mention_key
left join versions on matches.enterprise_version_key = versions.enterprise_version_key
left join industries on versions.industry_code = industries.industry_code
