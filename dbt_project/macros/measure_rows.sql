{#- measure_rows(relation, given): the rows of a measure in the one shape of `int_indicator_measured_cells`. `given` names the
    columns that the relation has; the others get what holds for most measures: the published series, a whole year, the
    first-named party, the industry by patent class, no dimension, and the status of the period's coverage. -#}
{% macro measure_rows(relation, given) -%}
    {%- set text_type = dbt.type_string() -%}
    {%- set defaults = [
        ('indicator_code', none),
        ('series', "'published'"),
        ('period_type', "'year'"),
        ('period_start', none),
        ('town_basis', "'both'"),
        ('town_code', "'442000'"),
        ('industry_code', "'ALL'"),
        ('applicant_type', "'ALL'"),
        ('breakdown_type', "'ALL'"),
        ('breakdown_code', "'ALL'"),
        ('counting_basis', "'first'"),
        ('industry_basis', "'ipc_mapping'"),
        ('quantity', none),
        ('numerator', 'cast(null as decimal(24, 6))'),
        ('denominator', 'cast(null as decimal(24, 6))'),
        ('denominator_period', 'cast(null as ' ~ text_type ~ ')'),
        ('denominator_known_on', 'cast(null as date)'),
        ('value_status', 'cast(null as ' ~ text_type ~ ')'),
        ('status_reason', 'cast(null as ' ~ text_type ~ ')'),
    ] -%}
    select
        {%- for name, default in defaults %}
        {%- if name in given or default is none %}
        {{ name }}
        {%- else %}
        {{ default }} as {{ name }}
        {%- endif %}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ relation }}
{%- endmacro %}
