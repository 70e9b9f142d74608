{#- hash_key(['a', 'b']): md5 (32 hexadecimal digits) of the columns' text joined by '|', NULL as the empty string.
    Deterministic on every engine: dates are ISO, decimals have the scale of their type. -#}
{% macro hash_key(columns) -%}
    md5(
        {%- for column in columns %}
        coalesce(cast({{ column }} as {{ dbt.type_string() }}), '')
        {%- if not loop.last %} || '|' ||{% endif -%}
        {%- endfor %}
    )
{%- endmacro %}


{#- Number of items of a list cell (`a;b;c` = 3); 0 for NULL and for the empty string. -#}
{% macro list_count(column, separator=';') -%}
    case
        when {{ column }} is null or {{ column }} = '' then 0
        else length({{ column }}) - length(replace({{ column }}, '{{ separator }}', '')) + 1
    end
{%- endmacro %}


{#- The nth item (1-based) of a list cell, trimmed; NULL where it is empty. Join with ref('int_numbers') on
    position_number <= list_count(column) to get one row an item. -#}
{% macro list_item(column, position, separator=';') -%}
    nullif(trim(split_part({{ column }}, '{{ separator }}', {{ position }})), '')
{%- endmacro %}


{#- row_number() of the copies of one business key: `prefer` (the contract's rule) first, then the latest known (not for a feed of
    documents that are published once: is_latest_known=false), then `then_by`, then the row hash.
    Never the order of arrival: _batch_id and _recorded_at take no part. -#}
{% macro copy_rank(keys, prefer=[], then_by=[], is_latest_known=true) -%}
    row_number() over (
        partition by {{ keys | join(', ') }}
        order by {% for term in prefer %}{{ term }}, {% endfor %}{% if is_latest_known %}_known_on desc, {% endif %}{% for term in then_by %}{{ term }}, {% endfor %}_row_hash
    )
{%- endmacro %}


{#- Order of the states of an application number among copies: a number that passes its check digit first. -#}
{% macro number_preference(status_column) -%}
    case {{ status_column }} when 'intact' then 1 when 'check_failed' then 2 else 3 end
{%- endmacro %}
