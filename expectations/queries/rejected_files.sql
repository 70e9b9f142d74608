-- One row for each refused file that stays open: the same file (feed, partition and name) did not come again in a form
-- that the batches hold, and its sender did not take it back. A path that was never there is no file: nothing was
-- received. A correction that finds its old value no more stays open until its partition has a newer batch.
with members as (
    select
        batches.feed,
        batches.partition_key,
        batches.recorded_at,
        files.delivery_id,
        deliveries.sha256,
        deliveries.file_name as delivered_name,
        regexp_replace(files.file_name, '^.*[!/]', '') as base_name
    from ops.batches as batches
    inner join ops.batch_files as files on files.batch_id = batches.batch_id
    inner join ops.deliveries as deliveries on deliveries.delivery_id = files.delivery_id
    where batches.batch_id in ({members})
),

-- Bytes that the batches hold, each time they came: a file that returns to an earlier version replaces what was refused.
receipts as (
    select members.*, again.delivery_id as received_id
    from members
    inner join ops.deliveries as again
        on again.feed = members.feed and again.sha256 = members.sha256 and again.action = 'deliver'
)

select
    concat_ws('|', rejected.feed, rejected.partition_key, rejected.file_name) as subject,
    rejected.feed,
    rejected.partition_key,
    rejected.file_name,
    count(*) as refusal_count,
    max(rejected.rejected_id) as last_rejected_id
from ops.rejected_files as rejected
where
    rejected.reason_code <> 'missing_file'
    and not exists (
        select 1
        from receipts
        where
            receipts.feed = rejected.feed
            and (rejected.partition_key is null or receipts.partition_key = rejected.partition_key)
            and (
                receipts.base_name = regexp_replace(rejected.file_name, '^.*[!/]', '')
                or receipts.delivered_name = rejected.file_name
                or (rejected.reason_code = 'correction_outdated' and receipts.recorded_at > rejected.rejected_at)
            )
            and (rejected.delivery_id is null or receipts.received_id >= rejected.delivery_id)
    )
    and not exists (
        select 1
        from ops.deliveries as withdrawals
        where
            withdrawals.feed = rejected.feed and withdrawals.action = 'withdraw'
            and withdrawals.sha256 = rejected.sha256 and withdrawals.delivery_id > rejected.delivery_id
    )
group by rejected.feed, rejected.partition_key, rejected.file_name
