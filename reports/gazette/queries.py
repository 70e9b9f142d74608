"""The SQL of the report on one gazette issue. `marts.` and `intermediate.` stand for the schemas of the resolved build.

An issue is a batch of the feed cnipa_gazette (its partition is the issue's date), whatever dates its records bear.
"""

from __future__ import annotations

_ISSUE = """
with issue as (
    select distinct sources.record_key
    from intermediate.int_record_sources as sources
    inner join ops.build_batches as members on members.batch_id = sources.batch_id and members.build_id = %(build_id)s
    inner join ops.batches as batches on batches.batch_id = sources.batch_id
    where batches.feed = 'cnipa_gazette' and batches.partition_key = %(issue)s
),
patents as (
    select facts.*
    from marts.fct_patents as facts
    inner join issue on issue.record_key = facts.record_key
)"""

_CITY_GRANT = "is_in_city and not is_correction and patent_kind <> 'invention_published'"

ISSUES = """
select batches.partition_key
from ops.batches as batches
inner join ops.build_batches as members on members.batch_id = batches.batch_id
where members.build_id = %(build_id)s and batches.feed = 'cnipa_gazette'
order by batches.partition_key
"""

FILES = """
select
    count(*) as file_count, sum(files.counted_row_count) as row_count,
    sum(files.quarantined_row_count) as quarantined_count
from ops.batch_files as files
inner join ops.batches as batches on batches.batch_id = files.batch_id
inner join ops.build_batches as members on members.batch_id = batches.batch_id
where members.build_id = %(build_id)s and batches.feed = 'cnipa_gazette' and batches.partition_key = %(issue)s
"""

TOTALS = f"""{_ISSUE}
select
    count(*) as document_count,
    count(*) filter (where is_in_city) as city_document_count,
    count(*) filter (where {_CITY_GRANT}) as city_grant_count,
    count(*) filter (where is_in_city and town_code <> 'unassigned') as city_with_town_count,
    count(*) filter (where is_in_city and application_number is not null) as city_with_number_count,
    count(*) filter (where is_correction) as correction_count,
    count(*) filter (where publication_date <> cast(%(issue)s as date)) as other_date_count,
    count(*) filter (where is_in_city and publication_date <> cast(%(issue)s as date)) as city_other_date_count,
    count(*) filter (where has_kind_conflict) as kind_conflict_count
from patents
"""

KINDS = f"""{_ISSUE},
kinds (patent_kind) as (
    values ('invention_published'), ('invention_granted'), ('utility_granted'), ('design_granted')
)
select kinds.patent_kind, count(patents.record_key) as document_count,
    count(patents.record_key) filter (where patents.is_in_city) as city_count
from kinds
left join patents on patents.patent_kind = kinds.patent_kind and not patents.is_correction
group by kinds.patent_kind
order by kinds.patent_kind
"""

TOWNS = f"""{_ISSUE},
towns as (
    select town_code, town_name, sort_order
    from marts.dim_town
    where
        town_code not in ('442000', 'outside')
        and (valid_from is null or valid_from <= cast(%(issue)s as date))
        and (valid_to is null or valid_to > cast(%(issue)s as date))
)
select towns.town_code, towns.town_name, towns.sort_order,
    count(patents.record_key) filter (where patent_kind = 'invention_granted') as invention_granted,
    count(patents.record_key) filter (where patent_kind = 'utility_granted') as utility_granted,
    count(patents.record_key) filter (where patent_kind = 'design_granted') as design_granted,
    count(patents.record_key) filter (where patent_kind <> 'invention_published') as all_granted,
    count(patents.record_key) filter (where patent_kind = 'invention_published') as invention_published
from towns
left join patents on patents.town_code = towns.town_code and patents.is_in_city and not patents.is_correction
group by towns.town_code, towns.town_name, towns.sort_order
order by towns.sort_order, towns.town_code
"""

CLASSES = f"""{_ISSUE}
select class_scheme,
    case when class_scheme = 'ipc' then substr(main_class, 1, 1) else substr(main_class, 1, 2) end as class_code,
    count(*) as grant_count
from patents
where {_CITY_GRANT} and main_class is not null
group by 1, 2
order by 1, 2
"""

SUBCLASSES = f"""{_ISSUE}
select class_scheme, case when class_scheme = 'ipc' then substr(main_class, 1, 4) else main_class end as subclass_code,
    count(*) as grant_count
from patents
where {_CITY_GRANT} and main_class is not null
group by 1, 2
order by 1, 2
"""

APPLICANTS = f"""{_ISSUE}
select applicant_type, count(*) as grant_count
from patents
where {_CITY_GRANT}
group by applicant_type
order by applicant_type
"""

ENTERPRISES = f"""{_ISSUE}
select applicant_name,
    count(*) filter (where patent_kind = 'invention_granted') as invention_granted,
    count(*) filter (where patent_kind = 'utility_granted') as utility_granted,
    count(*) filter (where patent_kind = 'design_granted') as design_granted,
    count(*) as all_granted
from patents
where {_CITY_GRANT} and applicant_type = 'enterprise'
group by applicant_name
order by applicant_name
"""

OTHER_DATES = f"""{_ISSUE}
select publication_date, publication_number, patent_kind, is_in_city
from patents
where publication_date <> cast(%(issue)s as date)
order by publication_date, publication_number
"""
