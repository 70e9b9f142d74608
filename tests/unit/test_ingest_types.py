"""Cells as typed values: what is read, what is not, and that nothing is rounded."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from ingest.contract import Column
from ingest.types import parsed_series


def values(kind: str, cells: list[str | None]) -> list[Any]:
    column = Column.model_validate({"name": "x", "header": "x", "type": kind, "description": "列 / column"})
    return parsed_series(pl.Series("x", cells, pl.String), column).to_list()


@pytest.mark.parametrize(
    "cell",
    ["2019.07.09", "2019-07-09", "2019/7/9", "20190709", "2019年7月9日", "2019-07-09 00:00:00", "2019-07-09T10:15"],
)
def test_dates_in_every_form_are_read(cell: str) -> None:
    assert values("date", [cell]) == [date(2019, 7, 9)]
    assert values("date", [cell] * 40) == [date(2019, 7, 9)] * 40


@pytest.mark.parametrize(
    "cell", ["2019-02-30", "2019.13.01", "0019-07-09", "12019-07-09", "2019-07", "43655", "2019-07-091", "07/09/2019"]
)
def test_impossible_and_unclear_dates_are_not_read(cell: str) -> None:
    assert values("date", [cell]) == [None]
    assert values("date", [*["2019-07-09"] * 40, cell, None])[-2:] == [None, None]


@pytest.mark.parametrize(
    ("cell", "value"),
    [("7", 7), ("-12", -12), ("3.0", 3), ("1,234", 1234), ("+5", 5), ("3.5", None), ("1e3", None), ("12,34", None)],
)
def test_whole_numbers(cell: str, value: int | None) -> None:
    assert values("integer", [cell]) == [value]
    assert values("bigint", [cell]) == [value]


def test_an_integer_that_does_not_fit_is_not_read() -> None:
    assert values("integer", ["2147483648"]) == [None]
    assert values("bigint", ["2147483648", "9223372036854775808"]) == [2147483648, None]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1.50", "1.5000"),
        ("-0.1234", "-0.1234"),
        ("1.234500", "1.2345"),
        ("1,234.5", "1234.5000"),
        ("0012", "12.0000"),
        ("1.23456", None),
        ("12345678901234", "12345678901234.0000"),
        ("123456789012345", None),
        ("1E+3", None),
        ("12万", None),
    ],
)
def test_decimals_are_exact_or_not_read(cell: str, value: str | None) -> None:
    assert values("decimal(18,4)", [cell]) == [None if value is None else Decimal(value)]


def test_booleans() -> None:
    assert values("boolean", ["是", "否", "true", "0", "或", None]) == [True, False, True, False, None, None]
