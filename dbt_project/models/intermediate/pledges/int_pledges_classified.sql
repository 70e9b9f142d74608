-- Contracts with their kind and the number of rights; a contract all of whose rights overlap an open pledge is held back from every count.
with pledges as (
    select * from {{ ref('int_pledges_joined') }}
),

rights as (
    select * from {{ ref('int_pledge_rights_split') }}
),

overlapping as (
    select * from {{ ref('int_pledge_overlaps') }}
),

right_counts as (
    select
        rights.record_key,
        cast(sum(case when rights.right_kind = 'patent' then 1 else 0 end) as integer) as patent_right_count,
        cast(sum(case when rights.right_kind = 'trademark' then 1 else 0 end) as integer) as trademark_right_count,
        cast(count(overlapping.right_key) as integer) as overlapping_right_count
    from rights
    left join overlapping
        on
            rights.record_key = overlapping.record_key
            and rights.right_key = overlapping.right_key
    group by rights.record_key
)

select
    pledges.record_key,
    pledges.contract_number,
    pledges.registration_number,
    case
        when right_counts.patent_right_count > 0 and right_counts.trademark_right_count > 0 then 'mixed'
        when right_counts.patent_right_count > 0 then 'patent'
        when right_counts.trademark_right_count > 0 then 'trademark'
        else 'unknown'
    end as pledge_kind,
    pledges.registered_date,
    pledges.released_date,
    pledges.due_date,
    pledges.changed_date,
    pledges.pledgor_name,
    pledges.pledgor_name_hash,
    pledges.uscc,
    pledges.place_code,
    pledges.pledgee_name,
    pledges.secured_amount_cny_10k,
    pledges.changed_amount_cny_10k,
    pledges.disbursed_amount_cny_10k,
    pledges.disbursed_date,
    coalesce(right_counts.patent_right_count, 0) as patent_right_count,
    coalesce(right_counts.trademark_right_count, 0) as trademark_right_count,
    coalesce(right_counts.patent_right_count, 0) - coalesce(right_counts.overlapping_right_count, 0) as counted_patent_right_count,
    (
        coalesce(right_counts.overlapping_right_count, 0) > 0
        and right_counts.overlapping_right_count = right_counts.patent_right_count + right_counts.trademark_right_count
    ) as is_held_back,
    pledges.has_ledger,
    pledges.has_registration,
    pledges.known_on
from pledges
left join right_counts on pledges.record_key = right_counts.record_key
