-- Each returned figure with its town and its state: reported in time, reported late, or handed in blank. A zero is a figure;
-- a blank is none. Late means that the first report came after the day that the feed's calendar names for the period's last month.
with returns as (
    select * from {{ ref('stg_departments__returns') }}
),

town_names as (
    select * from {{ ref('int_town_names') }}
),

places as (
    select * from {{ ref('int_places_dated') }}
),

due_dates as (
    select
        {{ month_start('period_end') }} as month_start,
        max(due_on) as due_on
    from {{ source('ops', 'expected_deliveries') }}
    where feed = 'department_returns'
    group by 1
),

placed as (
    select
        returns.*,
        case
            when returns.town_name is null or returns.town_name in ('', '全市', '中山市', '中山', '合计') then '442000'
            else coalesce(town_names.place_code, 'unassigned')
        end as place_code
    from returns
    left join town_names on returns.town_name = town_names.town_name
)

select
    placed.record_key,
    placed.form_code,
    placed.indicator_code,
    placed.period_type,
    placed.period_start,
    placed.period_end,
    placed.place_code,
    places.town_key,
    places.town_code,
    places.current_town_code,
    placed.breakdown_type,
    placed.breakdown_code,
    placed.value,
    placed.unit,
    case
        when placed.value is null then 'not_reported'
        when placed.first_known_on > due_dates.due_on then 'late'
        else 'reported'
    end as value_status,
    placed.known_on
from placed
inner join places on {{ town_at('places', 'placed.place_code', 'placed.period_end') }}
left join due_dates on {{ month_start('placed.period_end') }} = due_dates.month_start
