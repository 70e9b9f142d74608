"""Population and official totals: the published tables as they are, with --known-on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from tests.contracts.conftest import Load

KNOWN = date(2024, 1, 2)


def test_both_shapes_of_population_are_one_table_in_persons(load: Load, shared: Path) -> None:
    folder = shared / "reference"
    loaded = load("population", folder / "population_yearend.csv", folder / "town_population_2021.csv", known_on=KNOWN)
    assert loaded.report.rejected == () and loaded.quarantine == []
    rows = {(r["geo_name"], r["population_year"], r["vintage"]): r["resident_population_count"] for r in loaded.rows}
    assert len(rows) == len(loaded.rows) == 8 + 23
    assert rows["中山市", 2019, "as first published in 2020"] == 3_380_000
    assert rows["中山市", 2019, "revised after the 2020 census"] == 4_387_300
    assert rows["小榄", 2021, None] == 790_454
    towns = sum(count for (geo, _, vintage), count in rows.items() if vintage is None and geo != "全市")
    assert towns == rows["全市", 2021, None] == 4_466_900
    assert {row["_known_on"] for row in loaded.rows} == {KNOWN}


def test_population_by_publication_date_and_by_file_name(load: Load, tmp_path: Path) -> None:
    path = tmp_path / "population_yearend_2023-05-01.csv"
    path.write_text(
        "geo,year,resident_population_10k,vintage,published_on\n"
        "中山市,2022,443.11,2023,2023-04-10\n中山市,2021,446.69,2022,\n中山市,2020,443.112345,2021,\n",
        "utf-8",
    )
    loaded = load("population", path)
    assert [(r["resident_population_count"], r["_known_on"]) for r in loaded.rows] == [
        (4_431_100, date(2023, 4, 10)),
        (4_466_900, date(2023, 5, 1)),
    ]
    assert [(f["source_row"], f["column_name"]) for f in loaded.quarantine] == [(4, "resident_population_count")]


def test_population_without_a_year_is_refused(load: Load, tmp_path: Path) -> None:
    path = tmp_path / "population_yearend.csv"
    path.write_text("geo,resident_population_10k,vintage\n中山市,443.11,2023\n", "utf-8")
    (rejected,) = load("population", path, known_on=KNOWN).report.rejected
    assert (rejected.reason_code, rejected.column_name) == ("missing_column", "year")


def test_official_totals_land_as_published(load: Load, shared: Path) -> None:
    loaded = load("official_totals", shared / "reference" / "official_totals.csv", known_on=KNOWN)
    assert loaded.report.rejected == () and loaded.quarantine == []
    assert len(loaded.rows) == 48
    values = {(r["geo_name"], r["period_text"], r["indicator_name"], r["type_name"]): r["value"] for r in loaded.rows}
    assert values["中山市", "2014", "专利申请量", "全部"] == Decimal("24618.000000")
    assert values["中山市", "2014", "PCT申请量", None] == 73


def test_official_totals_without_any_date_are_refused(load: Load, shared: Path) -> None:
    (rejected,) = load("official_totals", shared / "reference" / "official_totals.csv").report.rejected
    assert "known-on" in rejected.mend
