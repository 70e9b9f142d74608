-- One row for each gazette batch and measure: a share in the batch against the share in up to twelve batches before it.
-- The tolerance is ten points or four standard errors of the difference, whichever is more. Measured on what the build
-- made of the batch (all senders of a document together), because that is what the numbers rest on.
with patents as (
    select distinct batches.feed, batches.partition_key, sources.record_key
    from {intermediate}.int_record_sources as sources
    inner join ops.build_batches as members on members.batch_id = sources.batch_id
    inner join ops.batches as batches on batches.batch_id = sources.batch_id
    where members.build_id = '{build_id}' and batches.feed in ('cnipa_gazette', 'cnipa_exchange', 'patent_api')
),

counted as (
    select patents.feed, patents.partition_key, count(*) as row_count,
        count(*) filter (where facts.application_number is null) as no_application_number,
        count(*) filter (where facts.filing_date is null) as no_filing_date,
        count(*) filter (where facts.main_class is null) as no_main_class,
        count(*) filter (where facts.applicant_type = 'unknown') as unknown_applicant,
        count(*) filter (where facts.patent_kind = 'invention_published') as invention_published,
        count(*) filter (where facts.patent_kind = 'invention_granted') as invention_granted,
        count(*) filter (where facts.patent_kind = 'utility_granted') as utility_granted,
        count(*) filter (where facts.patent_kind = 'design_granted') as design_granted
    from patents
    inner join {marts}.fct_patents as facts on facts.record_key = patents.record_key
    group by patents.feed, patents.partition_key
),

measured as (
    select counted.feed, counted.partition_key, counted.row_count, measures.measure, measures.is_null_share, measures.hits
    from counted
    cross join lateral (
        values
        ('no_application_number', true, counted.no_application_number),
        ('no_filing_date', true, counted.no_filing_date),
        ('no_main_class', true, counted.no_main_class),
        ('unknown_applicant', true, counted.unknown_applicant),
        ('invention_published', false, counted.invention_published),
        ('invention_granted', false, counted.invention_granted),
        ('utility_granted', false, counted.utility_granted),
        ('design_granted', false, counted.design_granted)
    ) as measures (measure, is_null_share, hits)
),

trailing_sums as (
    select *,
        sum(hits) over earlier as earlier_hits,
        sum(row_count) over earlier as earlier_count,
        count(*) over earlier as earlier_batches
    from measured
    window earlier as (
        partition by feed, measure order by partition_key rows between 12 preceding and 1 preceding
    )
),

compared as (
    select *,
        100.0 * hits / row_count as share_pct,
        100.0 * earlier_hits / earlier_count as earlier_share_pct,
        greatest(10, 400 * sqrt(
            (hits + earlier_hits) / (row_count + earlier_count) * (1 - (hits + earlier_hits) / (row_count + earlier_count))
            * (1.0 / row_count + 1.0 / earlier_count)
        )) as tolerance_points
    from trailing_sums
    where earlier_batches >= 4 and row_count >= 20
)

select
    feed || '|' || partition_key || '|' || measure as subject,
    row_count,
    round(share_pct, 1) as share_pct,
    round(earlier_share_pct, 1) as earlier_share_pct,
    case when is_null_share then round(greatest(0, share_pct - earlier_share_pct - tolerance_points), 1) end as null_points,
    case when not is_null_share then round(greatest(0, abs(share_pct - earlier_share_pct) - tolerance_points), 1) end
        as kind_points
from compared
