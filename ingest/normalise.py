"""Cells as they land: one width for digits and Latin letters, plain spaces, no blanks at the ends, null for nothing.

Only what is the same character in another width is changed. Chinese punctuation, `①`, `㎡` and the like stay as sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from ingest.contract import Column, Contract

_FULL_WIDTH: Final = (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
#: Spaces that are no U+0020: no-break, en, em, thin ..., ideographic.
_SPACES: Final = (0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)
#: Characters without width that only copying brings in: zero-width spaces and joiners, the byte order mark.
_INVISIBLE: Final = (0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF)
REPLACED: Final = {
    **{chr(code): chr(code - 0xFEE0) for code in _FULL_WIDTH},
    **{chr(code): " " for code in _SPACES},
    **{chr(code): "" for code in _INVISIBLE},
}
#: Three bytes that every replaced character but U+00A0 begins with in UTF-8; a fast test for a whole column.
_SUSPECT: Final = "[\u00a0\u2000-\u200d\u202f\u205f\u2060\u3000\ufeff\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]"


def normalised(cell: pl.Expr) -> pl.Expr:
    """A text expression with full-width digits, letters and odd spaces replaced, trimmed; "" stays ""."""
    return cell.str.replace_many(list(REPLACED), list(REPLACED.values())).str.strip_chars()


def normalise_text(text: str) -> str:
    """The scalar twin of `normalised`, for headers and corrections."""
    return text.translate({ord(old): new for old, new in REPLACED.items()}).strip()


def null_tokens(column: Column, contract: Contract) -> Sequence[str]:
    """What stands for nothing in a column: its own tokens where it has some, else the file's."""
    return contract.file.null_tokens if column.null_tokens is None else column.null_tokens


def normalise_columns(frame: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """The frame (text columns under their landing names) with every cell as it lands; empty and null tokens are null.

    Lists are split first, because one of their separators (U+2002) would else become a plain space.
    """
    from ingest.classifications import joined_list_expression  # noqa: PLC0415 - only lists need it

    columns = [contract.column_by_name[name] for name in frame.columns if name in contract.column_by_name]
    lists = [joined_list_expression(column.name).alias(column.name) for column in columns if column.type == "list"]
    frame = frame.with_columns(lists) if lists else frame
    expressions = []
    for column in columns:
        cell = normalised(pl.col(column.name))
        nothing = ["", *null_tokens(column, contract)]
        expressions.append(pl.when(~cell.is_in(nothing)).then(cell).alias(column.name))
    return frame.with_columns(expressions)
