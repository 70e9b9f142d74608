-- One row for each file of the batches: quarantined rows beyond the budget that the feed's contract allows. Where the
-- contract counts by delivery, the members of a zip are one file.
with limits (feed, warn_days, stop_days, warn_share, stop_share, stop_rows, per) as (
    values {feed_limits}
),

counted as (
    select
        batches.feed,
        batches.partition_key,
        batches.batch_id,
        files.delivery_id,
        case when limits.per = 'delivery' then deliveries.file_name else files.file_name end as file_name,
        sum(files.counted_row_count) as counted_row_count,
        sum(files.landed_row_count) as landed_row_count,
        sum(files.quarantined_row_count) as quarantined_row_count,
        max(limits.warn_share) as warn_share,
        max(limits.stop_share) as stop_share,
        max(limits.stop_rows) as stop_rows
    from ops.batch_files as files
    inner join ops.deliveries as deliveries on deliveries.delivery_id = files.delivery_id
    inner join ops.batches as batches on batches.batch_id = files.batch_id
    inner join limits on limits.feed = batches.feed
    where batches.batch_id in ({members})
    group by 1, 2, 3, 4, 5
)

select
    feed || '|' || partition_key || '|' || file_name as subject,
    feed,
    partition_key,
    batch_id,
    delivery_id,
    file_name,
    counted_row_count,
    landed_row_count,
    quarantined_row_count,
    greatest(0, quarantined_row_count - floor(warn_share * counted_row_count)) as rows_over_warn_budget,
    greatest(0, quarantined_row_count - greatest(
        floor(stop_share * counted_row_count), case when landed_row_count > 0 then stop_rows else 0 end
    )) as rows_over_stop_budget
from counted
