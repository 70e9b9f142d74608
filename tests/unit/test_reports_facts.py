"""The facts file: ids are unique, derived numbers carry the weakest status, the text is sorted and reads back."""

from decimal import Decimal
from pathlib import Path

import pytest

from reports.collect import build_schema
from reports.facts import Column, Fact, FactBook, FactError, Table, format_value, read_facts


def fact(fact_id: str, value: str | None, status: str = "reported") -> Fact:
    """A queried fact of 2025."""
    number = None if value is None else Decimal(value)
    return Fact(
        fact_id=fact_id,
        label="发明专利授权量",
        value=value,
        unit="件",
        decimals=0,
        formatted=format_value(number, status, 0),
        period="2025",
        as_of="2026-01-15",
        status=status,
        query="city_values",
        parameters={"first_year": 2019},
        row={"data_year": "2025"},
        column="value",
    )


def book() -> FactBook:
    """An empty book of 2025."""
    return FactBook("white-paper", "2025", "2026-01-15", is_sample=False)


def test_an_id_names_one_fact() -> None:
    made = book()
    made.add(fact("a", "1"))
    made.add(fact("a", "1"))
    with pytest.raises(FactError, match="called a"):
        made.add(fact("a", "2"))


def test_growth_is_a_fact_that_names_its_sources() -> None:
    made = book()
    now, before = made.add(fact("a.2025", "112")), made.add(fact("a.2024", "100"))
    growth = made.growth(now, before)
    assert (growth.value, growth.formatted, growth.unit) == ("12", "12.0", "%")
    assert growth.derived_from == ("a.2025", "a.2024")


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (fact("n", "112", "partial"), fact("b", "100")),
        (fact("n", "112"), fact("b", "100", "partial")),
        (fact("n", None, "not_reported"), fact("b", "100")),
        (fact("n", "5"), fact("b", "0")),
    ],
)
def test_no_growth_where_none_may_be_printed(now: Fact, before: Fact) -> None:
    made = book()
    growth = made.growth(made.add(now), made.add(before))
    assert growth.number is None
    assert growth.formatted == "暂无数据"


def test_a_derived_fact_is_as_weak_as_its_weakest_source() -> None:
    made = book()
    sources = [made.add(fact("a", "1")), made.add(fact("b", "2", "provisional"))]
    total = made.derive("c", "合计", Decimal(3), "件", 0, sources, "a + b")
    assert total.status == "provisional"
    assert total.marked == "3*"


def test_statuses_are_words_or_marks() -> None:
    assert fact("a", None, "not_reported").formatted == "暂无数据"
    assert fact("a", None, "not_applicable").formatted == "不适用"
    assert fact("a", "77", "suppressed").formatted == "不予公开"
    assert fact("a", "1234", "partial").marked == "1,234†"


def test_the_file_reads_back_and_does_not_depend_on_the_order_of_adding(tmp_path: Path) -> None:
    first, second = book(), book()
    facts = [fact("a", "1.50"), fact("b", None, "not_reported")]
    for made, order in ((first, facts), (second, facts[::-1])):
        for item in order:
            made.add(item)
        made.set_series("s", facts)
        made.set_table("t", Table("表", (Column("甲", "left"), Column("乙")), (({"text": "x"}, {"fact": "a"}),)))
        made.queries["city_values"] = "select 1"
        made.texts["note"] = "注"
    assert first.to_json() == second.to_json()
    path = tmp_path / "facts.json"
    first.write(path)
    again = read_facts(path)
    assert again.to_json() == first.to_json()
    assert [item.fact_id for item in again.get_series("s")] == ["a", "b"]


def test_a_table_refers_to_known_facts_only() -> None:
    with pytest.raises(FactError, match="no fact z"):
        book().set_table("t", Table("表", (Column("甲"),), (({"fact": "z"},),)))
    with pytest.raises(FactError, match="no series"):
        book().get_series("s")


@pytest.mark.parametrize(
    "build_id", ["", "b2026", "marts", "b20260115t080000a1f3; drop schema marts", "B20260115t080000a1f3"]
)
def test_only_a_build_id_becomes_part_of_a_query(build_id: str) -> None:
    with pytest.raises(FactError, match="not a build id"):
        build_schema(build_id)
    assert build_schema("b20260115t080000a1f3") == "marts_b20260115t080000a1f3"
