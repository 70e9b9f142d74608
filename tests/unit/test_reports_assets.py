"""Reviewed files of the publications agree with the registry and with each other."""

import csv
from pathlib import Path

from reports.class_names import class_names
from tests.support.sample_marts import read_seed

ASSETS = Path(__file__).resolve().parents[2] / "reports" / "assets"


def rows(name: str) -> list[dict[str, str]]:
    """The rows of an asset."""
    with (ASSETS / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_every_indicator_has_its_place_and_each_plan_indicator_is_registered() -> None:
    registry = {row["indicator_code"] for row in read_seed("indicators", "indicators")}
    assert {row["indicator_code"] for row in rows("indicator_order.csv")} == registry
    assert {row["indicator_code"] for row in rows("plan_2021_2025.csv")} <= registry


def test_plan_values_are_the_words_of_the_plan(shared: Path) -> None:
    plan = "".join((shared / "reference" / "plan_2021_2025.txt").read_text(encoding="utf-8").split())
    for row in rows("plan_2021_2025.csv"):
        assert "".join(row["source_text"].split()) in plan, row["indicator_code"]


def test_tiles_are_the_towns_of_their_time() -> None:
    towns = [
        row
        for row in read_seed("geography", "towns")
        if row["town_code"].startswith("442000") and row["town_code"] != "442000"
    ]
    now = {row["town_code"] for row in towns if not row["valid_to"]}
    then = {
        row["town_code"]
        for row in towns
        if row["valid_from"] < "2020-12-31" and (row["valid_to"] or "9999") > "2020-12-31"
    }
    assert {row["town_code"] for row in rows("town_tiles.csv") if row["town_basis"] == "now"} == now
    assert {row["town_code"] for row in rows("town_tiles.csv") if row["town_basis"] == "then"} == then


def test_class_names_are_complete() -> None:
    names = class_names()
    assert [code for scheme, code in names if scheme == "ipc"] == list("ABCDEFGH")
    assert [code for scheme, code in names if scheme == "loc"] == [f"{number:02d}" for number in range(1, 33)]
    nice = {row["nice_class"]: row["short_name_zh"] for row in read_seed("reference", "nice_classes")}
    assert {code: name for (scheme, code), name in names.items() if scheme == "nice"} == nice
