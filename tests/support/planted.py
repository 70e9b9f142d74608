"""Faults planted in a file of any feed: some of its rows broken, or the whole file."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

from ingest.contract import Column, Contract

#: What no column accepts, by its kind; an empty cell where only its absence is wrong.
_NONSENSE = "非此列之值"
#: Cells of a sheet with a shared text: letters of the column, number of the text.
_CELL = re.compile(r'<c r="([A-Z]+)\d+"[^>]*t="s"[^>]*><v>(\d+)</v>')


def wanted_column(contract: Contract, headers: list[str]) -> tuple[int, str]:
    """A column of the file that can be broken, and the broken cell: a coded or typed one rather than a text."""

    def rank(column: Column) -> int:
        return 0 if column.codes else 1 if column.type != "text" and column.derived_by is None else 2

    for column in sorted((c for c in contract.columns if c.required and c.header), key=rank):
        for position, header in enumerate(headers):
            # A wide table writes the year behind the name: resident_population_2022.
            names = {name.rpartition("/")[2] for name in column.header}
            if {header, re.sub(r"_\d{4}$", "", header)} & names and not (
                set(column.header) & set(contract.file.filled_merges)
            ):
                return position, "" if rank(column) == 2 else _NONSENSE
    raise AssertionError(f"{contract.feed}: no required column in {headers}")


def row_count(path: Path, contract: Contract) -> int:
    """Rows of a clean file, counted by breaking none."""
    found: list[int] = []
    _edit(path, contract, lambda count: found.append(count) or [])
    return found[0]


def break_rows(path: Path, contract: Contract, wanted: Callable[[int], list[int]]) -> bytes:
    """The file's bytes with the rows (from 0) broken that `wanted` names of so many."""
    return _edit(path, contract, wanted)


def _edit(path: Path, contract: Contract, wanted: Callable[[int], list[int]]) -> bytes:
    edit = {".xlsx": _edit_workbook, ".jsonl": _edit_lines, ".zip": _edit_documents}.get(path.suffix, _edit_text)
    return edit(path, contract, wanted)


def _edit_text(path: Path, contract: Contract, wanted: Callable[[int], list[int]]) -> bytes:
    data = path.read_bytes()
    encoding = "utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        encoding = "gb18030"
        text = data.decode(encoding)
    lines = list(csv.reader(io.StringIO(text)))
    position, cell = wanted_column(contract, lines[0])
    for number in wanted(len(lines) - 1):
        lines[number + 1][position] = cell
    target = io.StringIO()
    csv.writer(target, lineterminator="\n").writerows(lines)
    return target.getvalue().encode(encoding)


def _edit_lines(path: Path, contract: Contract, wanted: Callable[[int], list[int]]) -> bytes:
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    headers = list(records[0])
    position, cell = wanted_column(contract, headers)
    for number in wanted(len(records)):
        records[number][headers[position]] = cell
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()


def _edit_workbook(path: Path, contract: Contract, wanted: Callable[[int], list[int]]) -> bytes:
    """The first sheet's XML is edited in place, so that merges and formats stay as the sender made them."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    texts = re.findall(r"<si><t[^>]*>(.*?)</t></si>", parts["xl/sharedStrings.xml"].decode("utf-8"), re.DOTALL)
    sheet = parts["xl/worksheets/sheet1.xml"].decode("utf-8")
    rows = [dict(_CELL.findall(row)) for row in re.findall(r"<row [^>]*>(.*?)</row>", sheet, re.DOTALL)]
    shown = [{letters: texts[int(text)] for letters, text in row.items()} for row in rows]
    known = {name.rpartition("/")[2] for column in contract.columns for name in column.header}
    head = max(n for n, row in enumerate(shown[:6]) if sum(text in known for text in row.values()) >= 2)
    headers = {letters: text for row in shown[: head + 1] for letters, text in row.items()}
    position, cell = wanted_column(contract, list(headers.values()))
    letters = list(headers)[position]
    found = re.findall(rf'<c r="{letters}(\d+)"', sheet)
    numbers = [int(number) for number in found if int(number) > head + 1]
    for index in wanted(len(numbers)):
        place = f"{letters}{numbers[index]}"
        new = f'<c r="{place}" t="inlineStr"><is><t>{cell}</t></is></c>' if cell else ""
        sheet, changes = re.subn(rf'<c r="{place}"[^>]*?(/>|>.*?</c>)', new, sheet, count=1)
        assert changes == 1
    parts["xl/worksheets/sheet1.xml"] = sheet.encode("utf-8")
    return _packed(parts)


def _edit_documents(path: Path, contract: Contract, wanted: Callable[[int], list[int]]) -> bytes:
    """A zip of XML documents: a broken row is a document of an unknown kind."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    names = sorted(members)
    for number in wanted(len(names)):
        text = members[names[number]].decode("utf-8")
        broken = re.sub(r"(<base:Kind>)[A-Z]\d?(</base:Kind>)", r"\1Q\2", text, count=1)
        assert broken != text
        members[names[number]] = broken.encode()
    return _packed(members)


def _packed(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target.getvalue()
