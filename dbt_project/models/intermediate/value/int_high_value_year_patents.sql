-- Inventions valid in the city at each year's end as known on that day, with the reasons that make them high-value ones then.
-- Parameters: high_value_clock (filing or grant), high_value_pledge_threshold_cny_10k (a contract; the threshold itself counts).
with intervals as (
    select * from {{ ref('int_patent_right_intervals') }}
    where series = 'published' and patent_kind = 'invention_granted' and place_code <> 'outside'
),

evidence as (
    select * from {{ ref('int_high_value_evidence') }}
),

year_ends as (
    select
        year_start as period_start,
        month_end as period_end
    from {{ ref('int_months') }}
    where month_number = 12
),

places as (
    select * from {{ ref('int_places_dated') }}
),

valid_rights as (
    select
        intervals.record_key,
        intervals.place_code,
        year_ends.period_start,
        year_ends.period_end
    from intervals
    inner join year_ends
        on
            intervals.valid_from <= year_ends.period_end
            and (intervals.valid_to is null or intervals.valid_to > year_ends.period_end)
),

met as (
    select
        evidence.record_key,
        year_ends.period_start,
        max(case when evidence.reason_code = 'sei' then 1 else 0 end) as is_sei,
        max(case when evidence.reason_code = 'sei' and not evidence.is_upper_bound then 1 else 0 end) as is_sei_by_keyword,
        max(case when evidence.reason_code = 'overseas_family' then 1 else 0 end) as is_overseas_family,
        max(case when evidence.reason_code = 'over_10_years' then 1 else 0 end) as is_over_10_years,
        max(case when evidence.reason_code = 'pledge' then 1 else 0 end) as is_pledge,
        max(case when evidence.reason_code = 'award' then 1 else 0 end) as is_award
    from evidence
    inner join year_ends
        on
            evidence.fulfilled_from <= year_ends.period_end
            and (evidence.fulfilled_to is null or evidence.fulfilled_to > year_ends.period_end)
            and evidence.known_on <= year_ends.period_end
            and (evidence.known_until is null or evidence.known_until > year_ends.period_end)
    where
        evidence.age_clock in ('none', '{{ var("high_value_clock") }}')
        and (
            evidence.reason_code <> 'pledge'
            or evidence.amount_cny_10k >= cast({{ var('high_value_pledge_threshold_cny_10k') }} as decimal(18, 4))
        )
    group by evidence.record_key, year_ends.period_start
)

select
    valid_rights.record_key,
    valid_rights.period_start,
    valid_rights.period_end,
    places.town_code as town_code_then,
    places.current_town_code as town_code_now,
    coalesce(met.is_sei, 0) as is_sei,
    coalesce(met.is_sei_by_keyword, 0) as is_sei_by_keyword,
    coalesce(met.is_overseas_family, 0) as is_overseas_family,
    coalesce(met.is_over_10_years, 0) as is_over_10_years,
    coalesce(met.is_pledge, 0) as is_pledge,
    coalesce(met.is_award, 0) as is_award,
    coalesce(met.is_sei + met.is_overseas_family + met.is_over_10_years + met.is_pledge + met.is_award, 0) as reason_count
from valid_rights
inner join places on {{ town_at('places', 'valid_rights.place_code', 'valid_rights.period_end') }}
left join met
    on
        valid_rights.record_key = met.record_key
        and valid_rights.period_start = met.period_start
