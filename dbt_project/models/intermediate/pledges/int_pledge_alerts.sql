-- Pledges whose patent has ended while they are open, or had ended before they were registered: one alert a contract and patent.
with pledges as (
    select * from {{ ref('int_pledges_classified') }}
    where registered_date is not null
),

rights as (
    select * from {{ ref('int_pledge_rights_split') }}
    where right_kind = 'patent'
),

patents as (
    select * from {{ ref('int_patents_resolved') }}
),

endings as (
    select * from {{ ref('int_patent_right_endings') }}
),

ended as (
    select
        patents.application_number,
        min(endings.ended_on) as lapsed_on,
        min(endings.known_on) as lapse_known_on
    from endings
    inner join patents on endings.record_key = patents.record_key
    where
        endings.restored_on is null
        and endings.known_on <= {{ horizon() }}
        and patents.application_number is not null
    group by patents.application_number
)

select
    pledges.record_key,
    pledges.contract_number,
    rights.right_number,
    pledges.registered_date,
    pledges.released_date,
    ended.lapsed_on,
    ended.lapse_known_on
from rights
inner join pledges on rights.record_key = pledges.record_key
inner join ended on rights.right_number = ended.application_number
where pledges.released_date is null or ended.lapsed_on < pledges.released_date
