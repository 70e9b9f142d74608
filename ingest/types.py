"""Text cells as typed values, whole columns at a time. A cell that can't be read as its type gives null; the caller
compares with the text to know that. Nothing is rounded, clipped or guessed.
"""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl

from ingest.contract import Column

EARLIEST: Final = date(1900, 1, 1)
LATEST: Final = date(2199, 12, 31)
BOOLEANS: Final = {
    **dict.fromkeys(("是", "true", "True", "TRUE", "1", "Y", "y", "yes", "有"), True),
    **dict.fromkeys(("否", "false", "False", "FALSE", "0", "N", "n", "no", "没有"), False),
}
_TIME: Final = r"[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?"
_DATE_FORM: Final = rf"^(?:[0-9]{{4}}[年./-][0-9]{{1,2}}[月./-][0-9]{{1,2}}日?(?:{_TIME})?|[0-9]{{8}})$"
_THOUSANDS: Final = r"^[+-]?\d{1,3}(?:[,，]\d{3})+(?:\.\d+)?$"

#: What a cell must look like, for people.
EXPECTED: Final = {
    "date": "a date that exists, such as 2020-11-30 or 2020.11.30",
    "integer": "a whole number",
    "bigint": "a whole number",
    "boolean": "是 or 否",
}


def polars_type(column: Column) -> pl.DataType | type[pl.DataType]:
    """The type of a landing column in a frame."""
    if column.base_type == "decimal":
        precision, scale = column.precision_and_scale
        return pl.Decimal(precision, scale)
    return {"integer": pl.Int32, "bigint": pl.Int64, "date": pl.Date, "boolean": pl.Boolean}.get(column.type, pl.String)


def expected_form(column: Column) -> str:
    """What a cell of the column must look like."""
    if column.base_type == "decimal":
        precision, scale = column.precision_and_scale
        return f"a number with at most {precision - scale} digits before and {scale} after the point"
    return EXPECTED[column.base_type]


def parsed(cell: pl.Expr, column: Column) -> pl.Expr:
    """The typed value of a normalised text cell; null where it has not the form of its type."""
    if column.type == "date":
        return _date(cell)
    if column.type == "boolean":
        return cell.replace_strict(BOOLEANS, default=None, return_dtype=pl.Boolean)
    if column.type in ("integer", "bigint"):
        whole = _without_thousands(cell).str.extract(r"^([+-]?\d+)(?:\.0+)?$", 1)
        return whole.str.strip_prefix("+").cast(polars_type(column), strict=False)
    if column.base_type == "decimal":
        precision, scale = column.precision_and_scale
        form = rf"^[+-]?0*\d{{1,{max(1, precision - scale)}}}(?:\.\d{{0,{scale}}}0*)?$"
        text = _without_thousands(cell)
        number = pl.when(text.str.contains(form)).then(text.str.strip_prefix("+"))
        return number.cast(pl.Decimal(precision, scale), strict=False)
    return cell


def parsed_series(cells: pl.Series, column: Column) -> pl.Series:
    """`parsed` for a whole column. Dates repeat, so each different text is read once."""
    if column.base_type in ("text", "list"):
        return cells
    if column.type != "date":
        return cells.to_frame().select(parsed(pl.col(cells.name), column).alias(cells.name)).to_series()
    different = cells.unique().drop_nulls()
    if len(different) * 4 > len(cells):
        return cells.to_frame().select(parsed(pl.col(cells.name), column)).to_series()
    days = different.to_frame("text").select("text", parsed(pl.col("text"), column).alias("day"))
    return cells.replace_strict(days["text"], days["day"], default=None, return_dtype=pl.Date)


def _without_thousands(cell: pl.Expr) -> pl.Expr:
    return pl.when(cell.str.contains(_THOUSANDS)).then(cell.str.replace_all("[,，]", "")).otherwise(cell)


def _date(cell: pl.Expr) -> pl.Expr:
    iso = cell.str.replace_many(["年", "月", ".", "/"], ["-", "-", "-", "-"])
    separated = iso.str.extract(r"^(\d{4}-\d{1,2}-\d{1,2})", 1).str.to_date("%Y-%m-%d", strict=False)
    compact = pl.when(cell.str.len_bytes() == 8).then(cell).str.to_date("%Y%m%d", strict=False)
    day = pl.coalesce(separated, compact)
    return pl.when(cell.str.contains(_DATE_FORM) & day.is_between(EARLIEST, LATEST)).then(day)
