"""Great Expectations over one build: a copy of the committed context in the home folder, every suite in one process."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from expectations.checks import BATCH_LAYER, CheckResult, GateError, Severity
from expectations.environment import environment
from expectations.queries import read_query
from expectations.waivers import Waiver
from ingest.contract import Contract

GX_DIR = Path(__file__).parent / "gx"
SUITES_DIR = GX_DIR / "expectations"
SEVERITIES: dict[str, Severity] = {"critical": "stop", "warning": "warn"}
#: How many findings a result lists; all are counted.
LISTED = 20
#: Great Expectations lists 20 findings unless told otherwise; the gate needs them all, to tell waived ones from others.
ALL_FINDINGS = 1_000_000
ROW_COUNT = "expect_table_row_count_to_be_between"


@dataclass(frozen=True)
class Finding:
    """One row of a suite's query that breaks an expectation."""

    subject: str
    value: str


def suite_names() -> tuple[str, ...]:
    """Names of the committed suites; each has a query of the same name."""
    return tuple(sorted(path.stem for path in SUITES_DIR.glob("*.json")))


def run_suites(
    url: str,
    build_id: str,
    home: Path,
    contracts: Mapping[str, Contract],
    waivers: Sequence[Waiver],
) -> list[CheckResult]:
    """Run every suite over `build_id` in the database at `url`; `waivers` are those that have not expired.

    A suite whose query fails (a table of the build is missing) gives failed checks with the error, never an exception.
    """
    import great_expectations as gx  # noqa: PLC0415 - takes 6-9 s, and only the gate needs it

    with environment({"IPSTAT_DATABASE_URL": url, "GX_ANALYTICS_ENABLED": "false"}):
        context = gx.get_context(mode="file", project_root_dir=str(_copy_context(home)))
        context.variables.progress_bars = {"globally": False}
        datasource = context.data_sources.get("warehouse")
        results: list[CheckResult] = []
        try:
            for name in suite_names():
                query = f"select * from ({read_query(name, build_id, contracts)}) as measured"
                results += _run_suite(context, datasource, name, query, waivers)
        finally:
            datasource.get_engine().dispose()
    return results


def _run_suite(context: Any, datasource: Any, name: str, query: str, waivers: Sequence[Waiver]) -> list[CheckResult]:
    suite = context.suites.get(name)
    declared = {expectation.id: expectation for expectation in suite.expectations}
    try:
        asset = datasource.add_query_asset(name=name, query=query)
        batch = asset.add_batch_definition_whole_table("all").get_batch()
    except Exception as error:  # noqa: BLE001 - a query that can't run is a failed check, whatever the driver raises
        return [_unable(expectation, error) for expectation in declared.values()]
    result_format = {
        "result_format": "COMPLETE",
        "unexpected_index_column_names": ["subject"],
        "partial_unexpected_count": ALL_FINDINGS,
    }
    outcome = batch.validate(suite, result_format=result_format)
    return [_to_check(result, declared[result.expectation_config.id], waivers) for result in outcome.results]


def _to_check(result: Any, expectation: Any, waivers: Sequence[Waiver]) -> CheckResult:
    check_name = str(expectation.meta["check"])
    if error := _exception_of(result):
        return _unable(expectation, error)
    if result.expectation_config.type == ROW_COUNT:
        observed: dict[str, Any] = {"rows": int(result.result["observed_value"])}
        return _result(expectation, bool(result.success), observed, f"{observed['rows']} row(s)")
    found = _findings(result, expectation.column)
    waived = {each.subject for each in found if any(w.covers(check_name, each.subject, each.value) for w in waivers)}
    open_findings = [finding for finding in found if finding.subject not in waived]
    observed = {
        "rows": int(result.result["element_count"]),
        "findings": len(found),
        "waived": sorted(finding.subject for finding in found if finding.subject in waived),
        "worst": [{"subject": each.subject, expectation.column: each.value} for each in open_findings[:LISTED]],
    }
    text = f"{observed['rows']} row(s) looked at" if observed["rows"] else "nothing to look at yet"
    if observed["waived"]:
        text += f", waived: {', '.join(observed['waived'])}"
    if open_findings:
        shown = ", ".join(f"{each.subject} ({expectation.column} {each.value})" for each in open_findings[:5])
        more = f" and {len(open_findings) - 5} more" if len(open_findings) > 5 else ""
        text = f"{shown}{more}"
    return _result(expectation, not open_findings, observed, text)


def _result(expectation: Any, success: bool, observed: dict[str, Any], text: str) -> CheckResult:
    """A result whose message says what was found; a failed one adds what should hold, who mends it and how."""
    meta = expectation.meta
    message = text if success else f"{text}. Expected: {expectation.notes} {meta['owner']}: {meta['mend']}"
    return CheckResult(
        check_name=str(meta["check"]),
        layer=BATCH_LAYER,
        severity=SEVERITIES[str(getattr(expectation.severity, "value", expectation.severity))],
        success=success,
        message=message,
        observed=observed,
    )


def _unable(expectation: Any, error: object) -> CheckResult:
    return _result(expectation, False, {"error": str(error)[:2000]}, f"the check could not run: {str(error)[:300]}")


def _exception_of(result: Any) -> str | None:
    """The message of an exception that Great Expectations caught, in either of its two shapes."""
    info = result.exception_info or {}
    if info.get("raised_exception"):
        return str(info.get("exception_message"))
    for nested in info.values():
        if isinstance(nested, dict) and nested.get("raised_exception"):
            return str(nested.get("exception_message"))
    return None


def _findings(result: Any, column: str) -> list[Finding]:
    """Broken rows, the largest value first, then by subject."""
    rows = result.result.get("unexpected_index_list") or []
    if len(rows) != int(result.result.get("unexpected_count") or 0):
        raise GateError(f"Great Expectations listed {len(rows)} of {result.result.get('unexpected_count')} findings")
    ordered = sorted(rows, key=lambda row: (-Decimal(str(row[column])), str(row["subject"])))
    return [Finding(str(row["subject"]), _plain(row[column])) for row in ordered]


def _plain(value: object) -> str:
    """A number without an exponent and without zeros at its end."""
    text = f"{Decimal(str(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _copy_context(home: Path) -> Path:
    """A fresh copy of the committed context under `home`; the folder to root the context at."""
    home.mkdir(parents=True, exist_ok=True)
    target = home / "gx"
    if target.exists():
        shutil.rmtree(target)
    shutil.copytree(GX_DIR, target, ignore=shutil.ignore_patterns("uncommitted", ".ge_store_backend_id"))
    (target / "uncommitted").mkdir()
    (target / "uncommitted" / "config_variables.yml").write_text("{}\n", encoding="utf-8")
    return home


def declared_checks() -> dict[str, dict[str, str]]:
    """Check name -> owner, mend, notes, severity and planted case, read from the committed suites (no import of GX)."""
    checks: dict[str, dict[str, str]] = {}
    for path in sorted(SUITES_DIR.glob("*.json")):
        for expectation in json.loads(path.read_text(encoding="utf-8"))["expectations"]:
            meta = expectation["meta"]
            checks[meta["check"]] = {
                "suite": path.stem,
                "title_zh": meta["title_zh"],
                "severity": SEVERITIES[expectation["severity"]],
                "notes": expectation["notes"],
                "owner": meta["owner"],
                "mend": meta["mend"],
                "planted": meta["planted"],
            }
    return checks
