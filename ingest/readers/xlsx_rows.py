"""What the XML inside an .xlsx says, read without the workbook's parser: the second opinion on its rows.

Only the stream of one sheet is read, with entities and network off, in constant memory.
"""

from __future__ import annotations

import functools
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from lxml import etree

from ingest.readers import FileRefused

_RELATION: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
#: Above this much unpacked data a workbook is no statistics table but a bomb.
UNPACKED_LIMIT: Final = 1024 * 1024 * 1024
RATIO_LIMIT: Final = 200
_MEND: Final = "open it in a spreadsheet program, save it as .xlsx and deliver that"


def refuse_dangerous(path: Path) -> None:
    """Raise FileRefused for an empty or cut file, for what is no workbook, and for a zip bomb."""
    with path.open("rb") as stream:
        head = stream.read(8)
    if not head:
        raise FileRefused("empty_file", "the file is empty", "ask the sender for the file again")
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return
    if not head.startswith(b"PK"):
        raise FileRefused("wrong_format", "the file is no Excel workbook", _MEND)
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError):
        mend = "ask the sender for the complete file"
        raise FileRefused("half_written", "the workbook is cut off or damaged", mend) from None
    unpacked = sum(member.file_size for member in members)
    if unpacked > UNPACKED_LIMIT or unpacked > max(64 * 1024 * 1024, RATIO_LIMIT * path.stat().st_size):
        message = f"the workbook unpacks to {unpacked:,} bytes from {path.stat().st_size:,}"
        raise FileRefused("zip_bomb", message, "deliver the table alone, without pictures or unused cells")
    if "xl/workbook.xml" not in {member.filename for member in members}:
        raise FileRefused("wrong_format", "the file is a zip archive, but no Excel workbook", _MEND)


@dataclass(frozen=True)
class SheetRows:
    """1-based rows of a sheet with anything but blanks; by row the 0-based column of its first error (`#DIV/0!`)."""

    filled: tuple[int, ...]
    errors: dict[int, int]


def sheet_rows(path: Path, sheet: str) -> SheetRows | None:
    """What a sheet's XML says; None for an old .xls, which is no zip. The last sheets asked for are remembered."""
    if not zipfile.is_zipfile(path):
        return None
    facts = path.stat()
    return _sheet_rows(path, sheet, facts.st_size, facts.st_mtime_ns)


@functools.lru_cache(maxsize=64)
def _sheet_rows(path: Path, sheet: str, size: int, modified: int) -> SheetRows:
    rows = list(_rows(path, sheet))
    filled = tuple(number for number, is_filled, _ in rows if is_filled)
    return SheetRows(filled, {number: column for number, _, column in rows if column is not None})


def _rows(path: Path, sheet: str) -> Iterator[tuple[int, bool, int | None]]:
    """(row number, is anything in it, column of the first error) of each row."""
    with zipfile.ZipFile(path) as archive:
        blank = _blank_strings(archive)
        number = 0
        with archive.open(_member_of(archive, sheet)) as stream:
            for row in _elements(stream, "row"):
                number = int(row.get("r") or number + 1)
                cells = list(row.iterchildren("{*}c"))
                errors = (_column(cell, index) for index, cell in enumerate(cells) if cell.get("t") == "e")
                yield number, any(_is_filled(cell, blank) for cell in cells), next(errors, None)


def _elements(stream: IO[bytes], name: str) -> Iterator[etree._Element]:
    context = etree.iterparse(
        stream, events=("end",), tag=f"{{*}}{name}", resolve_entities=False, load_dtd=False, no_network=True
    )
    try:
        for _, element in context:
            yield element
            element.clear()
            while element.getprevious() is not None and (parent := element.getparent()) is not None:
                del parent[0]
    except etree.XMLSyntaxError as error:
        raise FileRefused("malformed_workbook", f"the sheet's XML is damaged ({error.msg})", _MEND) from None


def _member_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """The member that holds a sheet, by the workbook's list and its relations."""
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True)
    book = etree.fromstring(archive.read("xl/workbook.xml"), parser)
    relations = etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"), parser)
    targets = {each.get("Id"): each.get("Target", "") for each in relations}
    for each in book.iter("{*}sheet"):
        if each.get("name") == sheet:
            target = targets.get(each.get(_RELATION), "")
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    raise FileRefused("malformed_workbook", f"the workbook does not list its sheet {sheet!r}", _MEND)


def _blank_strings(archive: zipfile.ZipFile) -> frozenset[str]:
    """Indices of shared strings that hold nothing but blanks."""
    if "xl/sharedStrings.xml" not in archive.namelist():
        return frozenset()
    with archive.open("xl/sharedStrings.xml") as stream:
        return frozenset(str(index) for index, item in enumerate(_elements(stream, "si")) if not _text(item).strip())


def _text(element: etree._Element) -> str:
    return "".join(part.text or "" for part in element.iter("{*}t"))


def _is_filled(cell: etree._Element, blank: frozenset[str]) -> bool:
    value = cell.findtext("{*}v") or ""
    if cell.get("t") == "s":
        return value not in blank
    return bool(value.strip() or _text(cell).strip())


def _column(cell: etree._Element, index: int) -> int:
    """The 0-based column of a reference such as `AB12`."""
    letters = re.match(r"[A-Z]+", cell.get("r") or "")
    if letters is None:
        return index
    number = 0
    for letter in letters[0]:
        number = number * 26 + ord(letter) - 64
    return number - 1
