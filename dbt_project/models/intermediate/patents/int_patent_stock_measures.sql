-- Measures of the inventions in force at each year's end: the mean years since filing, the fractional count by all patentees (1/n each, the
-- share of patentees outside the city under `outside`), and the patents under a declared open licence (all kinds).
with valid_years as (
    select * from {{ ref('int_patent_valid_years') }}
),

class_industries as (
    select * from {{ ref('int_patent_class_industries') }}
),

parties as (
    select * from {{ ref('int_patent_parties_split') }}
),

matches as (
    select * from {{ ref('int_enterprise_matches') }}
    where enterprise_key not in ('unresolved', 'not_an_enterprise')
),

versions as (
    select
        enterprise_version_key,
        place_code
    from {{ ref('int_enterprise_versions') }}
),

places as (
    select * from {{ ref('int_places_dated') }}
),

events as (
    select * from {{ ref('int_patent_events') }}
    where event_code in ('OL01', 'OL02') and right_key is not null
),

intervals as (
    select * from {{ ref('int_patent_right_intervals') }}
    where series = 'published' and place_code <> 'outside'
),

months as (
    select * from {{ ref('int_months') }}
    where month_number = 12
),

aged as (
    select
        period_start,
        town_code_then,
        town_code_now,
        class_scheme,
        main_class,
        {{ dbt.datediff('filing_date', 'period_end', 'day') }} as day_count
    from valid_years
    where place_code <> 'outside' and filing_date is not null
),

town_ages as (
    {{ town_margins('aged', ['period_start'], [('day_sum', 'sum(day_count)'), ('right_count', 'count(*)')]) }}
),

industry_ages as (
    select
        aged.period_start,
        class_industries.industry_code,
        sum(aged.day_count * class_industries.weight) as day_sum,
        sum(class_industries.weight) as right_weight
    from aged
    inner join class_industries
        on
            aged.class_scheme = class_industries.class_scheme
            and aged.main_class = class_industries.main_class
    group by aged.period_start, class_industries.industry_code
),

mean_ages as (
    select
        period_start,
        town_basis,
        town_code,
        'ALL' as industry_code,
        -- Whole days over days of a mean year.
        cast(day_sum as decimal(24, 6)) as numerator,
        cast(right_count * cast({{ var('days_of_a_mean_year', '365.25') }} as decimal(6, 2)) as decimal(24, 6)) as denominator
    from town_ages
    union all
    select
        period_start,
        'both' as town_basis,
        '442000' as town_code,
        industry_code,
        cast(day_sum as decimal(24, 6)) as numerator,
        cast(right_weight * cast({{ var('days_of_a_mean_year', '365.25') }} as decimal(6, 2)) as decimal(24, 6)) as denominator
    from industry_ages
),

-- Documents give the first party's address alone: the place of the right. Another party is in the city where the register knows it.
party_places as (
    select
        valid_years.period_start,
        valid_years.period_end,
        valid_years.class_scheme,
        valid_years.main_class,
        case
            when parties.party_order is null or parties.party_order = 1 then valid_years.place_code
            else coalesce(versions.place_code, 'outside')
        end as place_code,
        case
            when parties.party_order is null then cast(1 as decimal(18, 12))
            else {{ equal_share('parties.party_order', 'parties.party_count') }}
        end as share
    from valid_years
    left join parties on valid_years.record_key = parties.record_key
    left join matches
        on
            parties.party_order > 1
            and {{ enterprise_mention_key('parties.name_hash', "''", 'parties.publication_date') }} = matches.mention_key
    left join versions on matches.enterprise_version_key = versions.enterprise_version_key
    where valid_years.place_code <> 'outside' or parties.party_count > 1
),

summed_shares as (
    select
        period_start,
        period_end,
        class_scheme,
        main_class,
        place_code,
        sum(share) as share
    from party_places
    group by period_start, period_end, class_scheme, main_class, place_code
),

shares as (
    select
        summed_shares.period_start,
        summed_shares.place_code <> 'outside' as is_in_city,
        summed_shares.class_scheme,
        summed_shares.main_class,
        places.town_code as town_code_then,
        places.current_town_code as town_code_now,
        summed_shares.share
    from summed_shares
    inner join places on {{ town_at('places', 'summed_shares.place_code', 'summed_shares.period_end') }}
),

city_shares as (
    select * from shares
    where is_in_city
),

fractions as (
    select
        period_start,
        'both' as town_basis,
        '442000' as town_code,
        'ALL' as industry_code,
        sum(share) as fraction
    from city_shares
    group by period_start
    union all
    select
        period_start,
        'then' as town_basis,
        town_code_then as town_code,
        'ALL' as industry_code,
        sum(share) as fraction
    from shares
    group by period_start, town_code_then
    union all
    select
        period_start,
        'now' as town_basis,
        town_code_now as town_code,
        'ALL' as industry_code,
        sum(share) as fraction
    from shares
    group by period_start, town_code_now
    union all
    select
        city_shares.period_start,
        'both' as town_basis,
        '442000' as town_code,
        class_industries.industry_code,
        sum(city_shares.share * class_industries.weight) as fraction
    from city_shares
    inner join class_industries
        on
            city_shares.class_scheme = class_industries.class_scheme
            and city_shares.main_class = class_industries.main_class
    group by city_shares.period_start, class_industries.industry_code
),

-- The last word on a right's open licence that was known at the year's end.
declared as (
    select
        months.year_start as period_start,
        months.month_end as period_end,
        events.right_key,
        events.event_code,
        row_number() over (
            partition by months.year_start, events.right_key
            order by events.known_on desc, events.effective_date desc, events.event_code desc
        ) as word_rank
    from events
    inner join months on events.known_on <= months.month_end
),

licensed as (
    select
        declared.period_start,
        places.town_code as town_code_then,
        places.current_town_code as town_code_now
    from declared
    inner join intervals
        on
            declared.right_key = intervals.record_key
            and intervals.valid_from <= declared.period_end
            and (intervals.valid_to is null or intervals.valid_to > declared.period_end)
    inner join places on {{ town_at('places', 'intervals.place_code', 'declared.period_end') }}
    where declared.word_rank = 1 and declared.event_code = 'OL01'
),

licence_counts as (
    {{ town_margins('licensed', ['period_start'], [('right_count', 'count(*)')]) }}
)

select
    'patent_invention_maintenance_mean_years' as indicator_code,
    period_start,
    town_basis,
    town_code,
    industry_code,
    'first' as counting_basis,
    cast({{ ratio('numerator', 'denominator', 6) }} as decimal(24, 6)) as quantity,
    numerator,
    denominator
from mean_ages
union all
select
    'patent_invention_valid_fractional_count' as indicator_code,
    period_start,
    town_basis,
    town_code,
    industry_code,
    'fractional' as counting_basis,
    cast(fraction as decimal(24, 6)) as quantity,
    cast(null as decimal(24, 6)) as numerator,
    cast(null as decimal(24, 6)) as denominator
from fractions
union all
select
    'patent_open_licence_declared_count' as indicator_code,
    period_start,
    town_basis,
    town_code,
    'ALL' as industry_code,
    'first' as counting_basis,
    cast(right_count as decimal(24, 6)) as quantity,
    cast(null as decimal(24, 6)) as numerator,
    cast(null as decimal(24, 6)) as denominator
from licence_counts
