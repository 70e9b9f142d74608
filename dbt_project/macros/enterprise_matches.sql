{#- The body of a model that ties names to enterprises of the register, from a CTE `mentions`
    (name_hash, uscc (may be NULL), mention_date; duplicates are allowed). Gives one row a distinct mention:
    name_hash, uscc, mention_date, enterprise_key, enterprise_version_key, match_rule, candidate_uscc.

    The rules, in this order; a rule that finds several enterprises decides nothing, and the mention stays open:
      uscc         the code that the sender gives,
      name         the normalised name, borne by one enterprise at that date,
      former_name  a former name, or its name at another time, of one enterprise that existed by that date.
    match_rule is one of uscc, name, former_name, ambiguous_name, ambiguous_former_name, not_in_register, natural_person,
    not_an_enterprise, no_name. A natural person is never matched by name. NULLs compare as the empty string and as 1900-01-01:
    join the result with mention_key = enterprise_mention_key(name_hash, uscc, date). -#}
{% macro enterprise_matches(mentions='mentions') -%}
distinct_mentions as (
    select distinct
        {{ enterprise_mention_key('name_hash', 'uscc', 'mention_date') }} as mention_key,
        name_hash,
        uscc,
        mention_date
    from {{ mentions }}
),

resolved_mentions as (
    select
        distinct_mentions.mention_key,
        distinct_mentions.name_hash,
        distinct_mentions.uscc,
        coalesce(distinct_mentions.mention_date, {{ horizon() }}) as mention_date,
        names.normalised_name,
        coalesce(names.is_natural_person, false) as is_natural_person,
        coalesce(names.applicant_type, 'unknown') as applicant_type
    from distinct_mentions
    left join {{ ref('int_names_resolved') }} as names on distinct_mentions.name_hash = names.name_hash
),

register_codes as (
    select distinct
        uscc,
        enterprise_key
    from {{ ref('int_enterprise_versions') }}
),

by_code as (
    select
        resolved_mentions.mention_key,
        register_codes.enterprise_key
    from resolved_mentions
    inner join register_codes on resolved_mentions.uscc = register_codes.uscc
),

by_any_name as (
    select
        resolved_mentions.mention_key,
        enterprise_names.enterprise_key,
        enterprise_names.uscc,
        max(
            case
                when enterprise_names.is_dated and {{ is_valid_at('enterprise_names', 'resolved_mentions.mention_date') }} then 1
                else 0
            end
        ) as is_name_at_date
    from resolved_mentions
    inner join {{ ref('int_enterprise_names') }} as enterprise_names
        on resolved_mentions.normalised_name = enterprise_names.normalised_name
    where
        not resolved_mentions.is_natural_person
        and (
            enterprise_names.established_date is null
            or enterprise_names.established_date <= resolved_mentions.mention_date
        )
    group by resolved_mentions.mention_key, enterprise_names.enterprise_key, enterprise_names.uscc
),

by_name as (
    select
        mention_key,
        sum(is_name_at_date) as dated_count,
        max(case when is_name_at_date = 1 then enterprise_key end) as dated_enterprise_key,
        count(*) as any_count,
        max(enterprise_key) as any_enterprise_key,
        min(case when is_name_at_date = 1 then uscc end) as dated_candidate_uscc,
        min(uscc) as any_candidate_uscc
    from by_any_name
    group by mention_key
),

decided as (
    select
        resolved_mentions.mention_key,
        resolved_mentions.name_hash,
        resolved_mentions.uscc,
        resolved_mentions.mention_date,
        case
            when by_code.enterprise_key is not null then by_code.enterprise_key
            when by_name.dated_count = 1 then by_name.dated_enterprise_key
            when by_name.dated_count = 0 and by_name.any_count = 1 then by_name.any_enterprise_key
        end as matched_enterprise_key,
        case
            when by_code.enterprise_key is not null then 'uscc'
            when resolved_mentions.is_natural_person then 'natural_person'
            when by_name.dated_count = 1 then 'name'
            when by_name.dated_count > 1 then 'ambiguous_name'
            when by_name.any_count = 1 then 'former_name'
            when by_name.any_count > 1 then 'ambiguous_former_name'
            when resolved_mentions.applicant_type in ('university', 'research_institute', 'government', 'institution')
                then 'not_an_enterprise'
            when resolved_mentions.name_hash is null then 'no_name'
            else 'not_in_register'
        end as match_rule,
        coalesce(by_name.dated_candidate_uscc, by_name.any_candidate_uscc) as candidate_uscc
    from resolved_mentions
    left join by_code on resolved_mentions.mention_key = by_code.mention_key
    left join by_name on resolved_mentions.mention_key = by_name.mention_key
),

-- The version at the date; outside the register's reach the nearest one: the last before, else the first after.
ranked_versions as (
    select
        decided.mention_key,
        versions.enterprise_version_key,
        row_number() over (
            partition by decided.mention_key
            order by
                case when {{ is_valid_at('versions', 'decided.mention_date') }} then 1 else 2 end,
                case when versions.valid_from is null or versions.valid_from <= decided.mention_date then 1 else 2 end,
                case
                    when versions.valid_from is null or versions.valid_from <= decided.mention_date then -versions.version_number
                    else versions.version_number
                end
        ) as version_rank
    from decided
    inner join {{ ref('int_enterprise_versions') }} as versions on decided.matched_enterprise_key = versions.enterprise_key
)

select
    decided.mention_key,
    decided.name_hash,
    decided.uscc,
    decided.mention_date,
    case
        when decided.matched_enterprise_key is not null then decided.matched_enterprise_key
        when decided.match_rule in ('natural_person', 'not_an_enterprise') then 'not_an_enterprise'
        else 'unresolved'
    end as enterprise_key,
    case
        when decided.matched_enterprise_key is not null then ranked_versions.enterprise_version_key
        when decided.match_rule in ('natural_person', 'not_an_enterprise') then 'not_an_enterprise'
        else 'unresolved'
    end as enterprise_version_key,
    decided.match_rule,
    decided.candidate_uscc
from decided
left join ranked_versions
    on
        decided.mention_key = ranked_versions.mention_key
        and ranked_versions.version_rank = 1
{%- endmacro %}


{#- The key of a mention in the result of enterprise_matches. -#}
{% macro enterprise_mention_key(name_hash, uscc, mention_date) -%}
    coalesce({{ name_hash }}, '') || '|' || coalesce({{ uscc }}, '') || '|' || coalesce(cast({{ mention_date }} as {{ dbt.type_string() }}), '')
{%- endmacro %}
