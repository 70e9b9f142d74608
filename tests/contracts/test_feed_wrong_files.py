"""Files of another feed, and renamed columns, in formats other than CSV: refused with the column and the mend."""

from __future__ import annotations

from pathlib import Path

from tests.contracts.conftest import Load
from tests.support.workbooks import write_workbook


def test_a_workbook_of_another_feed_is_refused_and_that_feed_is_named(load: Load, tmp_path: Path) -> None:
    header = ["荣誉类型", "等级", "年度", "单位名称", "统一社会信用代码", "专利号", "认定日期", "有效期止", "发文日期"]
    path = write_workbook(tmp_path / "returns_2020-12.xlsx", [["名录"], header, ["中国专利奖", "金奖", 2020, "甲公司"]])
    (rejected,) = load("department_returns", path).report.rejected
    assert rejected.reason_code == "wrong_feed" and "honours" in rejected.mend


def test_json_lines_with_a_renamed_key_are_refused_with_the_likely_new_name(
    load: Load, fixtures: Path, tmp_path: Path
) -> None:
    text = (fixtures / "trademarks_2020-03.jsonl").read_text("utf-8").replace('"商标类型"', '"商标种类"')
    path = tmp_path / "trademarks_2020-03.jsonl"
    path.write_text(text, "utf-8")
    (rejected,) = load("cnipa_trademarks", path).report.rejected
    assert (rejected.reason_code, rejected.column_name) == ("missing_column", "商标类型")
    assert "商标种类" in rejected.mend


def test_a_csv_named_like_a_workbook_is_refused_as_no_workbook(load: Load, fixtures: Path, tmp_path: Path) -> None:
    path = tmp_path / "pledge_ledger_2020-03.xlsx"
    path.write_bytes((fixtures / "pledge_registrations_2020-03.csv").read_bytes())
    (rejected,) = load("pledge_ledger", path).report.rejected
    assert rejected.reason_code == "wrong_format" and "Excel" in rejected.message


def test_a_corrected_file_supersedes_and_the_first_version_again_too(
    load: Load, fixtures: Path, tmp_path: Path
) -> None:
    path = tmp_path / "enforcement_2020-03.csv"
    whole = (fixtures / "enforcement_2020-03.csv").read_bytes()
    path.write_bytes(whole)
    first = load("enforcement_cases", path)
    path.write_bytes(b"\r\n".join(whole.split(b"\r\n")[:2]) + b"\r\n")
    second = load("enforcement_cases", path)
    path.write_bytes(whole)
    third = load("enforcement_cases", path)
    statuses = [loaded.report.batches[0].status for loaded in (first, second, third)]
    assert statuses == ["loaded", "loaded", "loaded"]
    assert [len(loaded.rows) for loaded in (first, second, third)] == [2, 3, 5]  # landing only grows
