"""Taking files in: by feed, from a folder of feeds, and what happens to batches afterwards."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import psycopg

from ingest import batches
from ingest.contract import Contract, load_contracts
from ingest.load import ingest
from ingest.report import IngestReport
from ipstat import database, locks
from ipstat.console import Tell, person, silent
from ipstat.delivery_plan import MARK_NAME, Turn, read_turns
from ipstat.errors import RefusedError, UsageError
from ipstat.expected import city_today, fill_expected
from ipstat.settings import Settings


def contract_of(feed: str, known: Mapping[str, Contract] | None = None) -> Contract:
    """The contract of a feed (of `known`, else of all); raises UsageError naming the known feeds."""
    contracts = load_contracts() if known is None else known
    if feed not in contracts:
        raise UsageError(f"there is no feed {feed!r}", f"known feeds: {', '.join(contracts)}")
    return contracts[feed]


@contextmanager
def _feed_session(
    settings: Settings, feed: str, command: str, is_waiting: bool, tell: Tell
) -> Iterator[psycopg.Connection]:
    """A connection that may change the batches of a feed: it holds the feed's lock."""
    address = database.ensure_ready(settings)
    with (
        locks.hold(address, locks.feed_lock(feed), command, is_waiting, lambda who: tell(f"waits for {who}")),
        psycopg.connect(address, autocommit=True, application_name=f"ipstat {command}") as connection,
    ):
        yield connection


def ingest_feed(
    settings: Settings,
    feed: str,
    paths: Sequence[Path],
    known_on: date | None = None,
    *,
    is_waiting: bool = False,
    tell: Tell = silent,
) -> IngestReport:
    """Archive and load files of one feed; files of a sample city mark the home as holding synthetic data.

    Raises UsageError for an unknown feed, BusyError while another loads it, RefusedError where synthetic files would
    mix with real ones.
    """
    contracts = load_contracts()
    contract = contract_of(feed, contracts)
    is_sample = any((folder / MARK_NAME).exists() for path in paths for folder in path.absolute().parents)
    with _feed_session(settings, feed, f"ingest {feed}", is_waiting, tell) as connection:
        if is_sample:
            mark_sample_data(connection)
        fill_expected(connection, contracts, city_today())
        return _ingest(connection, settings, contract, paths, known_on, tell)


def _ingest(
    connection: psycopg.Connection,
    settings: Settings,
    contract: Contract,
    paths: Sequence[Path],
    known_on: date | None,
    tell: Tell,
) -> IngestReport:
    def progress(done: int, total: int, name: str) -> None:
        tell(f"{name} ({done} of {total})")

    return ingest(connection, settings.archive_dir, contract, paths, known_on, person(), progress)


def ingest_folder(
    settings: Settings, folder: Path, *, is_waiting: bool = False, tell: Tell = silent
) -> list[IngestReport]:
    """Ingest a folder that holds one folder for each feed, in the order of its `deliveries.csv` where it has one.

    A folder with SAMPLE_DATA.json marks the home as holding synthetic data; raises RefusedError where that would mix
    with a real sender's files.
    """
    contracts = load_contracts()
    turns = read_turns(folder, contracts)
    address = database.ensure_ready(settings)
    with psycopg.connect(address, autocommit=True) as connection:
        fill_expected(connection, contracts, city_today())
        if (folder / MARK_NAME).exists():
            mark_sample_data(connection)
    reports = []
    for turn in turns:
        with _feed_session(settings, turn.feed, f"ingest {turn.feed}", is_waiting, tell) as connection:
            reports.append(_take_turn(connection, settings, contracts[turn.feed], turn, tell))
    return reports


def _take_turn(
    connection: psycopg.Connection, settings: Settings, contract: Contract, turn: Turn, tell: Tell
) -> IngestReport:
    def tell_feed(text: str) -> None:
        tell(f"{turn.feed} {text}")

    report = _ingest(connection, settings, contract, turn.paths, None, tell_feed)
    for path in turn.withdrawn:
        with path.open("rb") as handle:
            digest = hashlib.file_digest(handle, "sha256").hexdigest()
        row = connection.execute(
            "select batches.batch_id from ops.batches as batches join ops.batch_files as files using (batch_id)"
            " where batches.feed = %s and batches.status = 'active' and files.sha256 = %s",
            [turn.feed, digest],
        ).fetchone()
        if row is not None:
            batches.retract_batch(connection, row[0], "withdrawn by its sender", person())
    return report


def reload_batches(
    settings: Settings, batch_ids: Sequence[int], reason: str, *, is_waiting: bool = False, tell: Tell = silent
) -> IngestReport:
    """Parse the archived files of these batches (of one feed) again; the new batches supersede."""
    feed = _feed_of(settings, batch_ids[0])

    def progress(done: int, total: int, name: str) -> None:
        tell(f"{name} ({done} of {total})")

    with _feed_session(settings, feed, "batch reload", is_waiting, tell) as connection:
        return batches.reload_batches(
            connection, settings.archive_dir, contract_of(feed), batch_ids, reason, person(), progress
        )


def retract_batch(
    settings: Settings, batch_id: int, reason: str, *, is_waiting: bool = False, tell: Tell = silent
) -> batches.Batch:
    """End a wrong batch; nothing is deleted."""
    with _feed_session(settings, _feed_of(settings, batch_id), "batch retract", is_waiting, tell) as connection:
        return batches.retract_batch(connection, batch_id, reason, person())


def _feed_of(settings: Settings, batch_id: int) -> str:
    with psycopg.connect(database.ensure_ready(settings)) as connection:
        return batches.get_batch(connection, batch_id).feed


def is_sample_data(connection: psycopg.Connection) -> bool:
    """Whether this home holds the sample city: everything published from it is marked 示例数据."""
    query = "select 1 from ops.settings where name = 'is_sample_data' and value = 'true'"
    return connection.execute(query).fetchone() is not None


def mark_sample_data(connection: psycopg.Connection) -> None:
    """Mark this home as holding synthetic data; raises RefusedError where it holds a real sender's files."""
    if is_sample_data(connection):
        return
    if connection.execute("select 1 from ops.deliveries limit 1").fetchone() is not None:
        raise RefusedError(
            "this home holds files of real senders; the sample city would mix with them",
            "choose another IPSTAT_HOME for the sample city",
        )
    connection.execute("insert into ops.settings (name, value) values ('is_sample_data', 'true')")
