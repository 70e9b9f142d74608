{#- The body of a model that ties names to enterprises of the register, from a CTE `mentions`
    (feed_group, name_hash, uscc (as given, may be NULL), mention_date, is_in_city; duplicates are allowed). Gives one row a distinct
    mention: mention_key, feed_group, name_hash, uscc, mention_date, enterprise_key, enterprise_version_key, match_rule, candidate_uscc.

    The rules, in this order; a rule that finds several enterprises decides nothing, and the mention stays open:
      uscc                    the code that the sender gives, both check characters right,
      organisation_code       an organisation code alone, or one inside a code that the register does not have,
      review                  what a reviewer decided for this name (`rejected`: he refused what was proposed, nothing else is tried),
      name                    the name as written, borne by one enterprise at that date,
      former_name             as written, a former name or its name at another time, of one enterprise that existed by that date,
      normalised_name         the normalised name, borne at that date: same rank as former_name, so that two firms found so stay open,
      normalised_former_name  the normalised name at another time,
      head_office             the mention is a branch without an entry of its own, and its company has one.
    Names that differ in the city's prefix (华艺灯饰有限公司, 中山市华艺灯饰有限公司) are compared only where the record lies in the city.
    A code whose enterprise never bore the name, where the name is another enterprise's at that date, is ambiguous_code_and_name.
    Other values of match_rule: ambiguous_<rule>, reviewed_code_not_in_register, not_in_register, natural_person, not_an_enterprise,
    no_name. A natural person is never matched by name. NULLs compare as the empty string and as 1900-01-01: join the result with
    mention_key = enterprise_mention_key(name_hash, uscc, date, group). -#}
{% macro enterprise_matches(mentions='mentions') -%}
distinct_mentions as (
    select
        {{ enterprise_mention_key('name_hash', 'uscc', 'mention_date', 'feed_group') }} as mention_key,
        feed_group,
        name_hash,
        uscc,
        mention_date,
        max(case when is_in_city then 1 else 0 end) as city_flag
    from {{ mentions }}
    group by feed_group, name_hash, uscc, mention_date
),

resolved_mentions as (
    select
        distinct_mentions.mention_key,
        distinct_mentions.feed_group,
        distinct_mentions.name_hash,
        distinct_mentions.uscc,
        coalesce(distinct_mentions.mention_date, {{ horizon() }}) as mention_date,
        distinct_mentions.city_flag,
        names.written_name,
        names.normalised_name,
        names.head_name,
        coalesce(names.has_city_prefix, false) as has_city_prefix,
        coalesce(names.is_natural_person, false) as is_natural_person,
        coalesce(names.applicant_type, 'unknown') as applicant_type
    from distinct_mentions
    left join {{ ref('int_names_resolved') }} as names on distinct_mentions.name_hash = names.name_hash
),

register_codes as (
    select distinct
        uscc,
        substr(uscc, 9, 9) as organisation_code,
        enterprise_key
    from {{ ref('int_enterprise_versions') }}
),

-- One enterprise a code, or none: the whole code first, then the organisation code inside it.
by_given_code as (
    select
        codes.given_code,
        case
            when max(whole_codes.enterprise_key) is not null then max(whole_codes.enterprise_key)
            when count(distinct organisations.enterprise_key) = 1 then max(organisations.enterprise_key)
        end as enterprise_key,
        case
            when max(whole_codes.enterprise_key) is not null then 'uscc'
            when count(distinct organisations.enterprise_key) = 1 then 'organisation_code'
            else 'ambiguous_organisation_code'
        end as code_rule,
        min(organisations.uscc) as candidate_uscc
    from {{ ref('int_codes_checked') }} as codes
    inner join register_codes as organisations on codes.organisation_code = organisations.organisation_code
    left join register_codes as whole_codes on codes.uscc = whole_codes.uscc
    group by codes.given_code
),

{{ _enterprise_name_candidates() }},

decisions as (
    select
        decided_names.feed_group,
        decided_names.name_hash,
        decided_names.decision,
        register_codes.enterprise_key
    from {{ ref('int_review_decisions') }} as decided_names
    left join register_codes on decided_names.uscc = register_codes.uscc
),

weighed as (
    select
        resolved_mentions.*,
        by_given_code.enterprise_key as code_enterprise_key,
        by_given_code.code_rule,
        by_given_code.enterprise_key is not null
        and by_name.strength = 1
        and by_name.enterprise_count = 1
        and by_name.enterprise_key <> by_given_code.enterprise_key
        and code_bearers.mention_key is null as is_conflict,
        decisions.decision,
        decisions.enterprise_key as decided_enterprise_key,
        by_name.enterprise_key as name_enterprise_key,
        by_name.enterprise_count,
        by_name.name_rule,
        coalesce(by_name.candidate_uscc, by_given_code.candidate_uscc) as candidate_uscc
    from resolved_mentions
    left join by_given_code on resolved_mentions.uscc = by_given_code.given_code
    left join by_name on resolved_mentions.mention_key = by_name.mention_key
    left join name_candidates as code_bearers
        on
            resolved_mentions.mention_key = code_bearers.mention_key
            and by_given_code.enterprise_key = code_bearers.enterprise_key
    left join decisions
        on
            resolved_mentions.feed_group = decisions.feed_group
            and resolved_mentions.name_hash = decisions.name_hash
),

ruled as (
    select
        weighed.*,
        case
            when code_enterprise_key is not null and not coalesce(is_conflict, false) then code_rule
            when decision = 'accept' and decided_enterprise_key is not null then 'review'
            when decision = 'accept' then 'reviewed_code_not_in_register'
            when decision = 'reject' then 'rejected'
            when is_conflict then 'ambiguous_code_and_name'
            when is_natural_person then 'natural_person'
            when enterprise_count = 1 then name_rule
            when enterprise_count > 1 then 'ambiguous_' || name_rule
            when code_rule = 'ambiguous_organisation_code' then code_rule
            when applicant_type in ('university', 'research_institute', 'government', 'institution') then 'not_an_enterprise'
            when name_hash is null then 'no_name'
            else 'not_in_register'
        end as match_rule
    from weighed
),

decided as (
    select
        mention_key,
        feed_group,
        name_hash,
        uscc,
        mention_date,
        match_rule,
        candidate_uscc,
        case
            when match_rule in ('uscc', 'organisation_code') then code_enterprise_key
            when match_rule = 'review' then decided_enterprise_key
            when match_rule = name_rule then name_enterprise_key
        end as matched_enterprise_key
    from ruled
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
    decided.feed_group,
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


{#- The part of enterprise_matches that compares names: name_candidates (every enterprise that a form of the name may mean, with the
    strength of the likeness, 1 the greatest) and by_name (those of the best grade, counted). -#}
{% macro _enterprise_name_candidates() -%}
compared_names as (
    select
        resolved_mentions.mention_key,
        enterprise_names.enterprise_key,
        enterprise_names.uscc,
        case
            when enterprise_names.written_name = resolved_mentions.written_name then 1
            else 3
        end
        + case
            when enterprise_names.is_dated and {{ is_valid_at('enterprise_names', 'resolved_mentions.mention_date') }} then 0
            else 1
        end as strength
    from resolved_mentions
    inner join {{ ref('int_enterprise_names') }} as enterprise_names
        on resolved_mentions.normalised_name = enterprise_names.normalised_name
    where
        not resolved_mentions.is_natural_person
        and (
            enterprise_names.established_date is null
            or enterprise_names.established_date <= resolved_mentions.mention_date
        )
        and (
            enterprise_names.written_name = resolved_mentions.written_name
            or enterprise_names.has_city_prefix = resolved_mentions.has_city_prefix
            or resolved_mentions.city_flag = 1
        )
    union all
    select
        resolved_mentions.mention_key,
        enterprise_names.enterprise_key,
        enterprise_names.uscc,
        5 as strength
    from resolved_mentions
    inner join {{ ref('int_enterprise_names') }} as enterprise_names
        on resolved_mentions.head_name = enterprise_names.normalised_name
    where
        (
            enterprise_names.established_date is null
            or enterprise_names.established_date <= resolved_mentions.mention_date
        )
        and (
            enterprise_names.has_city_prefix = resolved_mentions.has_city_prefix
            or resolved_mentions.city_flag = 1
        )
),

name_candidates as (
    select
        mention_key,
        enterprise_key,
        uscc,
        min(strength) as strength,
        -- A former name as written and a present name in another form (2 and 3) are one grade: neither is better evidence.
        min(case strength when 1 then 1 when 2 then 2 when 3 then 2 when 4 then 3 else 4 end) as grade
    from compared_names
    group by mention_key, enterprise_key, uscc
),

graded_candidates as (
    select
        name_candidates.*,
        min(grade) over (partition by mention_key) as best_grade
    from name_candidates
),

by_name as (
    select
        mention_key,
        count(*) as enterprise_count,
        max(enterprise_key) as enterprise_key,
        min(uscc) as candidate_uscc,
        min(strength) as strength,
        case min(strength)
            when 1 then 'name' when 2 then 'former_name' when 3 then 'normalised_name' when 4 then 'normalised_former_name'
            else 'head_office'
        end as name_rule
    from graded_candidates
    where grade = best_grade
    group by mention_key
)
{%- endmacro %}


{#- The key of a mention in the result of enterprise_matches; `feed_group` is an SQL expression. -#}
{% macro enterprise_mention_key(name_hash, uscc, mention_date, feed_group="'patents'") -%}
    {{ feed_group }} || '|' || coalesce({{ name_hash }}, '') || '|' || coalesce({{ uscc }}, '') || '|' || coalesce(cast({{ mention_date }} as {{ dbt.type_string() }}), '')
{%- endmacro %}


{#- The feeds that meet in one record share what a reviewer decided for a name: the patent feeds, the two feeds of pledges. -#}
{% macro feed_group(feed) -%}
    case
        when {{ feed }} in ('cnipa_gazette', 'cnipa_exchange', 'patent_api', 'cnipa_legal_events') then 'patents'
        when {{ feed }} in ('pledge_ledger', 'pledge_registrations') then 'pledges'
        else {{ feed }}
    end
{%- endmacro %}
