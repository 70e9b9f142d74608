"""An edition made again from its manifest: the same batches, also those superseded since, the same code, seeds,
corrections and decisions; then every file is compared with what was published.

The build of it is marked, is never published, and is removed when it has been compared.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import psycopg

from expectations import gate as gates
from ingest.contract import load_contracts
from ipstat import builds, database, locks, pipeline, publications
from ipstat.builds import Inputs, Pinned
from ipstat.console import Tell, silent
from ipstat.errors import RefusedError, UsageError
from ipstat.expected import city_today, fill_expected
from ipstat.intake import is_sample_data
from ipstat.settings import PROJECT_ROOT, SAMPLE_PSEUDONYM_KEY, Settings
from reports.provenance import make_manifest, read_provenance
from reports.rebuilt import Comparison, FrozenEdition, compare_outputs, pinned_differences, read_edition

_SHOWN = 10


def rebuild_edition(
    settings: Settings, name_or_path: str, *, is_waiting: bool = False, tell: Tell = silent
) -> tuple[FrozenEdition, Comparison]:
    """Make an edition again and compare it; the edition and what is equal and what differs.

    `name_or_path`: the name of a folder of the editions (`white-paper-2024-1`), or the path of such a folder. Raises
    RefusedError naming every pinned input that is another now (code, seeds, corrections, key of the pseudonyms) or is
    not there (batches, decisions), EditionError for a damaged folder.
    """
    edition = read_edition(find_folder(settings, name_or_path))
    write = publications.writer(settings, edition.publication, edition.period)
    address = database.ensure_ready(settings)
    with (
        locks.hold(address, locks.WAREHOUSE, "publish rebuild", is_waiting, lambda who: tell(f"waits for {who}")),
        psycopg.connect(address, autocommit=True, application_name="ipstat publish") as connection,
        publications.work_folder(settings) as folder,
    ):
        builds.clear_dead_builds(connection)
        key = SAMPLE_PSEUDONYM_KEY if is_sample_data(connection) else settings.pseudonym_key()
        inputs = builds.read_inputs(connection, PROJECT_ROOT, key)
        require_inputs(connection, edition, inputs)
        build_id = open_pinned(connection, edition, inputs)
        try:
            _make(connection, settings, build_id, key, edition, tell)
            tell("writes its pages")
            write(connection, build_id, folder, is_sample_data(connection))
            manifest = make_manifest(edition.publication, edition.period, read_provenance(connection, build_id), {})
            return edition, compare_outputs(edition, folder, manifest["gate"])
        finally:
            if not connection.closed and not connection.broken:
                builds.forget_build(connection, build_id)


def find_folder(settings: Settings, name_or_path: str) -> Path:
    """The folder of an edition; raises UsageError listing the editions there are."""
    for folder in (settings.editions_dir / name_or_path, Path(name_or_path)):
        if folder.is_dir():
            return folder
    there = sorted(path.name for path in settings.editions_dir.glob("[a-z]*") if path.is_dir())
    raise UsageError(f"there is no edition {name_or_path}", f"there are: {', '.join(there) or 'none'}")


def require_inputs(connection: psycopg.Connection, edition: FrozenEdition, inputs: Inputs) -> None:
    """Raise RefusedError with every input of the edition that is another now or is gone."""
    now = {
        "code_version": inputs.code_version,
        "seeds_hash": inputs.seeds_hash,
        "corrections_hash": inputs.corrections_hash,
    }
    found = pinned_differences(edition, now)
    rows = connection.execute(
        "select batch_id from unnest(%s::bigint[]) as batch_id except select batch_id from ops.batches order by 1",
        [list(edition.batch_ids)],
    ).fetchall()
    if rows:
        named = ", ".join(str(batch_id) for (batch_id,) in rows[:_SHOWN])
        found.append(f"batches: {len(rows)} of {len(edition.batch_ids)} are not in this database ({named})")
    decisions = edition.pinned["decisions_hash"]
    known = connection.execute("select 1 from ops.builds where decisions_hash = %s limit 1", [decisions]).fetchone()
    if known is None and decisions != inputs.decisions_hash:
        found.append(f"decisions: the edition pins {decisions[:12]}..., which no build of this database had")
    original = _original_build(connection, edition)
    if original is not None and original[0] != inputs.pseudonym_key_hash:
        found.append("pseudonym key: the edition's build had another")
    if found:
        raise RefusedError(
            f"edition {edition.path.name} can't be made again from what is here:"
            + "".join(f"\n  - {d}" for d in found),
            "check out the code of the edition, restore its backup where batches or decisions are missing",
        )


def open_pinned(connection: psycopg.Connection, edition: FrozenEdition, inputs: Inputs) -> str:
    """Record a build of the edition's batches and decisions; its build_id."""
    contracts = load_contracts()
    fill_expected(connection, contracts, city_today())
    dated = [feed for feed, contract in contracts.items() if pipeline.is_dated(contract)]
    pinned = Pinned(edition.path.name, edition.batch_ids)
    return builds.open_build(connection, inputs, None, dated, edition.pinned["decisions_hash"], pinned)


def _make(
    connection: psycopg.Connection,
    settings: Settings,
    build_id: str,
    key: bytes,
    edition: FrozenEdition,
    tell: Tell,
) -> None:
    """Fill the build and check it as on the day when the edition was made: waivers had not run out then."""
    contracts = load_contracts()
    pipeline.fill(connection, settings, key, build_id, contracts, tell)
    builds.close_build(connection, build_id, "built")
    original = _original_build(connection, edition)
    day = original[1] if original is not None else None
    try:
        gates.run_gate(database.ensure_ready(settings), build_id, settings.home, contracts, today=day)
    except gates.GateRefused as refused:
        raise RefusedError(f"made again, edition {edition.path.name} does not pass the gate: {refused}") from refused


def _original_build(connection: psycopg.Connection, edition: FrozenEdition) -> tuple[str | None, date] | None:
    """Hash of the pseudonyms' key of the edition's build and the day of its gate (UTC); None where it is registered
    in another database.
    """
    row = connection.execute(
        "select builds.pseudonym_key_hash,"
        " (coalesce(max(gates.checked_at), editions.created_at) at time zone 'UTC')::date"
        " from publication.editions as editions"
        " inner join ops.builds as builds on builds.build_id = editions.build_id"
        " left join ops.gate_results as gates on gates.build_id = editions.build_id"
        " where editions.publication = %s and editions.period = %s and editions.manifest_hash = %s"
        " group by builds.pseudonym_key_hash, editions.created_at",
        [edition.publication, edition.period, edition.manifest_hash],
    ).fetchone()
    return None if row is None else (row[0], row[1])
