-- One row for each official total that can be compared: its indicator is ours, its place is the city or a town, our value
-- is reported, and every delivery that the calendars expect from the first day of its year to its end is in the build.
-- Our value must lie within the source's tolerance (official_rules.yml; one unit of the last place that the notice prints:
-- notices round, and some truncate).
-- `materialized`: estimates of a few rows would otherwise make the planner compute these parts again for each row.
with mapping (indicator_name, type_name, indicator_code) as (
    values {official_names}
),

units (unit, base_unit, factor) as (
    values {official_units}
),

rounding (source, period_text, style, tolerance_units, specificity) as (
    values {official_rounding}
),

-- A later notice of a source replaces its earlier one.
latest as (
    select *,
        rank() over (
            partition by geo_name, period_text, indicator_name, coalesce(type_name, ''), unit, coalesce(source, '')
            order by known_on desc nulls last
        ) as age
    from {staging}.stg_ip_office__official_totals
),

stated as (
    select geo_name, period_text, indicator_name, coalesce(type_name, '') as type_name, value, unit, source,
        case
            when period_text ~ '^[0-9]{{4}}$' then 'year'
            when period_text ~ '^[0-9]{{4}}(M|-)[0-9]{{2}}$' then 'month'
            when period_text ~ '^[0-9]{{4}}(M01-M[0-9]{{2}}|H1)$' then 'year_to_date'
            when period_text ~ '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}$' then 'day'
        end as period_type,
        case
            when period_text ~ '^[0-9]{{4}}$' then period_text || '-12-01'
            when period_text ~ '^[0-9]{{4}}(M|-)[0-9]{{2}}$' then left(period_text, 4) || '-' || right(period_text, 2) || '-01'
            when period_text ~ '^[0-9]{{4}}M01-M[0-9]{{2}}$' then left(period_text, 4) || '-' || right(period_text, 2) || '-01'
            when period_text ~ '^[0-9]{{4}}H1$' then left(period_text, 4) || '-06-01'
            when period_text ~ '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}$' then left(period_text, 7) || '-01'
        end as month_text
    from latest
    where age = 1
),

dated as (
    select *,
        case
            when period_type = 'day' then cast(period_text as date)
            else cast(cast(month_text as date) + interval '1 month' - interval '1 day' as date)
        end as period_end
    from stated
    where period_type is not null
),

placed as materialized (
    select dated.*, mapping.indicator_code, coalesce(units.factor, 1) as factor,
        (
            select rounding.tolerance_units
            from rounding
            where
                rounding.source in ('', coalesce(dated.source, ''))
                and left(dated.period_text, length(rounding.period_text)) = rounding.period_text
            order by rounding.specificity desc, length(rounding.period_text) desc
            limit 1
        ) as tolerance_units,
        case when dated.geo_name = '中山市' then '442000' else towns.town_code end as town_code
    from dated
    inner join mapping on mapping.indicator_name = dated.indicator_name and mapping.type_name = dated.type_name
    left join units on units.unit = dated.unit
    left join {marts}.dim_town as towns
        on
            towns.town_name = dated.geo_name
            and (towns.valid_from is null or dated.period_end >= towns.valid_from)
            and (towns.valid_to is null or dated.period_end < towns.valid_to)
),

delivered as materialized (
    select batches.feed, batches.partition_key
    from ops.batches as batches
    inner join ops.build_batches as members on members.batch_id = batches.batch_id
    where members.build_id = '{build_id}' and batches.is_complete
),

covered as materialized (
    select placed.geo_name, placed.period_text, placed.indicator_name, placed.type_name
    from placed
    inner join {staging}.indicator_coverage_feeds as needed on needed.indicator_code = placed.indicator_code
    inner join ops.coverage as coverage
        on
            coverage.feed = needed.feed
            and coverage.period_start <= placed.period_end
            and coverage.period_end >= date_trunc('year', placed.period_end)
    left join delivered on delivered.feed = coverage.feed and delivered.partition_key = coverage.partition_key
    group by placed.geo_name, placed.period_text, placed.indicator_name, placed.type_name
    having bool_and(delivered.feed is not null) and max(coverage.period_end) >= max(placed.period_end)
),

wanted as materialized (
    select placed.*
    from placed
    inner join covered
        on
            covered.geo_name = placed.geo_name and covered.period_text = placed.period_text
            and covered.indicator_name = placed.indicator_name and covered.type_name = placed.type_name
),

ours as materialized (
    select indicator_code, period_type, period_end, town_code, town_basis, max(value) as value
    from {marts}.fct_indicator_values
    where
        series = 'published' and value_status = 'reported' and counting_basis = 'first'
        and industry_code = 'ALL' and applicant_type = 'ALL' and breakdown_type = 'ALL' and breakdown_code = 'ALL'
        and (indicator_code, period_end) in (select wanted.indicator_code, wanted.period_end from wanted)
    group by indicator_code, period_type, period_end, town_code, town_basis
)

select
    wanted.geo_name || '|' || wanted.period_text || '|' || wanted.indicator_name || '|' || wanted.type_name as subject,
    wanted.indicator_code,
    max(ours.value) as our_value,
    max(wanted.value * wanted.factor) as official_value,
    max(greatest(0, abs(ours.value - wanted.value * wanted.factor)
        - wanted.tolerance_units * wanted.factor * power(cast(10 as numeric), -scale(trim_scale(wanted.value))))) as beyond_last_place
from wanted
inner join ours
    on
        ours.indicator_code = wanted.indicator_code and ours.town_code = wanted.town_code
        and ours.period_end = wanted.period_end
        and (ours.town_basis = 'then' or wanted.town_code = '442000')
        and (ours.period_type = wanted.period_type or wanted.period_type = 'day' and ours.period_type = 'month')
group by wanted.geo_name, wanted.period_text, wanted.indicator_name, wanted.type_name, wanted.indicator_code
