-- Names of the city that no rule ties to one enterprise of the register, for review: never guessed.
with parties as (
    select * from {{ ref('int_patent_parties_split') }}
),

documents as (
    select * from {{ ref('int_patent_documents_united') }}
),

located as (
    select * from {{ ref('int_patents_located') }}
),

matches as (
    select * from {{ ref('int_enterprise_matches') }}
),

names as (
    select * from {{ ref('int_names_resolved') }}
),

document_feeds as (
    select
        record_key,
        min(feed_rank) as feed_rank
    from documents
    group by record_key
)

select
    case document_feeds.feed_rank
        when 1 then 'cnipa_gazette' when 2 then 'cnipa_exchange' when 3 then 'patent_api' else 'cnipa_legal_events'
    end as feed,
    parties.party_name as name,
    max(coalesce(names.normalised_name, parties.party_name)) as normalised_name,
    -- A name may be open for different reasons at different dates; the first in alphabetical order is shown: ambiguity before absence.
    min(matches.match_rule) as reason,
    min(matches.candidate_uscc) as candidate_uscc,
    min(parties.publication_date) as first_seen_on,
    cast(count(*) as bigint) as row_count
from parties
inner join document_feeds on parties.record_key = document_feeds.record_key
inner join located on parties.record_key = located.record_key
inner join matches
    on {{ enterprise_mention_key('parties.name_hash', "''", 'parties.publication_date') }} = matches.mention_key
left join names on parties.name_hash = names.name_hash
where
    matches.match_rule like 'ambiguous%'
    or (matches.match_rule = 'not_in_register' and parties.party_order = 1 and located.is_in_city)
group by 1, 2
