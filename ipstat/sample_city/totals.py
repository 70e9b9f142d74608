"""Feed official_totals: what press notices say, agreeing with the truth of this city, with the senders' rounding."""

from __future__ import annotations

from pathlib import Path

from ipstat.sample_city.city import City
from ipstat.sample_city.dates import day, iso_day, one
from ipstat.sample_city.documents import INVENTION
from ipstat.sample_city.output import Output
from ipstat.sample_city.pledges import FIRST_HALF_2018
from ipstat.sample_city.returns import CITY, town_units

HEADER = "geo,period,indicator,type,value,unit,note,source,published_on\n"
GRANT_SERIES = (("发明", "invention_grants"), ("实用新型", "utility_grants"), ("外观设计", "design_grants"))
APPLICATIONS = (
    ("发明", "patent_invention_application_count"), ("实用新型", "patent_utility_application_count"),
    ("外观设计", "patent_design_application_count"),
)  # fmt: skip
TOWNS_OF_2014 = ("古镇镇", "火炬开发区", "小榄镇")
Row = tuple[str, str, str, str, str, str, str, str]


def _applications(city: City, year: int) -> list[Row]:
    """Return applications of a year by kind, and of some towns with a share truncated by the sender."""
    on, out = f"{year + 1}-02-10", []
    names = [name for name, _ in town_units(year)]
    for place in ("中山市", *(town for town in TOWNS_OF_2014 if town in names)):
        town = CITY if place == "中山市" else place
        total = 0
        for kind, indicator in APPLICATIONS:
            value = _year_sum(city, indicator, year, town)
            total += value
            out.append((place, str(year), "专利申请量", kind, str(value), "件", "", on))
        own = int(out[-3][4])
        note = f"发明占{own * 1000 // total / 10}%（按一位小数截取）" if total else ""
        out.append((place, str(year), "专利申请量", "全部", str(total), "件", note, on))
    return out


def _year_sum(city: City, indicator: str, year: int, town: str) -> int:
    first = (year - 2012) * 12
    total = 0
    for month in city.figures[first : first + 12]:
        for f in month:
            if f.indicator == indicator and f.town == town and not f.breakdown and len(f.period) == 7:
                total += int(f.value or 0)
    return total


def _grants(city: City, period: str, first: str, last: str, on: str) -> list[Row]:
    counts = [(kind, city.plan.total(series, first, last)) for kind, series in GRANT_SERIES]
    rows = [("中山市", period, "专利授权量", "全部", str(sum(count for _, count in counts)), "件", "", on)]
    return rows + [
        ("中山市", period, f"{kind}专利授权量", kind, str(count), "件", "", on) for kind, count in counts[:1]
    ]


def _stocks(city: City) -> list[Row]:
    inventions = city.documents.doc_class == INVENTION
    rows = []
    for date_text, on in (("2014-12-31", "2015-02-10"), ("2019-12-31", "2020-02-12"), ("2022-08-31", "2022-09-20")):
        value = city.lives.stock(inventions, iso_day(date_text))
        rows.append(("中山市", date_text, "有效发明专利量", "发明", str(value), "件", "按当日已公布的状态", on))
    for date_text, on in (("2020-12-31", "2021-02-10"), ("2022-09-30", "2022-10-20")):
        value = city.marks.stock(iso_day(date_text))
        rows.append(("中山市", date_text, "有效注册商标量", "", str(value), "件", "", on))
    return rows


def _others(city: City) -> list[Row]:
    start, end = FIRST_HALF_2018
    contracts = [c for c in city.contracts if start <= c.registered <= end and c.patents]
    amount = sum(c.secured for c in contracts)
    honours = city.honours
    on_2022 = day(2022, 12, 31)
    total = city.plan.total
    figures = (
        ("2018H1", "专利质押登记项数", str(len(contracts)), "项", "2018-07-20"),
        ("2018H1", "专利质押融资金额", f"{amount / 10000:.4f}".rstrip("0").rstrip("."), "亿元", "2018-07-20"),
        ("2022M01-M09", "商标注册量", str(total("trademark_registrations", "2022-01", "2022-09")), "件", "2022-10-20"),
        ("2020", "商标申请量", str(total("trademark_applications", "2020-01", "2020-12")), "件", "2021-02-10"),
        ("2020M01-M11", "PCT申请量", str(total("pct_applications", "2020-01", "2020-11")), "件", "2020-12-20"),
    )
    rows = [("中山市", period, name, "", value, unit, "", on) for period, name, value, unit, on in figures]
    kinds = ("国家知识产权示范企业", "国家知识产权优势企业", "省知识产权示范企业")
    counts = [(kind, len(honours.in_force(kind, on_2022))) for kind in kinds]
    return rows + [("中山市", "2022", kind, "", str(count), "家", "", "2023-02-10") for kind, count in counts]


def write_official_totals(city: City, output: Output) -> None:
    """Write the notices in one file for each year of publication."""
    rows = [
        *_applications(city, 2013), *_applications(city, 2014), *_applications(city, 2019),
        *_grants(city, "2014", "2014-01", "2014-12", "2015-02-10"),
        *_grants(city, "2018", "2018-01", "2018-12", "2019-02-15"),
        *_grants(city, "2020M01-M11", "2020-01", "2020-11", "2020-12-20"),
        *_grants(city, "2022M01-M08", "2022-01", "2022-08", "2022-09-20"),
        *_stocks(city), *_others(city),
    ]  # fmt: skip
    for year in sorted({row[7][:4] for row in rows}):
        if city.years[0] <= int(year) <= city.years[1] + 1:
            part = [row for row in rows if row[7][:4] == year]
            lines = [",".join([*row[:7], "示例数据通报", row[7]]) + "\n" for row in part]
            on_day = day(int(year), 12, 22)
            path = Path(f"official_totals_{one(on_day)}.csv")
            output.write("official_totals", path, (HEADER + "".join(lines)).encode(), on_day)
