-- Names that no rule ties to one enterprise of the register, for review: never guessed. A name that is merely not in the register is
-- listed where the record is the city's; applicants and right holders elsewhere have no entry and need none.
with ties as (
    select * from {{ ref('int_enterprise_ties') }}
)

select
    feed,
    name,
    max(normalised_name) as normalised_name,
    -- A name may be open for different reasons at different dates; the first in alphabetical order is shown: ambiguity before absence.
    min(match_rule) as reason,
    min(candidate_uscc) as candidate_uscc,
    min(first_seen_on) as first_seen_on,
    cast(sum(row_count) as bigint) as row_count
from ties
where
    match_rule like 'ambiguous%'
    or match_rule = 'reviewed_code_not_in_register'
    or (match_rule = 'not_in_register' and city_row_count > 0)
group by feed, name
