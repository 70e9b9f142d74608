"""Application and publication numbers: every form, and the scalar functions against the bulk steps."""

from __future__ import annotations

import random
from datetime import date

import polars as pl
import pytest

from ingest.identifiers import (
    COUNTED_KINDS,
    check_digit,
    classify_kind,
    parse_application_number,
    parse_pct_number,
    parse_publication_number,
    parse_wo_number,
    with_application_number,
    with_publication_number,
)

APPLICATION_NUMBERS = [
    # Good examples of the rule, and every way to write them.
    ("201710601862.3", "2017106018623", "intact"),
    ("201310699744.2", "2013106997442", "intact"),
    ("95115608.X", "95115608X", "intact"),
    ("97101765.4", "971017654", "intact"),
    ("ZL201710601862.3", "2017106018623", "intact"),
    ("ZL 2017 1 0601862.3", "2017106018623", "intact"),
    ("CN201710601862.3", "2017106018623", "intact"),
    ("CN 95115608.x", "95115608X", "intact"),
    ("２０１７１０６０１８６２．３", "2017106018623", "intact"),
    ("\u3000201710601862.3 ", "2017106018623", "intact"),
    ("201710601862", "2017106018623", "intact"),
    ("95115608", "95115608X", "intact"),
    ("2017106018623.0", "2017106018623", "intact"),
    # 1985 to 1988: no check digit.
    ("85100312", "85100312", "intact"),
    ("CN85100312", "85100312", "intact"),
    # Destroyed by a spreadsheet: unknown.
    ("2.0193E+12", None, "destroyed"),
    ("2.02E+12", None, "destroyed"),
    ("2.0193e+12", None, "destroyed"),
    ("２．０１９３Ｅ＋１２", None, "destroyed"),
    ("CN2.02E+12", None, "destroyed"),
    ("2E+12", None, "destroyed"),
    ("2019300000000", None, "destroyed"),
    ("2020000000000.0", None, "destroyed"),
    # A wrong check digit is flagged and kept.
    ("2020101234566", "2020101234566", "check_failed"),
    ("201710601862.4", "2017106018624", "check_failed"),
    ("95115608.0", "951156080", "check_failed"),
    ("", None, "missing"),
    ("  ", None, "missing"),
    ("-", None, "missing"),
    ("无", None, "missing"),
    # Type digit 4, a long number before the reform, a short one after it, another kind of number.
    ("201740601862.3", None, "malformed"),
    ("199910601862.3", None, "malformed"),
    ("04115608.X", None, "malformed"),
    ("PCT/CN2019/000001", None, "malformed"),
    ("CN305246987S", None, "malformed"),
    ("20171060186231", None, "malformed"),
]


@pytest.mark.parametrize(("text", "number", "status"), APPLICATION_NUMBERS)
def test_application_number_in_every_form(text: str, number: str | None, status: str) -> None:
    parsed = parse_application_number(text)
    assert (parsed.number, parsed.status) == (number, status)


def test_none_is_missing() -> None:
    assert parse_application_number(None).status == "missing"


def test_type_digits_8_and_9_count_with_1_and_2() -> None:
    rights = {digit: parse_application_number(f"2019{digit}0601862").right for digit in "12389"}
    assert rights == {"1": "invention", "2": "utility", "3": "design", "8": "invention", "9": "utility"}
    assert parse_application_number("95215608").right == "utility"
    assert parse_application_number("2.02E+12").right is None


def test_check_digit_refuses_other_lengths() -> None:
    with pytest.raises(ValueError, match="neither 8 nor 12 digits"):
        check_digit("2017106")


def test_the_bulk_step_agrees_with_the_scalar_function_on_random_and_listed_numbers() -> None:
    rng = random.Random(5)
    texts = [text for text, _, _ in APPLICATION_NUMBERS]
    for _ in range(3000):
        base = f"{rng.randint(2001, 2026)}{rng.choice('123489')}{rng.randint(0, 9999999):07d}"
        if rng.random() < 0.3:
            base = f"{rng.randint(84, 105) % 100:02d}{rng.choice('12389')}{rng.randint(0, 99999):05d}"
        tail = rng.choice(["", ".", "."]) + rng.choice("0123456789X") if rng.random() < 0.8 else ""
        texts.append(rng.choice(["", "ZL", "CN", "ZL "]) + base + tail)
    frame = with_application_number(pl.DataFrame({"sent": [*texts, None]}), "sent")
    assert frame.columns == ["sent", "application_number_status", "application_number"]
    for sent, status, number in frame.iter_rows():
        scalar = parse_application_number(sent)
        assert (number, status) == (scalar.number, scalar.status), sent


