"""Official totals against each other: what does not add up at source is found from the figures, and nothing else is."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest

from expectations.checks import GateError
from expectations.official_rules import load_rules
from expectations.queries import QUERIES_DIR, read_query
from ingest.contract import load_contracts
from ingest.load import ingest
from tests.integration.gate_support import BUILD, SmallBuild
from tests.support.warehouse import Warehouse, failures

STAGED = "geo_name, period_text, indicator_name, type_name, value, unit, source"
#: The towns of the years of these tests: enough to tell a whole list from a part of one.
TOWNS = {"442000105": "古镇镇", "442000100": "小榄镇", "442000106": "横栏镇"}
Figure = tuple[str, str, str, str, str, str]


class Notices:
    """Totals in the staging table of a small build."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        self.build = SmallBuild(connection)
        for code, name in TOWNS.items():
            self.build.insert("dim_town", {"town_key": code, "town_code": code, "town_name": name})

    def state(self, *figures: Figure, source: str | None = None, known_on: str = "2020-01-01") -> None:
        """Figures (area, period, indicator, type, value, unit) of one source."""
        names = ("geo_name", "period_text", "indicator_name", "type_name", "value", "unit")
        for figure in figures:
            row = dict(zip(names, figure, strict=True)) | {"source": source, "known_on": known_on}
            self.build.insert("stg_ip_office__official_totals", row | {"type_name": figure[3] or None}, "staging")

    def load_file(self, path: Path, archive: Path) -> int:
        """A file of the feed through ingest, then into the staging table as the staging model lists it."""
        contract = load_contracts()["official_totals"]
        self.connection.commit()
        report = ingest(self.connection, archive, contract, [path], date(2024, 1, 31), "tester")
        assert not report.rejected
        return self.connection.execute(
            f"insert into staging_{BUILD}.stg_ip_office__official_totals ({STAGED}, known_on)"
            f" select {STAGED}, _known_on from landing.official_totals".encode()
        ).rowcount

    def rows(self) -> dict[str, dict[str, Any]]:
        """What the suite looks at, by subject."""
        query = read_query("official_totals_add_up", BUILD, load_contracts())
        cursor = self.connection.execute(query.encode())
        assert cursor.description is not None
        names = [column.name for column in cursor.description]
        listed = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        assert len({row["subject"] for row in listed}) == len(listed), "a subject names one finding"
        return {row["subject"]: row for row in listed}

    def findings(self, column: str = "beyond_tolerance") -> dict[str, Decimal]:
        """Subject -> difference (ours of the source's figures less the stated total) of what the check finds."""
        return {subject: row["difference"] for subject, row in self.rows().items() if row[column] > 0}


@pytest.fixture
def notices(database_url: str) -> Iterator[Notices]:
    with psycopg.connect(database_url) as connection:
        yield Notices(connection)


def test_the_real_file_has_two_totals_that_do_not_add_up(notices: Notices, shared: Path, tmp_path: Path) -> None:
    """Worked out by hand from the figures of the file:

    * customs 2023, articles: 8,172.75 + 101.2 + 14.53 = 8,288.48 (万件), stated 8,288.94: 0.46 belongs to no stated
      right. Rounding explains 0.01 of the total and half of 0.01, 0.1 and 0.01 of the parts, 0.07 in all.
    * completion of the plan 2014, all: 24,618 / 21,820 = 112.82 %, stated 124.07 %, which is 3,350 / 2,700, the
      inventions' completion: it stands in the wrong row.

    The rest agrees: 3,350 + 6,106 + 15,162 = 24,618; 28,157 + 38,492 = 66,649; 61,610 + 534 + 10 = 62,154 lots are
    6.21 万 within one unit of its last place (6.2154); five towns' 70 PCT applications are not more than the city's 73.
    """
    path = shared / "reference" / "official_totals.csv"
    with path.open(encoding="utf-8", newline="") as file:
        assert notices.load_file(path, tmp_path / "archive") == sum(1 for _ in csv.DictReader(file))
    assert notices.findings() == {
        "全国|2023|海关扣留件数|合计|parts": Decimal("-4600"),
        "中山市|2014|专利申请计划完成率|全部|quotient": Decimal("-11.246902"),
    }
    assert notices.findings("exact_difference") == {}
    assert notices.findings("unexplained_rest") == {}
    looked_at = {subject for subject, row in notices.rows().items() if row["beyond_tolerance"] == 0}
    assert looked_at == {
        "中山市|2014|专利申请量|全部|parts",
        "中山市|2014|专利申请量|全部|towns",
        "中山市|2014|专利申请量|发明|towns",
        "中山市|2014|专利申请量|外观设计|towns",
        "中山市|2014|PCT申请量||towns",
        "中山市|2014-12-31|有效专利量|发明|towns",
        "中山市|2014|专利申请计划|全部|parts",
        "中山市|2022M01-M08|专利授权量|全部|parts",
        "古镇镇|2014|专利申请量|全部|parts",
        "小榄镇|2014|专利申请量|全部|parts",
        "火炬开发区|2014|专利申请量|全部|parts",
        "全国|2017|专利行政执法案件|合计|parts",
        "全国|2023|海关扣留批次|合计|parts",
    }


