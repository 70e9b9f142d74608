-- Yearly measures of patents that can't be summed: the enterprises' share of invention grants; the share of a grant cohort in force five
-- years on, as known on that day; patents moved into and out of a town (moves inside the city are none for the city); and the share of
-- grants that agencies from outside the city represented, among the grants whose agency is known.
with counted as (
    select * from {{ ref('int_patent_months_counted') }}
    where patent_kind = 'invention_granted'
),

rights as (
    select * from {{ ref('int_patent_rights') }}
    where place_code <> 'outside'
),

intervals as (
    select * from {{ ref('int_patent_right_intervals') }}
    where series = 'published' and patent_kind = 'invention_granted'
),

right_changes as (
    select * from {{ ref('int_patent_right_changes') }}
    where series = 'published' and flow_reason in ('moved_in', 'moved_out')
),

exchange as (
    select * from {{ ref('stg_cnipa__exchange_patents') }}
),

places as (
    select * from {{ ref('int_places_dated') }}
),

enterprise_grants as (
    select
        {{ year_start('month_start') }} as period_start,
        town_code_then,
        town_code_now,
        case when applicant_type = 'enterprise' then patent_count else 0 end as enterprise_count,
        patent_count
    from counted
),

enterprise_shares as (
    {{ town_margins(
        'enterprise_grants', ['period_start'], [('numerator', 'sum(enterprise_count)'), ('denominator', 'sum(patent_count)')]
    ) }}
),

anniversaries as (
    select
        record_key,
        place_code,
        {{ add_years('granted_on', 5) }} as judged_on
    from rights
    where patent_kind = 'invention_granted' and {{ add_years('granted_on', 5) }} <= {{ horizon() }}
),

cohort as (
    select
        {{ year_start('anniversaries.judged_on') }} as period_start,
        places.town_code as town_code_then,
        places.current_town_code as town_code_now,
        case when intervals.record_key is null then 0 else 1 end as survived
    from anniversaries
    inner join places on {{ town_at('places', 'anniversaries.place_code', 'anniversaries.judged_on') }}
    left join intervals
        on
            anniversaries.record_key = intervals.record_key
            and intervals.valid_from <= anniversaries.judged_on
            and (intervals.valid_to is null or intervals.valid_to > anniversaries.judged_on)
),

cohort_sums as (
    {{ town_margins('cohort', ['period_start'], [('survivor_count', 'sum(survived)'), ('grant_count', 'count(*)')]) }}
),

-- A small cohort is drawn towards the city's rate: (x + w X / N) / (n + w), as a quotient of whole numbers.
survival as (
    select
        cohort_sums.period_start,
        cohort_sums.town_basis,
        cohort_sums.town_code,
        cohort_sums.survivor_count,
        cohort_sums.grant_count,
        cohort_sums.town_code <> '442000' and cohort_sums.grant_count < {{ var('survival_minimum_cohort', 30) }} as is_small,
        cast(
            cohort_sums.survivor_count * city.grant_count + {{ var('survival_prior_weight', 30) }} * city.survivor_count
            as decimal(24, 6)
        ) as drawn_numerator,
        cast(city.grant_count * (cohort_sums.grant_count + {{ var('survival_prior_weight', 30) }}) as decimal(24, 6)) as drawn_denominator
    from cohort_sums
    inner join cohort_sums as city
        on
            cohort_sums.period_start = city.period_start
            and city.town_code = '442000'
),

moved as (
    select
        case when right_changes.flow_reason = 'moved_in' then 'patent_moved_in_count' else 'patent_moved_out_count' end as indicator_code,
        {{ year_start('right_changes.change_date') }} as period_start,
        places.town_code as town_code_then,
        places.current_town_code as town_code_now,
        other_places.town_code as other_town_code_then,
        other_places.current_town_code as other_town_code_now
    from right_changes
    inner join places on {{ town_at('places', 'right_changes.place_code', 'right_changes.change_date') }}
    inner join places as other_places on {{ town_at('other_places', 'right_changes.other_place_code', 'right_changes.change_date') }}
    where right_changes.place_code <> 'outside'
),

