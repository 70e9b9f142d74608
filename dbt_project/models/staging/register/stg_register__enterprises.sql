-- One row an enterprise of each yearly snapshot of the register (the snapshot's date is the known date). A snapshot of which rows
-- were quarantined is not complete: what is missing from it may be among them, so it can't end a record.
with landed as (
    select *
    from {{ active_rows('enterprise_register') }} as landed_rows
    where uscc is not null
),

batches as (
    select * from {{ source('ops', 'batches') }}
),

ranked as (
    select
        landed.*,
        {{ copy_rank(keys=['_known_on', 'uscc']) }} as copy_rank
    from landed
),

snapshots as (
    select
        landed._known_on as snapshot_date,
        max(case when coalesce(batches.quarantined_count, 0) > 0 then 1 else 0 end) as has_quarantined_rows
    from (select distinct _known_on, _batch_id from landed) as landed
    left join batches on landed._batch_id = batches.batch_id
    group by landed._known_on
)

select
    ranked._known_on as snapshot_date,
    snapshots.has_quarantined_rows = 0 as is_complete_snapshot,
    ranked.uscc,
    ranked.enterprise_name,
    md5(ranked.enterprise_name) as enterprise_name_hash,
    ranked.former_names,
    ranked.enterprise_type,
    ranked.address,
    md5(ranked.address) as address_hash,
    ranked.town_name,
    ranked.industry_code,
    ranked.established_date,
    ranked.closed_date,
    ranked.group_name,
    coalesce(ranked.is_high_tech, false) as is_high_tech,
    coalesce(ranked.is_above_scale, false) as is_above_scale,
    coalesce(ranked.is_above_scale_exporter, false) as is_above_scale_exporter,
    ranked.cultivation_tier
from ranked
inner join snapshots on ranked._known_on = snapshots.snapshot_date
where ranked.copy_rank = 1
