"""Excel workbooks as offices send them: title line, merged headers, shared strings; the same rows give the same bytes.

A small writer of our own: the feeds hold some five hundred workbooks, and a general library takes seven times as long.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

EXCEL_EPOCH = 25569  # 1970-01-01 as an Excel day
PLAIN, DATE, BOLD = 0, 1, 2


@dataclass(frozen=True)
class ExcelDay:
    """A day (since 1970-01-01) that is written as a real Excel date."""

    day: int


Cell = str | int | float | ExcelDay | None

_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    '<Override PartName="/xl/styles.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>'
    '<Override PartName="/xl/sharedStrings.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
    '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
    "</Types>"
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="{_PACKAGE}">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    '<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/'
    'core-properties" Target="docProps/core.xml"/></Relationships>'
)
_BOOK_RELATIONS = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="{_PACKAGE}">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    f'<Relationship Id="rId3" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
)
_STYLES = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<styleSheet xmlns="{_MAIN}">'
    '<fonts count="2"><font><sz val="11"/><name val="宋体"/></font>'
    '<font><b/><sz val="11"/><name val="宋体"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs></styleSheet>'
)
_CORE = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<cp:coreProperties '
    'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>示例数据</dc:title><dc:creator>示例数据</dc:creator>'
    '<dcterms:created xsi:type="dcterms:W3CDTF">2026-01-01T00:00:00Z</dcterms:created></cp:coreProperties>'
)


def column_letters(index: int) -> str:
    """Return the letters of a column, 0 is A."""
    return chr(65 + index) if index < 26 else chr(64 + index // 26) + chr(65 + index % 26)


@dataclass
class Sheet:
    """One worksheet under construction."""

    name: str
    rows: list[list[Cell]] = field(default_factory=list)
    merges: list[str] = field(default_factory=list)
    header_rows: int = 1
    _strings: dict[str, int] = field(default_factory=dict)

    def merge(self, first_row: int, first_column: int, last_row: int, last_column: int) -> None:
        """Merge a block of cells (rows and columns from 0); a single cell is left as it is."""
        if (first_row, first_column) != (last_row, last_column):
            start, end = column_letters(first_column), column_letters(last_column)
            self.merges.append(f"{start}{first_row + 1}:{end}{last_row + 1}")

    def _cell(self, place: str, value: Cell, style: int) -> str:
        if value is None or value == "":
            return ""
        mark = f' s="{style}"' if style else ""
        if isinstance(value, str):
            number = self._strings.setdefault(value, len(self._strings))
            return f'<c r="{place}"{mark} t="s"><v>{number}</v></c>'
        if isinstance(value, ExcelDay):
            return f'<c r="{place}" s="{DATE}"><v>{value.day + EXCEL_EPOCH}</v></c>'
        return f'<c r="{place}"{mark}><v>{value}</v></c>'

    def _sheet_xml(self) -> str:
        letters = [column_letters(n) for n in range(max(len(row) for row in self.rows))]
        parts = [f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{_MAIN}"><sheetData>']
        for number, row in enumerate(self.rows, 1):
            style = BOLD if number <= self.header_rows else PLAIN
            cells = [self._cell(f"{letter}{number}", v, style) for letter, v in zip(letters, row, strict=False)]
            parts.append(f'<row r="{number}">{"".join(cells)}</row>')
        parts.append("</sheetData>")
        if self.merges:
            merged = "".join(f'<mergeCell ref="{ref}"/>' for ref in self.merges)
            parts.append(f'<mergeCells count="{len(self.merges)}">{merged}</mergeCells>')
        parts.append("</worksheet>")
        return "".join(parts)

    def to_bytes(self) -> bytes:
        """Return the .xlsx file; entry dates and properties are fixed."""
        sheet = self._sheet_xml()
        book = (
            f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
            f'<sheets><sheet name="{escape(self.name)}" sheetId="1" r:id="rId1"/></sheets></workbook>'
        )
        shared = "".join(f"<si><t>{escape(text)}</t></si>" for text in self._strings)
        strings = (
            f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<sst xmlns="{_MAIN}" '
            f'uniqueCount="{len(self._strings)}">{shared}</sst>'
        )
        return zipped((
            ("[Content_Types].xml", _TYPES), ("_rels/.rels", _RELATIONS), ("xl/workbook.xml", book),
            ("xl/_rels/workbook.xml.rels", _BOOK_RELATIONS), ("xl/worksheets/sheet1.xml", sheet),
            ("xl/styles.xml", _STYLES), ("xl/sharedStrings.xml", strings), ("docProps/core.xml", _CORE),
        ))  # fmt: skip


def zipped(entries: tuple[tuple[str, str], ...]) -> bytes:
    """Return a zip archive of texts with fixed dates, in the order given."""
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in entries:
            info = ZipInfo(name, date_time=(2026, 1, 1, 0, 0, 0))
            info.compress_type = ZIP_DEFLATED
            info.create_system = 3
            archive.writestr(info, text.encode())
    return buffer.getvalue()


def grouped_header(sheet: Sheet, title: str, groups: tuple[tuple[str, tuple[str, ...]], ...]) -> None:
    """Add a title line and a two-row header: a group's name over its columns, a lone column over both rows."""
    width = sum(max(1, len(columns)) for _, columns in groups)
    sheet.rows.append([title])
    sheet.merge(0, 0, 0, width - 1)
    upper: list[Cell] = []
    lower: list[Cell] = []
    for name, columns in groups:
        start = len(upper)
        if columns:
            upper += [name, *([None] * (len(columns) - 1))]
            lower += list(columns)
            sheet.merge(1, start, 1, start + len(columns) - 1)
        else:
            upper.append(name)
            lower.append(None)
            sheet.merge(1, start, 2, start)
    sheet.rows += [upper, lower]
    sheet.header_rows = 3
