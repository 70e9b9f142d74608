-- The partitions of each feed that this build reads whole: those of the complete batches that it pinned. An issue with a file
-- missing is read, but it is no coverage.
with batches as (
    select * from {{ source('ops', 'batches') }}
),

build_batches as (
    select * from {{ source('ops', 'build_batches') }}
    where build_id = '{{ var("build_id") }}'
)

select distinct
    batches.feed,
    batches.partition_key
from batches
inner join build_batches on batches.batch_id = build_batches.batch_id
where batches.is_complete
