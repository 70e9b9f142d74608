-- Honours at each year's end: enterprises whose title is valid, and awards ever won (a project once, at its first-named holder).
with honours as (
    select * from {{ ref('int_honours_located') }}
),

honour_indicators as (
    select * from {{ ref('honour_indicators') }}
),

months as (
    select * from {{ ref('int_months') }}
    where month_number = 12
),

places as (
    select * from {{ ref('int_places_dated') }}
),

standing as (
    select
        honour_indicators.indicator_code,
        months.year_start as period_start,
        months.month_end,
        honours.place_code,
        case
            when honour_indicators.rule = 'cumulative' then honours.project_key
            else honours.holder_key
        end as counted_key,
        row_number() over (
            partition by
                honour_indicators.indicator_code,
                months.year_start,
                case when honour_indicators.rule = 'cumulative' then honours.project_key else honours.holder_key end
            order by honours.known_on, honours.source_row, honours.record_key
        ) as holder_rank
    from honours
    inner join honour_indicators on honours.honour_type = honour_indicators.honour_type
    inner join months
        on
            (
                honour_indicators.rule = 'cumulative'
                and honours.award_year <= {{ date_part_int('year', 'months.month_end') }}
            )
            or (
                honour_indicators.rule = 'in_validity'
                and honours.valid_from <= months.month_end
                and (honours.valid_to is null or honours.valid_to > months.month_end)
            )
),

placed as (
    select
        standing.indicator_code,
        standing.period_start,
        places.town_code as town_code_then,
        places.current_town_code as town_code_now
    from standing
    inner join places on {{ town_at('places', 'standing.place_code', 'standing.month_end') }}
    where standing.holder_rank = 1
)

select
    indicator_code,
    period_start,
    'both' as town_basis,
    '442000' as town_code,
    cast(count(*) as decimal(24, 6)) as quantity
from placed
group by 1, 2
union all
select
    indicator_code,
    period_start,
    'then' as town_basis,
    town_code_then as town_code,
    cast(count(*) as decimal(24, 6)) as quantity
from placed
group by 1, 2, 4
union all
select
    indicator_code,
    period_start,
    'now' as town_basis,
    town_code_now as town_code,
    cast(count(*) as decimal(24, 6)) as quantity
from placed
group by 1, 2, 4
