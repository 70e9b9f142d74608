"""The registry of the 144 indicators: complete by itself, and in step with the list that was asked for."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from ipstat.settings import PROJECT_ROOT

SEEDS = PROJECT_ROOT / "dbt_project" / "seeds" / "indicators"
RULES = {"flow", "stock", "distinct", "ratio", "coverage", "measure", "return", "none"}
REQUIRED = (
    "name_zh", "name_en", "area", "definition", "unit", "formula", "counting_rule", "dimensions", "additivity",
    "source", "decimals", "confidentiality", "has_feed", "value_rule",
)  # fmt: skip
# Wanted as "as above" or a bare sum sign, and written out in the registry.
_SHORTHAND = re.compile(r"^(as above.*|Σ)$")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def registry() -> dict[str, dict[str, str]]:
    return {row["indicator_code"]: row for row in rows(SEEDS / "indicators.csv")}


def test_every_indicator_is_described_in_full(registry: dict[str, dict[str, str]]) -> None:
    assert len(registry) == 144
    empty = [(code, name) for code, row in registry.items() for name in REQUIRED if not row[name].strip()]
    assert empty == []
    for code, row in registry.items():
        assert re.search(r"[一-鿿]", row["name_zh"]) and re.search(r"[一-鿿]", row["definition"]), code
        assert re.search(r"[A-Za-z]", row["name_en"]) and not re.search(r"[一-鿿]", row["name_en"]), code
        assert row["additivity"][0] in "ASN", code
        assert row["value_rule"] in RULES, code
        assert (row["value_rule"] == "none") == bool(row["status_reason"]), f"{code}: a reason where there is no rule"
        assert row["decimals"].isdigit(), code
        assert re.fullmatch(r"(\d{4}(-\d{2})?)?", row["first_period"]), code


def test_the_registry_is_the_list_that_was_asked_for(shared: Path, registry: dict[str, dict[str, str]]) -> None:
    wanted = {row["indicator_code"]: row for row in rows(shared / "reference" / "indicators.csv")}
    assert list(registry) == list(wanted)
    for code, row in wanted.items():
        ours = registry[code]
        # The registry prints full-width brackets.
        unit = row["unit"].translate(str.maketrans("()", "（）"))
        assert (ours["name_zh"], ours["unit"], ours["area"]) == (row["name_zh"], unit, row["area"]), code
        assert ours["additivity"] == row["additivity"], code
        if not _SHORTHAND.match(row["formula"]):
            assert ours["formula"] == row["formula"], code


def test_an_indicator_with_a_rule_says_on_which_feeds_it_rests(registry: dict[str, dict[str, str]]) -> None:
    resting = {row["indicator_code"] for row in rows(SEEDS / "indicator_coverage_feeds.csv")}
    assert {code for code, row in registry.items() if row["value_rule"] != "none"} <= resting
    assert resting <= set(registry)
    assert {
        code for code, row in registry.items() if row["value_rule"] == "none" and row["has_feed"] == "true"
    } == set()
