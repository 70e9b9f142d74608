"""The CSV reader: encoding, header, quotes, widths, lines, and the second count."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.readers import SOURCE_ROW, Chunk, FileRefused, SourceFile
from ingest.readers import csv as csv_module
from ingest.readers.csv import CsvReader
from tests.support.ingest import GAZETTE, HEADERS, csv_bytes, row, rows

TITLE = "专利公报（实用新型）".encode("gb18030") + b"\n\n"


def read(path: Path, data: bytes) -> list[Chunk]:
    path.write_bytes(data)
    return list(CsvReader().read(SourceFile(path, path.name, path.name), GAZETTE))


def count(path: Path) -> int:
    return CsvReader().count_rows(SourceFile(path, path.name, path.name), GAZETTE)


def refusal(path: Path, data: bytes) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        read(path, data)
    return caught.value


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "x.csv"


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encoding_and_line_ends_are_found(path: Path, encoding: str, end: str) -> None:
    (chunk,) = read(path, csv_bytes(rows(3), encoding=encoding, end=end))
    assert chunk.rows.columns == [*HEADERS, SOURCE_ROW]
    assert chunk.rows["name"].to_list() == ["一种灯具（1）", "一种灯具（2）", "一种灯具（3）"]
    assert chunk.rows["Int.Cl."][0] == "F21K9/232(2016.01)I;??F21V29/70(2015.01)I"
    assert chunk.rows[SOURCE_ROW].to_list() == [2, 3, 4]
    assert count(path) == 3


def test_header_is_found_below_a_title_and_lines_keep_their_numbers(path: Path) -> None:
    (chunk,) = read(path, TITLE + csv_bytes(rows(2)))
    assert chunk.rows[SOURCE_ROW].to_list() == [4, 5]
    assert count(path) == 2


def test_rows_without_content_are_no_rows(path: Path) -> None:
    data = csv_bytes(rows(1)) + b"\n   \n,,,,,,,,,\n" + csv_bytes([row(2)]).split(b"\n", 1)[1] + b"\n\n"
    (chunk,) = read(path, data)
    assert chunk.rows[SOURCE_ROW].to_list() == [2, 6]
    assert count(path) == 2


def test_quoted_cells_may_hold_commas_quotes_and_line_ends(path: Path) -> None:
    body = [row(1, name='"灯,""大""\n小"'), row(2)]
    (chunk,) = read(path, csv_bytes(body))
    assert chunk.rows["name"][0] == '灯,"大"\n小'
    assert chunk.rows[SOURCE_ROW].to_list() == [2, 4]
    assert count(path) == 2
    assert chunk.raw_rows is not None
    assert chunk.raw_rows([2, 4]) == [",".join(cells).encode("gb18030") for cells in body]


def test_paired_quotes_inside_a_plain_cell_are_text(path: Path) -> None:
    (chunk,) = read(path, csv_bytes([row(1, name='一种"V"型件'), row(2)]))
    assert chunk.rows["name"].to_list() == ['一种"V"型件', "一种灯具（2）"]
    assert count(path) == 2


@pytest.mark.parametrize(
    "name", ['"灯', '灯"', '5"灯', '"灯"具', '""灯"'], ids=["open", "close", "inch", "after", "doubled"]
)
def test_unbalanced_quote_refuses_the_file_with_its_line(path: Path, name: str) -> None:
    body = rows(20)
    body[6] = row(7, name=name)
    body[12] = row(13, name='"x"')
    error = refusal(path, csv_bytes(body))
    assert (error.reason_code, error.row) == ("unbalanced_quote", 8)
    assert "line 8" in error.message
    assert "close the quote" in error.mend


def test_quote_that_swallows_lines_refuses_the_file(path: Path) -> None:
    # Both quotes stand where quotes may stand: only the width tells that lines were swallowed.
    body = [row(1), row(2, item='"2'), row(3), row(4, Int_Cl='A"'), row(5)]
    assert refusal(path, csv_bytes(body)).reason_code == "unbalanced_quote"


def test_rows_of_the_wrong_width_become_faults_with_their_raw_bytes(path: Path) -> None:
    body = [row(1), row(2)[:-1], row(3), [*row(4), "x"], row(5)]
    (chunk,) = read(path, csv_bytes(body))
    assert chunk.rows["item"].to_list() == ["1", "3", "5"]
    assert [(f.source_row, f.reason_code, f.column) for f in chunk.faults] == [
        (3, "shifted_row", "address"),
        (5, "shifted_row", "Int.Cl."),
    ]
    assert chunk.faults[1].raw == ",".join(body[3]).encode("gb18030")
    assert "11 cells, the header has 10" in chunk.faults[1].message
    assert count(path) == 5


def test_nul_makes_a_fault_that_names_the_column(path: Path) -> None:
    (chunk,) = read(path, csv_bytes([row(1), row(2, patentee="某\0公司")]))
    assert [(f.source_row, f.column, f.reason_code) for f in chunk.faults] == [(3, "patentee", "nul_character")]
    assert b"\0" in chunk.faults[0].raw
    assert count(path) == 2


def test_repeated_header_is_a_fault_unless_the_contract_declares_it(path: Path) -> None:
    data = csv_bytes([row(1), list(HEADERS), row(2)])
    (chunk,) = read(path, data)
    assert [(f.source_row, f.reason_code) for f in chunk.faults] == [(3, "header_repeat")]
    declared = GAZETTE.model_copy(update={"file": GAZETTE.file.model_copy(update={"has_header_repeats": True})})
    (chunk,) = CsvReader().read(SourceFile(path, "x.csv", "x.csv"), declared)
    assert (chunk.faults, chunk.header_repeat_count, chunk.rows.height) == ((), 1, 2)
    assert CsvReader().count_rows(SourceFile(path, "x.csv", "x.csv"), declared) == 3


def test_a_header_alone_is_a_file_without_rows(path: Path) -> None:
    (chunk,) = read(path, csv_bytes([]))
    assert (chunk.rows.height, count(path)) == (0, 0)


def test_doubled_header_is_refused_with_its_name(path: Path) -> None:
    error = refusal(path, csv_bytes([[*row(1), "x"]], headers=[*HEADERS, "address"]))
    assert (error.reason_code, error.column, error.row) == ("duplicate_header", "address", 1)


def test_file_that_ends_in_the_middle_of_a_row_is_refused(path: Path) -> None:
    error = refusal(path, csv_bytes(rows(3))[:-60])
    assert (error.reason_code, error.row) == ("half_written", 4)


def test_file_without_last_line_end_is_whole(path: Path) -> None:
    chunks = read(path, csv_bytes(rows(3))[:-1])
    assert sum(chunk.rows.height for chunk in chunks) == count(path) == 3


def test_file_that_ends_in_the_middle_of_a_character_is_refused(path: Path) -> None:
    for encoding in ("gb18030", "utf-8"):
        data = csv_bytes([row(1), row(2, Int_Cl="灯")], encoding=encoding).rstrip(b"\n")[:-1]
        error = refusal(path, data)
        assert (error.reason_code, error.row) == ("half_written", 3)


def _shape(chunks: list[Chunk]) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    faults = [(f.source_row, f.column, f.reason_code, f.raw) for chunk in chunks for f in chunk.faults]
    return [cells for chunk in chunks for cells in chunk.rows.rows()], faults


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_blocks_small_and_large_and_both_parsers_give_the_same(
    path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    body = rows(400)
    body[50] = row(51, name='"两\n行"')
    body[120] = row(121)[:-2]
    body[200] = row(201, patentee="某\0公司")
    body[300] = row(301, address='"528400 中山, ""A"" 座"')
    data = csv_bytes(body, encoding=encoding)
    monkeypatch.setattr(csv_module, "SMALL_BLOCK", 0)
    fast = _shape(read(path, data))
    assert len(fast[0]) + len(fast[1]) == 400 == count(path)
    monkeypatch.setattr(csv_module, "SMALL_BLOCK", 10**9)
    assert _shape(read(path, data)) == fast
    for size in (97, 1000, 5003):
        monkeypatch.setattr("ingest.encoding.BLOCK_BYTES", size)
        monkeypatch.setattr("ingest.readers.csv_count.BLOCK_BYTES", size)
        chunks = read(path, data)
        assert len(chunks) > 10
        assert _shape(chunks) == fast
        assert count(path) == 400
        raw = [chunk.raw_rows([int(line)])[0] for chunk in chunks if chunk.raw_rows for line in chunk.rows[SOURCE_ROW]]
        assert raw[50] == ",".join(body[50]).encode(encoding)
