"""The report on one gazette issue: its numbers are those of the issue's records, its pages say that it is one issue."""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pypdfium2
import pytest

from reports.gazette import GazetteReport, IssueMissingError, publish
from tests.integration.gate_support import BUILD, SmallBuild
from tests.support.fonts import shared_fonts_dir

ISSUE = "2019-07-09"
TOWNS = {"442000105": "古镇镇", "442000100": "小榄镇", "442000003": "火炬开发区", "unassigned": "未能确定镇街"}


@pytest.fixture(scope="session")
def fonts_dir() -> Path:
    return shared_fonts_dir()


@pytest.fixture
def build(database_url: str) -> Iterator[SmallBuild]:
    """Issue 2019-07-09: 12 documents of the city (10 grants) of 40; and another issue that must not get in."""
    with psycopg.connect(database_url) as connection:
        build = SmallBuild(connection, horizon="2019-07-12")
        for order, (code, name) in enumerate(TOWNS.items()):
            build.insert("dim_town", {"town_key": code, "town_code": code, "town_name": name, "sort_order": order})
        batch = build.batch("cnipa_gazette", ISSUE, rows=45)
        later = build.batch("cnipa_gazette", "2019-07-12", rows=10)
        document(build, batch, 5, "design_granted", "442000105", name="甲灯饰有限公司", main_class="26-05")
        document(build, batch, 2, "design_granted", "442000100", name="乙五金有限公司", main_class="08-07")
        document(build, batch, 1, "utility_granted", "442000003", name="丙科技有限公司", main_class="F21S8/00")
        document(
            build,
            batch,
            1,
            "utility_granted",
            "unassigned",
            name="代号一",
            main_class="A47B1/00",
            applicant_type="individual",
        )
        document(
            build,
            batch,
            1,
            "invention_granted",
            "442000100",
            name="甲灯饰有限公司",
            main_class="F21V1/00",
            publication_date="2019-07-05",
            has_kind_conflict=True,
        )
        document(build, batch, 2, "invention_published", "442000105", name="甲灯饰有限公司", main_class="H05B1/00")
        document(
            build, batch, 27, "utility_granted", "outside", name="外地公司", is_in_city=False, main_class="B01D1/00"
        )
        document(
            build,
            batch,
            1,
            "design_granted",
            "outside",
            name="外地公司",
            is_in_city=False,
            publication_date="2019-07-05",
            main_class="09-01",
        )
        document(build, later, 7, "design_granted", "442000105", name="下期灯饰有限公司", main_class="26-05")
        connection.commit()
        yield build


def document(build: SmallBuild, batch: int, count: int, kind: str, town: str, name: str, **columns: Any) -> None:
    scheme = "loc" if kind == "design_granted" else "ipc"
    usual = {
        "patent_kind": kind,
        "town_code": town,
        "town_key": town,
        "applicant_name": name,
        "applicant_type": "enterprise",
        "class_scheme": scheme,
        "publication_date": ISSUE,
        "known_on": ISSUE,
        "has_kind_conflict": False,
    }
    for n in range(count):
        key = f"{batch}{kind}{town}{name}{columns.get('publication_date', '')}{n}"
        number = f"CN{abs(sum(key.encode())):06}{len(key):03}U"
        # Two copies of a document in the issue are one document.
        build.patents([{"record_key": key, "publication_number": number} | usual | columns], batch)
        build.connection.execute(
            f"insert into intermediate_{BUILD}.int_record_sources values (%s, 'cnipa_gazette', %s, 'b.csv', 9)",
            (key, batch),
        )


def make(build: SmallBuild, out: Path, fonts_dir: Path, *, is_sample: bool = False) -> GazetteReport:
    return publish(build.connection, BUILD, date(2019, 7, 9), out, fonts_dir, is_sample)


def text_of(pdf: Path) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return re.sub(r"\s+", "", "".join(page.get_textpage().get_text_range() for page in document))


def test_report_counts_the_records_of_the_issue(build: SmallBuild, tmp_path: Path, fonts_dir: Path) -> None:
    report = make(build, tmp_path, fonts_dir)
    facts = json.loads(report.facts.read_text(encoding="utf-8"))["facts"]
    expected = {
        "totals.document_count": "40",
        "totals.city_document_count": "12",
        "totals.city_grant_count": "10",
        "totals.other_date_count": "2",
        "totals.city_other_date_count": "1",
        "totals.kind_conflict_count": "1",
        "kinds.design_granted.city_count": "7",
        "kinds.design_granted.document_count": "8",
        "kinds.invention_published.city_count": "2",
        "kinds.utility_granted.document_count": "29",
        "towns.442000105.all_granted": "5",
        "towns.442000100.all_granted": "3",
        "towns.unassigned.all_granted": "1",
        "classes.loc.26.grant_count": "5",
        "classes.ipc.F.grant_count": "2",
        "enterprises.甲灯饰有限公司.all_granted": "6",
        "enterprises.乙五金有限公司.all_granted": "2",
    }
    assert {name: facts[name]["value"] for name in expected} == expected
    assert not any("下期" in name or "代号一" in name for name in facts), "other issues and natural persons stay out"


