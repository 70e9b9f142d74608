-- How the names of each feed are tied to enterprises, with the evidence: one row a feed, name, given code, rule and enterprise. Names that
-- no rule ties are there too, with the reason. Natural persons are not: they are never tied, and nobody has to look at them.
with parties as (
    select * from {{ ref('int_patent_parties_split') }}
),

documents as (
    select * from {{ ref('int_patent_documents_united') }}
),

located as (
    select * from {{ ref('int_patents_located') }}
),

mentions as (
    select * from {{ ref('int_subject_mentions') }}
),

patent_matches as (
    select * from {{ ref('int_enterprise_matches') }}
),

subject_matches as (
    select * from {{ ref('int_subject_matches') }}
),

names as (
    select * from {{ ref('int_names_resolved') }}
),

versions as (
    select * from {{ ref('int_enterprise_versions') }}
),

-- A document of several feeds is listed under the one that is believed first.
document_feeds as (
    select
        record_key,
        min(feed_rank) as feed_rank
    from documents
    group by record_key
),

tied as (
    select
        case document_feeds.feed_rank
            when 1 then 'cnipa_gazette' when 2 then 'cnipa_exchange' when 3 then 'patent_api' else 'cnipa_legal_events'
        end as feed,
        parties.party_name,
        parties.name_hash,
        cast(null as {{ dbt.type_string() }}) as given_code,
        matches.match_rule,
        matches.enterprise_key,
        matches.candidate_uscc,
        parties.publication_date as mention_date,
        cast(1 as bigint) as row_count,
        case when parties.party_order = 1 and located.is_in_city then 1 else 0 end as city_row_count
    from parties
    inner join document_feeds on parties.record_key = document_feeds.record_key
    inner join located on parties.record_key = located.record_key
    inner join patent_matches as matches
        on {{ enterprise_mention_key('parties.name_hash', "''", 'parties.publication_date') }} = matches.mention_key
    where matches.match_rule <> 'natural_person'
    union all
    select
        mentions.feed,
        mentions.party_name,
        mentions.name_hash,
        mentions.uscc as given_code,
        matches.match_rule,
        matches.enterprise_key,
        matches.candidate_uscc,
        mentions.mention_date,
        mentions.row_count,
        case when mentions.is_in_city then mentions.row_count else 0 end as city_row_count
    from mentions
    inner join subject_matches as matches
        on
            {{ enterprise_mention_key('mentions.name_hash', 'mentions.uscc', 'mentions.mention_date', feed_group('mentions.feed')) }}
            = matches.mention_key
    where mentions.party_name is not null and matches.match_rule <> 'natural_person'
),

grouped as (
    select
        feed,
        party_name,
        name_hash,
        given_code,
        match_rule,
        enterprise_key,
        min(candidate_uscc) as candidate_uscc,
        min(mention_date) as first_seen_on,
        max(mention_date) as last_seen_on,
        cast(sum(row_count) as bigint) as row_count,
        cast(sum(city_row_count) as bigint) as city_row_count
    from tied
    group by feed, party_name, name_hash, given_code, match_rule, enterprise_key
),

codes as (
    select distinct
        enterprise_key,
        uscc
    from versions
)

select
    grouped.feed,
    grouped.party_name as name,
    coalesce(names.normalised_name, grouped.party_name) as normalised_name,
    grouped.given_code,
    grouped.match_rule,
    grouped.enterprise_key,
    codes.uscc,
    grouped.candidate_uscc,
    grouped.first_seen_on,
    grouped.last_seen_on,
    grouped.row_count,
    grouped.city_row_count
from grouped
left join names on grouped.name_hash = names.name_hash
left join codes on grouped.enterprise_key = codes.enterprise_key
