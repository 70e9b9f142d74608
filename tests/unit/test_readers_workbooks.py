"""Workbooks: headers found in any shape, and nothing that a bad file can do to the load."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import pytest

from ingest.contract import load_contracts
from ingest.readers import Chunk, FileRefused, SourceFile, xlsx
from ingest.readers.xlsx import XlsxReader
from ingest.readers.xlsx_child import text_of
from ingest.readers.xlsx_worker import Worker
from tests.support.workbooks import Cell, write_workbook

CONTRACTS = load_contracts()
HONOURS: list[Cell] = ["荣誉类型", "等级", "年度", "单位名称", "统一社会信用代码", "专利号", "认定日期", "有效期止",
                       "发文日期"]  # fmt: skip
ROW: list[Cell] = ["中国专利奖", "优秀奖", 2020, "中山市甲灯饰有限公司", None, None, None, None, date(2020, 7, 1)]


def read(path: Path, feed: str = "honours") -> tuple[Chunk, int]:
    """The only chunk, and the independent count."""
    source, reader = SourceFile(path, path.name, path.name), XlsxReader()
    (chunk,) = reader.read(source, CONTRACTS[feed])
    return chunk, reader.count_rows(source, CONTRACTS[feed])


def refusal(path: Path, feed: str = "honours") -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        read(path, feed)
    return caught.value


def test_the_header_is_found_below_titles_and_blank_rows(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", [["荣誉名录"], [], ["单位：中山市"], HONOURS, ROW, [], ROW])
    chunk, count = read(path)
    assert chunk.rows.columns == [*map(str, HONOURS), "_source_row"]
    assert chunk.rows["_source_row"].to_list() == [5, 7]
    assert chunk.rows["发文日期"].to_list() == ["2020-07-01"] * 2
    assert count == 2


def test_blank_strings_and_formatted_blanks_are_no_rows(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", [HONOURS, ROW, ["  ", None, " "], ROW])
    chunk, count = read(path)
    assert (chunk.rows.height, count) == (2, 2)


def test_groups_without_merged_cells_are_read_like_merged_ones(tmp_path: Path) -> None:
    upper: list[Cell] = ["合同编号", "登记号", "登记日期", "出质人", None, None, "质权人", "金额（万元）", None, "日期",
                         None, None, None, "变更后金额（万元）", "权利", None, "台账日期"]  # fmt: skip
    lower: list[Cell] = [None, None, None, "名称", "统一社会信用代码", "镇街", None, "担保金额", "放款金额", "放款日期",
                         "到期日期", "注销日期", "变更日期", None, "专利号", "商标注册号", None]  # fmt: skip
    values: list[Cell] = [f"v{n}" for n in range(17)]
    chunk, count = read(write_workbook(tmp_path / "l.xlsx", [["台账"], upper, lower, values]), "pledge_ledger")
    assert count == 1
    assert chunk.rows["权利/商标注册号"].to_list() == ["v15"]
    assert chunk.rows["变更后金额（万元）"].to_list() == ["v13"]
    assert chunk.rows["金额（万元）/放款金额"].to_list() == ["v8"]


def test_merged_cells_that_the_contract_does_not_name_count_once_and_are_warned_of(tmp_path: Path) -> None:
    second: list[Cell] = [None, *ROW[1:]]
    path = write_workbook(tmp_path / "a.xlsx", [HONOURS, ROW, second], [(1, 0, 2, 0)])
    chunk, _ = read(path)
    assert chunk.rows["荣誉类型"].to_list() == ["中国专利奖", ""]
    assert any("荣誉类型" in warning for warning in chunk.warnings)


def test_a_second_sheet_with_the_header_refuses_the_file(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", [HONOURS, ROW], more={"二": [HONOURS, ROW]})
    assert refusal(path).reason_code == "several_sheets"


def test_a_sheet_of_notes_is_left_out_with_a_warning(tmp_path: Path) -> None:
    chunk, count = read(write_workbook(tmp_path / "a.xlsx", [HONOURS, ROW], more={"说明": [["填表说明"]]}))
    assert count == chunk.rows.height == 1
    assert any("说明" in warning for warning in chunk.warnings)


def test_a_doubled_header_is_refused_with_its_row(tmp_path: Path) -> None:
    error = refusal(write_workbook(tmp_path / "a.xlsx", [["名录"], [*HONOURS, "等级"], [*ROW, "x"]]))
    assert (error.reason_code, error.row, error.column) == ("duplicate_header", 2, "等级")


def test_an_error_of_the_spreadsheet_is_a_fault_even_alone_in_its_row(tmp_path: Path) -> None:
    alone: list[Cell] = [None] * 8 + ["=1/0"]
    chunk, count = read(write_workbook(tmp_path / "a.xlsx", [HONOURS, ROW, alone]))
    assert [(fault.source_row, fault.column, fault.reason_code) for fault in chunk.faults] == [
        (3, "发文日期", "cell_error")
    ]
    assert count == chunk.rows.height + len(chunk.faults)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty_file"),
        ("荣誉类型,等级\n".encode(), "wrong_format"),
        (b"PK\x03\x04 cut", "half_written"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "malformed_workbook"),
    ],
)
def test_files_that_are_no_whole_workbook(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    error = refusal(path)
    assert error.reason_code == reason and error.mend


def test_a_cut_workbook_another_zip_and_a_zip_bomb(tmp_path: Path) -> None:
    whole = write_workbook(tmp_path / "whole.xlsx", [HONOURS, ROW]).read_bytes()
    path = tmp_path / "a.xlsx"
    path.write_bytes(whole[: len(whole) // 2])
    assert refusal(path).reason_code == "half_written"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../evil.xml", "x")
    assert refusal(path).reason_code == "wrong_format"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (80 * 1024 * 1024))
    assert refusal(path).reason_code == "zip_bomb"


def test_an_abort_of_the_parser_ends_the_child_and_not_the_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = tmp_path / "child.py"
    child.write_text("import os\ninput()\nos.abort()\n", "utf-8")
    worker = Worker(200, 30, child)
    monkeypatch.setattr(xlsx, "shared_worker", lambda *_: worker)
    path = write_workbook(tmp_path / "a.xlsx", [HONOURS, ROW])
    for _ in range(2):
        error = refusal(path)
        assert error.reason_code == "reader_crashed" and "signal" in error.message
    # The next child, a sound one, reads the next file.
    worker._command[2] = str(Path(xlsx.__file__).with_name("xlsx_child.py"))
    assert read(path)[1] == 1
    worker.close()


def test_a_workbook_that_asks_for_too_much_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_workbook(tmp_path / "a.xlsx", [HONOURS, *([ROW] * 20_000)])
    monkeypatch.setattr(xlsx, "MEMORY_LIMIT_MB", 20)
    assert refusal(path).reason_code in ("too_large", "reader_crashed")


def test_a_parser_that_never_ends_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    child = tmp_path / "child.py"
    child.write_text("import time\ntime.sleep(60)\n", "utf-8")
    worker = Worker(200, 0.5, child)
    monkeypatch.setattr(xlsx, "shared_worker", lambda *_: worker)
    assert refusal(write_workbook(tmp_path / "a.xlsx", [HONOURS, ROW])).reason_code == "too_large"


def test_cells_as_text() -> None:
    values = [126000.0, 38.05, 0.1 + 0.2, -1.0, 1e15, 1.5e-7, True, date(2020, 12, 4), "2020-11", None]
    assert [text_of(value) for value in values] == [
        "126000", "38.05", "0.3", "-1", "1000000000000000", "0.00000015", "true", "2020-12-04", "2020-11", "",
    ]  # fmt: skip