def test_the_bulk_step_may_overwrite_its_own_column_and_runs_lazily() -> None:
    frame = pl.LazyFrame({"application_number": ["ZL201710601862.3", None]})
    found = with_application_number(frame, "application_number").collect()
    assert found["application_number"].to_list() == ["2017106018623", None]


NOW, BEFORE_2010, EARLY = date(2019, 7, 9), date(2009, 12, 30), date(1991, 5, 1)
PUBLICATION_NUMBERS = [
    ("CN109996757A", NOW, "invention_published", False),
    ("CN102889890B", NOW, "invention_granted", False),
    ("CN209072114U", NOW, "utility_granted", False),
    ("CN305246987S", NOW, "design_granted", False),
    ("CN100341234C", BEFORE_2010, "invention_granted", False),
    ("CN2144896Y", BEFORE_2010, "utility_granted", False),
    ("CN3021827D", BEFORE_2010, "design_granted", False),
    # Before 1993 B, U and S were no grants.
    ("CN1003002B", EARLY, "invention_examined", False),
    ("CN2030001U", EARLY, "utility_published", False),
    ("CN3003001S", EARLY, "design_published", False),
    ("CN1030001A", EARLY, "invention_published", False),
    ("CN85100312A", date(1987, 2, 4), "invention_published", False),
    ("CN1003002B", date(1992, 12, 31), "invention_examined", False),
    ("CN1003002B", date(1993, 1, 1), "invention_granted", False),
    # Corrections and partial invalidations are no new publication and no grant.
    *((f"CN109996757{kind}", NOW, "invention_published", True) for kind in ("A8", "A9")),
    *((f"CN102889890{kind}", NOW, "invention_granted", True) for kind in ("B8", "B9", "C1", "C7", "C9")),
    *((f"CN209072114{kind}", NOW, "utility_granted", True) for kind in ("U8", "U9", "Y1")),
    *((f"CN305246987{kind}", NOW, "design_granted", True) for kind in ("S8", "S9", "S1")),
    # Codes that did not exist on that day, or never: unknown, not guessed.
    ("CN102889890C", NOW, None, False),
    ("CN2144896Y", NOW, None, False),
    ("CN2144896D", EARLY, None, False),
    ("CN102889890B1", NOW, None, False),
    ("CN102889890Q", NOW, None, False),
]


@pytest.mark.parametrize(("text", "day", "kind", "is_correction"), PUBLICATION_NUMBERS)
def test_publication_number_means_what_it_meant_on_its_day(
    text: str, day: date, kind: str | None, is_correction: bool
) -> None:
    parsed = parse_publication_number(text, day)
    assert parsed is not None
    assert (parsed.publication_number, parsed.patent_kind, parsed.is_correction) == (text, kind, is_correction)


def test_bulk_publication_numbers_agree_with_the_scalar_function() -> None:
    texts = [*(text for text, *_ in PUBLICATION_NUMBERS), "cn 305246987 s", "305246987S", "CN30524698S", "x", None]
    days = [*(day for _, day, *_ in PUBLICATION_NUMBERS), NOW, None, NOW, None, NOW]
    frame = with_publication_number(pl.DataFrame({"sent": texts, "day": days}), "sent", "day")
    for row in frame.iter_rows(named=True):
        scalar = parse_publication_number(row["sent"], row["day"])
        expected = (
            (None, None, None, False)
            if scalar is None
            else (scalar.publication_number, scalar.kind_code, scalar.patent_kind, scalar.is_correction)
        )
        found = (row["publication_number"], row["kind_code"], row["patent_kind"], row["is_correction"])
        assert found == expected, row
    assert frame["publication_number"].to_list()[-5:] == ["CN305246987S", "CN305246987S", None, None, None]


def test_an_undated_document_is_read_in_the_present_system() -> None:
    assert classify_kind("B", None) == ("invention_granted", False)
    assert classify_kind("C", None) == ("invention_granted", False)
    assert {classify_kind(code, None)[0] for code in "ABUS"} == set(COUNTED_KINDS)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("PCT/CN2019/000123", "PCT/CN2019/000123"),
        ("PCT/CN 2019/123456", "PCT/CN2019/123456"),
        ("pct/cn99/00123", "PCT/CN1999/000123"),
        ("PCT/US03/12345", "PCT/US2003/012345"),
        ("PCT/2019/123456", None),
        ("", None),
    ],
)
def test_pct_numbers(text: str, number: str | None) -> None:
    assert parse_pct_number(text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("WO 2019/123456", "WO2019/123456"),
        ("WO2019123456A1", "WO2019/123456"),
        ("WO03/012345", "WO2003/012345"),
        ("WO99/12345", "WO1999/012345"),
        ("CN109996757A", None),
    ],
)
def test_wo_numbers(text: str, number: str | None) -> None:
    assert parse_wo_number(text) == number
