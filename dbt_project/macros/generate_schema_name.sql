{#- Every node lives in the schema of its layer and of its build (staging_<build_id>, intermediate_<build_id>, marts_<build_id>).
    The plain schema `marts` belongs to the publication alone: a build that names no build_id, or a node that names no layer, is refused. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- set build_id = var('build_id', '') | trim -%}
    {%- set layers = ['staging', 'intermediate', 'marts'] -%}
    {%- if custom_schema_name is none and node.resource_type not in ['model', 'seed', 'snapshot'] -%}
        {%- set custom_schema_name = 'staging' -%}
    {%- endif -%}
    {%- if custom_schema_name not in layers -%}
        {{ exceptions.raise_compiler_error(
            "Node " ~ node.name ~ " names the schema " ~ custom_schema_name ~ "; put it under staging, intermediate or marts."
        ) }}
    {%- endif -%}
    {%- if not modules.re.match('^b[a-z0-9]+$', build_id) -%}
        {{ exceptions.raise_compiler_error(
            "The variable build_id is '" ~ build_id ~ "'. A build never writes the plain schema " ~ custom_schema_name
            ~ ": give --vars '{build_id: b...}' (letters and digits only)."
        ) }}
    {%- endif -%}
    {{ custom_schema_name }}_{{ build_id }}
{%- endmacro %}
