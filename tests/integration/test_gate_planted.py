"""Each check of the gate has a planted case that it catches, and a good neighbour that it lets pass."""

from __future__ import annotations

import inspect
import math
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from expectations.checks import GateError, GateResult
from expectations.context import declared_checks
from expectations.gate import GateRefused, run_gate
from ingest.contract import load_contracts
from tests.integration.gate_support import BUILD, SmallBuild

# One worker for all tests of the gate: Great Expectations takes its import time once.

KINDS = ("invention_published", "invention_granted", "utility_granted", "design_granted")


class Gate:
    """A small build and its gate."""

    def __init__(self, url: str, home: Path, connection: psycopg.Connection[Any]) -> None:
        self.url, self.home, self.connection = url, home, connection
        self.build = SmallBuild(connection)

    def run(self, **options: Any) -> GateResult:
        self.connection.commit()
        try:
            return run_gate(self.url, BUILD, self.home, load_contracts(), **options)
        except GateRefused as refused:
            return refused.result

    def failed(self, **options: Any) -> dict[str, str]:
        """Severity of each failed check, leaving out the two that only say that there is nothing to compare."""
        silent = {"year_on_year.comparable", "official_totals.comparable", "coverage.enterprise"}
        checks = self.run(**options).checks
        return {c.check_name: c.severity for c in checks if not c.success and c.check_name not in silent}

    def issues(
        self, count: int, first: date = date(2019, 1, 1), delivered: Callable[[int], bool] = lambda _: True
    ) -> list[int]:
        """Weekly gazette issues of 100 rows on the calendar; their batch ids."""
        batches = []
        for n in range(count):
            day = (first + timedelta(days=7 * n)).isoformat()
            self.build.expect("cnipa_gazette", day, day, day, day)
            if delivered(n):
                batches.append(self.build.batch("cnipa_gazette", day, 100))
        return batches

    def documents(self, batch: int, count: int = 40, **columns: Any) -> None:
        """Patents of a batch, a quarter of each kind, complete but for `columns`."""
        usual = {
            "application_number": "2019100000019",
            "filing_date": "2018-01-01",
            "main_class": "F21K9/00",
            "applicant_type": "individual",
        }
        self.build.patents(
            ({"record_key": f"{batch}-{n}", "patent_kind": KINDS[n % 4]} | usual | columns for n in range(count)), batch
        )


@pytest.fixture
def gate(database_url: str, tmp_path: Path) -> Iterator[Gate]:
    with psycopg.connect(database_url) as connection:
        yield Gate(database_url, tmp_path / "home", connection)


def test_every_declared_check_names_a_planted_case_that_exists() -> None:
    declared = declared_checks()
    assert len(declared) >= 20
    here = {name for name, _ in inspect.getmembers(sys.modules[__name__], inspect.isfunction)}
    for check, facts in declared.items():
        path, _, test = facts["planted"].partition("::")
        assert path == "tests/integration/test_gate_planted.py"
        assert test in here, f"{check}: {test} does not exist"
        assert facts["severity"] in ("stop", "warn")
        assert facts["owner"] and facts["mend"] and facts["notes"]


def test_a_build_without_batches_is_refused(gate: Gate) -> None:
    assert gate.failed() == {"batches.present": "stop"}


def test_one_issue_passes_with_warnings(gate: Gate) -> None:
    """A single real gazette: nothing to compare with, and that is said."""
    gate.documents(gate.issues(60, delivered=lambda n: n == 40)[0])
    result = gate.run()
    assert result.status == "gated"
    assert {c.check_name for c in result.warnings} == {
        "freshness.complete",
        "year_on_year.comparable",
        "official_totals.comparable",
    }
    assert gate.connection.execute("select status from ops.builds").fetchone() == ("gated",)


def test_a_batch_with_a_tenth_of_the_usual_rows_is_refused(gate: Gate) -> None:
    for month in range(1, 7):
        gate.build.batch("cnipa_trademarks", f"2019-{month:02}", 1000 + month)
    assert gate.failed() == {}
    gate.build.batch("cnipa_trademarks", "2019-07", 100)
    assert gate.failed() == {"volume.shortfall": "stop", "volume.low": "warn"}


