-- One row for each official total that other totals of the same source speak of: the parts of a whole, the towns of the
-- city, the two figures of a percentage. Figures alone: a notice's remarks are not read. Each printed figure stands for a
-- range (a whole count for itself; else half a unit of its last place each way, or one unit upwards where the source
-- truncates); the total may differ from the sum of the ranges by the tolerance of its source.
-- `materialized`: estimates of a few rows would otherwise make the planner compute these parts again for each row.
with rounding (source, period_text, style, tolerance_units, specificity) as (
    values {official_rounding}
),

units (unit, base_unit, factor) as (
    values {official_units}
),

wholes (type_name, preference) as (
    values {official_wholes}
),

other_types (type_name) as (
    values {official_others}
),

cities (geo_name) as (
    values {official_cities}
),

other_towns (geo_name) as (
    values {official_other_towns}
),

aliases (alias_name, indicator_name, type_name) as (
    values {official_aliases}
),

part_rules (indicator_name, type_name) as (
    values {official_parts}
),

quotient_rules (indicator_name, numerator_name, denominator_name) as (
    values {official_quotients}
),

share_endings (ending) as (
    values {official_shares}
),

-- What a source says of one figure today: a later notice of the same source replaces the earlier one.
latest as (
    select geo_name, period_text, indicator_name, coalesce(type_name, '') as type_name, value, unit, coalesce(source, '') as source,
        rank() over (
            partition by geo_name, period_text, indicator_name, coalesce(type_name, ''), unit, coalesce(source, '')
            order by known_on desc nulls last
        ) as age
    from {staging}.stg_ip_office__official_totals
    where value is not null
),

stated as (
    select distinct latest.geo_name, latest.period_text,
        coalesce(aliases.indicator_name, latest.indicator_name) as indicator_name,
        coalesce(aliases.type_name, latest.type_name) as type_name,
        coalesce(units.base_unit, latest.unit) as base_unit,
        coalesce(units.factor, 1) as factor,
        latest.value, latest.source
    from latest
    left join aliases
        on aliases.alias_name = latest.indicator_name and latest.type_name in ('', aliases.type_name)
    left join units on units.unit = latest.unit
    where latest.age = 1
),

placed as (
    select stated.*, chosen.style, chosen.tolerance_units,
        stated.value * stated.factor as amount,
        stated.factor * power(cast(10 as numeric), -scale(trim_scale(stated.value))) as place,
        stated.factor = 1 and scale(trim_scale(stated.value)) = 0 and stated.base_unit <> '%' as is_exact
    from stated
    cross join lateral (
        select rounding.style, rounding.tolerance_units
        from rounding
        where
            rounding.source in ('', stated.source)
            and left(stated.period_text, length(rounding.period_text)) = rounding.period_text
        order by rounding.specificity desc, length(rounding.period_text) desc
        limit 1
    ) as chosen
),

figures as materialized (
    select geo_name, period_text, indicator_name, type_name, base_unit, source,
        max(amount) as amount, min(amount) as least_amount,
        bool_and(is_exact) as is_exact,
        max(place * tolerance_units) as tolerance,
        max(case when is_exact then amount when style = 'half_up' then amount - place / 2 else amount end) as low,
        max(case when is_exact then amount when style = 'half_up' then amount + place / 2 else amount + place end) as high
    from placed
    group by geo_name, period_text, indicator_name, type_name, base_unit, source
),

twice as (
    select geo_name, period_text, indicator_name, type_name, source, 'twice' as rule, true as is_complete, true as is_known,
        is_exact, amount as stated_value, tolerance, least_amount as low, least_amount as high, least_amount as figures_value
    from figures
    where least_amount <> amount
),

-- The whole of an indicator: the type that says so, or the figure without a type where others have one.
whole_figures as (
    select figures.*,
        row_number() over (
            partition by geo_name, period_text, indicator_name, base_unit, source
            order by wholes.preference nulls last
        ) as choice
    from figures
    left join wholes on wholes.type_name = figures.type_name
    where wholes.type_name is not null or figures.type_name = ''
),

