"""Binding, normalisation, validation and row hashes on small frames."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from ingest.bind import bind
from ingest.classifications import joined_list_expression
from ingest.contract import Contract
from ingest.derive import DERIVATIONS
from ingest.identifiers import with_application_number
from ingest.normalise import with_joined_lists
from ingest.readers import SOURCE_ROW, FileRefused, SourceFile
from ingest.validate import OPTION, PERIOD_END, Validated, validate
from tests.support.ingest import FILE, GAZETTE, HEADERS, row, rows

SOURCE = SourceFile(Path(FILE), FILE, FILE)


def frame(body: list[list[str]], headers: tuple[str, ...] = HEADERS) -> pl.DataFrame:
    cells = pl.DataFrame(body, schema=dict.fromkeys(headers, pl.String), orient="row")
    return cells.with_columns(pl.Series(SOURCE_ROW, range(2, len(body) + 2), pl.Int64))


def checked(body: list[list[str]], contract: Contract = GAZETTE, name: str = FILE) -> Validated:
    sent = frame(body)
    bound = bind(sent, SourceFile(Path(name), name, name), contract).apply(sent, contract)
    day = pl.lit(date(2019, 7, 9)).alias(PERIOD_END)
    return validate(bound.with_columns(day, pl.lit(None, pl.Date).alias(OPTION)), contract, lambda text: text)


def test_widths_spaces_and_blanks_are_normalised() -> None:
    rows_ = checked([row(1, name="\u3000ＬＥＤ\u2002灯（Ａ型）\u200b①㎡ ", address="５２８４２１ 广东省")]).rows
    assert rows_["title"][0] == "LED 灯（A型）①㎡", "Chinese brackets and other signs stay as sent"
    assert rows_.select("postcode", "address").row(0) == ("528421", "广东省")


@pytest.mark.parametrize("nothing", ["", "  ", "\u3000", "-", "—", "无", "NULL", "N/A"])
def test_what_stands_for_nothing_is_null(nothing: str) -> None:
    result = checked([row(1, filing_date=nothing, patentee=nothing)])
    assert result.faults == []
    assert result.rows.select("filing_date", "patentees").row(0) == (None, None)


LISTS = (
    "卢某某;\u2002钱某某",
    "A;??B;",
    "??A",
    "A??B",
    " A ; B",
    "A；B；；C ",
    "H02J3/40(2006.01)I;\u2002H02J3/38(2006.01)I  ",
    "A;\u3000B",
    "A;?? B",
    "A; ;B",
    "??;A",
    "Samsung Electronics; LG",
)


def test_lists_are_split_like_the_slow_rule_says() -> None:
    sent = pl.DataFrame({"x": LISTS})
    assert (
        with_joined_lists(sent, ["x"])["x"].to_list() == sent.select(joined_list_expression("x")).to_series().to_list()
    )


def test_derivations_of_different_values_equal_those_of_every_row() -> None:
    numbers = ["2.0193E+12", "201710601862.3", None, "", "2020101234566", "x"]
    for repeats in (1, 5):
        sent = pl.DataFrame({"number": numbers * repeats, "application_number_status": "old"})
        derived = DERIVATIONS["application_number"].apply(sent, "number")
        slow = with_application_number(sent, "number")
        assert derived.select(slow.columns).equals(slow)


def test_a_number_column_may_be_read_and_replaced() -> None:
    sent = pl.DataFrame({"application_number": ["201710601862.3"] * 5})
    derived = DERIVATIONS["application_number"].apply(sent, "application_number")
    assert derived["application_number"].to_list() == ["2017106018623"] * 5


def test_postcodes_are_split_from_addresses_that_have_one() -> None:
    sent = pl.DataFrame({"address": ["528421广东省", "528421", "1234567号", "美国纽约州", None, "528421, 中山"]})
    derived = DERIVATIONS["postcode"].apply(sent, "address").select("postcode", "address").rows()
    assert derived == [
        ("528421", "广东省"),
        ("528421", None),
        (None, "1234567号"),
        (None, "美国纽约州"),
        (None, None),
        ("528421", "中山"),
    ]


def test_row_hash_is_that_of_the_content_alone() -> None:
    alone = checked([row(1)]).rows["_row_hash"][0]
    both = checked([row(2), row(1), row(1, name="一种灯具（1） ")]).rows["_row_hash"]
    assert both.to_list()[1:] == [alone, alone]
    assert both[0] != alone
    # A value and its absence, and a value that moves to the next cell, are different content.
    hashes = {checked([row(1, **cells)]).rows["_row_hash"][0] for cells in (
        {"patentee": "甲", "designer": ""}, {"patentee": "", "designer": "甲"}, {"patentee": "", "designer": ""}
    )}  # fmt: skip
    assert len(hashes) == 3


def test_hashes_do_not_depend_on_the_rows_beside() -> None:
    many = checked(rows(50)).rows["_row_hash"].to_list()
    assert many == [checked([each]).rows["_row_hash"][0] for each in rows(50)]


def test_the_number_wins_over_the_name_of_the_file() -> None:
    result = checked([row(1), row(2, authorization_notice_id="CN110000002A")]).rows
    kinds = result.select("file_kind", "patent_kind", "has_kind_conflict").rows()
    assert kinds == [
        ("utility_granted", "utility_granted", False),
        ("utility_granted", "invention_published", True),
    ]
    unknown = checked([row(1)], name="other.csv").rows
    assert unknown.select("file_kind", "has_kind_conflict").row(0) == (None, False)


def test_first_fault_of_a_row_is_told_in_the_order_of_the_contract() -> None:
    (fault,) = checked([row(1), row(2, name="", filing_date="never")]).faults
    assert (fault.position, fault.column, fault.reason_code) == (1, "title", "missing_value")
    assert "an empty cell" in fault.message


def test_headers_are_found_in_other_widths_and_cases() -> None:
    headers = (*HEADERS[:-1], "Ｉｎｔ.cl. ")
    assert bind(frame([row(1)], headers), SOURCE, GAZETTE).headers["classifications"] == "Ｉｎｔ.cl. "


def test_guards_look_at_filled_cells_only() -> None:
    assert bind(frame([row(1, address="")] * 3), SOURCE, GAZETTE).headers["address"] == "address"
    with pytest.raises(FileRefused) as caught:
        bind(frame([row(1, address="")] * 3 + [row(2, address="张某某")]), SOURCE, GAZETTE)
    assert (caught.value.reason_code, caught.value.row) == ("columns_moved", 5)
