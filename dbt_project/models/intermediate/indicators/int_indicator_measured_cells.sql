-- Values that are measured at a period (distinct counts, ratios, stocks of holders) and can't be summed from smaller cells. Each
-- subject has its model; here they get one shape (macro measure_rows says what holds where a model says nothing).
with pledge_measures as (
    select * from {{ ref('int_pledge_year_measures') }}
),

honour_stocks as (
    select * from {{ ref('int_honour_year_stocks') }}
),

trademark_stocks as (
    select
        'trademark_collective_certification_valid_count' as indicator_code,
        period_start,
        town_basis,
        town_code,
        cast(registration_count as decimal(24, 6)) as quantity
    from {{ ref('int_trademark_year_stocks') }}
    where mark_group = 'collective_certification'
)

{{ measure_rows('pledge_measures', ['town_basis', 'town_code', 'numerator', 'denominator']) }}
union all
{{ measure_rows('honour_stocks', ['town_basis', 'town_code']) }}
union all
{{ measure_rows('trademark_stocks', ['town_basis', 'town_code']) }}
