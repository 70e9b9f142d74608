"""Reference feeds: population, economic accounts, honours, official totals and the plan's targets.

Population is the city's published one (facts, not scaled). Town figures exist for the statistical units of 2021 and
2022. Economic figures are rounded public magnitudes; where none is at hand they are invented and marked as sample.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ipstat.sample_city.city import City
from ipstat.sample_city.dates import day, one
from ipstat.sample_city.honours import HEADERS, Honour, honour_path, issued_on
from ipstat.sample_city.numbers import application_texts
from ipstat.sample_city.output import Output
from ipstat.sample_city.plan import FIRST_YEAR, LAST_YEAR
from ipstat.sample_city.workbook import Cell, ExcelDay, Sheet

#: Resident population at the year's end in 10,000: year, value, vintage, day of publication.
POPULATION: tuple[tuple[int, str, str, str], ...] = (
    (2010, "312.27", "final", "2011-05-06"), (2011, "314.23", "final", "2012-05-10"),
    (2012, "315.50", "final", "2013-05-10"), (2013, "317.39", "final", "2014-05-10"),
    (2014, "319.27", "final", "2015-05-10"), (2015, "320.96", "as first published in 2016", "2016-05-10"),
    (2016, "323.00", "as first published in 2017", "2017-05-10"),
    (2017, "326.00", "as first published in 2018", "2018-05-10"),
    (2018, "331.00", "as first published in 2019", "2019-05-10"),
    (2019, "338.00", "as first published in 2020", "2020-05-10"),
    (2015, "396.96", "revised after the 2020 census", "2021-05-16"),
    (2019, "438.73", "revised after the 2020 census", "2021-05-16"), (2020, "443.11", "2021", "2021-05-16"),
    (2021, "446.69", "2022", "2022-04-20"), (2022, "443.11", "2023", "2023-04-20"),
    (2023, "445.82", "2024", "2024-04-20"),
    (2024, "447.60", "2025", "2025-04-20"),
)  # fmt: skip
UNITS_2021: tuple[tuple[str, int], ...] = (
    ("小榄", 790454), ("火炬统筹区", 393622), ("坦洲", 387157), ("石岐", 260394), ("三乡", 236964), ("古镇", 233502),
    ("沙溪", 227517), ("东区", 216792), ("东凤", 204258), ("横栏", 204008), ("黄圃", 189052), ("南头", 160349),
    ("港口", 141030), ("西区", 134428), ("三角", 126763), ("翠亨统筹区", 114049), ("大涌", 99627), ("板芙", 96513),
    ("南区", 91146), ("阜沙", 73864), ("五桂山", 46227), ("神湾", 39184), ("全市", 4466900),
)  # fmt: skip
SPLIT_2022 = (("民众", 119776), ("中山港", 288982))  # the unit 火炬统筹区 of 2022
CITY_2022 = 4431100
#: Gross domestic product (100 million CNY), R&D (% of it) and high-tech share (%), 2012-2025; P: 2.1 and 16 in 2019.
GDP = (2441.0, 2638.9, 2823.0, 3010.0, 3202.8, 3430.3, 3632.7, 3101.1, 3151.6, 3566.2, 3631.3, 3850.7, 4143.2, 4390.0)
RD_SHARE = (2.2, 2.3, 2.3, 2.4, 2.4, 2.3, 2.2, 2.1, 2.3, 2.5, 2.5, 2.6, 2.7, 2.8)
HIGH_TECH_SHARE = (17.4, 17.8, 18.2, 18.0, 17.5, 17.0, 16.4, 16.0, 15.8, 15.9, 16.3, 17.0, 17.6, 18.1)
PATENT_INTENSIVE_SHARE = (11.2, 11.4, 11.5, 11.7, 12.0, 12.3, 12.4, 12.6, 12.9, 13.2, 13.4, 13.7, 13.9, 14.1)
CENSUS_YEARS = (2018, 2023)
REVISION = 1.012  # the economic census of 2018 and 2023 raised the year's product

TARGETS: tuple[tuple[str, str, str, str, str, str, str, str], ...] = (
    ("gi_trademark_valid_count", "from_none", "2020", "0", "2025", "", "件", "地理标志商标注册实现零突破"),
    ("export_above_scale_enterprise_own_trademark_pct", "full_coverage", "2020", "", "2025", "100", "%",
     "规上商品出口企业自主商标全覆盖"),
    ("patent_invention_valid_per_10k_population", "growth", "2019", "24.03", "2025", "", "件/万人",
     "每万人口发明专利拥有量持续增长"),
    ("patent_invention_high_value_count", "growth", "2020", "", "2025", "", "件", "高价值发明专利拥有量大幅增长"),
    ("patent_pct_application_count", "growth", "2020-01..2020-11", "234", "2025", "", "件",
     "PCT国际专利申请量持续增长"),
    ("trademark_valid_count", "growth", "2020", "196000", "2025", "", "件", "有效注册商标量持续增长"),
    ("trademark_madrid_valid_count", "growth", "2020", "335", "2025", "", "件", "马德里商标国际注册量持续增长"),
    ("ip_protection_centre_count", "structure", "2020", "", "2025", "", "个", "构建“1+1+N”知识产权保护体系"),
    ("special_campaign_industry_count", "yearly_duty", "2020", "", "2025", "2", "个",
     "每年选择不少于2个重点产业或市场"),
)  # fmt: skip


def write_population(city: City, output: Output) -> None:
    """Write each year's publication: the city by vintage, and the units of 2021 and 2022."""
    header = "geo,year,resident_population_10k,vintage,published_on\n"
    feed = "population"
    for published in sorted({row[3][:4] for row in POPULATION}):
        rows = [row for row in POPULATION if row[3][:4] == published]
        body = "".join(f"中山市,{year},{value},{vintage},{on}\n" for year, value, vintage, on in rows)
        if int(published) <= FIRST_YEAR or city.years[0] <= int(published) <= city.years[1]:
            on_day = day(int(published), 5, 20)
            output.write(feed, Path(f"population_yearend_{one(on_day)}.csv"), (header + body).encode(), on_day)
    units = UNITS_2021[:-1]
    others = [(name, count) for name, count in units if name != "火炬统筹区"]
    rest = CITY_2022 - sum(count for _, count in SPLIT_2022)
    old_sum = sum(count for _, count in others)
    later = [(name, count * rest // old_sum) for name, count in others]
    later[0] = (later[0][0], later[0][1] + rest - sum(count for _, count in later))
    for year, rows_of_year in ((2021, units), (2022, (*SPLIT_2022, *later))):
        if city.years[0] <= year + 1 <= city.years[1]:
            total = sum(count for _, count in rows_of_year)
            lines = "".join(f"{name},{count},{year + 1}\n" for name, count in (*rows_of_year, ("全市", total)))
            content = f"statistical_unit,resident_population_{year},vintage\n{lines}"
            on_day = day(year + 1, 6, 30)
            output.write(feed, Path(f"town_population_{year}_{one(on_day)}.csv"), content.encode(), on_day)


def write_economic_accounts(city: City, output: Output) -> None:
    """Write each year's accounts: preliminary in the next year, final a year later, revised by the censuses."""
    for n, gdp in enumerate(GDP):
        year = FIRST_YEAR + n
        published = year + 1
        if not city.years[0] <= year <= city.years[1]:
            continue
        lines = [_account("gdp_cny_100m", year, gdp, "亿元", "初步核算", f"{published}-03-28")]
        if n:
            lines.append(
                _account("gdp_cny_100m", year - 1, GDP[n - 1] * 1.003, "亿元", "最终核实", f"{published}-03-28")
            )
        if year in CENSUS_YEARS:
            lines.append(_account("gdp_cny_100m", year, gdp * REVISION, "亿元", "经济普查修订", f"{published}-12-20"))
        intensive = gdp * PATENT_INTENSIVE_SHARE[n] / 100
        for code, value, unit in (
            ("rd_expenditure_gdp_ratio_pct", RD_SHARE[n], "%"),
            ("high_tech_manufacturing_value_added_share_pct", HIGH_TECH_SHARE[n], "%"),
            ("patent_intensive_value_added_cny_100m", intensive, "亿元"),
            ("patent_intensive_value_added_gdp_share_pct", PATENT_INTENSIVE_SHARE[n], "%"),
        ):
            lines.append(_account(code, year, value, unit, "初步核算", f"{published}-09-30"))
        content = "indicator_code,geo,year,value,unit,vintage,published_on\n" + "".join(lines)
        on_day = day(published, 12, 21) if year in CENSUS_YEARS else day(published, 10, 8)
        path = Path(f"economic_accounts_{one(on_day)}.csv")
        output.write("economic_accounts", path, content.encode(), on_day)


def _account(code: str, year: int, value: float, unit: str, vintage: str, published: str) -> str:
    return f"{code},中山市,{year},{value:.2f},{unit},{vintage},{published}\n"


def _honour_row(city: City, honour: Honour) -> list[Cell]:
    on = np.array([honour.valid_from])
    name = str(city.holders.names_on(np.array([honour.holder]), on)[0])
    number = application_texts(city.numbers, np.array([honour.document]), "dot")[0] if honour.document >= 0 else ""
    return [
        honour.kind, honour.grade, honour.year, name, str(city.holders.credit_code[honour.holder]),
        f"ZL{number}" if number else "", ExcelDay(honour.valid_from),
        ExcelDay(honour.valid_to) if honour.valid_to else None, issued_on(honour),
    ]  # fmt: skip


def write_honours(city: City, output: Output) -> None:
    """Write one workbook a year; the first also holds what was awarded before 2012."""
    for year in range(FIRST_YEAR - 1, LAST_YEAR + 1):
        rows = [honour for honour in city.honours.rows if honour.year == year]
        if year != FIRST_YEAR - 1 and not city.years[0] <= year <= city.years[1]:
            continue
        sheet = Sheet("荣誉", header_rows=2)
        sheet.rows = [[f"{year}年知识产权荣誉名单"], list(HEADERS), *(_honour_row(city, honour) for honour in rows)]
        sheet.merge(0, 0, 0, len(HEADERS) - 1)
        output.write("honours", honour_path(year), sheet.to_bytes(), day(year, 12, 10))


def write_plan_targets(city: City, output: Output) -> None:
    """Write the plan's targets; the plan has no other numeric target and none is invented."""
    header = "indicator_code,target_kind,base_period,base_value,target_year,target_value,unit,source_text\n"
    content = header + "".join(",".join(row) + "\n" for row in TARGETS)
    del city
    output.write("plan_targets", Path("plan_targets_2021-12-31.csv"), content.encode(), day(2022, 1, 6))
