"""Taking files in: named by hand, or turn by turn from the spool; and what happens to batches afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from urllib.parse import quote

import psycopg

from ingest import batches, pending, spool
from ingest.contract import Contract, load_contracts
from ingest.land import Progress
from ingest.load import ingest
from ingest.receive import receive_turn
from ingest.report import IngestReport
from ingest.session import session
from ipstat import database, locks
from ipstat.console import Tell, person, silent
from ipstat.delivery_plan import MARK_NAME, feeds_of
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
        return ingest(connection, settings.archive_dir, contract, paths, known_on, person(), _progress(tell))


def archive_turns(settings: Settings, feed: str, *, is_waiting: bool = False, tell: Tell = silent) -> int:
    """Archive every whole turn of the feed's spool, in order, each in one transaction; how many receipts.

    Raises BusyError while another loads the feed, ArchiveError for a turn whose bytes changed since they were fetched.
    """
    contract = contract_of(feed)
    settings.ensure_home()
    count = 0
    with _feed_session(settings, feed, f"archive {feed}", is_waiting, tell) as connection:
        for turn in spool.whole_turns(settings.spool_dir, feed):
            tell(f"{feed} turn {turn.turn_id} ({len(turn.files)} files)")
            count += receive_turn(connection, settings.archive_dir, settings.spool_dir, contract, turn)
    return count


def load_pending(settings: Settings, feed: str, *, is_waiting: bool = False, tell: Tell = silent) -> IngestReport:
    """Load what is archived and not loaded yet, in the order of receipt; `delivery_count` counts what was settled.

    Raises BusyError while another loads the feed, ArchiveError for a missing or damaged file of the archive.
    """
    contracts = load_contracts()
    contract = contract_of(feed, contracts)
    settings.ensure_home()
    with _feed_session(settings, feed, f"load {feed}", is_waiting, tell) as connection:
        fill_expected(connection, contracts, city_today())
        with session(connection, feed):
            return pending.load_pending(connection, settings.archive_dir, contract, person(), _progress(tell))


def ingest_folder(
    settings: Settings, folder: Path, *, is_waiting: bool = False, tell: Tell = silent
) -> list[IngestReport]:
    """Fetch, archive and load a folder of feeds, without a check; one report for each feed it holds."""
    from ipstat import fetching  # noqa: PLC0415 - fetching asks this module for the sample city's mark

    reports = []
    for feed in feeds_of(folder, load_contracts()):
        fetching.fetch(settings, feed, folder_address(folder), is_waiting=is_waiting, tell=tell)
        archive_turns(settings, feed, is_waiting=is_waiting, tell=tell)
        reports.append(load_pending(settings, feed, is_waiting=is_waiting, tell=tell))
    return reports


def folder_address(folder: Path) -> str:
    """The address under which a folder is a sender."""
    return f"folder://{quote(str(folder.absolute()))}"


def reload_partition(
    settings: Settings, feed: str, partition_key: str, *, is_waiting: bool = False, tell: Tell = silent
) -> IngestReport:
    """Parse one period again from the archive alone; the new batch supersedes the active one.

    Raises RefusedError for a period of which nothing is archived, or whose batch was ended.
    """
    contract = contract_of(feed)
    with _feed_session(settings, feed, f"reload {feed}", is_waiting, tell) as connection:
        try:
            return batches.reload_partition(
                connection, settings.archive_dir, contract, partition_key, "reload", person(), _progress(tell)
            )
        except batches.UnknownBatch as error:
            raise RefusedError(str(error)) from error


def _progress(tell: Tell) -> Progress:
    return lambda done, total, name: tell(f"{name} ({done} of {total})")


def reload_batches(
    settings: Settings, batch_ids: Sequence[int], reason: str, *, is_waiting: bool = False, tell: Tell = silent
) -> IngestReport:
    """Parse the archived files of these batches (of one feed) again; the new batches supersede."""
    feed = _feed_of(settings, batch_ids[0])
    with _feed_session(settings, feed, "batch reload", is_waiting, tell) as connection:
        return batches.reload_batches(
            connection, settings.archive_dir, contract_of(feed), batch_ids, reason, person(), _progress(tell)
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
