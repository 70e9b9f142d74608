{#- Unified social credit codes (GB 32100-2015) with the organisation code inside them (GB 11714-1997): the rules of ingest/uscc.py in
    SQL. All three take a text column without spaces or hyphens, in upper case (see cleaned_code), and never give NULL for a text. -#}

{#- A code as it is compared: upper case, without spaces and hyphens (an organisation code is often written 76656495-0). -#}
{% macro cleaned_code(column) -%}
    upper(replace(replace({{ column }}, '-', ''), ' ', ''))
{%- endmacro %}


{#- The value of the character at a position: its place in the alphabet, from 0; -1 where the alphabet lacks it. -#}
{% macro code_value(column, place, alphabet) -%}
    ({{ dbt.position("substr(" ~ column ~ ", " ~ place ~ ", 1)", "'" ~ alphabet ~ "'") }} - 1)
{%- endmacro %}


{#- The check character of nine characters from position `first` is right: 11 - weighted sum mod 11, 10 as X and 11 as 0. -#}
{% macro has_organisation_check(column, first) -%}
    {%- set alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ' -%}
    {%- set weights = [3, 7, 9, 10, 5, 8, 4, 2] -%}
    (
        least(
            {%- for weight in weights %}
            {{ code_value(column, first + loop.index0, alphabet) }}{{ ',' if not loop.last }}
            {%- endfor %}
        ) >= 0
        and substr({{ column }}, {{ first + 8 }}, 1) = substr(
            '0X987654321',
            mod(
                {%- for weight in weights %}
                {{ weight }} * {{ code_value(column, first + loop.index0, alphabet) }}{{ ' +' if not loop.last }}
                {%- endfor %},
                11
            ) + 1,
            1
        )
    )
{%- endmacro %}


{#- The 18th character is right: (31 - weighted sum mod 31) mod 31, weights 3^(i-1) mod 31; and no character is illegal. -#}
{% macro has_credit_check(column) -%}
    {%- set alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY' -%}
    (
        least(
            {%- for place in range(1, 19) %}
            {{ code_value(column, place, alphabet) }}{{ ',' if not loop.last }}
            {%- endfor %}
        ) >= 0
        and {{ code_value(column, 18, alphabet) }} = mod(
            31 - mod(
                {%- for place in range(1, 18) %}
                {{ (3 ** (place - 1)) % 31 }} * {{ code_value(column, place, alphabet) }}{{ ' +' if not loop.last }}
                {%- endfor %},
                31
            ),
            31
        )
    )
{%- endmacro %}
