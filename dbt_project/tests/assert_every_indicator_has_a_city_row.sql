-- Each of the 144 indicators has a row of the city for each year that is not before its feeds' calendars: a value or the reason why not.
select indicators.indicator_code
from {{ ref('dim_indicator') }} as indicators
left join {{ ref('fct_indicator_values') }} as cells
    on
        indicators.indicator_code = cells.indicator_code
        and cells.town_code = '442000'
        and cells.period_type = 'year'
where cells.indicator_code is null
