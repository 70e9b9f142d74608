"""The SQL behind the boards. `marts.` stands for the schema of the resolved build; values are always bound."""

from __future__ import annotations

# Legal-person enterprises of the city on the last day of the year, one row each.
_ENTERPRISES = """
enterprises as (
    select versions.enterprise_key, versions.uscc, versions.enterprise_name, versions.town_code,
        coalesce(towns.town_name, '') as town_name
    from marts.dim_enterprise as versions
    left join marts.dim_town as towns
        on
            towns.town_code = versions.town_code
            and (towns.valid_from is null or towns.valid_from <= %(year_end)s)
            and (towns.valid_to is null or towns.valid_to > %(year_end)s)
    where
        (versions.valid_from is null or versions.valid_from <= %(year_end)s)
        and (versions.valid_to is null or versions.valid_to > %(year_end)s)
        and versions.enterprise_key not in ('unresolved', 'not_an_enterprise')
        and versions.town_code <> 'outside'
        and substr(versions.uscc, 1, 2) = any(%(uscc_prefixes)s)
        and not exists (
            select 1 from unnest(cast(%(not_legal_person_name_endings)s as text[])) as endings (ending)
            where right(versions.enterprise_name, length(endings.ending)) = endings.ending
        )
)"""

# The stock is that of the last day D of the year as known on D: granted by D, no ending effective by D and known by D
# that was not undone, term not over (the anniversary of the filing date is the first day without the right).
PATENT_INNOVATION = f"""
with {_ENTERPRISES},
inventions as (
    select record_key, application_number, enterprise_key, publication_date, filing_date
    from marts.fct_patents
    where
        patent_kind = 'invention_granted' and not is_correction and is_in_city
        and publication_date <= %(year_end)s and known_on <= %(year_end)s
),
linked as (
    select inventions.record_key, inventions.publication_date,
        events.event_effect, events.known_on, events.effective_date
    from inventions
    inner join marts.fct_patent_events as events on events.record_key = inventions.record_key
    where events.known_on <= %(year_end)s and events.effective_date <= %(year_end)s
    union
    select inventions.record_key, inventions.publication_date,
        events.event_effect, events.known_on, events.effective_date
    from inventions
    inner join marts.fct_patent_events as events on events.application_number = inventions.application_number
    where events.known_on <= %(year_end)s and events.effective_date <= %(year_end)s
),
last_words as (
    select record_key, event_effect,
        row_number() over (
            partition by record_key
            order by
                known_on desc, case when event_effect = 'restores' then 0 else 1 end, effective_date desc, event_effect
        ) as position
    from linked
    where event_effect = 'restores' or event_effect = any(%(restorable_endings)s)
),
gone as (
    select record_key from last_words where position = 1 and event_effect <> 'restores'
    union
    select record_key from linked
    where event_effect = any(%(final_endings)s)
    union
    select record_key from linked
    -- An application that moved before its grant was announced already names its new owner there.
    where event_effect = any(%(owner_moves)s) and effective_date >= publication_date
    union
    select record_key from inventions
    where filing_date + make_interval(years => %(invention_term_years)s) <= %(year_end)s
),
counted as (
    select inventions.enterprise_key,
        count(*) filter (where gone.record_key is null) as invention_valid_count,
        count(*) filter (where inventions.publication_date >= %(year_start)s) as invention_grant_count
    from inventions
    left join gone on gone.record_key = inventions.record_key
    group by inventions.enterprise_key
)
select enterprises.*, counted.invention_valid_count, counted.invention_grant_count
from enterprises
inner join counted on counted.enterprise_key = enterprises.enterprise_key
order by enterprises.enterprise_key
"""

# Class lines on the national register (a Madrid registration, G..., has its own unit); the register's latest word known
# to the build decides, so a stock of an earlier year is that of today's knowledge.
BRAND = f"""
with {_ENTERPRISES},
marks as (
    select enterprise_key
    from marts.fct_trademarks
    where
        is_in_city
        and registration_date <= %(year_end)s
        and coalesce(registration_number, '') not like 'G%%'
        and status not in ('申请中', '已驳回', '已撤回')
        and (status not in ('已注销', '已撤销', '已无效') or coalesce(status_date, known_on) > %(year_end)s)
        and (
            term_end_date is null
            or term_end_date + make_interval(months => %(trademark_grace_months)s) >= %(year_end)s
        )
),
counted as (
    select enterprise_key, count(*) as trademark_valid_count
    from marks
    group by enterprise_key
)
select enterprises.*, counted.trademark_valid_count
from enterprises
inner join counted on counted.enterprise_key = enterprises.enterprise_key
order by enterprises.enterprise_key
"""

QUERIES = {"patent_innovation": PATENT_INNOVATION, "brand": BRAND}