rule_sizes as (
    select indicator_name, count(*) as part_count
    from part_rules
    group by indicator_name
),

part_figures as (
    select figures.*, rule_sizes.part_count,
        part_rules.type_name is not null as is_named_part,
        rule_sizes.part_count is null or part_rules.type_name is not null or other_types.type_name is not null as is_part
    from figures
    left join rule_sizes on rule_sizes.indicator_name = figures.indicator_name
    left join part_rules
        on part_rules.indicator_name = figures.indicator_name and part_rules.type_name = figures.type_name
    left join other_types on other_types.type_name = figures.type_name
    where figures.type_name <> '' and figures.type_name not in (select wholes.type_name from wholes)
),

part_sums as (
    select geo_name, period_text, indicator_name, base_unit, source,
        -- What is a part of the whole is summed; another type is something within it, and stands for itself.
        case when is_part then '' else type_name end as within,
        coalesce(max(part_count) = count(*) filter (where is_named_part), false) as is_complete,
        max(part_count) is not null or count(*) = 1 as is_known,
        bool_and(is_exact) as is_exact, sum(low) as low, sum(high) as high, sum(amount) as amount
    from part_figures
    group by geo_name, period_text, indicator_name, base_unit, source, case when is_part then '' else type_name end
),

parts as (
    select whole_figures.geo_name, whole_figures.period_text, whole_figures.indicator_name, whole_figures.type_name,
        whole_figures.source,
        case when part_sums.within = '' then 'parts' else 'within ' || part_sums.within end as rule,
        part_sums.within = '' and part_sums.is_complete as is_complete,
        part_sums.is_known,
        whole_figures.is_exact and part_sums.is_exact as is_exact,
        whole_figures.amount as stated_value, whole_figures.tolerance, part_sums.low, part_sums.high,
        part_sums.amount as figures_value
    from whole_figures
    inner join part_sums
        on
            part_sums.geo_name = whole_figures.geo_name and part_sums.period_text = whole_figures.period_text
            and part_sums.indicator_name = whole_figures.indicator_name
            and part_sums.base_unit = whole_figures.base_unit and part_sums.source = whole_figures.source
    where whole_figures.choice = 1
),

period_ends as (
    select distinct period_text,
        case
            when period_text ~ '^[0-9]{{4}}$' then cast(period_text || '-12-31' as date)
            when period_text ~ '^[0-9]{{4}}H1$' then cast(left(period_text, 4) || '-06-30' as date)
            when period_text ~ '^[0-9]{{4}}((M01-M|M|-)(0[1-9]|1[0-2]))$'
                then cast(cast(left(period_text, 4) || '-' || right(period_text, 2) || '-01' as date) + interval '1 month' - interval '1 day' as date)
            when period_text ~ '^[0-9]{{4}}-(0[1-9]|1[0-2])-[0-3][0-9]$' then cast(period_text as date)
        end as period_end
    from figures
),

towns as materialized (
    select period_ends.period_text, dim_town.town_code, dim_town.town_name,
        count(*) over (partition by period_ends.period_text) as town_count
    from period_ends
    inner join {marts}.dim_town as dim_town
        on
            (dim_town.valid_from is null or period_ends.period_end >= dim_town.valid_from)
            and (dim_town.valid_to is null or period_ends.period_end < dim_town.valid_to)
    where dim_town.town_code like '442000___'
),

town_sums as (
    select figures.period_text, figures.indicator_name, figures.type_name, figures.base_unit, figures.source,
        count(distinct towns.town_code) = max(towns.town_count) or count(*) filter (where towns.town_code is null) > 0 as is_complete,
        bool_and(figures.is_exact) as is_exact, sum(figures.low) as low, sum(figures.high) as high, sum(figures.amount) as amount
    from figures
    left join towns on towns.period_text = figures.period_text and towns.town_name = figures.geo_name
    left join other_towns on other_towns.geo_name = figures.geo_name
    where
        (towns.town_code is not null or other_towns.geo_name is not null)
        and figures.base_unit <> '%' and position('/' in figures.base_unit) = 0
    group by figures.period_text, figures.indicator_name, figures.type_name, figures.base_unit, figures.source
),

