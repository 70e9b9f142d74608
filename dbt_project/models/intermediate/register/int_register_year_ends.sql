-- The enterprises of the register that are open at each year's end, by the year's last snapshot (the list vintage of the year), with their
-- town on that day, their registered industry division and the yearly lists that name them.
with enterprises as (
    select * from {{ ref('stg_register__enterprises') }}
),

versions as (
    select * from {{ ref('int_enterprise_versions') }}
),

industries as (
    select * from {{ ref('industries') }}
),

places as (
    select * from {{ ref('int_places_dated') }}
),

snapshots as (
    select
        {{ year_start('snapshot_date') }} as period_start,
        max(snapshot_date) as snapshot_date
    from (select distinct snapshot_date from enterprises) as dates
    group by 1
),

standing as (
    select
        snapshots.period_start,
        snapshots.snapshot_date,
        {{ add_days(add_months('snapshots.period_start', 12), -1) }} as period_end,
        enterprises.uscc,
        versions.enterprise_key,
        versions.group_key,
        versions.place_code,
        coalesce(nullif(industries.division_code, ''), 'unassigned') as industry_code,
        case when enterprises.enterprise_type = '个体工商户' then '个体工商户' else '企业' end as entity_type,
        enterprises.is_high_tech,
        enterprises.is_above_scale,
        enterprises.is_above_scale_exporter,
        enterprises.cultivation_tier
    from enterprises
    inner join snapshots on enterprises.snapshot_date = snapshots.snapshot_date
    inner join versions
        on
            enterprises.uscc = versions.uscc
            and (versions.valid_from is null or enterprises.snapshot_date >= versions.valid_from)
            and enterprises.snapshot_date <= versions.last_seen_on
    left join industries on versions.industry_code = industries.industry_code
    where enterprises.closed_date is null or enterprises.closed_date > enterprises.snapshot_date
)

select
    standing.period_start,
    standing.snapshot_date,
    standing.uscc,
    standing.enterprise_key,
    standing.group_key,
    standing.place_code,
    places.town_code as town_code_then,
    places.current_town_code as town_code_now,
    standing.industry_code,
    standing.entity_type,
    standing.is_high_tech,
    standing.is_above_scale,
    standing.is_above_scale_exporter,
    standing.cultivation_tier
from standing
inner join places on {{ town_at('places', 'standing.place_code', 'standing.period_end') }}