move_counts as (
    select
        indicator_code,
        period_start,
        'both' as town_basis,
        '442000' as town_code,
        count(*) as move_count
    from moved
    where other_town_code_then = 'outside'
    group by indicator_code, period_start
    union all
    select
        indicator_code,
        period_start,
        'then' as town_basis,
        town_code_then as town_code,
        count(*) as move_count
    from moved
    where town_code_then <> other_town_code_then
    group by indicator_code, period_start, town_code_then
    union all
    select
        indicator_code,
        period_start,
        'now' as town_basis,
        town_code_now as town_code,
        count(*) as move_count
    from moved
    where town_code_now <> other_town_code_now
    group by indicator_code, period_start, town_code_now
),

represented as (
    select
        {{ year_start('rights.granted_on') }} as period_start,
        case when exchange.agency_name like '%{{ var("city_agency_name_part", "中山") }}%' then 0 else 1 end as is_outside
    from rights
    inner join exchange on rights.record_key = exchange.record_key
    where exchange.agency_name is not null
),

agency_counts as (
    select
        period_start,
        cast(sum(is_outside) as decimal(24, 6)) as outside_count,
        cast(count(*) as decimal(24, 6)) as known_count
    from represented
    group by period_start
),

described_counts as (
    select
        {{ year_start('rights.granted_on') }} as period_start,
        count(*) as grant_count,
        sum(case when exchange.record_key is null then 1 else 0 end) as undescribed_count
    from rights
    left join exchange on rights.record_key = exchange.record_key
    group by 1
),

shares as (
    select
        'patent_invention_grant_enterprise_share_pct' as indicator_code,
        period_start,
        town_basis,
        town_code,
        cast(numerator as decimal(24, 6)) as numerator,
        cast(denominator as decimal(24, 6)) as denominator,
        cast(null as {{ dbt.type_string() }}) as value_status,
        case
            when period_start < {{ date_literal('2023-01-01') }} then 'class system to 2022: 职务/非职务'
        end as status_reason
    from enterprise_shares
    union all
    select
        'patent_agency_outside_share_pct' as indicator_code,
        agency_counts.period_start,
        'both' as town_basis,
        '442000' as town_code,
        agency_counts.outside_count as numerator,
        agency_counts.known_count as denominator,
        case when described_counts.undescribed_count > 0 then 'partial' end as value_status,
        case
            when described_counts.undescribed_count > 0 then 'agency not in the feeds for every grant of the year'
        end as status_reason
    from agency_counts
    inner join described_counts on agency_counts.period_start = described_counts.period_start
)

select
    indicator_code,
    period_start,
    town_basis,
    town_code,
    cast({{ ratio('numerator', 'denominator', 6, times=100) }} as decimal(24, 6)) as quantity,
    numerator,
    denominator,
    value_status,
    status_reason
from shares
union all
select
    'patent_invention_5_year_survival_pct' as indicator_code,
    period_start,
    town_basis,
    town_code,
    case
        when is_small then cast({{ ratio('drawn_numerator', 'drawn_denominator', 6, times=100) }} as decimal(24, 6))
        else cast({{ ratio('survivor_count', 'grant_count', 6, times=100) }} as decimal(24, 6))
    end as quantity,
    cast(survivor_count as decimal(24, 6)) as numerator,
    cast(grant_count as decimal(24, 6)) as denominator,
    case when is_small then 'estimated' end as value_status,
    case when is_small then 'small cohort, drawn towards the rate of the city' end as status_reason
from survival
union all
select
    indicator_code,
    period_start,
    town_basis,
    town_code,
    cast(move_count as decimal(24, 6)) as quantity,
    cast(null as decimal(24, 6)) as numerator,
    cast(null as decimal(24, 6)) as denominator,
    cast(null as {{ dbt.type_string() }}) as value_status,
    cast(null as {{ dbt.type_string() }}) as status_reason
from move_counts
