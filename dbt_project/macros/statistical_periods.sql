{#- The first day of the month that a date is counted in. calendar: its own month. december_16: statistical months run from the 16th
    to the 15th, so 16 December 2024 is counted in January 2025 and 15 December 2025 in December 2025. -#}
{% macro statistical_month(date_expression, period_rule) -%}
    case
        when {{ period_rule }} = 'december_16'
            then {{ add_months(month_start(add_days(date_expression, -15)), 1) }}
        else {{ month_start(date_expression) }}
    end
{%- endmacro %}
