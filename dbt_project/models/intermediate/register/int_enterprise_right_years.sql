-- Which enterprises held a right at each year's end, as known on that day: valid inventions, any valid patent (first patentee, place in the
-- city), and valid registered marks of their own. One row an enterprise, year and kind of right.
with intervals as (
    select * from {{ ref('int_patent_right_intervals') }}
    where series = 'published' and place_code <> 'outside'
),

parties as (
    select * from {{ ref('int_patent_parties_split') }}
    where party_order = 1
),

patent_matches as (
    select * from {{ ref('int_enterprise_matches') }}
    where enterprise_key not in ('unresolved', 'not_an_enterprise')
),

spans as (
    select * from {{ ref('int_trademarks_in_force') }}
),

located_marks as (
    select
        record_key,
        known_on
    from {{ ref('int_trademarks_located') }}
    where is_latest
),

trademarks as (
    select * from {{ ref('stg_cnipa__trademarks') }}
),

mark_matches as (
    select * from {{ ref('int_subject_matches') }}
    where enterprise_key not in ('unresolved', 'not_an_enterprise')
),

months as (
    select * from {{ ref('int_months') }}
    where month_number = 12
),

patent_spans as (
    select distinct
        patent_matches.enterprise_key,
        case when intervals.patent_kind = 'invention_granted' then 'invention' else 'other_patent' end as right_kind,
        {{ date_part_int('year', 'intervals.valid_from') }} as first_year,
        -- Valid at a year's end if the right ends in a later year.
        {{ date_part_int('year', 'intervals.valid_to') }} as end_year
    from intervals
    inner join parties on intervals.record_key = parties.record_key
    inner join patent_matches
        on {{ enterprise_mention_key('parties.name_hash', "''", 'parties.publication_date') }} = patent_matches.mention_key
),

mark_spans as (
    select distinct
        mark_matches.enterprise_key,
        'trademark' as right_kind,
        {{ date_part_int('year', 'spans.valid_from') }} as first_year,
        {{ date_part_int('year', 'spans.valid_to') }} as end_year
    from spans
    inner join located_marks on spans.record_key = located_marks.record_key
    inner join trademarks
        on
            located_marks.record_key = trademarks.record_key
            and located_marks.known_on = trademarks.known_on
    inner join mark_matches
        on
            {{ enterprise_mention_key('trademarks.applicant_name_hash', 'trademarks.uscc', 'trademarks.filing_date', "'cnipa_trademarks'") }}
            = mark_matches.mention_key
),

all_spans as (
    select * from patent_spans
    union all
    select * from mark_spans
)

select distinct
    months.year_start as period_start,
    all_spans.enterprise_key,
    all_spans.right_kind
from all_spans
inner join months
    on
        all_spans.first_year <= {{ date_part_int('year', 'months.year_start') }}
        and (all_spans.end_year is null or all_spans.end_year > {{ date_part_int('year', 'months.year_start') }})