def test_a_batch_with_ten_times_the_usual_rows_warns(gate: Gate) -> None:
    for month in range(1, 7):
        gate.build.batch("cnipa_trademarks", f"2019-{month:02}", 1000 + month)
    gate.build.batch("cnipa_trademarks", "2019-07", 10000)
    assert gate.failed() == {"volume.high": "warn"}


def test_small_months_are_no_news(gate: Gate) -> None:
    for month, rows in enumerate((8, 9, 7, 8, 3, 1, 16), 1):
        gate.build.batch("customs_lots", f"2019-{month:02}", rows)
    assert gate.failed() == {}


def test_a_regular_feed_that_stopped_is_refused(gate: Gate) -> None:
    """Twenty issues came, then none for thirty weeks, while the build's last known day went on."""
    gate.issues(50, delivered=lambda n: n < 20)
    failed = gate.failed()
    assert failed == {"freshness.late": "stop", "freshness.due": "warn", "freshness.complete": "warn"}


def test_a_missing_issue_warns_and_does_not_stop(gate: Gate) -> None:
    gate.issues(53, delivered=lambda n: n != 30)
    assert gate.failed() == {"freshness.complete": "warn"}


def test_a_file_with_too_many_broken_rows_is_refused(gate: Gate) -> None:
    gate.build.batch("cnipa_gazette", "2019-07-09", rows=800, quarantined=200)
    assert gate.failed() == {"quarantine.over_budget": "stop", "quarantine.near_budget": "warn"}


def test_a_file_with_few_broken_rows_passes_with_their_count(gate: Gate) -> None:
    gate.build.batch("cnipa_gazette", "2019-07-09", rows=1995, quarantined=5)
    result = gate.run()
    assert result.status == "gated"
    near = next(c for c in result.checks if c.check_name == "quarantine.near_budget")
    assert not near.success
    over = 5 - math.floor(load_contracts()["cnipa_gazette"].quarantine_budget.warn * 2000)
    assert near.observed["worst"] == [{"subject": "cnipa_gazette|2019-07-09|a.csv", "rows_over_warn_budget": str(over)}]


def test_many_findings_are_all_counted(gate: Gate) -> None:
    for n in range(25):
        gate.build.batch("cnipa_gazette", f"2019-07-{n + 1:02}", rows=1995, quarantined=5)
    near = next(c for c in gate.run().checks if c.check_name == "quarantine.near_budget")
    assert near.observed["findings"] == 25
    assert near.message.startswith("cnipa_gazette|2019-07-01") and "and 20 more" in near.message


def test_one_broken_row_of_a_small_file_passes_with_its_count(gate: Gate) -> None:
    """A share of so few rows would allow none: one bad case of twenty must not hold up the city's numbers."""
    gate.build.batch("customs_lots", "2019-07", rows=19, quarantined=1)
    result = gate.run()
    assert result.status == "gated"
    near = next(c for c in result.checks if c.check_name == "quarantine.near_budget")
    assert near.observed["worst"] == [{"subject": "customs_lots|2019-07|a.csv", "rows_over_warn_budget": "1"}]


def test_two_broken_rows_of_a_small_file_or_nothing_but_broken_rows_are_refused(gate: Gate) -> None:
    gate.build.batch("customs_lots", "2019-07", rows=18, quarantined=2)
    gate.build.batch("honours", "2019", rows=0, quarantined=1)
    result = gate.run()
    over = next(c for c in result.checks if c.check_name == "quarantine.over_budget")
    assert {each["subject"] for each in over.observed["worst"]} == {
        "customs_lots|2019-07|a.csv",
        "honours|2019|a.csv",
    }
    assert result.status == "refused"


def test_a_refused_file_stops_until_it_arrives_readable(gate: Gate) -> None:
    gate.build.batch("cnipa_gazette", "2019-07-09", 100)
    gate.connection.execute(
        "insert into ops.rejected_files (feed, file_name, reason_code, message, mend)"
        " values ('cnipa_gazette', 'late.csv', 'unbalanced_quote', 'line 3', 'send again')"
    )
    result = gate.run()
    check = next(c for c in result.checks if c.check_name == "rejected_files.none_open")
    assert (check.success, check.severity) == (False, "stop")
    assert "cnipa_gazette|late.csv" in check.message
    gate.build.batch("cnipa_gazette", "2019-07-12", 100, file_name="late.csv")
    assert gate.failed() == {}