def test_the_remarks_are_not_read(notices: Notices) -> None:
    """Neither the query nor its rules know the column `note`: the staging table may lose it."""
    for name in ("official_totals_add_up.sql", "official_totals.sql"):
        assert "note" not in (QUERIES_DIR / name).read_text(encoding="utf-8").replace("notes", "").replace("notice", "")
    notices.connection.execute(f"alter table staging_{BUILD}.stg_ip_office__official_totals drop column note".encode())
    notices.state(
        ("中山市", "2019", "专利授权量", "全部", "10", "件"), ("中山市", "2019", "专利授权量", "发明", "12", "件")
    )
    assert notices.findings() == {"中山市|2019|专利授权量|全部|parts": 2}


@pytest.mark.slow
def test_the_staging_model_leaves_the_remarks_in_landing_and_keeps_two_values_for_one_total(
    database_url: str, shared: Path, tmp_path: Path
) -> None:
    path = shared / "reference" / "official_totals.csv"
    again = tmp_path / "again.csv"
    again.write_text(
        "geo,period,indicator,type,value,unit,note\n全国,2017,专利行政执法案件,合计,66649,件,another remark\n"
        "全国,2017,专利行政执法案件,合计,66694,件,digits turned\n",
        encoding="utf-8",
    )
    warehouse = Warehouse(database_url, tmp_path / "dbt")
    with warehouse.connect() as connection:
        for file, day in ((path, date(2024, 1, 31)), (again, date(2024, 1, 30))):
            contract = load_contracts()["official_totals"]
            assert not ingest(connection, tmp_path / "archive", contract, [file], day, "tester").rejected
    results = warehouse.build(BUILD, "2024-01-31", "stg_ip_office__official_totals", is_tested=False)
    assert failures(results) == {}
    columns = "select column_name from information_schema.columns where table_name = 'stg_ip_office__official_totals'"
    assert ("note",) not in warehouse.query(BUILD, columns)
    assert warehouse.query(BUILD, "select count(*) from stg_ip_office__official_totals") == [(48 + 1,)]
    stated = "select value from stg_ip_office__official_totals where type_name = '合计' and value > 60000 order by 1"
    assert warehouse.query(BUILD, stated) == [(66649,), (66694,)]


def test_other_planted_numbers_are_found_and_their_neighbours_are_not(notices: Notices) -> None:
    def grants(period: str, whole: str, *parts: str) -> None:
        kinds = ("发明", "实用新型", "外观设计", "其他")
        rows = zip(kinds, parts, strict=False)
        notices.state(
            ("中山市", period, "专利授权量", "全部", whole, "件"),
            *(("中山市", period, "专利授权量", kind, value, "件") for kind, value in rows),
        )

    grants("2015", "22000", "1000", "8000", "13000")  # adds up
    grants("2016", "22020", "1000", "8000", "13000")  # 20 short
    grants("2017", "22020", "1000", "8000", "13000", "20")  # the rest is stated as 其他
    grants("2018", "8990", "1000", "8000")  # a part is missing, and two are more than the whole
    grants("2019", "30000", "1000", "8000")  # a part is missing: nothing to say
    grants("2020H1", "2.2", "1000", "8000", "13060")
    notices.connection.execute(
        f"update staging_{BUILD}.stg_ip_office__official_totals set unit = '万件' where value = 2.2".encode()
    )
    notices.state(
        # 3,333.3 of 10,000 is 33.33 %; 34.43 has its digits turned. A share needs its whole.
        ("中山市", "2019", "商标注册量占比", "国内", "33.33", "%"),
        ("中山市", "2019", "商标注册量", "国内", "3333", "件"),
        ("中山市", "2019", "商标注册量", "合计", "10000", "件"),
        ("小榄镇", "2019", "商标注册量占比", "国内", "34.43", "%"),
        ("小榄镇", "2019", "商标注册量", "国内", "334", "件"),
        ("小榄镇", "2019", "商标注册量", "合计", "1000", "件"),
        ("古镇镇", "2019", "商标注册量占比", "国内", "99", "%"),
        ("古镇镇", "2019", "商标注册量", "国内", "1", "件"),
    )
    assert notices.findings() == {
        "中山市|2016|专利授权量|全部|parts": Decimal(-20),
        "中山市|2018|专利授权量|全部|parts": Decimal(10),
        "小榄镇|2019|商标注册量占比|国内|share": Decimal("-1.03"),
    }


