-- The spans in which a class line counts as registered, as known at the time: from the later of registration and first knowledge,
-- until the register's next word, the end of the right, or the term with the renewal grace (parameter), whichever is first.
with trademarks as (
    select * from {{ ref('int_trademarks_located') }}
),

bounded as (
    select
        record_key,
        registration_number,
        nice_class,
        mark_type,
        is_madrid,
        place_code,
        is_in_city,
        greatest(registration_date, known_on) as valid_from,
        least(
            coalesce(next_known_on, {{ date_literal('9999-12-31') }}),
            case
                when status in ('已注销', '已撤销', '已无效') then coalesce(status_date, known_on)
                else {{ date_literal('9999-12-31') }}
            end,
            coalesce(
                {{ add_days(add_months('term_end_date', var('trademark_renewal_grace_months', 6)), 1) }},
                {{ date_literal('9999-12-31') }}
            )
        ) as valid_to
    from trademarks
    where
        registration_date is not null
        and status not in ('申请中', '已驳回', '已撤回')
)

select
    record_key,
    registration_number,
    nice_class,
    mark_type,
    is_madrid,
    place_code,
    is_in_city,
    valid_from,
    case when valid_to < {{ date_literal('9999-12-31') }} then valid_to end as valid_to
from bounded
where valid_from < valid_to
