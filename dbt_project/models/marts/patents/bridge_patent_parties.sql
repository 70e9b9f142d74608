-- One row a party of a document, with its equal share of it. Documents give the first party's address alone: another party is in the
-- city only where the register knows it by name; everything else is `outside`, so that shares always sum to 1.
with parties as (
    select * from {{ ref('int_patent_parties_split') }}
),

names as (
    select * from {{ ref('int_names_resolved') }}
),

matches as (
    select * from {{ ref('int_enterprise_matches') }}
),

enterprises as (
    select * from {{ ref('dim_enterprise') }}
),

located as (
    select * from {{ ref('int_patents_located') }}
)

select
    parties.record_key,
    parties.party_order,
    coalesce(names.published_name, '未识别名称') as party_name,
    coalesce(names.applicant_type, 'unknown') as applicant_type,
    matches.enterprise_version_key,
    matches.enterprise_key,
    case
        when parties.party_order = 1 then located.town_code
        when enterprises.uscc is not null then enterprises.town_code
        else 'outside'
    end as town_code,
    case
        when parties.party_order = 1 then located.is_in_city
        else enterprises.uscc is not null
    end as is_in_city,
    {{ equal_share('parties.party_order', 'parties.party_count') }} as weight
from parties
inner join located on parties.record_key = located.record_key
inner join matches
    on {{ enterprise_mention_key('parties.name_hash', "''", 'parties.publication_date') }} = matches.mention_key
inner join enterprises on matches.enterprise_version_key = enterprises.enterprise_version_key
left join names on parties.name_hash = names.name_hash
