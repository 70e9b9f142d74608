"""Classes of rights: IPC and LOC symbols of patents, Nice classes and registration numbers of trademarks.

An IPC symbol comes with edition and flags (`F21K9/232(2016.01)I`, `H04W 8/26 (2009.01) F`), a Locarno class with its
edition (`26-05 (12)`). The bare symbol is what joins to a mapping table.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, Literal, TypeVar

import polars as pl

Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)
ClassScheme = Literal["ipc", "loc"]

IPC_PATTERN: Final = r"^([A-H]\d{2}[A-Z])\s*(\d{1,4}/\d{2,6})"
LOC_PATTERN: Final = r"^(\d{2}-\d{2})"
#: What stands between the members of a cell: `;`, its full-width form, `??` (a space lost in an encoding), wide spaces.
LIST_SEPARATORS: Final = r"\s*(?:;|；|\?\?|\u2002|\u3000)[\s;；\u2002\u3000]*(?:\?\?)*[\s;；\u2002\u3000]*"


def joined_list_expression(column: str) -> pl.Expr:
    """A list-valued cell as members joined by `;`, without spaces round them and without leading or trailing separator.

    An empty cell becomes null. The members' own text is untouched.
    """
    cell = pl.col(column).cast(pl.String).str.strip_chars()
    joined = cell.str.replace_all(LIST_SEPARATORS, ";").str.strip_chars("; ?")
    return pl.when(joined != "").then(joined)


def split_list(text: str | None) -> list[str]:
    """The members of a list-valued cell, in order; the scalar twin of `joined_list_expression`."""
    members = (part.strip() for part in re.split(r"[;；\u2002\u3000]|\?\?", text or ""))
    return [member for member in members if member]


def main_class(symbol: str | None) -> tuple[str | None, ClassScheme | None]:
    """The bare symbol and scheme of one classification: (`F21K9/232`, ipc), (`26-05`, loc) or (None, None)."""
    text = unicodedata.normalize("NFKC", symbol or "").strip().upper()
    if match := re.match(IPC_PATTERN, text):
        return match[1] + match[2], "ipc"
    if match := re.match(LOC_PATTERN, text):
        return match[1], "loc"
    return None, None


def with_main_class(frame: Frame, column: str) -> Frame:
    """Add `main_class` (bare first symbol) and `class_scheme` (`ipc`, `loc` or null) from a list joined by `;`."""
    first = pl.col(column).str.extract(r"^([^;]*)", 1).str.strip_chars().str.to_uppercase().str.normalize("NFKC")
    ipc = pl.col("_first").str.extract(IPC_PATTERN, 1) + pl.col("_first").str.extract(IPC_PATTERN, 2)
    loc = pl.col("_first").str.extract(LOC_PATTERN, 1)
    scheme = pl.when(pl.col("_ipc").is_not_null()).then(pl.lit("ipc")).when(loc.is_not_null()).then(pl.lit("loc"))
    return (
        frame.with_columns(first.alias("_first"))
        .with_columns(ipc.alias("_ipc"))
        .with_columns(pl.coalesce("_ipc", loc).alias("main_class"), scheme.alias("class_scheme"))
        .drop("_first", "_ipc")
    )


def parse_nice_class(text: str | None) -> int | None:
    """A Nice class from 1 to 45 (`第9类`, `09`, `9`), else None."""
    match = re.fullmatch(r"第?0?(\d{1,2})类?", unicodedata.normalize("NFKC", text or "").strip())
    return int(match[1]) if match and 1 <= int(match[1]) <= 45 else None


def parse_trademark_number(text: str | None) -> str | None:
    """A trademark number: digits with an optional suffix letter after a split, or Madrid `G` + digits; else None.

    Unverified (no official text was at hand): the suffix `A` and the `G` prefix are taken from published registers.
    """
    compact = re.sub(r"[\s第号]", "", unicodedata.normalize("NFKC", text or "")).upper()
    return compact if re.fullmatch(r"\d{1,9}[A-Z]?|G\d{4,8}[A-Z]?", compact) else None