def test_pages_say_that_it_is_one_issue_and_tell_the_known_facts(
    build: SmallBuild, tmp_path: Path, fonts_dir: Path
) -> None:
    report = make(build, tmp_path, fonts_dir)
    pages = len(pypdfium2.PdfDocument(report.pdf))
    assert 2 <= pages <= 4
    text = text_of(report.pdf)
    assert text.count("数据仅含一期公报") >= pages, "it stands at the head of every page"
    assert (
        "地址在本市的文献12件，其中专利授权10件（发明专利1件、实用新型专利2件、外观设计专利7件），发明专利申请公布2件"
        in text
    )
    assert "授权量居前的镇街为古镇镇（5件）、小榄镇（3件）和火炬开发区（1件）" in text
    assert "有2件文献所载公告日为2019年7月5日，随本期文件送达，归入本期，其中本市1件：CN" in text
    assert "甲灯饰有限公司" in text and "代号一" not in text
    assert "同比" not in text and "示例数据" not in text
    raw = report.pdf.read_bytes()
    assert b"pdfuaid" in raw and b"pdfaid" in raw, "PDF/UA-1 and PDF/A-2a are declared"


def test_same_inputs_give_same_bytes_under_another_build_id(build: SmallBuild, tmp_path: Path, fonts_dir: Path) -> None:
    first = make(build, tmp_path / "a", fonts_dir)
    other = "b20200202t000000bbbb"
    for layer in ("staging", "intermediate", "marts"):
        build.connection.execute(f"alter schema {layer}_{BUILD} rename to {layer}_{other}")
    build.connection.execute(
        "insert into ops.builds (build_id, horizon_date, code_version, seeds_hash, corrections_hash, decisions_hash,"
        " status) select %s, horizon_date, code_version, seeds_hash, corrections_hash, decisions_hash, status"
        " from ops.builds",
        (other,),
    )
    build.connection.execute("insert into ops.build_batches select %s, batch_id from ops.build_batches", (other,))
    second = publish(build.connection, other, date(2019, 7, 9), tmp_path / "b", fonts_dir, False)
    assert second.pdf.read_bytes() == first.pdf.read_bytes()
    assert second.facts.read_bytes() == first.facts.read_bytes()
    assert second.towns.read_bytes() == first.towns.read_bytes()
    assert BUILD.encode() not in first.facts.read_bytes()


def test_sample_data_is_marked_on_pages_in_metadata_and_in_the_table(
    build: SmallBuild, tmp_path: Path, fonts_dir: Path
) -> None:
    report = make(build, tmp_path, fonts_dir, is_sample=True)
    for page in pypdfium2.PdfDocument(report.pdf):
        assert "示例数据" in page.get_textpage().get_text_range()
    assert "示例数据" in pypdfium2.PdfDocument(report.pdf).get_metadata_dict()["Title"]
    assert report.towns.read_text(encoding="utf-8-sig").splitlines()[1].endswith("示例数据")


def test_a_missing_issue_is_named_with_its_neighbours(build: SmallBuild, tmp_path: Path, fonts_dir: Path) -> None:
    with pytest.raises(IssueMissingError, match=r"no gazette of 2019-07-16 \(nearest: 2019-07-09, 2019-07-12\)"):
        publish(build.connection, BUILD, date(2019, 7, 16), tmp_path / "out", fonts_dir, False)
    assert not (tmp_path / "out").exists()


def test_an_issue_without_the_city_is_still_a_report(build: SmallBuild, tmp_path: Path, fonts_dir: Path) -> None:
    build.connection.execute(f"update marts_{BUILD}.fct_patents set is_in_city = false, town_code = 'outside'")
    text = text_of(make(build, tmp_path, fonts_dir).pdf)
    assert "地址在本市的文献0件" in text
    assert "本期没有本市授权" in text


def test_every_number_can_be_queried_again(build: SmallBuild, tmp_path: Path, fonts_dir: Path) -> None:
    """Each queried fact names its SQL, binds, row and column: they give the value back."""
    report = make(build, tmp_path, fonts_dir)
    content = json.loads(report.facts.read_text(encoding="utf-8"))
    queried = [fact for fact in content["facts"].values() if fact.get("query")]
    assert len(queried) > 30
    for fact in queried:
        sql = content["queries"][fact["query"]].replace("intermediate.", f"intermediate_{BUILD}.")
        sql = sql.replace("marts.", f"marts_{BUILD}.")
        with build.connection.cursor(row_factory=psycopg.rows.dict_row) as cursor:
            rows = cursor.execute(sql, fact.get("parameters", {}) | {"build_id": BUILD}).fetchall()
        row = next(row for row in rows if all(str(row[key]) == value for key, value in fact.get("row", {}).items()))
        assert str(row[fact["column"]]) == fact["value"]
