"""Feeds that come as CSV: enforcement cases, pledge registrations, the register, accounts, targets."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from tests.contracts.conftest import Load


def reasons(faults: list[dict[str, object]]) -> list[tuple[object, object, object]]:
    return [(fault["source_row"], fault["column_name"], fault["reason_code"]) for fault in faults]


def test_enforcement_cases_keep_dates_and_amounts_apart(load: Load, fixtures: Path) -> None:
    loaded = load("enforcement_cases", fixtures / "enforcement_2020-03.csv")
    assert loaded.only_batch_counts() == (2, 2, 0)
    first, second = loaded.rows
    assert (first["fine_cny_10k"], first["confiscated_cny_10k"]) == (Decimal("1.2500"), Decimal("0.3000"))
    assert first["violation_facts"] == "当事人销售灯具12件,均无授权"
    assert (first["accepted_date"], first["filed_date"], first["closed_date"]) == (
        date(2020, 1, 6),
        date(2020, 1, 9),
        date(2020, 3, 6),
    )
    assert first["_known_on"] == date(2020, 3, 9)
    assert second["fine_cny_10k"] is None and second["decision_date"] is None


def test_enforcement_case_of_an_unknown_kind_or_too_fine_an_amount_is_quarantined(load: Load, fixtures: Path) -> None:
    loaded = load("enforcement_cases", fixtures / "enforcement_2020-03.csv")
    assert reasons(loaded.quarantine) == [(4, "case_kind", "unknown_code"), (5, "fine_cny_10k", "not_decimal")]
    assert "版权侵权".encode() in loaded.quarantine[0]["raw"]


def test_pledge_registrations_have_canonical_numbers_and_lists(load: Load, fixtures: Path) -> None:
    loaded = load("pledge_registrations", fixtures / "pledge_registrations_2020-03.csv")
    first, second = loaded.rows
    assert (first["application_number"], first["application_number_status"]) == ("2017106018623", "intact")
    assert first["pledgor_name"] == "中山市甲灯饰有限公司;中山市乙五金有限公司"
    assert (second["application_number"], second["application_number_status"]) == (None, "destroyed")
    assert (second["change_item"], second["value_after"]) == ("质权人", "乙银行")
    assert second["_known_on"] == date(2020, 3, 27) and second["effective_date"] == date(2020, 3, 10)
    assert reasons(loaded.quarantine) == [(4, "event_code", "unknown_code")]


def test_register_snapshot_is_known_on_its_day(load: Load, fixtures: Path) -> None:
    loaded = load("enterprise_register", fixtures / "register_2020-12-31.csv")
    first, second = loaded.rows
    assert loaded.report.batches[0].partition_key == "2020-12-31"
    assert first["former_names"] == "中山市甲灯饰厂;中山甲灯饰商行"
    assert (first["is_high_tech"], first["is_above_scale"], first["cultivation_tier"]) == (True, False, "成长企业")
    assert second["group_name"] == "乙集团" and second["closed_date"] is None
    assert {row["_known_on"] for row in loaded.rows} == {date(2020, 12, 31)}
    assert reasons(loaded.quarantine) == [(4, "uscc", "pattern")]


def test_economic_accounts_are_known_when_published_else_by_the_file(load: Load, fixtures: Path) -> None:
    loaded = load("economic_accounts", fixtures / "economic_accounts_2021-03-01.csv")
    assert [row["_known_on"] for row in loaded.rows] == [date(2021, 2, 10), date(2021, 3, 1)]
    assert [row["value"] for row in loaded.rows] == [Decimal("3151.590000"), Decimal("3101.100000")]


def test_plan_targets_may_have_no_number(load: Load, fixtures: Path) -> None:
    loaded = load("plan_targets", fixtures / "plan_targets_2021-12-01.csv")
    assert [(row["target_kind"], row["target_value"]) for row in loaded.rows] == [
        ("direction", None),
        ("from_none", Decimal("1.000000")),
    ]
    assert loaded.rows[0]["_known_on"] == date(2021, 12, 1)
