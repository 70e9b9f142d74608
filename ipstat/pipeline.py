"""The steps after ingest in their order: build, gate, publish. The command line and the DAGs call these functions.

Each takes Settings, makes sure of the database, holds the lock that it needs, and tells what it is doing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import psycopg
from psycopg import sql

from expectations import gate as gates
from expectations.quality_page import write_quality_page
from ingest.contract import Contract, load_contracts
from ipstat import builds, database, locks, marts_contract, publish, publish_checks, resolve, same_inputs
from ipstat.console import Tell, person, silent
from ipstat.dbt_runner import Dbt
from ipstat.errors import RefusedError
from ipstat.expected import city_today, fill_expected
from ipstat.intake import is_sample_data
from ipstat.publish import Publication
from ipstat.settings import PROJECT_ROOT, SAMPLE_PSEUDONYM_KEY, Settings

DBT_PROJECT = PROJECT_ROOT / "dbt_project"
MARTS_MODELS = DBT_PROJECT / "models" / "marts"
SEEDS = DBT_PROJECT / "seeds"
_SHOWN_REFUSALS = 20


def build(settings: Settings, as_of: date | None = None, *, is_waiting: bool = False, tell: Tell = silent) -> str:
    """Build every table from the batches that are active now, in schemas of its own; the build_id.

    Killed at any moment and called again it gives the same result: what the dead run left is cleared away first. Where
    the newest finished build was made from exactly the same inputs, it is returned and nothing is built.
    Raises BuildError, RefusedError (nothing ingested) or BusyError.
    """
    address = database.ensure_ready(settings)
    with (
        locks.hold(address, locks.WAREHOUSE, "build", is_waiting, lambda who: tell(f"waits for {who}")),
        psycopg.connect(address, autocommit=True, application_name="ipstat build") as connection,
    ):
        builds.clear_dead_builds(connection)
        contracts = load_contracts()
        fill_expected(connection, contracts, city_today())
        dated = [feed for feed, contract in contracts.items() if is_dated(contract)]
        key = SAMPLE_PSEUDONYM_KEY if is_sample_data(connection) else settings.pseudonym_key()
        inputs = builds.read_inputs(connection, PROJECT_ROOT, key)
        if same := same_inputs.find_build(connection, inputs, as_of, dated):
            tell(f"{same} has the same inputs")
            return same
        build_id = builds.open_build(connection, inputs, as_of, dated)
        try:
            fill(connection, settings, key, build_id, contracts, tell)
        except BaseException as error:
            if not connection.closed and not connection.broken:
                builds.close_build(connection, build_id, "failed", str(error)[:2000])
            raise
        builds.close_build(connection, build_id, "built")
        builds.drop_old_builds(connection)
    return build_id


def is_dated(contract: Contract) -> bool:
    """Whether the deliveries of a feed move time forward: what happened or changed, by a calendar."""
    return contract.delivery.mode != "snapshot" and contract.origin.calendar.kind != "none"


def fill(
    connection: psycopg.Connection,
    settings: Settings,
    key: bytes,
    build_id: str,
    contracts: dict[str, Contract],
    tell: Tell,
) -> None:
    """Make every table of an opened build, run the dbt tests and keep their results. The caller holds the lock."""
    resolve.resolve_build(
        connection,
        build_id,
        contracts.values(),
        SEEDS / "geography",
        key,
        lambda what, count: tell(f"resolves {what} ({count})"),
    )
    _gather_statistics(connection)
    row = connection.execute(
        "select coalesce(as_of::text, ''), horizon_date::text from ops.builds where build_id = %s", [build_id]
    ).fetchone()
    as_of, horizon = row if row is not None else ("", "")
    variables = {"build_id": build_id, "as_of": as_of, "horizon_date": horizon}
    dbt = Dbt(DBT_PROJECT, settings.dbt_dir, database.ensure_ready(settings), variables)
    dbt.run_models(lambda node: tell(f"builds {node}"))
    results = dbt.run_tests(lambda node: tell(f"tests {node}"))
    gates.record_dbt_results(
        connection,
        build_id,
        [
            gates.DbtTestResult(r.unique_id, r.status, r.severity, r.failure_count, r.message)
            for r in results
            if r.unique_id.startswith("test.")
        ],
    )
    builds.collect_open_matches(connection, build_id)


def _gather_statistics(connection: psycopg.Connection) -> None:
    """Let the planner know what was loaded a moment ago: autovacuum comes a minute later, plans are made now."""
    tables = connection.execute(
        "select schemaname, tablename from pg_tables where schemaname in ('ops', 'landing') order by 1, 2"
    ).fetchall()
    for schema, table in tables:
        connection.execute(sql.SQL("analyze {}").format(sql.Identifier(schema, table)))


@dataclass(frozen=True)
class Verdict:
    """The gate's result and the page that explains it; `result.status` is gated or refused."""

    result: gates.GateResult
    page: Path

    def as_json(self) -> dict[str, str | int]:
        """Plain values for an XCom."""
        checks = self.result.checks
        passed = sum(check.success for check in checks)
        return {
            "build_id": self.result.build_id,
            "status": self.result.status,
            "check_count": len(checks),
            "passed_count": passed,
            "page": str(self.page),
        }

    def refusals(self) -> str:
        """The checks that refuse the build, a line for each; the page has the rest."""
        shown = self.result.refusals[:_SHOWN_REFUSALS]
        lines = [
            f"\n  - {check.check_name}: {check.message.splitlines()[0] if check.message else 'failed'}"
            for check in shown
        ]
        more = len(self.result.refusals) - len(shown)
        return "".join(lines) + (f"\n  - and {more} more" if more else "")


