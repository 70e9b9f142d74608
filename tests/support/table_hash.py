"""One hash for a table, the same on every engine: rows sorted by key bytes, a fixed spelling of each type, sha256."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

NULL_MARK = b"\x00NULL"
CELL_END, ROW_END = b"\x1f", b"\x1e"


def cell_bytes(value: Any, data_type: str) -> bytes:
    """The spelling of a value of a contract's column: decimals at its scale, ISO dates, an explicit NULL mark.

    Raises TypeError for a float: no mart has one, because two engines need not agree on its last digit.
    """
    if value is None:
        return NULL_MARK
    if isinstance(value, float):
        raise TypeError(f"a float ({value!r}) in a column declared {data_type}")
    if data_type.startswith(("decimal", "numeric")):
        scale = int(data_type.rstrip(")").split(",")[1])
        exact = Decimal(value)
        spelled = exact.quantize(Decimal(1).scaleb(-scale))
        if spelled != exact:
            raise TypeError(f"{value!r} does not fit {data_type}")
        return f"{spelled + Decimal(0):f}".encode()
    if isinstance(value, bool):
        return b"true" if value else b"false"
    if isinstance(value, datetime):
        raise TypeError(f"a timestamp ({value!r}) in a column declared {data_type}")
    if isinstance(value, date):
        return value.isoformat().encode()
    return str(value).encode()


def table_hash(
    rows: Iterable[Sequence[Any]], columns: Sequence[tuple[str, str]], key: Sequence[str]
) -> tuple[int, str]:
    """(row count, sha256) of a table; `columns` are (name, data type of the contract) in the order of the cells."""
    places = [[name for name, _ in columns].index(name) for name in key]
    spelled = [[cell_bytes(value, kind) for value, (_, kind) in zip(row, columns, strict=True)] for row in rows]
    spelled.sort(key=lambda cells: [cells[place] for place in places])
    total = hashlib.sha256()
    for cells in spelled:
        total.update(CELL_END.join(cells) + ROW_END)
    return len(spelled), total.hexdigest()
