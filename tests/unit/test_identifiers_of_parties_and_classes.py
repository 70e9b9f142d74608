"""Social credit codes, IPC and LOC symbols, Nice classes, trademark numbers, list cells."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest

from ingest.classifications import (
    joined_list_expression,
    main_class,
    parse_nice_class,
    parse_trademark_number,
    split_list,
    with_main_class,
)
from ingest.uscc import parse_uscc


def test_published_credit_codes_have_the_right_verdict(shared: Path) -> None:
    with (shared / "reference" / "uscc_examples.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 9
    assert {row["uscc"]: parse_uscc(row["uscc"]).fault or "valid" for row in rows} == {
        row["uscc"]: row["verdict"] for row in rows
    }


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("９１４４２０００ＭＡ５２５ＧＬＥ７Ｙ", ""),
        ("91442000 ma525gle7y", ""),
        ("91442000MA525GLE7X", "wrong check character"),
        ("91442000MA525GLE8Y", "wrong organisation code check"),
        ("91442000MI525GLE7Y", "illegal character"),
        ("", "missing"),
    ],
)
def test_credit_codes_name_the_rule_they_break(text: str, fault: str) -> None:
    verdict = parse_uscc(text)
    assert verdict.fault == fault
    assert verdict.code == ("91442000MA525GLE7Y" if verdict.is_valid else None)


CLASSES = [
    ("F21K9/232(2016.01)I", "F21K9/232", "ipc"),
    ("H04W 8/26 (2009.01) F", "H04W8/26", "ipc"),
    ("H04L   27/26", "H04L27/26", "ipc"),
    ("26-05 (12)", "26-05", "loc"),
    ("26-05", "26-05", "loc"),
    ("26-5", None, None),
    ("Z21K9/232", None, None),
    ("", None, None),
]


@pytest.mark.parametrize(("symbol", "bare", "scheme"), CLASSES)
def test_main_class_is_the_bare_symbol(symbol: str, bare: str | None, scheme: str | None) -> None:
    assert main_class(symbol) == (bare, scheme)


def test_main_class_in_bulk_is_that_of_the_first_member() -> None:
    cells = [*(symbol for symbol, _, _ in CLASSES), "F21K9/232(2016.01)I;H04W8/26(2009.01)I", None]
    frame = with_main_class(pl.DataFrame({"c": cells}), "c")
    expected = [*((bare, scheme) for _, bare, scheme in CLASSES), ("F21K9/232", "ipc"), (None, None)]
    assert frame.select("main_class", "class_scheme").rows() == expected


@pytest.mark.parametrize(
    ("cell", "members"),
    [
        ("A某某;??S某某", ["A某某", "S某某"]),
        ("李某;", ["李某"]),
        ("甲公司；乙公司", ["甲公司", "乙公司"]),
        ("甲;\u2002乙\u2002", ["甲", "乙"]),
        (" 甲 ;  乙 ; ", ["甲", "乙"]),
        ("H04W8/26(2009.01)I;??H04W84/12(2009.01)I", ["H04W8/26(2009.01)I", "H04W84/12(2009.01)I"]),
        ("", []),
    ],
)
def test_list_cells_are_split_at_every_separator(cell: str, members: list[str]) -> None:
    assert split_list(cell) == members
    joined = pl.DataFrame({"c": [cell]}).select(joined_list_expression("c"))["c"][0]
    assert joined == (";".join(members) or None)


def test_nice_classes() -> None:
    assert [parse_nice_class(text) for text in ("9", "09", "第9类", "45", "0", "46", "第", None)] == [
        9, 9, 9, 45, None, None, None, None,
    ]  # fmt: skip


def test_trademark_numbers() -> None:
    texts = ("30000001", "第30000001号", "12345678A", "G1234567", "ＧＧ1", "TM-1", None)
    assert [parse_trademark_number(text) for text in texts] == [
        "30000001", "30000001", "12345678A", "G1234567", None, None, None,
    ]  # fmt: skip