def gate(settings: Settings, build_id: str | None = None, *, is_waiting: bool = False, tell: Tell = silent) -> Verdict:
    """Check a build (the newest finished one by default) and write its quality page."""
    address = database.ensure_ready(settings)
    with (
        locks.hold(address, locks.WAREHOUSE, "gate", is_waiting, lambda who: tell(f"waits for {who}")),
        psycopg.connect(address, autocommit=True) as connection,
    ):
        chosen = build_id or builds.latest_build(connection, ("built", "gated", "refused"))
        if chosen is None:
            raise RefusedError("there is no finished build to check", "run `ipstat build`")
        tell(chosen)
        contracts = load_contracts()
        try:
            result = gates.run_gate(address, chosen, settings.home, contracts)
        except gates.GateRefused as refused:
            result = refused.result
        return Verdict(result, write_quality_page(connection, chosen, settings.home, contracts))


def require_gate(
    settings: Settings, build_id: str | None = None, *, is_waiting: bool = False, tell: Tell = silent
) -> Verdict:
    """`gate`, for callers who go on only with a passed one; raises RefusedError listing what stopped the build."""
    verdict = gate(settings, build_id, is_waiting=is_waiting, tell=tell)
    if verdict.result.status == "refused":
        raise RefusedError(
            f"the gate refuses build {verdict.result.build_id}:{verdict.refusals()}",
            f"the quality page explains: {verdict.page}",
        )
    return verdict


def publish_marts(
    settings: Settings, build_id: str | None = None, *, is_waiting: bool = False, tell: Tell = silent
) -> Publication:
    """Bring schema `marts` to a gated build (the newest by default); nothing happens where it shows that build
    already.
    """
    address = database.ensure_ready(settings)
    with (
        locks.hold(address, locks.WAREHOUSE, "publish marts", is_waiting, lambda who: tell(f"waits for {who}")),
        psycopg.connect(address, autocommit=True, application_name="ipstat publish") as connection,
    ):
        return publish_locked(connection, build_id, tell)


def publish_locked(connection: psycopg.Connection, build_id: str | None, tell: Tell) -> Publication:
    """`publish_marts` for a caller who holds the warehouse lock already (publications do)."""
    chosen = build_id or publish_checks.latest_gated_build(connection)
    if publish_checks.published_build(connection) == chosen:
        return Publication(chosen, (), False)
    tables = marts_contract.load(MARTS_MODELS)
    done = publish.publish_marts(connection, chosen, tables, person(), lambda table: tell(f"compares {table}"))
    builds.drop_old_builds(connection)
    return done
