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
    lists = [column.name for column in columns if column.type == "list"]
    frame = with_joined_lists(frame, lists) if lists else frame
    wide = [column.name for column in columns if not is_ascii(frame[column.name])]
    # Two steps: within one, polars would evaluate the cell again for each use.
    frame = frame.with_columns(
        normalised(pl.col(column.name)) if column.name in wide else pl.col(column.name).str.strip_chars()
        for column in columns
    )
    is_value = {column.name: ~pl.col(column.name).is_in(["", *null_tokens(column, contract)]) for column in columns}
    return frame.with_columns(pl.when(test).then(name).alias(name) for name, test in is_value.items())


def is_ascii(cells: pl.Series) -> bool:
    """Whether a text column has no other characters than ASCII."""
    return bool((cells.str.len_bytes() == cells.str.len_chars()).all())


def with_joined_lists(frame: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """List-valued cells as members joined by `;`: the rule of `classifications.joined_list_expression`, without its
    backtracking pattern.
    """
    joined = pl.col(names).str.replace_many(list(_SEPARATORS), [";"] * len(_SEPARATORS), leftmost=True)
    frame = frame.with_columns(joined)
    loose = frame.select(pl.col(names).str.contains(r";[; ]| ;").any()).row(0, named=True)
    again = [name for name in names if loose[name]]
    frame = frame.with_columns(pl.col(again).str.replace_all(r" *;[; ]+| +;", ";")) if again else frame
    return frame.with_columns(pl.col(names).str.strip_chars("; ?"))
