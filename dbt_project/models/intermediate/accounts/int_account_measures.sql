-- Economic accounts of the city. Series `published`: the first vintage of a year, never restated; `restated`: the newest one. A ratio
-- keeps the day on which its vintage was made known, so that no change is taken across vintages. R&D intensity is recomputed when the
-- gross product is revised: the spending that the stated ratio implies, over the newest gross product; that is an estimate and says so.
with accounts as (
    select * from {{ ref('stg_statistics_bureau__economic_accounts') }}
    where
        geo_name in ('中山市', '全市')
        and indicator_code in (
            'gdp_cny_100m',
            'rd_expenditure_gdp_ratio_pct',
            'high_tech_manufacturing_value_added_share_pct',
            'patent_intensive_value_added_cny_100m',
            'patent_intensive_value_added_gdp_share_pct'
        )
),

ranked as (
    select
        indicator_code,
        account_year,
        value,
        vintage,
        known_on,
        row_number() over (partition by indicator_code, account_year order by known_on, vintage, geo_name) as vintage_number,
        row_number() over (partition by indicator_code, account_year order by known_on desc, vintage desc, geo_name desc) as newest_rank
    from accounts
),

series_rows as (
    select
        'published' as series,
        ranked.*
    from ranked
    where vintage_number = 1
    union all
    select
        'restated' as series,
        ranked.*
    from ranked
    where newest_rank = 1
),

-- The gross product of the year as it was known when a figure was published, and the newest one.
products_known as (
    select
        series_rows.series,
        series_rows.indicator_code,
        series_rows.account_year,
        products.value as product_cny_100m,
        row_number() over (
            partition by series_rows.series, series_rows.indicator_code, series_rows.account_year
            order by products.known_on desc, products.vintage desc
        ) as known_rank
    from series_rows
    inner join ranked as products
        on
            products.indicator_code = 'gdp_cny_100m'
            and series_rows.account_year = products.account_year
            and products.known_on <= series_rows.known_on
    where series_rows.indicator_code = 'rd_expenditure_gdp_ratio_pct'
),

described as (
    select
        series_rows.series,
        series_rows.indicator_code,
        series_rows.account_year,
        series_rows.value,
        series_rows.vintage,
        series_rows.known_on,
        newest_products.value as new_product_cny_100m,
        newest_products.known_on as new_product_known_on,
        cast(series_rows.value * products_known.product_cny_100m as decimal(38, 12)) as implied_spending_pct_cny_100m,
        series_rows.series = 'restated'
        and series_rows.indicator_code = 'rd_expenditure_gdp_ratio_pct'
        and products_known.product_cny_100m is not null
        and newest_products.known_on > series_rows.known_on
        and newest_products.value <> products_known.product_cny_100m as is_recomputed
    from series_rows
    left join products_known
        on
            series_rows.series = products_known.series
            and series_rows.indicator_code = products_known.indicator_code
            and series_rows.account_year = products_known.account_year
            and products_known.known_rank = 1
    left join ranked as newest_products
        on
            newest_products.indicator_code = 'gdp_cny_100m'
            and series_rows.account_year = newest_products.account_year
            and newest_products.newest_rank = 1
),

measured as (
    select
        described.*,
        cast(implied_spending_pct_cny_100m * cast(0.01 as decimal(3, 2)) as decimal(24, 6)) as implied_spending_cny_100m,
        coalesce(is_recomputed, false) as is_estimate
    from described
)

select
    indicator_code,
    series,
    {{ year_date('account_year') }} as period_start,
    case
        when is_estimate then cast({{ ratio('implied_spending_cny_100m', 'new_product_cny_100m', 6, times=100) }} as decimal(24, 6))
        else cast(value as decimal(24, 6))
    end as quantity,
    case when is_estimate then implied_spending_cny_100m end as numerator,
    case when is_estimate then cast(new_product_cny_100m as decimal(24, 6)) end as denominator,
    case
        when indicator_code <> 'patent_intensive_value_added_cny_100m' and indicator_code <> 'gdp_cny_100m'
            then cast(account_year as {{ dbt.type_string() }})
    end as denominator_period,
    case
        when is_estimate then new_product_known_on
        when indicator_code <> 'patent_intensive_value_added_cny_100m' and indicator_code <> 'gdp_cny_100m' then known_on
    end as denominator_known_on,
    case
        when is_estimate then 'estimated'
        when vintage = '初步核算' then 'provisional'
    end as value_status,
    case
        when is_estimate then 'recomputed on the revised gross product'
        else vintage
    end as status_reason
from measured
