-- One row for each file of the build's batches: quarantined rows beyond the budget that the feed's contract allows.
with limits (feed, warn_days, stop_days, warn_share, stop_share) as (
    values {feed_limits}
)

select
    batches.feed || '|' || batches.partition_key || '|' || files.file_name as subject,
    files.counted_row_count,
    files.quarantined_row_count,
    greatest(0, files.quarantined_row_count - floor(limits.warn_share * files.counted_row_count)) as rows_over_warn_budget,
    greatest(0, files.quarantined_row_count - floor(limits.stop_share * files.counted_row_count)) as rows_over_stop_budget
from ops.batch_files as files
inner join ops.batches as batches on batches.batch_id = files.batch_id
inner join ops.build_batches as members on members.batch_id = batches.batch_id
inner join limits on limits.feed = batches.feed
where members.build_id = '{build_id}'
