-- One row for each batch of the build that has at least four earlier batches of its feed: its rows against the median
-- of up to twelve batches before it. Four standard deviations of a Poisson count are taken off, so that small feeds do
-- not cry wolf: a month of 3 cases after months of 8 is no news.
with pinned as (
    select batches.feed, batches.partition_key, batches.row_count,
        row_number() over (partition by batches.feed order by batches.partition_key) as position
    from ops.batches as batches
    inner join ops.build_batches as members on members.batch_id = batches.batch_id
    where members.build_id = '{build_id}'
),

compared as (
    select this.feed, this.partition_key, this.row_count,
        percentile_cont(0.5) within group (order by earlier.row_count) as trailing_median
    from pinned as this
    inner join pinned as earlier
        on earlier.feed = this.feed and earlier.position between this.position - 12 and this.position - 1
    group by this.feed, this.partition_key, this.row_count
    having count(*) >= 4
)

select
    feed || '|' || partition_key as subject,
    row_count,
    trailing_median,
    round(cast(greatest(0, 100 * (trailing_median - 4 * sqrt(trailing_median) - row_count)
        / trailing_median) as numeric), 1) as shortfall_pct,
    round(cast(greatest(0, 100 * (row_count - trailing_median - 4 * sqrt(trailing_median))
        / trailing_median) as numeric), 1) as excess_pct
from compared
where trailing_median > 0
