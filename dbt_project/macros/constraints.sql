{#- In a build's own schema the foreign keys that a contract declares are checked set-wise by the generic test
    foreign_keys_hold (one hash join each) and are left out of the table: row-by-row triggers would cost more than the model itself.
    The published schema `marts`, whose tables are made from the same contracts, has them as real constraints. -#}
{% macro default__get_table_columns_and_constraints() -%}
    {%- set kept = [] -%}
    {%- for constraint in model['constraints'] if constraint['type'] | string not in ['foreign_key', 'ConstraintType.foreign_key'] -%}
        {%- do kept.append(constraint) -%}
    {%- endfor -%}
    {%- set columns = adapter.render_raw_columns_constraints(raw_columns=model['columns']) -%}
    {%- set constraints = adapter.render_raw_model_constraints(raw_constraints=kept) -%}
    (
    {{ (columns + constraints) | join(',\n    ') }}
    )
{%- endmacro %}


{#- Rows of a model whose declared foreign key finds no parent. Reads the contract, so a key that is declared is a key that is checked. -#}
{% test foreign_keys_hold(model) %}
    {%- set found = namespace(keys=[]) -%}
    {%- if execute -%}
        {%- set node = graph.nodes.values()
            | selectattr('resource_type', 'equalto', 'model')
            | selectattr('name', 'equalto', model.identifier)
            | first -%}
        {%- for constraint in node.constraints if constraint['type'] | string in ['foreign_key', 'ConstraintType.foreign_key'] -%}
            {%- do found.keys.append(constraint) -%}
        {%- endfor -%}
        {%- if found.keys | length == 0 -%}
            {{ exceptions.raise_compiler_error("foreign_keys_hold is set on " ~ model.identifier ~ ", whose contract declares no foreign key.") }}
        {%- endif -%}
    {%- endif -%}
    {%- for constraint in found.keys %}
    {#- `to` is resolved only where this run compiles the model itself; `dbt test` alone sees the written ref(). -#}
    {%- set written = modules.re.search("ref\\(\\s*['\"]([a-z0-9_]+)['\"]", constraint['to'] | string) -%}
    {%- if written -%}
        {%- set parents = graph.nodes.values()
            | selectattr('resource_type', 'equalto', 'model')
            | selectattr('name', 'equalto', written.group(1))
            | first -%}
        {%- set parent_relation = parents.relation_name -%}
    {%- else -%}
        {%- set parent_relation = constraint['to'] -%}
    {%- endif %}
    select
        '{{ constraint['columns'] | join(',') }}' as foreign_key,
        count(*) as orphan_count
    from {{ model }} as children
    left join {{ parent_relation }} as parents
        on
        {%- for column in constraint['columns'] %}
            children.{{ column }} = parents.{{ constraint['to_columns'][loop.index0] }}
            {%- if not loop.last %} and{% endif %}
        {%- endfor %}
    where parents.{{ constraint['to_columns'][0] }} is null
    group by 1
    having count(*) > 0
    {%- if not loop.last %} union all{% endif %}
    {%- else %}
    select 'none' as foreign_key, 0 as orphan_count where 1 = 0
    {%- endfor %}
{% endtest %}
