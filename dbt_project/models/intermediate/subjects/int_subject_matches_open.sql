-- Names of the other subjects that no rule ties to one enterprise of the register, for review: never guessed. A name that is merely not
-- in the register is listed for the city's own feeds only; right holders of customs lots may sit anywhere.
with mentions as (
    select * from {{ ref('int_subject_mentions') }}
),

matches as (
    select * from {{ ref('int_subject_matches') }}
),

names as (
    select * from {{ ref('int_names_resolved') }}
)

select
    mentions.feed,
    mentions.party_name as name,
    max(coalesce(names.normalised_name, mentions.party_name)) as normalised_name,
    min(matches.match_rule) as reason,
    min(matches.candidate_uscc) as candidate_uscc,
    min(mentions.mention_date) as first_seen_on,
    cast(sum(mentions.row_count) as bigint) as row_count
from mentions
inner join matches
    on {{ enterprise_mention_key('mentions.name_hash', 'mentions.uscc', 'mentions.mention_date') }} = matches.mention_key
left join names on mentions.name_hash = names.name_hash
where
    mentions.party_name is not null
    and (
        matches.match_rule like 'ambiguous%'
        or (matches.match_rule = 'not_in_register' and mentions.feed in ('enforcement_cases', 'pledge_ledger', 'honours'))
    )
group by 1, 2
