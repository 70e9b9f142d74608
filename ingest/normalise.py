"""Cells as they land: one width for digits and Latin letters, plain spaces, no blanks at the ends, null for nothing.

Only what is the same character in another width is changed. Chinese punctuation, `①`, `㎡` and the like stay as sent.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from ingest.classifications import joined_list_expression
from ingest.contract import Column, Contract
from ingest.widths import REPLACED, normalise_text

__all__ = ["normalise_columns", "normalise_text", "normalised", "null_tokens"]


def normalised(cell: pl.Expr) -> pl.Expr:
    """A text expression with full-width digits, letters and odd spaces replaced, trimmed; "" stays ""."""
    return cell.str.replace_many(list(REPLACED), list(REPLACED.values())).str.strip_chars()


def null_tokens(column: Column, contract: Contract) -> Sequence[str]:
    """What stands for nothing in a column: its own tokens where it has some, else the file's."""
    return contract.file.null_tokens if column.null_tokens is None else column.null_tokens


def normalise_columns(frame: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """The frame (text columns under their landing names) with every cell as it lands; empty and null tokens are null.

    Lists are split first, because one of their separators (U+2002) would else become a plain space.
    """
    columns = [contract.column_by_name[name] for name in frame.columns if name in contract.column_by_name]
    lists = [joined_list_expression(column.name).alias(column.name) for column in columns if column.type == "list"]
    frame = frame.with_columns(lists) if lists else frame
    expressions = []
    for column in columns:
        cell = normalised(pl.col(column.name))
        nothing = ["", *null_tokens(column, contract)]
        expressions.append(pl.when(~cell.is_in(nothing)).then(cell).alias(column.name))
    return frame.with_columns(expressions)
