-- Values that are measured at a period (distinct counts, ratios, stocks of holders) and can't be summed from smaller cells. Each
-- subject has its model; here they get one shape (macro measure_rows says what holds where a model says nothing).
with pledge_measures as (
    select * from {{ ref('int_pledge_year_measures') }}
),

honour_stocks as (
    select * from {{ ref('int_honour_year_stocks') }}
),

restated_patent_stocks as (
    select * from {{ ref('int_patent_restated_stocks') }}
),

population_measures as (
    select * from {{ ref('int_population_measures') }}
),

account_measures as (
    select * from {{ ref('int_account_measures') }}
),

register_measures as (
    select * from {{ ref('int_register_measures') }}
),

enterprise_right_measures as (
    select * from {{ ref('int_enterprise_right_measures') }}
),

entity_rate_measures as (
    select * from {{ ref('int_entity_rate_measures') }}
),

patent_stock_measures as (
    select * from {{ ref('int_patent_stock_measures') }}
),

patent_year_measures as (
    select * from {{ ref('int_patent_year_measures') }}
),

patent_lapse_measures as (
    select * from {{ ref('int_patent_lapse_measures') }}
),

high_value_measures as (
    select * from {{ ref('int_high_value_measures') }}
),

high_value_rates as (
    select * from {{ ref('int_high_value_rates') }}
),

registered_industry_measures as (
    select * from {{ ref('int_registered_industry_measures') }}
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
union all
{{ measure_rows(
    'restated_patent_stocks', ['series', 'period_type', 'town_basis', 'town_code', 'value_status', 'status_reason']
) }}
union all
{{ measure_rows('population_measures', [
    'series', 'period_type', 'breakdown_type', 'breakdown_code', 'numerator', 'denominator', 'denominator_period',
    'denominator_known_on', 'value_status', 'status_reason'
]) }}
union all
{{ measure_rows('account_measures', [
    'series', 'numerator', 'denominator', 'denominator_period', 'denominator_known_on', 'value_status', 'status_reason'
]) }}
union all
{{ measure_rows('register_measures', [
    'town_basis', 'town_code', 'industry_code', 'industry_basis', 'breakdown_type', 'breakdown_code'
]) }}
union all
{{ measure_rows('enterprise_right_measures', [
    'town_basis', 'town_code', 'industry_code', 'industry_basis', 'breakdown_type', 'breakdown_code', 'numerator', 'denominator'
]) }}
union all
{{ measure_rows('entity_rate_measures', [
    'town_basis', 'town_code', 'numerator', 'denominator', 'denominator_period', 'denominator_known_on', 'value_status',
    'status_reason'
]) }}
union all
{{ measure_rows('patent_stock_measures', [
    'town_basis', 'town_code', 'industry_code', 'counting_basis', 'numerator', 'denominator'
]) }}
union all
{{ measure_rows('patent_year_measures', [
    'town_basis', 'town_code', 'numerator', 'denominator', 'value_status', 'status_reason'
]) }}
union all
{{ measure_rows('patent_lapse_measures', [
    'series', 'period_type', 'town_basis', 'town_code', 'breakdown_type', 'breakdown_code', 'value_status', 'status_reason'
]) }}
union all
{{ measure_rows('high_value_measures', [
    'town_basis', 'town_code', 'industry_code', 'breakdown_type', 'breakdown_code', 'numerator', 'denominator', 'value_status',
    'status_reason'
]) }}
union all
{{ measure_rows('high_value_rates', [
    'breakdown_type', 'breakdown_code', 'numerator', 'denominator', 'denominator_period', 'denominator_known_on', 'value_status',
    'status_reason'
]) }}
union all
{{ measure_rows('registered_industry_measures', ['period_type', 'industry_code', 'industry_basis']) }}
