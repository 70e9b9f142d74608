"""The child process that parses workbooks: `python -I xlsx_child.py MEGABYTES`, a path in JSON on each input line.

An old .xls can abort its parser, and any workbook can ask for more memory than there is: both end this process and not
the load. It answers in JSON lines: `{"sheet": name, "merges": [[r1, c1, r2, c2], ...]}` a sheet, then `[row number,
[cells]]` for each of its rows that is not blank (1-based rows, 0-based columns), at the end `null`. A refusal is
`{"refused": [reason, message]}`. It is a script of its own, so that it starts without this package and polars.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum

#: Spreadsheets hold and show 15 significant digits; more are noise of binary floats.
SIGNIFICANT_DIGITS = 15


def text_of(value: object) -> str:
    """A cell as text: whole numbers without point, dates in ISO form, an empty cell as ""."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 10**SIGNIFICANT_DIGITS else _plain(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value) if isinstance(value, str | int | timedelta) else ""


def _plain(value: float) -> str:
    """Fifteen significant digits without an exponent where they fit in a cell's usual range."""
    text = f"{value:.{SIGNIFICANT_DIGITS}g}"
    if "e" not in text or not 1e-12 < abs(value) < 1e22:
        return text
    return f"{value:.20f}".rstrip("0").rstrip(".") if abs(value) < 1 else f"{value:.0f}"


def answer(path: Path, megabytes: int) -> None:
    """Parse one workbook and print it; a refusal is printed, too."""
    write = sys.stdout.write
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
        for number, meta in enumerate(workbook.sheets_metadata):
            if meta.typ != SheetTypeEnum.WorkSheet:
                continue
            sheet = workbook.get_sheet_by_index(number)
            merges = [[*first, *last] for first, last in sheet.merged_cell_ranges or []]
            write(json.dumps({"sheet": meta.name, "merges": merges}) + "\n")
            for row, cells in enumerate(sheet.to_python(skip_empty_area=False), start=1):
                texts = [text_of(cell) for cell in cells]
                if any(text.strip() for text in texts):
                    write(json.dumps([row, texts]) + "\n")
    except MemoryError:
        write(json.dumps({"refused": ["too_large", f"the workbook needs more than {megabytes} MB to be read"]}) + "\n")
    except PasswordError:
        write(json.dumps({"refused": ["encrypted", "the workbook is protected by a password"]}) + "\n")
    except (CalamineError, OSError, ValueError) as error:
        write(json.dumps({"refused": ["malformed_workbook", f"the workbook can't be read ({error})"]}) + "\n")


def main(megabytes: int) -> int:
    """Answer requests until the input ends."""
    limit = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for request in sys.stdin:
        answer(Path(json.loads(request)), megabytes)
        sys.stdout.write("null\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
