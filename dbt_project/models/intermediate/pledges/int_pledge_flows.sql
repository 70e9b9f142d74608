-- Contracts, rights and secured amounts by the day of registration; an amount counts once however many rights stand behind it.
with pledges as (
    select * from {{ ref('int_pledges_classified') }}
    where not is_held_back and registered_date is not null and place_code <> 'outside'
),

places as (
    select * from {{ ref('int_places_dated') }}
),

events as (
    select
        'patent_pledge_contract_count' as indicator_code,
        registered_date,
        place_code,
        pledgee_name,
        cast(1 as decimal(24, 6)) as quantity
    from pledges
    where pledge_kind in ('patent', 'mixed')
    union all
    select
        'patent_pledge_right_count' as indicator_code,
        registered_date,
        place_code,
        pledgee_name,
        cast(counted_patent_right_count as decimal(24, 6)) as quantity
    from pledges
    where counted_patent_right_count > 0
    union all
    select
        'trademark_pledge_contract_count' as indicator_code,
        registered_date,
        place_code,
        pledgee_name,
        cast(1 as decimal(24, 6)) as quantity
    from pledges
    where pledge_kind in ('trademark', 'mixed')
    union all
    select
        'ip_pledge_mixed_contract_count' as indicator_code,
        registered_date,
        place_code,
        pledgee_name,
        cast(1 as decimal(24, 6)) as quantity
    from pledges
    where pledge_kind = 'mixed'
    union all
    select
        'ip_pledge_registered_amount_cny_10k' as indicator_code,
        registered_date,
        place_code,
        pledgee_name,
        cast(secured_amount_cny_10k as decimal(24, 6)) as quantity
    from pledges
    where secured_amount_cny_10k is not null
)

select
    events.indicator_code,
    {{ month_start('events.registered_date') }} as month_start,
    places.town_code as town_code_then,
    places.current_town_code as town_code_now,
    'ALL' as industry_code,
    'ALL' as applicant_type,
    'bank' as breakdown_type,
    coalesce(events.pledgee_name, 'unassigned') as breakdown_code,
    'ALL' as second_breakdown_type,
    'ALL' as second_breakdown_code,
    cast(sum(events.quantity) as decimal(24, 6)) as quantity
from events
inner join places on {{ town_at('places', 'events.place_code', 'events.registered_date') }}
group by 1, 2, 3, 4, 8
