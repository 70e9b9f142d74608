{#- town_margins(relation, keys, measures, has_towns): a relation of counted rows (columns town_code_then, town_code_now) grouped to the
    city (basis 'both') and, with has_towns, to its towns as they were then and as they are today. `keys` are the other columns of the
    grain, `measures` pairs of (name, aggregate). For measures that can't be summed from smaller cells: distinct counts, ratios, means. -#}
{% macro town_margins(relation, keys, measures, has_towns=true) -%}
    {%- set bases = [('both', "'442000'")] + ([('then', 'town_code_then'), ('now', 'town_code_now')] if has_towns else []) -%}
    {%- for basis, town_column in bases %}
    {{ 'union all' if not loop.first }}
    select
        {%- for key in keys %}
        {{ key }},
        {%- endfor %}
        '{{ basis }}' as town_basis,
        {{ town_column }} as town_code,
        {%- for name, aggregate in measures %}
        {{ aggregate }} as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ relation }}
    {%- set grouped = keys | length + (2 if basis == 'both' else 2) %}
    group by {% for position in range(1, grouped + 1) %}{{ position }}{{ ', ' if not loop.last }}{% endfor %}
    {%- endfor %}
{%- endmacro %}


{#- The first day of a year given as a number. -#}
{% macro year_date(year) -%}
    cast(cast({{ year }} as {{ dbt.type_string() }}) || '-01-01' as date)
{%- endmacro %}


{#- A count of persons or entities in ten thousands, exact: decimal(24, 6). -#}
{% macro in_ten_thousands(count) -%}
    cast(cast({{ count }} as decimal(18, 0)) * cast(0.0001 as decimal(5, 4)) as decimal(24, 6))
{%- endmacro %}
