"""The reader of JSON lines: one object a line, nothing that the standard leaves open.

`json.loads` also takes NaN, doubled keys (the last wins silently), lone surrogates and `\\u0000`; here each is a fault
of its row, with the column. Numbers stay as written: `0.10` does not become 0.1.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from ingest.contract import Contract
from ingest.encoding import LINE_LIMIT, find_encoding, text_blocks
from ingest.normalise import normalise_text
from ingest.readers import SOURCE_ROW, Chunk, FileRefused, RowFault, SourceFile

_MEND: Final = "ask the sender for the file again, one JSON object a line"


@dataclass
class _LineFault(Exception):  # noqa: N818 - a fault of one line, caught in this module
    reason_code: str
    column: str | None
    what: str


class JsonLinesReader:
    """Reads UTF-8 (with or without byte order mark) or what else the contract accepts; blank lines are no rows."""

    version = 1

    def read(self, source: SourceFile, contract: Contract) -> Iterator[Chunk]:
        """Chunks of up to 8 MB of text; every chunk has the columns of all keys that occur anywhere in the file."""
        encoding = find_encoding(source.path, contract.file.encodings)
        columns = _all_keys(source, encoding)
        first_line = 1
        for raw, text in text_blocks(source.path, encoding):
            lines = _split(raw)
            rows, numbers, faults = _parse_block(lines, _split(text), first_line)
            frame = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
            frame = frame.with_columns(pl.Series(SOURCE_ROW, numbers, pl.Int64))
            yield Chunk(frame, tuple(faults), raw_rows=_RawLines(lines, first_line))
            first_line += len(lines)

    def count_rows(self, source: SourceFile, contract: Contract) -> int:
        """Lines with anything but blanks, counted in the raw bytes."""
        with source.path.open("rb") as stream:
            return sum(bool(line.strip(b" \t\r\n\xef\xbb\xbf")) for line in stream)


@dataclass(frozen=True)
class _RawLines:
    """The raw bytes of lines by their 1-based number."""

    lines: list[bytes]
    first_line: int

    def __call__(self, numbers: Sequence[int]) -> list[bytes]:
        return [self.lines[number - self.first_line] for number in numbers]


def _split(block: bytes) -> list[bytes]:
    lines = block.split(b"\n")
    return [line.rstrip(b"\r") for line in (lines[:-1] if not lines[-1] else lines)]


def _all_keys(source: SourceFile, encoding: str) -> list[str]:
    """The keys of the whole file in order of appearance; refuses a file that holds no object or is cut at its end."""
    keys: dict[str, None] = {}
    line, last_fault = 0, None
    first_fault: tuple[int, _LineFault] | None = None
    ends_with_newline = True
    for _, text in text_blocks(source.path, encoding):
        ends_with_newline = text.endswith(b"\n")
        for each in _split(text):
            line += 1
            last_fault = None
            if not each.strip():
                continue
            if len(each) > LINE_LIMIT:
                raise FileRefused("line_too_long", f"line {line} has {len(each):,} bytes", _MEND, row=line)
            try:
                keys |= dict.fromkeys(name for key, _ in _members(each) if (name := _column_name(key)))
            except _LineFault as fault:
                last_fault = fault
                first_fault = first_fault or (line, fault)
    if not keys:
        if first_fault is None:
            raise FileRefused("empty_file", "the file holds no row", "ask the sender for the file again")
        number, first = first_fault
        raise FileRefused("wrong_format", f"line {number}: {first.what}: no line is a JSON object", _MEND, row=number)
    if last_fault is not None and last_fault.reason_code == "invalid_json" and not ends_with_newline:
        message = f"the file ends in the middle of line {line}"
        raise FileRefused("half_written", message, "ask the sender for the complete file", row=line)
    return list(keys)


def _parse_block(
    raw: list[bytes], lines: list[bytes], first_line: int
) -> tuple[list[dict[str, str | None]], list[int], list[RowFault]]:
    rows: list[dict[str, str | None]] = []
    numbers: list[int] = []
    faults: list[RowFault] = []
    for number, (raw_line, line) in enumerate(zip(raw, lines, strict=True), start=first_line):
        if not line.strip():
            continue
        try:
            rows.append(_parse_line(line))
            numbers.append(number)
        except _LineFault as fault:
            where = f"line {number}" + (f", column {fault.column}" if fault.column else "")
            message = f"{where}: {fault.what}; mend the line or have it sent again"
            faults.append(RowFault(number, fault.column, fault.reason_code, message, raw_line))
    return rows, numbers, faults


def _parse_line(line: bytes) -> dict[str, str | None]:
    """One object as text cells by normalised key; raises _LineFault."""
    # Only an escape can bring in what valid UTF-8 text can't hold.
    has_escapes = b"\\u" in line
    row: dict[str, str | None] = {}
    for key, value in _members(line):
        name = _column_name(key)
        if not name or name.startswith("_"):
            raise _LineFault("invalid_json", key, "a key must be a name")
        if name in row:
            raise _LineFault("duplicate_key", name, "the key stands twice")
        row[name] = value if type(value) is str and not has_escapes else _cell(value, name)
    return row


def _members(line: bytes) -> _Pairs:
    """The keys and values of the object on a line, as they stand; raises _LineFault where it holds none."""
    try:
        pairs = _DECODER.decode(line.decode("utf-8"))
    except json.JSONDecodeError as error:
        if "control character" in error.msg and b"\0" in line:
            raise _LineFault("nul_character", None, f"a NUL character at place {error.colno}") from None
        raise _LineFault("invalid_json", None, f"no valid JSON at place {error.colno} ({error.msg})") from None
    except RecursionError:
        raise _LineFault("invalid_json", None, "nested too deeply") from None
    if not isinstance(pairs, _Pairs):
        raise _LineFault("invalid_json", None, "not an object in braces")
    return pairs


@functools.lru_cache(maxsize=4096)
def _column_name(key: str) -> str:
    return normalise_text(_storable(key, None))


class _Pairs(list[tuple[str, object]]):
    """The members of an object with doubled keys, in order."""


class _NotANumber(str):
    """NaN, Infinity or -Infinity, which JSON has not (a type of its own: `type(value) is str` is false for it)."""

    __slots__ = ()


def _cell(value: object, column: str) -> str | None:
    if value is None:
        return None
    if isinstance(value, _NotANumber):
        raise _LineFault("not_a_number", column, f"{value} is no value; an unknown number is null")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _storable(value, column)
    raise _LineFault("nested_value", column, "a list or object instead of one value")


def _storable(text: str, column: str | None) -> str:
    if "\0" in text:
        raise _LineFault("nul_character", column, "a NUL character (\\u0000), which no database can store")
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise _LineFault(
            "lone_surrogate", column, "half of a surrogate pair (\\ud800 to \\udfff), which is no character"
        )
    return text


def _constant(name: str) -> _NotANumber:
    return _NotANumber(name)


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_Pairs, parse_float=str, parse_int=str, parse_constant=_constant)
