-- The rights that stand behind a contract, with equal weights that sum to 1 for each contract: an amount counts once.
with rights as (
    select * from {{ ref('int_pledge_rights_split') }}
),

pledges as (
    select * from {{ ref('int_pledges_classified') }}
    where registered_date is not null
),

grants as (
    select
        application_number,
        min(record_key) as patent_record_key
    from {{ ref('int_patents_resolved') }}
    where
        application_number is not null
        and not is_correction
        and patent_kind in ('invention_granted', 'utility_granted', 'design_granted')
    group by application_number
)

select
    rights.record_key,
    rights.right_key,
    rights.right_kind,
    rights.right_number,
    grants.patent_record_key,
    {{ equal_share('rights.right_order', 'rights.right_count') }} as weight
from rights
inner join pledges on rights.record_key = pledges.record_key
left join grants on rights.right_kind = 'patent' and rights.right_number = grants.application_number
