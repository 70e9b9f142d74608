"""The reader of the legal-event file: a design's page a line, with a JSON object of its data and a JSON list of events.

The header names 22 columns, rows have 24 cells; the header line comes again in the middle; unread cells hold their own
column's name. Each event becomes a row of its own; a line without events is one row without an event.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from ingest.contract import Contract
from ingest.encoding import find_encoding, text_blocks
from ingest.normalise import normalise_text
from ingest.readers import SOURCE_ROW, Chunk, FileRefused, RowFault, SourceFile
from ingest.readers.csv_records import is_blank, scan, unbalanced_quote

#: Columns of the file that are kept, and what is taken out of the two JSON cells and of the event's text.
PAGE_COLUMNS: Final = ("公开公告号", "专利名称", "申请号", "LOC分类号", "申请日", "授权日")
DATA_COLUMNS: Final = ("专利权人", "地址")
EVENT_COLUMNS: Final = (
    "事务数据公告日",
    "事务数据类型",
    "合同备案号或登记号",
    "变更事项",
    "变更前",
    "变更后",
    "变更后地址",
    "事务数据内容",
)
_EVENT_MARK: Final = "事务数据公告日"
_EVENT_HEAD: Final = re.compile(r"事务数据公告日\s*(\S+)\s*事务数据类型\s*(\S.*)")
_NUMBER_HEAD: Final = re.compile(r"申请[（(]专利[）)]号")
_FIELD: Final = re.compile(r"^\s*([^:：\n]{1,20})[:：]\s*(.*?)\s*$", re.MULTILINE)
_CONTRACT_LABELS: Final = ("合同备案号", "登记号", "质押登记号")
_PARTY: Final = re.compile(r"权利人|专利权人|申请人|出质人|质权人")
_MEND: Final = "have the line sent again"


class LegalEventsReader:
    """Reads the pages' file and explodes it into events. Rows are numbered by the line that holds the page."""

    version = 1

    def read(self, source: SourceFile, contract: Contract) -> Iterator[Chunk]:
        """Chunks of about 8 MB of text; several rows of a chunk share their `_source_row`."""
        encoding = find_encoding(source.path, contract.file.encodings)
        header: list[str] = []
        for records in _records(source, encoding):
            rows: list[dict[str, str | None]] = []
            faults: list[RowFault] = []
            repeats = 0
            for line, record in records:
                cells = _cells(record, line)
                if not header:
                    header = _checked_header(cells, line)
                elif [cell.strip() for cell in cells] == header:
                    repeats += 1
                else:
                    try:
                        rows += [event | {SOURCE_ROW: str(line)} for event in _events(cells, header)]
                    except _PageFault as fault:
                        faults += _faults(fault, line, record)
            raw = dict(records)
            schema = dict.fromkeys((*PAGE_COLUMNS, *DATA_COLUMNS, *EVENT_COLUMNS, SOURCE_ROW), pl.String)
            frame = pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col(SOURCE_ROW).cast(pl.Int64))
            yield Chunk(frame, tuple(faults), repeats, _RawLines(raw))

    def count_rows(self, source: SourceFile, contract: Contract) -> int:
        """Events named in the raw bytes, lines that name none, and repeated headers."""
        mark = _EVENT_MARK.encode()
        count, record, is_first = 0, b"", True
        with source.path.open("rb") as stream:
            for line in stream:
                record += line
                if record.count(b'"') % 2 or is_blank(record.removeprefix(b"\xef\xbb\xbf").strip(b"\n")):
                    record = record if record.count(b'"') % 2 else b""
                    continue
                count += 0 if is_first else max(1, record.count(mark))
                is_first, record = False, b""
        return count + (1 if record.strip() else 0)


@dataclass(frozen=True)
class _RawLines:
    records: dict[int, str]

    def __call__(self, lines: Sequence[int]) -> list[bytes]:
        return [self.records[line].encode() for line in lines]


@dataclass
class _PageFault(Exception):  # noqa: N818 - a fault of one line, caught in this module
    reason_code: str
    column: str | None
    what: str


def _records(source: SourceFile, encoding: str) -> Iterator[list[tuple[int, str]]]:
    """Lists of (1-based line, text) of the records that are not blank."""
    carry, first_line = b"", 1
    blocks = text_blocks(source.path, encoding)
    following = next(blocks, None)
    while following is not None:
        text = carry + following[1]
        following = next(blocks, None)
        found = scan(text, ",", is_last=following is None)
        spans = zip(found.starts.tolist(), found.ends.tolist(), found.lines.tolist(), strict=True)
        records = [(first_line + line, text[start:end]) for start, end, line in spans]
        yield [(line, record.decode("utf-8").rstrip("\r")) for line, record in records if not is_blank(record)]
        carry = text[found.end :]
        first_line += text.count(b"\n", 0, found.end)


def _cells(record: str, line: int) -> list[str]:
    try:
        rows = list(csv.reader([record], strict=True))
    except csv.Error:
        raise unbalanced_quote(line) from None
    return rows[0] if rows else []