def test_towns_make_up_the_city_once_all_are_stated(notices: Notices) -> None:
    def year(period: str, city: str, *towns: str, rest: str | None = None) -> None:
        rows = [
            (name, period, "PCT申请量", "", value, "件") for name, value in zip(TOWNS.values(), towns, strict=False)
        ]
        rows += [("未确定镇街", period, "PCT申请量", "", rest, "件")] if rest else []
        notices.state(("中山市", period, "PCT申请量", "", city, "件"), *rows)

    year("2011", "60", "10", "20", "30")
    year("2012", "66", "10", "20", "30")  # all towns, and 6 are nowhere
    year("2013", "66", "10", "20", "30", rest="6")
    year("2014", "66", "10", "20")  # a list of some towns
    year("2015", "28", "10", "20")  # some towns have more than the city
    assert notices.findings() == {
        "中山市|2012|PCT申请量||towns": Decimal(-6),
        "中山市|2015|PCT申请量||towns": Decimal(2),
    }


def test_a_truncating_source_and_a_rounding_one_have_their_ranges(notices: Notices) -> None:
    """Truncated, 1.2 stands for up to 1.3: two of them reach 2.6, and 2.7 lies within one unit of that. Rounded they
    reach 2.5, so 2.7 is 0.1 too much. The sample rule truncates for 2014.
    """
    for period, whole in (("2014", "2.7"), ("2014M01-M06", "2.8"), ("2015", "2.7"), ("2016", "2.6")):
        parts = [("全国", period, "专利行政执法案件", kind, "1.2", "万件") for kind in ("纠纷", "假冒")]
        notices.state(("全国", period, "专利行政执法案件", "合计", whole, "万件"), *parts)
    beyond = {subject.split("|")[1]: row["beyond_tolerance"] for subject, row in notices.rows().items()}
    assert beyond == {"2014": 0, "2014M01-M06": 1000, "2015": 1000, "2016": 0}


def test_a_later_notice_of_a_source_replaces_its_earlier_one_and_sources_are_kept_apart(notices: Notices) -> None:
    whole = ("全国", "2016", "专利行政执法案件", "合计", "50", "件")
    parts = [
        ("全国", "2016", "专利行政执法案件", kind, value, "件") for kind, value in (("纠纷", "20"), ("假冒", "30"))
    ]
    notices.state(("全国", "2016", "专利行政执法案件", "合计", "59", "件"), *parts, source="甲")
    notices.state(*parts, source="乙")
    assert notices.findings() == {"全国|2016|专利行政执法案件|合计|parts|甲": Decimal(-9)}
    notices.state(whole, source="甲", known_on="2020-06-01")
    assert notices.findings() == {}
    # The same day, the same source, two figures: which one holds can't be told.
    notices.state(("全国", "2016", "专利行政执法案件", "合计", "57", "件"), source="甲", known_on="2020-06-01")
    assert notices.findings() == {
        "全国|2016|专利行政执法案件|合计|parts|甲": Decimal(-7),
        "全国|2016|专利行政执法案件|合计|twice|甲": Decimal(-7),
    }


def test_rules_that_say_something_twice_or_have_no_default_are_refused(tmp_path: Path) -> None:
    text = (QUERIES_DIR.parent / "official_rules.yml").read_text(encoding="utf-8")
    twice = tmp_path / "twice.yml"
    twice.write_text(text.replace("  - {indicator: 海关扣留件数", "  - {indicator: 海关扣留批次"), encoding="utf-8")
    with pytest.raises(GateError, match=r"(?s)twice\.yml.*parts says something twice"):
        load_rules(twice)
    bare = tmp_path / "bare.yml"
    bare.write_text(text.replace("  - {style: half_up,", "  - {source: 甲, style: half_up,"), encoding="utf-8")
    with pytest.raises(GateError, match="no default"):
        load_rules(bare)
