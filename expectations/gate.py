"""The gate: every check of one build in one process, stored in `ops.gate_results`; a failed stop check refuses it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from expectations.checks import DBT_LAYER, CheckResult, GateError, GateRefused, GateResult
from expectations.context import run_suites
from expectations.waivers import WAIVERS_PATH, check_expiry, check_needed, load_waivers
from ingest.contract import Contract

__all__ = [
    "CheckResult",
    "DbtTestResult",
    "GateError",
    "GateRefused",
    "GateResult",
    "read_result",
    "record_dbt_results",
    "run_gate",
]

#: A build in one of these states can be looked at; `gated` and `refused` ones may be checked again.
CHECKABLE = ("built", "gated", "refused")


@dataclass(frozen=True)
class DbtTestResult:
    """One dbt data test of a build: `status` pass|fail|error|warn|skipped, `severity` error|warn as dbt names them."""

    unique_id: str
    status: str
    severity: str
    failure_count: int | None = None
    message: str | None = None


def run_gate(
    url: str,
    build_id: str,
    home: Path,
    contracts: Mapping[str, Contract],
    *,
    waivers_path: Path = WAIVERS_PATH,
    today: date | None = None,
) -> GateResult:
    """Check `build_id` in the database at `url` (role `pipeline`), store every result and set the build's status.

    `home` is IPSTAT_HOME (Great Expectations writes under `<home>/gx`); `today` decides which waivers have expired
    (default: the day in UTC). Returns the result of a passed gate; raises GateRefused with all failed stop checks
    (after they are stored), GateError if the build is unknown or unfinished or the waivers can't be read.
    """
    day = today or datetime.now(UTC).date()
    waivers = load_waivers(waivers_path)
    with psycopg.connect(url, application_name="ipstat gate") as connection:
        _require_built(connection, build_id)
        checks = [*_dbt_checks(connection, build_id), check_expiry(waivers, day)]
        connection.commit()
        in_force = [waiver for waiver in waivers if waiver.is_in_force(day)]
        found = run_suites(url, build_id, home, contracts, in_force)
        checks += [*found, check_needed(in_force, found)]
        result = GateResult(build_id, tuple(sorted(checks, key=lambda check: (check.layer, check.check_name))))
        _store(connection, result)
    if result.status == "refused":
        raise GateRefused(result)
    return result


def read_result(connection: psycopg.Connection[Any], build_id: str) -> GateResult:
    """The stored result of the last gate of `build_id`; without checks if it was never run."""
    rows = connection.execute(
        "select check_name, layer, severity, success, coalesce(message, ''), coalesce(observed, '{}')"
        " from ops.gate_results where build_id = %s order by layer, check_name",
        (build_id,),
    ).fetchall()
    return GateResult(build_id, tuple(CheckResult(r[0], r[1], r[2], r[3], r[4], r[5]) for r in rows))


def record_dbt_results(connection: psycopg.Connection[Any], build_id: str, results: Iterable[DbtTestResult]) -> int:
    """Store the dbt data tests of a build in `ops.build_tests` (for the build step, after `dbt test`); their number.

    The gate refuses a build without them: an untested build is not a passed one.
    """
    rows = [(build_id, r.unique_id, r.status, r.severity, r.failure_count, r.message) for r in results]
    with connection.transaction():
        connection.execute("delete from ops.build_tests where build_id = %s", (build_id,))
        with connection.cursor() as cursor:
            cursor.executemany(
                "insert into ops.build_tests (build_id, unique_id, status, severity, failure_count, message)"
                " values (%s, %s, %s, %s, %s, %s)",
                rows,
            )
    return len(rows)


def _require_built(connection: psycopg.Connection[Any], build_id: str) -> None:
    row = connection.execute("select status from ops.builds where build_id = %s", (build_id,)).fetchone()
    if row is None:
        raise GateError(f"there is no build {build_id}; `ipstat status` lists the builds")
    if row[0] not in CHECKABLE:
        raise GateError(f"build {build_id} is '{row[0]}': only a finished build can be checked; run `ipstat build`")


def _dbt_checks(connection: psycopg.Connection[Any], build_id: str) -> list[CheckResult]:
    """One result for each failed dbt test, and one for all of them together."""
    rows = connection.execute(
        "select unique_id, lower(status), lower(severity), failure_count, message from ops.build_tests"
        " where build_id = %s order by unique_id",
        (build_id,),
    ).fetchall()
    bad = [row for row in rows if row[1] not in ("pass", "success")]
    checks = [
        CheckResult(
            check_name=f"dbt.{_short_name(str(unique_id))}",
            layer=DBT_LAYER,
            severity="warn" if severity == "warn" and status != "error" else "stop",
            success=False,
            message=f"{status}: {failures if failures is not None else '?'} row(s). {message or ''}".strip(),
            observed={"unique_id": unique_id, "status": status, "failures": failures},
        )
        for unique_id, status, severity, failures, message in bad
    ]
    return [_dbt_summary(len(rows), len(bad)), *_distinct_names(checks)]


def _dbt_summary(total: int, failed: int) -> CheckResult:
    return CheckResult(
        check_name="dbt.tests_recorded",
        layer=DBT_LAYER,
        severity="stop",
        success=total > 0,
        message=(
            f"{total} dbt tests ran, {failed} without success"
            if total
            else "no dbt test of this build is recorded; run `ipstat build` again"
        ),
        observed={"tests": total, "failed": failed},
    )


def _short_name(unique_id: str) -> str:
    """`not_null_fct_patents_record_key` of `test.ipstat_warehouse.not_null_fct_patents_record_key.a1b2`."""
    parts = unique_id.split(".")
    return parts[2] if len(parts) > 2 else unique_id


def _distinct_names(checks: Sequence[CheckResult]) -> list[CheckResult]:
    """Long test names are cut by dbt and may meet: the whole id tells them apart."""
    names = [check.check_name for check in checks]
    return [
        check
        if names.count(check.check_name) == 1
        else CheckResult(
            f"dbt.{check.observed['unique_id']}",
            check.layer,
            check.severity,
            check.success,
            check.message,
            check.observed,
        )
        for check in checks
    ]


def _store(connection: psycopg.Connection[Any], result: GateResult) -> None:
    """Replace the stored results and set the build's status, in one transaction."""
    with connection.transaction():
        connection.execute("delete from ops.gate_results where build_id = %s", (result.build_id,))
        with connection.cursor() as cursor:
            cursor.executemany(
                "insert into ops.gate_results (build_id, check_name, layer, severity, success, observed, message)"
                " values (%s, %s, %s, %s, %s, %s, %s)",
                [
                    (result.build_id, c.check_name, c.layer, c.severity, c.success, Jsonb(c.observed), c.message)
                    for c in result.checks
                ],
            )
        connection.execute("update ops.builds set status = %s where build_id = %s", (result.status, result.build_id))