town_totals as (
    select figures.geo_name, figures.period_text, figures.indicator_name, figures.type_name, figures.source,
        'towns' as rule, coalesce(town_sums.is_complete, false) as is_complete, true as is_known,
        figures.is_exact and town_sums.is_exact as is_exact,
        figures.amount as stated_value, figures.tolerance, town_sums.low, town_sums.high, town_sums.amount as figures_value
    from figures
    inner join cities on cities.geo_name = figures.geo_name
    inner join town_sums
        on
            town_sums.period_text = figures.period_text and town_sums.indicator_name = figures.indicator_name
            and town_sums.type_name = figures.type_name and town_sums.base_unit = figures.base_unit
            and town_sums.source = figures.source
),

-- A percentage and the two figures that it follows from: of two indicators, or of a type and its whole.
asked as (
    select figures.*, 'quotient' as rule, quotient_rules.numerator_name, quotient_rules.denominator_name,
        figures.type_name as numerator_type, figures.type_name as denominator_type
    from figures
    inner join quotient_rules on quotient_rules.indicator_name = figures.indicator_name
    where figures.base_unit = '%'
    union all
    select figures.*, 'share' as rule,
        regexp_replace(figures.indicator_name, share_endings.ending || '$', '') as numerator_name,
        regexp_replace(figures.indicator_name, share_endings.ending || '$', '') as denominator_name,
        regexp_replace(figures.type_name, share_endings.ending || '$', '') as numerator_type,
        null as denominator_type
    from figures
    inner join share_endings
        on
            right(figures.indicator_name, length(share_endings.ending)) = share_endings.ending
            or right(figures.type_name, length(share_endings.ending)) = share_endings.ending
    where figures.base_unit = '%'
),

whole_of as (
    select geo_name, period_text, indicator_name, base_unit, source, low, high, amount, is_exact
    from whole_figures
    where choice = 1
),

quotients as (
    select asked.geo_name, asked.period_text, asked.indicator_name, asked.type_name, asked.source, asked.rule,
        true as is_complete, true as is_known, false as is_exact,
        asked.amount as stated_value, asked.tolerance,
        100 * numerators.low / coalesce(denominators.high, whole_of.high) as low,
        100 * numerators.high / coalesce(denominators.low, whole_of.low) as high,
        100 * numerators.amount / coalesce(denominators.amount, whole_of.amount) as figures_value
    from asked
    inner join figures as numerators
        on
            numerators.geo_name = asked.geo_name and numerators.period_text = asked.period_text
            and numerators.indicator_name = asked.numerator_name and numerators.type_name = asked.numerator_type
            and numerators.source = asked.source and numerators.base_unit <> '%'
    left join figures as denominators
        on
            denominators.geo_name = asked.geo_name and denominators.period_text = asked.period_text
            and denominators.indicator_name = asked.denominator_name and denominators.type_name = asked.denominator_type
            and denominators.source = asked.source and denominators.base_unit = numerators.base_unit
    left join whole_of
        on
            asked.rule = 'share' and whole_of.geo_name = asked.geo_name and whole_of.period_text = asked.period_text
            and whole_of.indicator_name = asked.denominator_name and whole_of.source = asked.source
            and whole_of.base_unit = numerators.base_unit
    where coalesce(denominators.low, whole_of.low) > 0
),

compared as (
    select * from twice
    union all
    select * from parts
    union all
    select * from town_totals
    union all
    select * from quotients
),

judged as (
    select *,
        greatest(0, low - (stated_value + tolerance), case when is_complete then (stated_value - tolerance) - high end) as beyond
    from compared
)

select
    concat_ws('|', geo_name, period_text, indicator_name, type_name, rule, nullif(source, '')) as subject,
    stated_value,
    figures_value,
    round(figures_value - stated_value, 6) as difference,
    round(beyond, 6) as beyond_tolerance,
    case when beyond = 0 and is_complete and is_exact then abs(figures_value - stated_value) else 0 end as exact_difference,
    case when not is_known and beyond = 0 then greatest(0, stated_value - tolerance - high) else 0 end as unexplained_rest
from judged
