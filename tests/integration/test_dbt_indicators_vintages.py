"""A change is taken on one vintage only: 13.04 against 12.60 is 0.44, never 0.33 (acceptance case 3)."""

from __future__ import annotations

import pytest

from reports.facts import Fact, FactBook
from reports.white_paper import vintages

CODE = "patent_intensive_value_added_gdp_share_pct"


def book_with(**values: str) -> FactBook:
    """Facts by `y<year>` (as first published) and `r<year>` (newest vintage)."""
    book = FactBook("white-paper", "2023", "2024-12-31", is_sample=True)
    for name, value in values.items():
        suffix = ".restated" if name[0] == "r" else ""
        book.add(
            Fact(
                f"{CODE}.{name[1:]}.442000{suffix}", "占比", value, "%", 2, value, name[1:], book.as_of, CODE, query="q"
            )
        )
    return book


def phrase(book: FactBook) -> str:
    return vintages.point_phrase(book, book.get(f"{CODE}.2023.442000"), book.get(f"{CODE}.2022.442000"))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"y2022": "12.71", "r2022": "12.60", "y2023": "13.04", "r2023": "13.04"}, "提高0.44个百分点"),
        ({"y2022": "12.71", "y2023": "13.04"}, "提高0.33个百分点"),
        ({"y2022": "8.20", "r2022": "8.50", "y2023": "8.10", "r2023": "8.10"}, "降低0.40个百分点"),
        ({"y2022": "12.71", "r2022": "12.60", "y2023": "13.04", "r2023": "13.20"}, vintages.MIXED),
    ],
)
def test_a_change_in_points_is_taken_on_one_vintage(values: dict[str, str], expected: str) -> None:
    assert phrase(book_with(**values)) == expected


def test_a_revised_year_has_no_base_on_the_first_vintage() -> None:
    book = book_with(y2022="12.71", r2022="12.60", y2023="13.04", r2023="13.20")
    now, before = book.get(f"{CODE}.2023.442000"), book.get(f"{CODE}.2022.442000")
    assert vintages.base_of(book, now, before) is None
    assert vintages.newest(book, before).value == "12.60"
