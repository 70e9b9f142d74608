"""The SQL of the white paper's facts. `marts.` stands for the schema of the resolved build; values are always bound."""

from __future__ import annotations

_CELL = """
    series = 'published'
    and period_type = 'year'
    and town_basis = 'now'
    and counting_basis = 'first'
    and period_start between make_date(%(first_year)s, 1, 1) and make_date(%(last_year)s, 1, 1)"""

REGISTRY = """
select indicator_code, name_zh, area, definition, unit, source, decimals, additivity, confidentiality
from (
    select indicator.*, row_number() over (partition by indicator_code order by indicator_version desc) as version_order
    from marts.dim_indicator as indicator
) as latest
where version_order = 1
order by indicator_code
"""

TOWNS = """
select town_code, town_name, sort_order
from marts.dim_town
where valid_to is null and town_code = current_town_code and town_code not in ('442000', 'unassigned', 'outside')
order by sort_order, town_code
"""

TOWN_HISTORY = """
select town_code, town_name, valid_from, valid_to, current_town_code
from marts.dim_town
where town_code not in ('442000', 'unassigned', 'outside')
order by sort_order, town_code, valid_from
"""

CLUSTERS = """
select industry_code, industry_name
from marts.dim_industry
where is_cluster
order by sort_order, industry_code
"""

CITY_VALUES = f"""
select indicator_code, extract(year from period_start)::integer as data_year, town_code, value, value_status,
coverage_pct from marts.fct_indicator_values
where{_CELL}
    and town_code = '442000' and industry_code = 'ALL' and applicant_type = 'ALL'
    and breakdown_type = 'ALL' and breakdown_code = 'ALL'
order by indicator_code, data_year
"""

# Newest vintages of what its source revises: the base of a change where the year before was revised.
CITY_RESTATED = """
select indicator_code, extract(year from period_start)::integer as data_year, town_code, series, value, value_status,
coverage_pct from marts.fct_indicator_values
where series = 'restated' and period_type = 'year' and town_basis = 'now' and counting_basis = 'first'
    and period_start between make_date(%(first_year)s, 1, 1) and make_date(%(last_year)s, 1, 1)
    and town_code = '442000' and industry_code = 'ALL' and applicant_type = 'ALL'
    and breakdown_type = 'ALL' and breakdown_code = 'ALL'
    and indicator_code = any(%(indicator_codes)s)
order by indicator_code, data_year
"""

TOWN_VALUES = f"""
select indicator_code, extract(year from period_start)::integer as data_year, town_code, value, value_status,
coverage_pct from marts.fct_indicator_values
where{_CELL}
    and town_code <> '442000' and industry_code = 'ALL' and applicant_type = 'ALL'
    and breakdown_type = 'ALL' and breakdown_code = 'ALL'
    and indicator_code = any(%(indicator_codes)s)
order by indicator_code, data_year, town_code
"""

CLUSTER_VALUES = f"""
select
    cell.indicator_code, extract(year from cell.period_start)::integer as data_year, cell.industry_code,
    cell.value, cell.value_status, cell.coverage_pct
from marts.fct_indicator_values as cell
inner join marts.dim_industry as industry on industry.industry_code = cell.industry_code and industry.is_cluster
where{_CELL}
    and town_code = '442000' and applicant_type = 'ALL' and breakdown_type = 'ALL' and breakdown_code = 'ALL'
    and indicator_code = any(%(indicator_codes)s)
order by indicator_code, data_year, industry_code
"""

APPLICANT_VALUES = f"""
select
    indicator_code, extract(year from period_start)::integer as data_year, applicant_type, value, value_status,
    coverage_pct
from marts.fct_indicator_values
where{_CELL}
    and town_code = '442000' and industry_code = 'ALL' and applicant_type <> 'ALL'
    and breakdown_type = 'ALL' and breakdown_code = 'ALL'
    and indicator_code = any(%(indicator_codes)s)
order by indicator_code, data_year, applicant_type
"""

BREAKDOWN_VALUES = f"""
select
    indicator_code, extract(year from period_start)::integer as data_year, breakdown_type, breakdown_code, value,
    value_status, coverage_pct
from marts.fct_indicator_values
where{_CELL}
    and town_code = '442000' and industry_code = 'ALL' and applicant_type = 'ALL' and breakdown_type <> 'ALL'
    and breakdown_type = any(%(breakdown_types)s) and indicator_code = any(%(indicator_codes)s)
order by indicator_code, data_year, breakdown_type, breakdown_code
"""

# The class of a grant is that of its own document; corrections and copies of the conflict are not grants.
GRANT_CLASSES = """
select
    extract(year from publication_date)::integer as data_year,
    class_scheme,
    case when class_scheme = 'ipc' then substr(main_class, 1, 1) else substr(main_class, 1, 2) end as class_code,
    count(*) as grant_count
from marts.fct_patents
where
    is_in_city and not is_correction and main_class is not null
    and (
        (patent_kind = 'invention_granted' and class_scheme = 'ipc')
        or (patent_kind = 'design_granted' and class_scheme = 'loc')
    )
    and publication_date >= make_date(%(first_year)s, 1, 1) and publication_date < make_date(%(last_year)s + 1, 1, 1)
group by 1, 2, 3
order by 1, 2, 3
"""

PLEDGES = """
select
    extract(year from registered_date)::integer as data_year,
    pledge_kind,
    count(*) as contract_count,
    sum(secured_amount_cny_10k) as amount_cny_10k
from marts.fct_pledges
where
    has_ledger
    and registered_date >= make_date(%(first_year)s, 1, 1) and registered_date < make_date(%(last_year)s + 1, 1, 1)
group by 1, 2
order by 1, 2
"""
