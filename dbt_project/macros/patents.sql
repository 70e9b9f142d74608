{#- The value of a column in the row of one feed, in a query that groups the rows of a document from all feeds. -#}
{% macro field_of_feed(column, feed_rank) -%}
    max(case when documents.feed_rank = {{ feed_rank }} then documents.{{ column }} end)
{%- endmacro %}
