-- Two shares of the build: patents of the city that got a town, firms' patents of the city that got an enterprise.
-- Without a register no firm can be matched, so the lower limit (which stops) is put to builds that read a register.
with city as (
    select
        count(*) as patent_count,
        count(*) filter (where town_code <> 'unassigned') as with_town_count,
        count(*) filter (where applicant_type = 'enterprise') as firm_count,
        count(*) filter (where applicant_type = 'enterprise' and enterprise_key <> 'unresolved') as matched_count
    from {marts}.fct_patents
    where is_in_city
),

register as (
    select count(*) > 0 as is_read
    from ops.batches as batches
    inner join ops.build_batches as members on members.batch_id = batches.batch_id
    where members.build_id = '{build_id}' and batches.feed = 'enterprise_register'
)

select
    'city' as subject,
    city.patent_count,
    city.firm_count,
    round(100.0 * city.with_town_count / nullif(city.patent_count, 0), 1) as with_town_pct,
    round(100.0 * city.matched_count / nullif(city.firm_count, 0), 1) as matched_pct,
    case when register.is_read then round(100.0 * city.matched_count / nullif(city.firm_count, 0), 1) end
        as matched_with_register_pct
from city
cross join register
