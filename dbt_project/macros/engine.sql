{#- A table made inside a transaction has no statistics until autovacuum comes by; the next model's plan needs them now. -#}
{% macro gather_statistics(relation) -%}
    {{ return(adapter.dispatch('gather_statistics', 'ipstat_warehouse')(relation)) }}
{%- endmacro %}

{% macro default__gather_statistics(relation) -%}
{%- endmacro %}

{% macro postgres__gather_statistics(relation) -%}
    analyze {{ relation }}
{%- endmacro %}


{#- Sorts and hash joins of a build run in memory: the server's default of 4 MB is made for many small queries. Within the model's own
    transaction only. -#}
{% macro grant_work_memory() -%}
    {{ return(adapter.dispatch('grant_work_memory', 'ipstat_warehouse')()) }}
{%- endmacro %}

{% macro default__grant_work_memory() -%}
{%- endmacro %}

{% macro postgres__grant_work_memory() -%}
    set local work_mem = '128MB'
{%- endmacro %}
