{#- ratio(numerator, denominator, scale): the exact quotient, rounded half away from zero to `scale` places, as decimal(38, scale).
    Integer arithmetic only: decimal division is a float on some engines. Both arguments may have up to six places.
    NULL where either is NULL or the denominator is zero. `times` multiplies first (100 for a percentage). -#}
{% macro ratio(numerator, denominator, scale, times=1) -%}
    {%- set n = whole_millionths(numerator) -%}
    {%- set d = whole_millionths(denominator) -%}
    {%- set factor = 2 * times * (10 ** scale) -%}
    case
        when {{ numerator }} is null or {{ denominator }} is null or {{ denominator }} = 0 then null
        else
            cast(
                cast(
                    {{ integer_quotient(
                        'abs(' ~ n ~ ') * ' ~ factor ~ ' + abs(' ~ d ~ ')',
                        '2 * abs(' ~ d ~ ')'
                    ) }} as decimal(28, 0)
                )
                * case when ({{ numerator }} < 0 and {{ denominator }} > 0) or ({{ numerator }} > 0 and {{ denominator }} < 0) then -1 else 1 end
                * cast({{ '1' if scale == 0 else '0.' ~ '0' * (scale - 1) ~ '1' }} as decimal({{ scale + 1 }}, {{ scale }}))
                as decimal(38, {{ scale }})
            )
    end
{%- endmacro %}


{% macro whole_millionths(expression) -%}
    {{ return(adapter.dispatch('whole_millionths', 'ipstat_warehouse')(expression)) }}
{%- endmacro %}

{% macro default__whole_millionths(expression) -%}
    cast(cast({{ expression }} as decimal(24, 6)) * 1000000 as decimal(38, 0))
{%- endmacro %}

{% macro duckdb__whole_millionths(expression) -%}
    cast(cast({{ expression }} as decimal(24, 6)) * 1000000 as hugeint)
{%- endmacro %}


{#- Truncating division of two whole numbers; `/` means that on one engine and a float on another. -#}
{% macro integer_quotient(dividend, divisor) -%}
    {{ return(adapter.dispatch('integer_quotient', 'ipstat_warehouse')(dividend, divisor)) }}
{%- endmacro %}

{% macro default__integer_quotient(dividend, divisor) -%}
    (({{ dividend }}) div ({{ divisor }}))
{%- endmacro %}

{% macro postgres__integer_quotient(dividend, divisor) -%}
    div({{ dividend }}, {{ divisor }})
{%- endmacro %}

{% macro duckdb__integer_quotient(dividend, divisor) -%}
    (({{ dividend }}) // ({{ divisor }}))
{%- endmacro %}


{#- The share of one of `item_count` equal parts as decimal(18, 12); the first part takes the remainder, so the parts sum to 1 exactly. -#}
{% macro equal_share(item_order, item_count) -%}
    cast(
        (
            {{ integer_quotient('cast(1000000000000 as bigint)', 'cast(' ~ item_count ~ ' as bigint)') }}
            + case
                when {{ item_order }} = 1
                    then
                        cast(1000000000000 as bigint)
                        - cast({{ item_count }} as bigint)
                        * {{ integer_quotient('cast(1000000000000 as bigint)', 'cast(' ~ item_count ~ ' as bigint)') }}
                else 0
            end
        )
        * cast(0.000000000001 as decimal(18, 12))
        as decimal(18, 12)
    )
{%- endmacro %}
