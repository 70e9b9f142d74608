-- Ends of inventions by the day on which they took effect (series `restated`; the published series goes by the day on which they became
-- known). The last months are provisional: an unpaid fee becomes known 343 to 473 days after its date. An end that was undone is none.
with states as (
    select * from {{ ref('int_patent_right_states') }}
    where
        series = 'restated'
        and patent_kind = 'invention_granted'
        and not is_grant
        and was_valid
        and not is_valid
        and previous_place_code <> 'outside'
),

places as (
    select * from {{ ref('int_places_dated') }}
),

ended as (
    select
        {{ month_start('states.on_date') }} as month_start,
        {{ year_start('states.on_date') }} as year_start,
        places.town_code as town_code_then,
        places.current_town_code as town_code_now,
        states.ending_reason
    from states
    inner join places on {{ town_at('places', 'states.previous_place_code', 'states.on_date') }}
),

periods as (
    select
        'month' as period_type,
        month_start as period_start,
        {{ add_days(add_months('month_start', 1), -1) }} as period_end,
        town_code_then,
        town_code_now,
        ending_reason
    from ended
    union all
    select
        'year' as period_type,
        year_start as period_start,
        {{ add_days(add_months('year_start', 12), -1) }} as period_end,
        town_code_then,
        town_code_now,
        ending_reason
    from ended
),

town_counts as (
    {{ town_margins('periods', ['period_type', 'period_start', 'period_end'], [('end_count', 'count(*)')]) }}
),

all_rows as (
    select
        period_type,
        period_start,
        period_end,
        town_basis,
        town_code,
        'ALL' as breakdown_type,
        'ALL' as breakdown_code,
        end_count
    from town_counts
    union all
    select
        period_type,
        period_start,
        period_end,
        'both' as town_basis,
        '442000' as town_code,
        'reason' as breakdown_type,
        ending_reason as breakdown_code,
        count(*) as end_count
    from periods
    group by period_type, period_start, period_end, ending_reason
)

select
    'patent_invention_lapse_count' as indicator_code,
    'restated' as series,
    period_type,
    period_start,
    town_basis,
    town_code,
    breakdown_type,
    breakdown_code,
    cast(end_count as decimal(24, 6)) as quantity,
    case
        when period_end > {{ add_months(horizon(), -1 * var('effective_date_provisional_months', 16)) }} then 'provisional'
    end as value_status,
    'by effective date' as status_reason
from all_rows
