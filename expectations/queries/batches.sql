-- One row for each batch that the build reads.
select batches.feed || '|' || batches.partition_key as subject, batches.row_count
from ops.batches as batches
inner join ops.build_batches as members on members.batch_id = batches.batch_id
where members.build_id = '{build_id}'
