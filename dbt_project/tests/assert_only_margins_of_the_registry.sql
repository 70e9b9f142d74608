-- Rows exist only for the margins that the registry names: one dimension beside the period, never a cross of two.
-- (A department's own breakdown is passed through as it was handed in.)
select
    cells.indicator_code,
    cells.town_code,
    cells.industry_code,
    cells.applicant_type,
    cells.breakdown_type,
    count(*) as row_count
from {{ ref('fct_indicator_values') }} as cells
inner join {{ ref('int_indicators_parsed') }} as indicators on cells.indicator_code = indicators.indicator_code
where
    indicators.value_rule <> 'return'
    and (
        (cells.town_code <> '442000' and not indicators.has_town)
        or (cells.industry_code <> 'ALL' and not indicators.has_industry)
        or (cells.applicant_type <> 'ALL' and not indicators.has_applicant_type)
        or (cells.breakdown_type <> 'ALL' and indicators.dimension_list not like '%,' || cells.breakdown_type || ',%')
        or (
            case when cells.town_code <> '442000' then 1 else 0 end
            + case when cells.industry_code <> 'ALL' then 1 else 0 end
            + case when cells.applicant_type <> 'ALL' then 1 else 0 end
            + case when cells.breakdown_type <> 'ALL' then 1 else 0 end
            > 1
        )
    )
group by 1, 2, 3, 4, 5