def test_destroyed_application_numbers_are_refused(gate: Gate) -> None:
    *usual, last = gate.issues(8, first=date(2019, 11, 12))
    for batch in usual:
        gate.documents(batch)
    gate.documents(last, application_number=None)
    assert gate.failed() == {"drift.nulls_stop": "stop", "drift.nulls": "warn"}
    worst = next(c for c in gate.run().checks if c.check_name == "drift.nulls_stop").observed["worst"]
    assert [each["subject"] for each in worst] == ["cnipa_gazette|2019-12-31|no_application_number"]


def test_an_issue_without_one_kind_warns(gate: Gate) -> None:
    *usual, last = gate.issues(8, first=date(2019, 11, 12))
    for batch in usual:
        gate.documents(batch)
    gate.documents(last, patent_kind="design_granted")
    assert gate.failed() == {"drift.kind_mix": "warn"}


def test_addresses_without_towns_are_refused(gate: Gate) -> None:
    gate.documents(gate.build.batch("cnipa_gazette", "2019-07-09", 40), town_code="unassigned")
    assert gate.failed() == {"coverage.town_stop": "stop", "coverage.town": "warn"}


def test_a_register_that_matches_nobody_is_refused(gate: Gate) -> None:
    gate.documents(gate.build.batch("cnipa_gazette", "2019-07-09", 40), applicant_type="enterprise")
    result = gate.run()
    assert result.status == "gated", "without a register nobody can be matched"
    assert "coverage.enterprise" in {c.check_name for c in result.warnings}
    gate.build.batch("enterprise_register", "2018-12-31", 1000)
    assert gate.failed() == {"coverage.enterprise_stop": "stop"}


def yearly_returns(gate: Gate, values: dict[int, str], missing: int | None = None) -> None:
    gate.build.insert(
        "indicator_coverage_feeds",
        {"indicator_code": "patent_pct_application_count", "feed": "department_returns"},
        "staging",
    )
    for year, value in values.items():
        key = str(year)
        gate.build.expect("department_returns", key, "2019-12-31", f"{year}-01-01", f"{year}-12-31")
        if year != missing:
            gate.build.batch("department_returns", key, 100)
        gate.build.yearly("patent_pct_application_count", year, value)


def test_a_year_that_collapses_is_refused(gate: Gate) -> None:
    yearly_returns(gate, {2016: "1000", 2017: "1100", 2018: "60"})
    assert gate.failed() == {"year_on_year.fall": "stop", "year_on_year.fall_warn": "warn"}


def test_a_year_that_doubles_warns(gate: Gate) -> None:
    yearly_returns(gate, {2016: "1000", 2017: "1100", 2018: "2900"})
    assert gate.failed() == {"year_on_year.rise": "warn"}


def test_an_incomplete_year_is_not_compared(gate: Gate) -> None:
    yearly_returns(gate, {2016: "1000", 2017: "1100", 2018: "60"}, missing=2018)
    assert gate.failed() == {"freshness.complete": "warn"}


def official(gate: Gate, value: str, period: str = "2018", indicator: str = "PCT申请量") -> None:
    gate.build.insert(
        "stg_ip_office__official_totals",
        {
            "geo_name": "中山市",
            "period_text": period,
            "indicator_name": indicator,
            "type_name": None,
            "value": value,
            "unit": "件",
        },
        "staging",
    )


def test_a_wrong_official_total_is_refused_and_can_be_waived(gate: Gate, tmp_path: Path) -> None:
    yearly_returns(gate, {2017: "1100", 2018: "1200"})
    official(gate, "1202")
    assert gate.failed() == {"official_totals.difference": "stop"}
    waivers = tmp_path / "waivers.yml"
    waivers.write_text(
        "waivers:\n  - {check: official_totals.difference, subject: '中山市|2018|PCT申请量|', reason: the notice counts"
        " two withdrawn ones, signed_by: statistics lead, signed_on: 2026-01-05, expires_on: 2026-06-30}\n",
        encoding="utf-8",
    )
    assert gate.failed(waivers_path=waivers, today=date(2026, 6, 30)) == {}
    assert gate.failed(waivers_path=waivers, today=date(2026, 7, 1)) == {
        "official_totals.difference": "stop",
        "waivers.none_expired": "stop",
    }


