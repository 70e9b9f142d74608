-- Measures that can't be summed from months: distinct pledgors of a year, and the share of contracts up to the inclusive threshold
-- (parameter, in 10,000 CNY) in the registered amount.
with pledges as (
    select * from {{ ref('int_pledges_classified') }}
    where not is_held_back and registered_date is not null and place_code <> 'outside'
),

places as (
    select * from {{ ref('int_places_dated') }}
),

placed as (
    select
        {{ year_start('pledges.registered_date') }} as period_start,
        coalesce(pledges.uscc, pledges.pledgor_name_hash) as pledgor_key,
        pledges.secured_amount_cny_10k,
        places.town_code as town_code_then,
        places.current_town_code as town_code_now
    from pledges
    inner join places on {{ town_at('places', 'pledges.place_code', 'pledges.registered_date') }}
),

margins as (
    select
        period_start,
        'both' as town_basis,
        '442000' as town_code,
        pledgor_key,
        secured_amount_cny_10k
    from placed
    union all
    select
        period_start,
        'then' as town_basis,
        town_code_then as town_code,
        pledgor_key,
        secured_amount_cny_10k
    from placed
    union all
    select
        period_start,
        'now' as town_basis,
        town_code_now as town_code,
        pledgor_key,
        secured_amount_cny_10k
    from placed
),

summed as (
    select
        period_start,
        town_basis,
        town_code,
        count(distinct pledgor_key) as pledgor_count,
        cast(sum(case when secured_amount_cny_10k <= {{ var('inclusive_pledge_threshold_cny_10k', 1000) }} then secured_amount_cny_10k else 0 end) as decimal(24, 6)) as inclusive_amount_cny_10k,
        cast(sum(secured_amount_cny_10k) as decimal(24, 6)) as amount_cny_10k
    from margins
    group by 1, 2, 3
)

select
    'ip_pledge_enterprise_count' as indicator_code,
    period_start,
    town_basis,
    town_code,
    cast(pledgor_count as decimal(24, 6)) as quantity,
    cast(null as decimal(24, 6)) as numerator,
    cast(null as decimal(24, 6)) as denominator
from summed
union all
select
    'ip_pledge_inclusive_share_pct' as indicator_code,
    period_start,
    town_basis,
    town_code,
    cast({{ ratio('inclusive_amount_cny_10k', 'amount_cny_10k', 6, times=100) }} as decimal(24, 6)) as quantity,
    inclusive_amount_cny_10k as numerator,
    amount_cny_10k as denominator
from summed
where amount_cny_10k > 0
