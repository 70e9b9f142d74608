-- One row for each feed with a calendar: what was due by the last day that the build knows, and did not come.
-- A feed counts as regular when nine of the last twelve deliveries due before its newest one (at least four) arrived: only
-- such a feed can be late; one that was delivered once (a single gazette issue) is incomplete, which is another thing.
with limits (feed, warn_days, stop_days, warn_share, stop_share) as (
    values {feed_limits}
),

pinned as (
    select batches.feed, batches.partition_key
    from ops.batches as batches
    inner join ops.build_batches as members on members.batch_id = batches.batch_id
    where members.build_id = '{build_id}' and batches.is_complete
),

due as (
    select expected.feed, expected.partition_key, expected.due_on, pinned.feed is not null as is_delivered,
        builds.horizon_date
    from ops.expected_deliveries as expected
    inner join ops.builds as builds on builds.build_id = '{build_id}'
    left join pinned on pinned.feed = expected.feed and pinned.partition_key = expected.partition_key
    where expected.due_on <= coalesce(builds.as_of, builds.horizon_date)
),

newest as (
    select feed, max(due_on) filter (where is_delivered) as newest_due_on
    from due
    group by feed
),

recent as (
    select ordered.feed, count(*) as expected_count, count(*) filter (where ordered.is_delivered) as delivered_count
    from (
        select due.feed, due.is_delivered,
            row_number() over (partition by due.feed order by due.due_on desc) as position
        from due
        inner join newest on newest.feed = due.feed
        where due.due_on <= newest.newest_due_on
    ) as ordered
    where ordered.position <= 12
    group by ordered.feed
),

late as (
    select due.feed, max(due.horizon_date - due.due_on) as late_days
    from due
    inner join newest on newest.feed = due.feed
    where not due.is_delivered and due.due_on > newest.newest_due_on
    group by due.feed
),

counted as (
    select feed, count(*) as expected_count, count(*) filter (where not is_delivered) as missing_count
    from due
    group by feed
)

select
    counted.feed as subject,
    counted.expected_count,
    counted.missing_count,
    coalesce(late.late_days, 0) as late_days,
    recent.expected_count >= 4 and recent.delivered_count * 4 >= recent.expected_count * 3 as is_regular,
    case
        when recent.expected_count >= 4 and recent.delivered_count * 4 >= recent.expected_count * 3
            then greatest(0, coalesce(late.late_days, 0) - limits.warn_days)
    end as days_over_warn_limit,
    case
        when recent.expected_count >= 4 and recent.delivered_count * 4 >= recent.expected_count * 3
            then greatest(0, coalesce(late.late_days, 0) - limits.stop_days)
    end as days_over_stop_limit
from counted
inner join limits on limits.feed = counted.feed
left join recent on recent.feed = counted.feed
left join late on late.feed = counted.feed