def test_an_official_total_within_its_last_place_or_of_an_open_period_passes(gate: Gate) -> None:
    yearly_returns(gate, {2016: "1000", 2017: "1100", 2018: "1200"}, missing=2016)
    official(gate, "1201")
    official(gate, "1", period="2016")
    official(gate, "1", period="2017", indicator="专利申请计划")
    result = gate.run()
    assert result.status == "gated"
    check = next(c for c in result.checks if c.check_name == "official_totals.comparable")
    assert (check.success, check.observed) == (True, {"rows": 1})


def notice(gate: Gate, name: str, unit: str, **values: str) -> None:
    for kind, value in values.items():
        row = {"geo_name": "全国", "period_text": "2023", "indicator_name": name, "type_name": kind, "value": value}
        gate.build.insert("stg_ip_office__official_totals", row | {"unit": unit}, "staging")


def test_official_totals_that_do_not_add_up_are_refused_and_waived_one_by_one(gate: Gate, tmp_path: Path) -> None:
    """The customs' articles of 2023: 0.46 万件 belong to rights that are not listed. The lots agree within rounding."""
    gate.issues(1)
    notice(gate, "海关扣留件数", "万件", 合计="8288.94", 商标="8172.75", 著作权="101.2", 专利="14.53")
    notice(gate, "海关扣留批次", "批", 商标="61610", 著作权="534", 专利="10")
    notice(gate, "海关扣留批次", "万批", 合计="6.21")
    assert gate.failed() == {"official_totals.add_up": "stop"}
    check = next(c for c in gate.run().checks if c.check_name == "official_totals.add_up")
    assert check.observed["rows"] == 2
    assert check.observed["worst"] == [{"subject": "全国|2023|海关扣留件数|合计|parts", "beyond_tolerance": "3900"}]
    waivers = tmp_path / "waivers.yml"

    def waive(**changes: str) -> dict[str, str]:
        signed = {
            "check": "official_totals.add_up",
            "subject": "全国|2023|海关扣留件数|合计|parts",
            "found": "3900",
            "reason": "0.46 万件 are of rights that the notice does not list",
            "signed_by": "statistics lead",
            "signed_on": "2026-01-05",
            "expires_on": "2026-12-31",
        }
        waivers.write_text(yaml.safe_dump({"waivers": [signed | changes]}, allow_unicode=True), encoding="utf-8")
        return gate.failed(waivers_path=waivers, today=date(2026, 6, 30))

    assert waive() == {}
    idle = {"official_totals.add_up": "stop", "waivers.all_needed": "warn"}
    assert waive(found="4900") == idle, "another value is another finding"
    assert waive(subject="全国|2023|海关扣留批次|合计|parts") == idle
    assert waive(signed_on="2026-07-01") == {"official_totals.add_up": "stop"}, "not signed yet"
    assert waive(expires_on="2026-06-29") == {"official_totals.add_up": "stop", "waivers.none_expired": "stop"}
    for missing in ("reason", "signed_by", "expires_on"):
        with pytest.raises(GateError, match=missing):
            waive(**{missing: ""})


def test_whole_counts_one_off_warn_and_a_whole_without_a_rule_asks_for_one(gate: Gate) -> None:
    gate.issues(1)
    notice(gate, "专利行政执法案件", "件", 合计="66649", 纠纷="28157", 假冒="38492")
    notice(gate, "商标注册量", "件", 合计="100", 国内="60")
    assert gate.failed() == {}
    notice(gate, "专利行政执法案件", "宗", 合计="50", 纠纷="20", 假冒="31")
    assert gate.failed() == {"official_totals.add_up_exactly": "warn"}
    notice(gate, "商标注册量", "件", 国外="30")
    assert gate.failed() == {"official_totals.add_up_exactly": "warn", "official_totals.rule_known": "warn"}


def test_articles_of_lots_are_no_sign_of_a_collapse(gate: Gate) -> None:
    """126,000 articles in one lot, 400 in the next year's."""
    gate.build.insert(
        "indicator_coverage_feeds",
        {"indicator_code": "customs_detention_article_count", "feed": "customs_lots"},
        "staging",
    )
    for year, value in ((2017, "126000"), (2018, "400")):
        gate.build.expect("customs_lots", str(year), "2019-12-31", f"{year}-01-01", f"{year}-12-31")
        gate.build.batch("customs_lots", str(year), 3)
        gate.build.yearly("customs_detention_article_count", year, value)
    assert gate.failed() == {}
