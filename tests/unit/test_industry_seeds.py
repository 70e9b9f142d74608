"""The mapping seeds: their shape, codes that exist, sources that say what is unverified, and the reach of the clusters."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

SEEDS = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds"
SHAPE = [
    "class_version", "class_scheme", "class_prefix", "industry_code", "industry_name", "gbt_code", "gbt_name",
    "is_exact", "weight_rule", "source",
]  # fmt: skip
FORMS = {
    "ipc": re.compile(r"[A-H]\d{2}([A-Z](\d{1,4}(/\d{2,6})?)?)?"),
    "loc": re.compile(r"\d{2}(-\d{2})?"),
    "nice": re.compile(r"[1-9]|[1-3]\d|4[0-5]"),
}


def rows(name: str) -> list[dict[str, str]]:
    with (SEEDS / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


INDUSTRIES = {row["industry_code"]: row for row in rows("industries/industries.csv")}


@pytest.mark.parametrize("name", ["patent_class_industries", "nice_class_industries"])
def test_a_mapping_has_the_shape_of_the_official_table_and_only_codes_that_exist(name: str) -> None:
    mapping = rows(f"industries/{name}.csv")
    assert list(mapping[0]) == SHAPE
    for row in mapping:
        industry, division = INDUSTRIES[row["industry_code"]], INDUSTRIES[row["gbt_code"]]
        assert row["industry_name"] == industry["industry_name"]
        assert (row["gbt_code"], row["gbt_name"]) == (industry["division_code"], division["industry_name"])
        assert division["industry_level"] == "division"
        assert FORMS[row["class_scheme"]].fullmatch(row["class_prefix"]), row
        assert row["is_exact"] in ("true", "false") and row["weight_rule"] == "equal_share"
        assert "provisional" in row["source"] and row["class_version"]
    keys = Counter((row["class_scheme"], row["class_prefix"], row["industry_code"]) for row in mapping)
    assert max(keys.values()) == 1


def test_every_nice_class_has_an_industry_and_all_clusters_are_reached_but_redwood() -> None:
    nice = rows("industries/nice_class_industries.csv")
    assert {int(row["class_prefix"]) for row in nice} == set(range(1, 46))
    reached = {row["industry_code"] for row in rows("industries/patent_class_industries.csv")}
    clusters = {code for code, row in INDUSTRIES.items() if row["is_cluster"] == "true"}
    assert len(clusters) == 14
    assert clusters - reached == {"cluster_redwood"}, "no class tells redwood from other furniture"


def test_the_rules_of_emerging_industries_are_eight_with_a_source_each() -> None:
    rules = rows("value/sei_ipc_rules.csv")
    assert {row["sei_code"] for row in rules} == set("12345678")
    assert len({(row["sei_code"], row["sei_name"]) for row in rules}) == 8
    for row in rules:
        assert FORMS["ipc"].fullmatch(row["ipc_prefix"]), row
        assert row["source"].startswith("unverified") and row["is_exact"] in ("true", "false")
    assert {bool(row["title_keyword"]) for row in rules} == {True, False}
    assert not any(row["title_keyword"] and row["is_exact"] == "true" for row in rules)
