{#- One margin of a relation of counted rows: sums `quantity` (already of the relation `rows_relation`) with every key that the margin
    leaves out set to ALL. The indicator's registry decides whether the margin exists (`condition`, over alias `indicators`). -#}
{% macro margin_select(rows_relation, period_columns, town_basis, town_column, condition, industry="'ALL'", applicant_type="'ALL'", breakdown_type="'ALL'", breakdown_code="'ALL'") -%}
    select
        counted.indicator_code,
        {%- for column in period_columns %}
        counted.{{ column }},
        {%- endfor %}
        '{{ town_basis }}' as town_basis,
        {{ town_column }} as town_code,
        {{ industry }} as industry_code,
        {{ applicant_type }} as applicant_type,
        {{ breakdown_type }} as breakdown_type,
        {{ breakdown_code }} as breakdown_code,
        cast(sum(counted.quantity) as decimal(24, 6)) as quantity
    from {{ rows_relation }} as counted
    inner join {{ ref('int_indicators_parsed') }} as indicators on counted.indicator_code = indicators.indicator_code
    where {{ condition }}
    group by {% for position in range(1, 7 + period_columns | length + 1) %}{{ position }}{% if not loop.last %}, {% endif %}{% endfor %}
{%- endmacro %}


{#- All margins that do not name a town: the city, its industries, its applicant types and the breakdowns of the registry.
    They hold for both town bases, so they are computed once, under the basis 'both'. -#}
{% macro city_margins(rows_relation, period_columns) -%}
    {{ margin_select(rows_relation, period_columns, 'both', "'442000'", '1 = 1') }}
    union all
    {{ margin_select(rows_relation, period_columns, 'both', "'442000'", 'indicators.has_industry', industry='counted.industry_code') }}
    union all
    {{ margin_select(rows_relation, period_columns, 'both', "'442000'", 'indicators.has_applicant_type', applicant_type='counted.applicant_type') }}
    {%- for prefix in ['', 'second_'] %}
    union all
    {{ margin_select(
        rows_relation, period_columns, 'both', "'442000'",
        "indicators.dimension_list like '%,' || counted." ~ prefix ~ "breakdown_type || ',%'",
        breakdown_type='counted.' ~ prefix ~ 'breakdown_type', breakdown_code='counted.' ~ prefix ~ 'breakdown_code'
    ) }}
    {%- endfor %}
{%- endmacro %}
