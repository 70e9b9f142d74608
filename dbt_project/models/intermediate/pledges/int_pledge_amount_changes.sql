-- The secured amount at risk: in at registration, up or down at a registered change, out on the day of release.
with pledges as (
    select * from {{ ref('int_pledges_classified') }}
    where not is_held_back and registered_date is not null and secured_amount_cny_10k is not null and place_code <> 'outside'
),

dated as (
    select
        *,
        case
            when changed_amount_cny_10k is not null
                then changed_amount_cny_10k - secured_amount_cny_10k
            else 0
        end as change_cny_10k,
        greatest(coalesce(changed_date, registered_date), registered_date) as change_date
    from pledges
)

select
    record_key,
    place_code,
    'registration' as change_kind,
    registered_date as change_date,
    cast(secured_amount_cny_10k as decimal(24, 6)) as amount_cny_10k
from dated
union all
select
    record_key,
    place_code,
    'change' as change_kind,
    change_date,
    cast(change_cny_10k as decimal(24, 6)) as amount_cny_10k
from dated
where change_cny_10k <> 0 and (released_date is null or change_date < released_date)
union all
select
    record_key,
    place_code,
    'release' as change_kind,
    released_date as change_date,
    cast(
        -(secured_amount_cny_10k + case when change_date < released_date then change_cny_10k else 0 end)
        as decimal(24, 6)
    ) as amount_cny_10k
from dated
where released_date is not null
