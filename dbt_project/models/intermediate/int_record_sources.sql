-- Every record of the marts with the feed, file and row that it came from: the union of the subjects' models.
-- Logged, unlike its neighbours: ops.record_sources reads it for as long as the build is published.
{{ config(unlogged=false) }}
{%- set subjects = [
    'int_patent_record_sources',
    'int_subject_record_sources',
] %}
{%- for subject in subjects %}
select
    record_key,
    feed,
    batch_id,
    source_file,
    source_row
from {{ ref(subject) }}
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
