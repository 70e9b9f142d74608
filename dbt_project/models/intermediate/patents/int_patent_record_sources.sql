-- Where each document came from: every landed row of every feed that speaks of it.
{%- set feeds = ['cnipa_gazette', 'cnipa_exchange', 'patent_api', 'cnipa_legal_events'] %}
{%- for feed in feeds %}
select
    {{ hash_key(['landed_rows.patent_kind', 'landed_rows.publication_number']) }} as record_key,
    '{{ feed }}' as feed,
    landed_rows._batch_id as batch_id,
    landed_rows._source_file as source_file,
    landed_rows._source_row as source_row
from {{ active_rows(feed) }} as landed_rows
where landed_rows.publication_number is not null and landed_rows.patent_kind is not null
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
