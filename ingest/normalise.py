"""Cells as they land: one width for digits and Latin letters, plain spaces, no blanks at the ends, null for nothing.

Only what is the same character in another width is changed. Chinese punctuation, `①`, `㎡` and the like stay as sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from ingest.contract import Column, Contract
from ingest.widths import REPLACED, normalise_text

__all__ = ["normalise_columns", "normalise_text", "normalised", "null_tokens"]

#: What stands between members of a list: longest first, so that the usual `;??` is one separator.
_SEPARATORS: Final = (";??", ";\u2002", ";\u3000", "；", "??", "\u2002", "\u3000", ";\t", ";\xa0")


def normalised(cell: pl.Expr) -> pl.Expr:
    """A text expression with full-width digits, letters and odd spaces replaced, trimmed; "" stays ""."""
    return cell.str.replace_many(list(REPLACED), list(REPLACED.values())).str.strip_chars()


def null_tokens(column: Column, contract: Contract) -> Sequence[str]:
    """What stands for nothing in a column: its own tokens where it has some, else the file's."""
    return contract.file.null_tokens if column.null_tokens is None else column.null_tokens


def normalise_columns(frame: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """The frame (text columns under their landing names) with every cell as it lands; empty and null tokens are null.

    Lists are split first, because one of their separators (U+2002) would else become a plain space. Columns in plain
    ASCII, and columns without short cells, are spared the steps that can't change them.
    """
    columns = [contract.column_by_name[name] for name in frame.columns if name in contract.column_by_name]
    names = [column.name for column in columns]
    is_ascii = frame.select((pl.col(names).str.len_bytes() == pl.col(names).str.len_chars()).all()).row(0, named=True)
    expressions = []
    for column in columns:
        cell = joined_list(pl.col(column.name)) if column.type == "list" else pl.col(column.name)
        cell = cell.str.strip_chars() if is_ascii[column.name] else normalised(cell)
        nothing = ["", *null_tokens(column, contract)]
        expressions.append(pl.when(~cell.is_in(nothing)).then(cell).alias(column.name))
    return frame.with_columns(expressions)


def joined_list(cell: pl.Expr) -> pl.Expr:
    """A list-valued cell as members joined by `;`: the rule of `classifications.joined_list_expression`, without its
    backtracking pattern.
    """
    joined = cell.str.replace_many(list(_SEPARATORS), [";"] * len(_SEPARATORS), leftmost=True)
    return joined.str.replace_all(r" *;[; ]+| +;", ";").str.strip_chars("; ?")