def _checked_header(cells: list[str], line: int) -> list[str]:
    header = [normalise_text(cell) for cell in cells]
    missing = [name for name in PAGE_COLUMNS if name not in header]
    if len(missing) * 2 > len(PAGE_COLUMNS):
        raise FileRefused("wrong_feed", f"line {line} is not the header of legal events", _MEND, row=line)
    if missing:
        message = f"required column {', '.join(map(repr, missing))} is missing"
        raise FileRefused("missing_column", message, "ask the sender for the full file", row=line, column=missing[0])
    return header


def _faults(fault: _PageFault, line: int, record: str) -> list[RowFault]:
    """One fault for each event that the line names, so that counted rows and faults agree."""
    where = f"line {line}" + (f", column {fault.column}" if fault.column else "")
    one = RowFault(line, fault.column, fault.reason_code, f"{where}: {fault.what}; {_MEND}", record.encode())
    return [one] * max(1, record.count(_EVENT_MARK))


def _events(cells: list[str], header: list[str]) -> list[dict[str, str | None]]:
    """The rows of one page: its events, or itself without one."""
    if len(cells) != len(header) + 2:
        raise _PageFault("shifted_row", None, f"{len(cells)} cells, expected {len(header) + 2}: cells are shifted")
    named = dict(zip(header, cells, strict=False))
    page: dict[str, str | None] = {
        name: None if (cell := named[name].strip()) in ("", name, "-1") else cell for name in PAGE_COLUMNS
    }
    data, events = _json(cells[-2], "the data object"), _json(cells[-1], "the list of events")
    if not isinstance(data, dict) or not isinstance(events, list):
        raise _PageFault("invalid_json", None, "the last two cells must be a JSON object and a JSON list")
    for name in DATA_COLUMNS:
        value = data.get(name)
        page[name] = value.strip() if isinstance(value, str) and value.strip() not in ("", name) else None
    if not all(isinstance(text, str) for text in events):
        raise _PageFault("malformed_event", None, "the list of events holds something else than text")
    exploded = [page | event for event in _pairs(events)]
    return exploded or [page | dict.fromkeys(EVENT_COLUMNS)]


def _json(text: str, what: str) -> object:
    try:
        value = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        raise _PageFault("invalid_json", None, f"{what} is not valid JSON") from None
    if "\\u" in text and _is_unstorable(json.dumps(value, ensure_ascii=False)):
        raise _PageFault("nul_character", None, f"{what} holds a character that no database can store")
    return value


def _is_unstorable(text: str) -> bool:
    return "\\u0000" in text or any("\ud800" <= character <= "\udfff" for character in text)


def _pairs(texts: list[str]) -> Iterator[dict[str, str | None]]:
    """Events from their texts: the head with date and type, then the content unless the next event begins there."""
    index = 0
    while index < len(texts):
        text = texts[index]
        index += 1
        if _NUMBER_HEAD.match(text):
            continue
        head = _EVENT_HEAD.match(text)
        if head is None:
            raise _PageFault("malformed_event", None, f"{text[:40]!r} is no event (its date and type are missing)")
        content = ""
        if index < len(texts) and not _NUMBER_HEAD.match(texts[index]) and not _EVENT_HEAD.match(texts[index]):
            content = texts[index]
            index += 1
        yield _event(head[1], head[2].strip(), content)


def _event(announced: str, type_name: str, content: str) -> dict[str, str | None]:
    fields = _FIELD.findall(content)
    for label, value in fields:
        if re.search(r"[日期]$", label) and re.fullmatch(r"\d{8}", value) and not _is_day(value):
            raise _PageFault("not_date", None, f"{label} {value} is no day of the calendar")
    contract = next((value for label, value in fields if label in _CONTRACT_LABELS and value), None)
    item, before, after, address = _changes(fields)
    return dict(
        zip(EVENT_COLUMNS, (announced, type_name, contract, item, before, after, address, content), strict=True)
    )


def _is_day(text: str) -> bool:
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return True


def _changes(fields: list[tuple[str, str]]) -> tuple[str | None, str | None, str | None, str | None]:
    """(changed items, values before, values after, address after): parties where some changed, else all items.

    `变更事项:地址` follows the party whose address it is; members are joined by `;` in the order of the text.
    """
    changes: list[list[str]] = []
    for label, value in fields:
        if label == "变更事项":
            changes.append([value, "", ""])
        elif label in ("变更前", "变更后") and changes:
            changes[-1][1 if label == "变更前" else 2] = value
    if not changes:
        return None, None, None, None
    shown = [change for change in changes if _PARTY.search(change[0])] or changes
    items = ";".join(dict.fromkeys(change[0] for change in changes))
    address = next((after for name, _, after in changes if "地址" in name and after), None)
    before, after = (";".join(change[side] for change in shown if change[side]) or None for side in (1, 2))
    return items, before, after, address
