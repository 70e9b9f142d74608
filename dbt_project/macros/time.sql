{#- The rows of a landing table that this build reads: those of the batches pinned by it (ops.build_batches) and, with as_of,
    only what was known by the end of that day. To be used as a relation: `select * from {{ active_rows('cnipa_gazette') }} as landed`. -#}
{% macro active_rows(feed) -%}
    (
        select landing_rows.*
        from {{ source('landing', feed) }} as landing_rows
        inner join {{ source('ops', 'build_batches') }} as pinned_batches
            on
                landing_rows._batch_id = pinned_batches.batch_id
                and pinned_batches.build_id = '{{ var("build_id") }}'
        {%- if var('as_of', '') %}
        where landing_rows._known_on <= {{ date_literal(var('as_of')) }}
        {%- endif %}
    )
{%- endmacro %}


{#- A date constant; the text must be ISO (yyyy-mm-dd). -#}
{% macro date_literal(iso_date) -%}
    {%- set text = iso_date | string -%}
    {%- if not modules.re.match('^[0-9]{4}-[0-9]{2}-[0-9]{2}$', text) -%}
        {{ exceptions.raise_compiler_error("'" ~ text ~ "' is not an ISO date (yyyy-mm-dd).") }}
    {%- endif -%}
    cast('{{ text }}' as date)
{%- endmacro %}


{#- The last day that the build knows anything about: as_of where it is set, else horizon_date. -#}
{% macro horizon() -%}
    {%- if var('as_of', '') -%}
    least({{ date_literal(var('as_of')) }}, {{ date_literal(var('horizon_date')) }})
    {%- else -%}
    {{ date_literal(var('horizon_date')) }}
    {%- endif -%}
{%- endmacro %}


{#- Half-open validity: valid_from <= date < valid_to, an open end is NULL. -#}
{% macro is_valid_at(alias, date_expression) -%}
    (
        ({{ alias }}.valid_from is null or {{ date_expression }} >= {{ alias }}.valid_from)
        and ({{ alias }}.valid_to is null or {{ date_expression }} < {{ alias }}.valid_to)
    )
{%- endmacro %}


{#- The condition that joins a place (a name of the gazetteer) to its town at a date:
    `left join ref('town_places') as town_places on {{ town_at('town_places', 'rows.place_code', 'rows.publication_date') }}`.
    A place code is constant; the town that it belongs to is a fact with validity (小榄 442000100 until 2020, 442000118 after). -#}
{% macro town_at(places_alias, place_code, date_expression) -%}
    {{ place_code }} = {{ places_alias }}.place_code
    and {{ is_valid_at(places_alias, date_expression) }}
{%- endmacro %}


{#- A date without its time part, engine by engine the same type. -#}
{% macro month_start(date_expression) -%}
    cast({{ dbt.date_trunc('month', date_expression) }} as date)
{%- endmacro %}

{% macro year_start(date_expression) -%}
    cast({{ dbt.date_trunc('year', date_expression) }} as date)
{%- endmacro %}

{#- Anniversary arithmetic on dates: 29 February falls on 28 February in a common year on every engine used here. -#}
{% macro add_years(date_expression, years) -%}
    cast({{ dbt.dateadd('year', years, date_expression) }} as date)
{%- endmacro %}

{% macro add_months(date_expression, months) -%}
    cast({{ dbt.dateadd('month', months, date_expression) }} as date)
{%- endmacro %}

{% macro add_days(date_expression, days) -%}
    cast({{ dbt.dateadd('day', days, date_expression) }} as date)
{%- endmacro %}

{% macro date_part_int(part, date_expression) -%}
    cast(extract({{ part }} from {{ date_expression }}) as integer)
{%- endmacro %}
