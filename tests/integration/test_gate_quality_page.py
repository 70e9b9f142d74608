"""The quality page says what came and what was checked, opens offline, and shows no cell of a quarantined row."""

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from expectations.gate import DbtTestResult, GateError, GateRefused, record_dbt_results, run_gate
from expectations.quality_page import render_quality_page, write_quality_page
from ingest.contract import load_contracts
from tests.integration.gate_support import BUILD, SmallBuild

# One worker for all tests of the gate: Great Expectations takes its import time once.


@pytest.fixture
def build(database_url: str) -> Iterator[SmallBuild]:
    with psycopg.connect(database_url) as connection:
        build = SmallBuild(connection)
        batch = build.batch("cnipa_gazette", "2019-07-09", rows=1990, quarantined=3)
        build.expect("cnipa_gazette", "2019-07-09", "2019-07-09", "2019-07-09", "2019-07-09")
        build.expect("cnipa_gazette", "2019-07-12", "2019-07-12", "2019-07-12", "2019-07-12")
        connection.execute(
            "insert into ops.quarantine (batch_id, feed, source_file, source_row, column_name, reason_code,"
            " message, raw)"
            " select %s, 'cnipa_gazette', 'a.csv', n, 'patentee', 'too_long', 'value 张三丰 is too long', 'raw 张三丰'"
            " from generate_series(7, 9) as n",
            (batch,),
        )
        connection.execute(
            "insert into ops.rejected_files (feed, file_name, source_row, reason_code, message, mend)"
            " values ('cnipa_gazette', '<b>.csv', 12, 'missing_file', 'm', 'send the file again')"
        )
        connection.commit()
        yield build


def gate(build: SmallBuild, url: str, home: Path) -> None:
    with contextlib.suppress(GateRefused):
        run_gate(url, BUILD, home, load_contracts())


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL))


def test_page_tells_feeds_calendar_quarantine_and_checks(build: SmallBuild, database_url: str, tmp_path: Path) -> None:
    gate(build, database_url, tmp_path)
    path = write_quality_page(build.connection, BUILD, tmp_path, load_contracts())
    assert path == tmp_path / "quality" / f"{BUILD}.html"
    assert [p.name for p in path.parent.iterdir()] == [path.name], "no temporary file stays"
    html = path.read_text(encoding="utf-8")
    text = text_of(html)
    title = load_contracts()["cnipa_gazette"].title.zh
    assert f"{title} cnipa_gazette 有缺报 1 2019-07-09 1,990 3 2 1" in text
    assert "1/2" in text, "one of two issues of 2019"
    assert f"{title} too_long patentee 3 1 a.csv:7" in text
    assert "freshness.complete" in text and "截至末日应收数据全部到齐" in text
    assert "dbt.tests_recorded" in text
    assert "通过，有提醒" in text
    assert "&lt;b&gt;.csv" in html and "<b>.csv" not in html, "file names are data, not markup"
    assert "张三丰" not in html, "a quarantined cell may be a person"
    assert not re.search(r"https?://|<script|<link|@import", html), "it opens offline"


def test_page_is_the_same_twice_and_has_no_clock(build: SmallBuild, database_url: str, tmp_path: Path) -> None:
    gate(build, database_url, tmp_path)
    first = render_quality_page(build.connection, BUILD, load_contracts())
    gate(build, database_url, tmp_path)
    assert render_quality_page(build.connection, BUILD, load_contracts()) == first


def test_page_of_a_refused_build_shows_the_failed_dbt_test(
    build: SmallBuild, database_url: str, tmp_path: Path
) -> None:
    failed = [
        DbtTestResult("test.ipstat_warehouse.unique_fct_patents_record_key.a1", "fail", "error", 4, "Got 4 results"),
        DbtTestResult("test.ipstat_warehouse.not_null_dim_town_town_key.b2", "pass", "error", 0, None),
        DbtTestResult("test.ipstat_warehouse.few_open_names.c3", "warn", "warn", 9, None),
    ]
    assert record_dbt_results(build.connection, BUILD, failed) == 3
    build.connection.commit()
    with pytest.raises(GateRefused, match=r"dbt\.unique_fct_patents_record_key: fail: 4 row") as refused:
        run_gate(database_url, BUILD, tmp_path, load_contracts())
    assert {c.check_name for c in refused.value.result.warnings} >= {"dbt.few_open_names"}
    assert build.connection.execute("select status from ops.builds").fetchone() == ("refused",)
    text = text_of(render_quality_page(build.connection, BUILD, load_contracts()))
    assert "未通过，不予发布" in text and "dbt.unique_fct_patents_record_key" in text


def test_sample_data_is_marked(build: SmallBuild) -> None:
    assert "示例数据" not in render_quality_page(build.connection, BUILD, load_contracts())
    build.connection.execute("insert into ops.settings (name, value) values ('is_sample_data', 'true')")
    assert "示例数据" in render_quality_page(build.connection, BUILD, load_contracts())


def test_an_ungated_build_says_so_and_an_unknown_one_is_an_error(build: SmallBuild) -> None:
    assert "尚未检查" in render_quality_page(build.connection, BUILD, load_contracts())
    with pytest.raises(GateError, match="there is no build"):
        render_quality_page(build.connection, "b20990101t000000ffff", load_contracts())


def test_only_a_finished_and_tested_build_is_gated(build: SmallBuild, database_url: str, tmp_path: Path) -> None:
    build.connection.execute("update ops.builds set status = 'running'")
    build.connection.commit()
    with pytest.raises(GateError, match="only a finished build"):
        run_gate(database_url, BUILD, tmp_path, load_contracts())
    build.connection.execute("update ops.builds set status = 'built'")
    build.connection.execute("delete from ops.build_tests")
    build.connection.commit()
    with pytest.raises(GateRefused, match="no dbt test of this build is recorded"):
        run_gate(database_url, BUILD, tmp_path, load_contracts())


def test_nothing_is_written_into_the_package(build: SmallBuild, database_url: str, tmp_path: Path) -> None:
    """Great Expectations writes into the home; the committed context stays as it is."""
    package = Path(__file__).resolve().parents[2] / "expectations"

    def state() -> dict[str, Any]:
        return {str(p): p.stat().st_mtime_ns for p in package.rglob("*") if "__pycache__" not in p.parts}

    before = state()
    gate(build, database_url, tmp_path)
    assert state() == before
    assert (tmp_path / "gx" / "great_expectations.yml").is_file()
