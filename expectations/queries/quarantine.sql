-- One row for each file of the batches: quarantined rows beyond the budget that the feed's contract allows.
with limits (feed, warn_days, stop_days, warn_share, stop_share, stop_rows) as (
    values {feed_limits}
)

select
    batches.feed || '|' || batches.partition_key || '|' || files.file_name as subject,
    batches.feed,
    batches.partition_key,
    batches.batch_id,
    files.file_name,
    files.counted_row_count,
    files.landed_row_count,
    files.quarantined_row_count,
    greatest(0, files.quarantined_row_count - floor(limits.warn_share * files.counted_row_count)) as rows_over_warn_budget,
    greatest(0, files.quarantined_row_count - greatest(
        floor(limits.stop_share * files.counted_row_count),
        case when files.landed_row_count > 0 then limits.stop_rows else 0 end
    )) as rows_over_stop_budget
from ops.batch_files as files
inner join ops.batches as batches on batches.batch_id = files.batch_id
inner join limits on limits.feed = batches.feed
where batches.batch_id in ({members})
