"""Bad input: none ends in a traceback, none loses a row, each names file, row, column and mend."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ingest import fetch
from ingest.ddl import render_landing_sql
from ingest.report import RejectedFile
from tests.support.ingest import FILE, GAZETTE, HEADERS, Warehouse, csv_bytes, put, row, rows

NUMBER = "authorization_notice_id"


@pytest.fixture
def warehouse(database_url: str, tmp_path: Path) -> Iterator[Warehouse]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(render_landing_sql([GAZETTE]))
        yield Warehouse(connection, tmp_path / "archive")


def refused(warehouse: Warehouse, path: Path) -> RejectedFile:
    """Ingest a file beside a good one: the good one lands, the bad one is refused, archived and listed."""
    good = put(path.parent.parent, csv_bytes(rows(2)), "CN_patent_utility_new_crawl2.csv")
    report = warehouse.take(good, path)
    assert report.row_count == 2
    (rejected,) = report.rejected
    assert rejected.file_name == path.name
    assert rejected.mend
    listed = warehouse.all(
        "select r.file_name, source_row, column_name, reason_code, message, mend, archive_path"
        " from ops.rejected_files as r left join ops.deliveries using (delivery_id)"
    )
    assert [row[:6] for row in listed] == [
        (path.name, rejected.source_row, rejected.column_name, rejected.reason_code, rejected.message, rejected.mend)
    ]
    assert (warehouse.archive / listed[0][6]).read_bytes() == path.read_bytes()
    assert warehouse.one("select count(*) from landing.cnipa_gazette where _source_file = " + f"'{path.name}'") == 0
    return rejected


def quarantined(warehouse: Warehouse, data: bytes, counted: int) -> list[tuple[int, str, str, str, bytes]]:
    """Ingest one file; each of its rows is landed or in quarantine: (row, column, reason, message, raw bytes)."""
    (batch,) = warehouse.take(put(warehouse.archive.parent, data)).batches
    assert batch.row_count + batch.quarantined_count == counted
    held = warehouse.all(
        "select source_row, column_name, reason_code, message, raw from ops.quarantine order by quarantine_id"
    )
    assert len(held) == batch.quarantined_count
    assert all(FILE in message and f"row {number}" in message for number, _, _, message, _ in held)
    return held


def test_empty_file(warehouse: Warehouse, tmp_path: Path) -> None:
    assert refused(warehouse, put(tmp_path, b"")).reason_code == "empty_file"


def test_wrong_encoding(warehouse: Warehouse, tmp_path: Path) -> None:
    data = csv_bytes([row(n, name="一種燈具與裝置說明書圖式臺灣") for n in range(30)], encoding="utf-8")
    data = data.decode().replace("东", "東").replace("镇", "鎮").replace("兴", "興").replace("号", "號")
    data = data.replace("张", "張").replace("辉", "輝").replace("广", "廣").encode("big5", errors="ignore")
    rejected = refused(warehouse, put(tmp_path, data))
    assert (rejected.reason_code, rejected.source_row) == ("wrong_encoding", 1)
    assert "UTF-8 or GB18030" in rejected.mend


def test_missing_column(warehouse: Warehouse, tmp_path: Path) -> None:
    headers = [name for name in HEADERS if name != "patentee"]
    body = [[cell for name, cell in zip(HEADERS, cells, strict=True) if name != "patentee"] for cells in rows(3)]
    rejected = refused(warehouse, put(tmp_path, csv_bytes(body, headers=headers)))
    assert (rejected.reason_code, rejected.column_name) == ("missing_column", "patentee")


def test_renamed_column_is_named_with_its_likely_new_name(warehouse: Warehouse, tmp_path: Path) -> None:
    headers = ["patentees" if name == "patentee" else name for name in HEADERS]
    rejected = refused(warehouse, put(tmp_path, csv_bytes(rows(3), headers=headers)))
    assert (rejected.reason_code, rejected.column_name, rejected.source_row) == ("missing_column", "patentee", 1)
    assert "'patentees'" in rejected.mend


def test_unknown_extra_column_is_kept_with_a_warning(warehouse: Warehouse, tmp_path: Path) -> None:
    body = [[*row(1), "甲\\乙"], [*row(2), ""]]
    result = warehouse.take(put(tmp_path, csv_bytes(body, headers=[*HEADERS, "代理机构"]))).batches[0]
    assert f"{FILE}: unknown columns are kept in _extra: 代理机构" in result.warnings
    assert warehouse.all("select _extra from landing.cnipa_gazette order by _source_row") == [
        ({"代理机构": "甲\\乙"},),
        (None,),
    ]


def test_shifted_rows(warehouse: Warehouse) -> None:
    shifted = row(3)
    shifted.insert(2, "一格多余")
    same_width = row(4)
    same_width = [same_width[0], "多", *same_width[1:9]]
    held = quarantined(warehouse, csv_bytes([row(1), row(2)[:-1], shifted, same_width, row(5)]), 5)
    # Found by the reader first (the width), then by the contract (what the cells hold).
    assert [each[:3] for each in held if each[2] == "shifted_row"] == [
        (3, "address", "shifted_row"),
        (4, "Int.Cl.", "shifted_row"),
    ]
    (moved,) = (each for each in held if each[0] == 5)
    assert moved[1] in ("patent_kind", "publication_number", "kind_code", "publication_date")
    assert moved[4] == ",".join(same_width).encode("gb18030")


def test_unbalanced_quote(warehouse: Warehouse, tmp_path: Path) -> None:
    rejected = refused(warehouse, put(tmp_path, csv_bytes([row(1), row(2, name='"灯'), row(3)])))
    assert (rejected.reason_code, rejected.source_row) == ("unbalanced_quote", 3)


def test_embedded_nul(warehouse: Warehouse) -> None:
    (fault,) = quarantined(warehouse, csv_bytes([row(1), row(2, patentee="某\0公司"), row(3)]), 3)
    assert fault[:3] == (3, "patentee", "nul_character")
    assert b"\0" in fault[4]


def test_cell_of_two_megabytes(warehouse: Warehouse) -> None:
    huge = "灯" * 1_000_000
    (fault,) = quarantined(warehouse, csv_bytes([row(1), row(2, name=huge), row(3)]), 3)
    assert fault[:3] == (3, "title", "cell_too_long")
    assert "1,000,000 characters" in fault[3]
    assert huge.encode("gb18030") in fault[4]


@pytest.mark.parametrize("day", ["2019.02.30", "2019.13.01", "0000.00.00", "2019.7"])
def test_impossible_date(warehouse: Warehouse, day: str) -> None:
    (fault,) = quarantined(warehouse, csv_bytes([row(1), row(2, filing_date=day), row(3)]), 3)
    assert fault[:3] == (3, "filing_date", "not_date")
    assert day in fault[3]
    assert "2020-11-30" in fault[3], "the message shows a right one"


def test_date_before_the_patent_law(warehouse: Warehouse) -> None:
    (fault,) = quarantined(warehouse, csv_bytes([row(1), row(2, filing_date="1984.01.01")]), 2)
    assert fault[:3] == (3, "filing_date", "too_small")


def test_unknown_kind_code_is_not_guessed(warehouse: Warehouse) -> None:
    (fault,) = quarantined(warehouse, csv_bytes([row(1), row(2, **{NUMBER: "CN209000002Q"})]), 2)
    assert fault[:3] == (3, "patent_kind", "missing_value")


def test_more_faulty_rows_than_the_budget_are_a_warning(warehouse: Warehouse, tmp_path: Path) -> None:
    result = warehouse.take(put(tmp_path, csv_bytes([row(1), row(2)[:-1]]))).batches[0]
    assert any("1 of 2 rows are in quarantine" in warning for warning in result.warnings)


def test_doubled_header(warehouse: Warehouse, tmp_path: Path) -> None:
    body = [[*cells, "x"] for cells in rows(2)]
    rejected = refused(warehouse, put(tmp_path, csv_bytes(body, headers=[*HEADERS, "address"])))
    assert (rejected.reason_code, rejected.column_name) == ("duplicate_header", "address")


def test_two_names_of_one_column(warehouse: Warehouse, tmp_path: Path) -> None:
    body = [[*cells, "x"] for cells in rows(2)]
    rejected = refused(warehouse, put(tmp_path, csv_bytes(body, headers=[*HEADERS, "地址"])))
    assert (rejected.reason_code, rejected.column_name) == ("duplicate_header", "地址")


def test_half_written_file(warehouse: Warehouse, tmp_path: Path) -> None:
    rejected = refused(warehouse, put(tmp_path, csv_bytes(rows(3))[:-70]))
    assert (rejected.reason_code, rejected.source_row) == ("half_written", 4)


def test_file_of_another_feed_is_named(warehouse: Warehouse, tmp_path: Path) -> None:
    headers = "案件编号,案件类别,行政相对人名称,行政相对人类别,统一社会信用代码,行政处罚决定书文号,违法行为类型"
    rejected = refused(warehouse, put(tmp_path, f"{headers}\n{','.join('甲' * 7)}\n".encode()))
    assert (rejected.reason_code, rejected.source_row) == ("wrong_feed", 1)
    assert "this is no file of cnipa_gazette" in rejected.message


def test_file_of_another_format(warehouse: Warehouse, tmp_path: Path) -> None:
    assert refused(warehouse, put(tmp_path, b"%PDF-1.7 ...")).reason_code == "wrong_format"


def test_cells_that_do_not_stand_under_their_header(warehouse: Warehouse, tmp_path: Path) -> None:
    body = [[*cells[:7], cells[8], cells[7], cells[9]] for cells in rows(10)]
    rejected = refused(warehouse, put(tmp_path, csv_bytes(body)))
    assert (rejected.reason_code, rejected.source_row, rejected.column_name) == ("columns_moved", 2, "address")


def test_refused_file_keeps_the_bytes_that_were_good(warehouse: Warehouse, tmp_path: Path) -> None:
    warehouse.take(put(tmp_path, csv_bytes(rows(3))))
    before, batch = warehouse.hash(), warehouse.one("select max(batch_id) from ops.batches")
    report = warehouse.take(put(tmp_path, csv_bytes(rows(4))[:-70]))
    assert [each.reason_code for each in report.rejected] == ["half_written"]
    assert (report.batches[0].status, report.batches[0].batch_id) == ("unchanged", batch)
    assert warehouse.hash() == before
    crawl2 = put(tmp_path, csv_bytes(rows(2)), "CN_patent_utility_new_crawl2.csv")
    assert warehouse.take(tmp_path / "2019-07-09" / FILE, crawl2).batches[0].row_count == 5


def test_file_refused_late_takes_back_what_was_landed(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.encoding.BLOCK_BYTES", 4000)
    monkeypatch.setattr("ingest.stream.PIECE_ROWS", 20)
    body = rows(300)
    body[40] = row(41)[:-1]
    body[290] = row(291, name='"灯')
    rejected = refused(warehouse, put(tmp_path, csv_bytes(body)))
    assert (rejected.reason_code, rejected.source_row) == ("unbalanced_quote", 292)
    assert warehouse.one("select count(*) from ops.quarantine") == 0
    assert warehouse.one("select count(*) from landing.cnipa_gazette") == 2


def _zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def _refused_zip(warehouse: Warehouse, path: Path) -> RejectedFile:
    report = warehouse.take(path)
    assert (report.batches, len(report.rejected)) == ((), 1)
    assert warehouse.one("select count(*) from ops.deliveries") == 1
    assert warehouse.one("select count(*) from landing.cnipa_gazette") == 0
    return report.rejected[0]


def test_truncated_zip(warehouse: Warehouse, tmp_path: Path) -> None:
    path = _zip(tmp_path / "2019-07-09.zip", {FILE: csv_bytes(rows(200))})
    path.write_bytes(path.read_bytes()[:-100])
    rejected = _refused_zip(warehouse, path)
    assert (rejected.reason_code, rejected.file_name) == ("broken_zip", "2019-07-09.zip")
    assert "again" in rejected.mend


def test_zip_with_damaged_bytes(warehouse: Warehouse, tmp_path: Path) -> None:
    path = _zip(tmp_path / "2019-07-09.zip", {FILE: csv_bytes(rows(200))})
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(bytes(data))
    assert _refused_zip(warehouse, path).reason_code == "broken_zip"


def test_zip_bomb(warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "RATIO_FREE_BYTES", 1024 * 1024)
    path = _zip(tmp_path / "2019-07-09.zip", {FILE: b"0" * 20_000_000})
    rejected = _refused_zip(warehouse, path)
    assert rejected.reason_code == "zip_bomb"
    assert "19 MB" in rejected.message


def test_zip_that_lies_about_its_size(warehouse: Warehouse, tmp_path: Path) -> None:
    path = _zip(tmp_path / "2019-07-09.zip", {FILE: csv_bytes(rows(300))})
    size = len(csv_bytes(rows(300))).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(size, (100).to_bytes(4, "little")))
    assert _refused_zip(warehouse, path).reason_code in ("zip_bomb", "broken_zip")


@pytest.mark.parametrize("name", ["../2019-07-09/" + FILE, "/etc/" + FILE, "a/../../" + FILE, "C:\\" + FILE])
def test_zip_member_that_leads_out_of_the_archive(warehouse: Warehouse, tmp_path: Path, name: str) -> None:
    before = sorted(tmp_path.rglob("*"))
    rejected = _refused_zip(warehouse, _zip(tmp_path / "2019-07-09.zip", {name: csv_bytes(rows(1))}))
    assert rejected.reason_code == "unsafe_name"
    written = {path for path in tmp_path.rglob("*") if path not in before and warehouse.archive not in path.parents}
    assert written <= {tmp_path / "2019-07-09.zip", warehouse.archive}


def test_zip_in_a_zip(warehouse: Warehouse, tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr(FILE, csv_bytes(rows(1)))
    path = _zip(tmp_path / "2019-07-09.zip", {"inner.zip": inner.getvalue()})
    assert _refused_zip(warehouse, path).reason_code == "nested_zip"


def test_path_with_dots_is_archived_under_its_hash(warehouse: Warehouse, tmp_path: Path) -> None:
    put(tmp_path, csv_bytes(rows(1)))
    report = warehouse.take(tmp_path / "2019-07-09" / ".." / "2019-07-09" / FILE)
    assert report.batches[0].row_count == 1
    assert warehouse.one("select file_name from ops.deliveries") == FILE
    assert warehouse.one("select archive_path ~ '^cnipa_gazette/[0-9a-f]{64}[.]csv$' from ops.deliveries")


def test_missing_path(warehouse: Warehouse, tmp_path: Path) -> None:
    (rejected,) = warehouse.take(tmp_path / "2019-07-09" / "nothing.csv").rejected
    assert (rejected.reason_code, rejected.file_name) == ("missing_file", "nothing.csv")
    assert str(rejected) == "nothing.csv: there is no file nothing.csv; mend: check the path"


def test_message_of_a_refusal_names_file_row_column_and_mend(warehouse: Warehouse, tmp_path: Path) -> None:
    headers = ["patentees" if name == "patentee" else name for name in HEADERS]
    text = str(refused(warehouse, put(tmp_path, csv_bytes(rows(3), headers=headers))))
    assert text.startswith(f"{FILE}, row 1, column patentee: required column 'patentee' is missing; mend: ask")
