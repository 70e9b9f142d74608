-- Each code that a sender gives for an enterprise, checked: a unified social credit code (18 characters, both check characters right),
-- or the organisation code alone (9 characters, its check character right). A code that fails its check ties nothing.
with mentions as (
    select * from {{ ref('int_subject_mentions') }}
),

codes as (
    select
        uscc as given_code,
        {{ cleaned_code('uscc') }} as code
    from mentions
    where uscc is not null and uscc <> ''
    group by uscc
),

checked as (
    select
        given_code,
        code,
        length(code) = 18 and {{ has_organisation_check('code', 9) }} and {{ has_credit_check('code') }} as is_credit_code,
        length(code) = 9 and {{ has_organisation_check('code', 1) }} as is_organisation_code
    from codes
)

select
    given_code,
    case when is_credit_code then code end as uscc,
    case
        when is_credit_code then substr(code, 9, 9)
        when is_organisation_code then code
    end as organisation_code,
    case
        when is_credit_code then 'uscc'
        when is_organisation_code then 'organisation_code'
        else 'wrong_code'
    end as code_kind
from checked
