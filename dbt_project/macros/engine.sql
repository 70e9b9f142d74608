{#- A table made inside a transaction has no statistics until autovacuum comes by; the next model's plan needs them now. -#}
{% macro gather_statistics(relation) -%}
    {{ return(adapter.dispatch('gather_statistics', 'ipstat_warehouse')(relation)) }}
{%- endmacro %}

{% macro default__gather_statistics(relation) -%}
{%- endmacro %}

{% macro postgres__gather_statistics(relation) -%}
    analyze {{ relation }}
{%- endmacro %}
