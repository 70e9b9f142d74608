"""JSON lines, legal events and exchange XML as readers: what is refused, with the line, and what is counted."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from ingest.contract import load_contracts
from ingest.readers import FileRefused, Reader, SourceFile, reader_for

CONTRACTS = load_contracts()
GOOD = '{"申请号": "30000001", "国际分类": 11}'


def parts(tmp_path: Path, feed: str, content: str | bytes) -> tuple[Reader, SourceFile]:
    path = tmp_path / "sent"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return reader_for(CONTRACTS[feed]), SourceFile(path, "sent", "sent")


def refusal(tmp_path: Path, feed: str, content: str | bytes) -> FileRefused:
    reader, source = parts(tmp_path, feed, content)
    with pytest.raises(FileRefused) as caught:
        for _ in reader.read(source, CONTRACTS[feed]):
            pass
    return caught.value


def numbers(tmp_path: Path, feed: str, content: str | bytes) -> tuple[int, int, int, int]:
    """(rows, faults, header repeats, counted rows)."""
    reader, source = parts(tmp_path, feed, content)
    chunks = list(reader.read(source, CONTRACTS[feed]))
    counted = reader.count_rows(source, CONTRACTS[feed])
    rows, faults = sum(chunk.rows.height for chunk in chunks), sum(len(chunk.faults) for chunk in chunks)
    return rows, faults, sum(chunk.header_repeat_count for chunk in chunks), counted


@pytest.mark.parametrize(
    ("content", "reason", "row"),
    [
        ("", "empty_file", None),
        ("\n\n", "empty_file", None),
        ("申请号,国际分类\n30000001,11\n", "wrong_format", 1),
        (f'[{GOOD}]\n', "wrong_format", 1),
        (f"{GOOD}\n{GOOD[:20]}", "half_written", 2),
        (b"\x1f\x8b\x08\x00", "wrong_format", None),
        (GOOD.encode("gb18030") + b"\n" + "中山市".encode("gb18030"), "wrong_encoding", 1),
    ],
)  # fmt: skip
def test_json_lines_that_are_none(tmp_path: Path, content: str | bytes, reason: str, row: int | None) -> None:
    error = refusal(tmp_path, "cnipa_trademarks", content)
    assert (error.reason_code, error.row) == (reason, row)
    assert error.mend


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"a": NaN}', "not_a_number"),
        ('{"a": -Infinity}', "not_a_number"),
        ('{"a": 1, "a": 1}', "duplicate_key"),
        ('{"ａ": 1, "a": 1}', "duplicate_key"),
        ('{"a": "\\ud83d"}', "lone_surrogate"),
        ('{"a": "x\\u0000"}', "nul_character"),
        ('{"a": [1]}', "nested_value"),
        ('{"a": {"b": 1}}', "nested_value"),
        ('{"a": 1,}', "invalid_json"),
        ("null", "invalid_json"),
        ('{"": 1}', "invalid_json"),
        ("[" * 100_000, "invalid_json"),
    ],
)
def test_a_bad_line_is_a_fault_and_the_others_land(tmp_path: Path, line: str, reason: str) -> None:
    content = f"{GOOD}\n{line}\n\n{GOOD}\n"
    reader, source = parts(tmp_path, "cnipa_trademarks", content)
    (chunk,) = reader.read(source, CONTRACTS["cnipa_trademarks"])
    assert [(fault.source_row, fault.reason_code) for fault in chunk.faults] == [(2, reason)]
    assert chunk.faults[0].raw == line.encode()
    assert chunk.rows["_source_row"].to_list() == [1, 4]
    assert numbers(tmp_path, "cnipa_trademarks", content) == (2, 1, 0, 3)


def test_numbers_keep_their_digits_and_a_pair_of_surrogates_is_a_character(tmp_path: Path) -> None:
    reader, source = parts(
        tmp_path, "cnipa_trademarks", '\ufeff{"a": 0.10, "b": 123456789012345678901, "c": "\\ud83d\\ude00"}\n'
    )
    (chunk,) = reader.read(source, CONTRACTS["cnipa_trademarks"])
    assert chunk.rows.drop("_source_row").rows() == [("0.10", "123456789012345678901", "😀")]


HEADER = (
    "公开公告号,专利名称,发明人,代理人,代理机构,法律状态,法律状态信息,申请号,LOC分类号,申请日,授权日,预估到期日,标当前申请专利权人,当前申请专利权人,"
    "标原始申请专利权人,原始申请专利权人,Docdb申请专利权人,信息描述,page,外部链接,image_urls,picturesavepath"
)


def page(events: str, data: str = "{}") -> str:
    cells = ["CN302478080S", "灯", *["x"] * 5, "2012304319018", "26-05", "2012.09.07", "2013.06.19", *["x"] * 11]
    quoted = [f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in (data, events)]
    return ",".join([*cells, *quoted])


EVENT = '["申请（专利）号 1", "事务数据公告日 2013.06.19 事务数据类型 授权", "授权"]'
TWO = '["事务数据公告日 2013.06.19 事务数据类型 授权", "事务数据公告日 2013.07.19 事务数据类型 授权", "授权"]'


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([page(EVENT)], (1, 0, 0, 1)),
        ([page(TWO)], (2, 0, 0, 2)),
        ([page("[]"), HEADER, page(EVENT)], (2, 0, 1, 3)),
        ([page("[]").rpartition(",")[0]], (0, 1, 0, 1)),
        ([page(TWO, data="{")], (0, 2, 0, 2)),
        ([page("{}")], (0, 1, 0, 1)),
        ([page('["something"]')], (0, 1, 0, 1)),
        ([page("[1]")], (0, 1, 0, 1)),
        ([page(EVENT, data='{"专利权人": "\\u0000"}')], (0, 1, 0, 1)),
    ],
)
def test_pages_are_exploded_and_nothing_is_lost(
    tmp_path: Path, lines: Iterable[str], expected: tuple[int, int, int, int]
) -> None:
    content = "\n".join([HEADER, *lines]) + "\n"
    found = numbers(tmp_path, "cnipa_legal_events", content)
    assert found == expected
    rows, faults, repeats, counted = found
    assert rows + faults + repeats == counted


def test_a_page_may_hold_line_ends_inside_a_cell(tmp_path: Path) -> None:
    body = page(EVENT).replace("灯", '"灯\n(壁灯)"')
    reader, source = parts(tmp_path, "cnipa_legal_events", f"{HEADER}\n{body}\n{page(EVENT)}\n")
    (chunk,) = reader.read(source, CONTRACTS["cnipa_legal_events"])
    assert chunk.rows["_source_row"].to_list() == [2, 4]
    assert reader.count_rows(source, CONTRACTS["cnipa_legal_events"]) == 2


def test_legal_events_without_their_header_or_with_an_open_quote_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, "cnipa_legal_events", "a,b\n1,2\n").reason_code == "wrong_feed"
    renamed = HEADER.replace("授权日", "授权公告日")
    error = refusal(tmp_path, "cnipa_legal_events", f"{renamed}\n{page(EVENT)}\n")
    assert (error.reason_code, error.column) == ("missing_column", "授权日")
    broken = page(EVENT).replace(',"{}"', ',"{}')
    assert refusal(tmp_path, "cnipa_legal_events", f"{HEADER}\n{broken}\n").reason_code == "unbalanced_quote"


def test_several_documents_below_one_root_are_several_rows(tmp_path: Path) -> None:
    title = "<b:BibliographicData><b:InventionTitle>{}</b:InventionTitle></b:BibliographicData>"
    document = f"<b:PatentDocumentAndRelated>{title}</b:PatentDocumentAndRelated>"
    content = f'<r xmlns:b="b">{"".join(document.format(n) for n in range(1, 4))}</r>'
    reader, source = parts(tmp_path, "cnipa_exchange", content)
    (chunk,) = reader.read(source, CONTRACTS["cnipa_exchange"])
    assert chunk.rows["InventionTitle"].to_list() == ["1", "2", "3"]
    assert reader.count_rows(source, CONTRACTS["cnipa_exchange"]) == 3


def test_deep_nesting_and_utf_16_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, "cnipa_exchange", "<a>" * 5000 + "</a>" * 5000).reason_code == "malformed_xml"
    assert refusal(tmp_path, "cnipa_exchange", "<a/>".encode("utf-16")).reason_code == "wrong_encoding"
    assert refusal(tmp_path, "cnipa_exchange", "no markup").reason_code == "malformed_xml"
