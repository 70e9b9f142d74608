-- One row a piece of evidence that can make a granted invention a high-value one; which of them count on a day is decided by its two
-- clocks and by the parameters of the count (threshold of a pledge, clock of the age).
with evidence as (
    select * from {{ ref('int_high_value_evidence') }}
)

select
    cast(evidence_key as {{ dbt.type_string() }}) as evidence_key,
    cast(record_key as {{ dbt.type_string() }}) as record_key,
    cast(reason_code as {{ dbt.type_string() }}) as reason_code,
    cast(age_clock as {{ dbt.type_string() }}) as age_clock,
    cast(evidence_reference as {{ dbt.type_string() }}) as evidence_reference,
    is_upper_bound,
    amount_cny_10k,
    fulfilled_from,
    fulfilled_to,
    known_on,
    known_until
from evidence
