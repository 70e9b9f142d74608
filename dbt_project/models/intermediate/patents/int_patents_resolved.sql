-- One row a document across all feeds. The most believed feed gives the row; what it leaves empty is filled from the next one.
-- The application number is the exception: an intact one is preferred, whichever feed has it. Parties and address stay together:
-- both come from one feed wherever one has both.
with documents as (
    select * from {{ ref('int_patent_documents_united') }}
),

keyed as (
    select
        record_key,
        min(feed_rank) as first_feed_rank,
        count(*) as feed_count,
        min(known_on) as known_on,
        min(case when patentees is not null and address is not null then feed_rank end) as party_feed_rank,
        min(case when patentees is not null then feed_rank end) as patentee_feed_rank,
        min(case when filing_date is not null then feed_rank end) as filing_feed_rank,
        min(case when main_class is not null then feed_rank end) as class_feed_rank,
        min(case when title is not null then feed_rank end) as title_feed_rank,
        min(
            case
                when application_number is not null
                    then {{ number_preference('application_number_status') }} * 10 + feed_rank
            end
        ) as number_rank
    from documents
    group by record_key
)

select
    documents.record_key,
    {{ field_of_feed('patent_kind', 'keyed.first_feed_rank') }} as patent_kind,
    {{ field_of_feed('publication_number', 'keyed.first_feed_rank') }} as publication_number,
    {{ field_of_feed('kind_code', 'keyed.first_feed_rank') }} as kind_code,
    {{ field_of_feed('publication_date', 'keyed.first_feed_rank') }} as publication_date,
    max(case when documents.feed_rank = keyed.first_feed_rank and documents.is_correction then 1 else 0 end) = 1 as is_correction,
    max(case when documents.feed_rank = keyed.first_feed_rank and documents.has_kind_conflict then 1 else 0 end) = 1 as has_kind_conflict,
    max(
        case
            when {{ number_preference('documents.application_number_status') }} * 10 + documents.feed_rank = keyed.number_rank
                then documents.application_number
        end
    ) as application_number,
    {{ field_of_feed('filing_date', 'keyed.filing_feed_rank') }} as filing_date,
    {{ field_of_feed('title', 'keyed.title_feed_rank') }} as title,
    {{ field_of_feed('main_class', 'keyed.class_feed_rank') }} as main_class,
    {{ field_of_feed('class_scheme', 'keyed.class_feed_rank') }} as class_scheme,
    {{ field_of_feed('patentees', 'coalesce(keyed.party_feed_rank, keyed.patentee_feed_rank)') }} as patentees,
    {{ field_of_feed('address', 'keyed.party_feed_rank') }} as address,
    {{ field_of_feed('address_hash', 'keyed.party_feed_rank') }} as address_hash,
    max(keyed.first_feed_rank) as first_feed_rank,
    max(keyed.known_on) as known_on
from documents
inner join keyed on documents.record_key = keyed.record_key
group by documents.record_key
