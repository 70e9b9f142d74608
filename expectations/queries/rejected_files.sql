-- One row for each refused file that has not arrived since in a readable form (same feed and file name).
select
    rejected.feed || '|' || rejected.file_name as subject,
    count(*) as refusal_count
from ops.rejected_files as rejected
where
    not exists (
        select 1
        from ops.batch_files as files
        inner join ops.batches as batches on batches.batch_id = files.batch_id
        inner join ops.build_batches as members on members.batch_id = batches.batch_id
        where
            members.build_id = '{build_id}' and batches.feed = rejected.feed and files.file_name = rejected.file_name
    )
group by rejected.feed, rejected.file_name
