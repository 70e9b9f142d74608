"""Fetching: each feed's sender is asked, and what is new comes into the spool as whole turns."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import psycopg

from ingest.contract import Contract, load_contracts
from ingest.senders.address import SenderAddress
from ingest.senders.choose import sender_for
from ingest.senders.collect import Errand, collect
from ingest.senders.patience import Patience
from ingest.senders.shape import SenderShape
from ingest.spool import known_versions
from ipstat import database, intake
from ipstat.console import Tell, silent
from ipstat.delivery_plan import MARK_NAME
from ipstat.errors import BusyError, UsageError
from ipstat.expected import city_today
from ipstat.settings import Settings

_LOCK_NAME: Final = ".lock"
_LOOK_SECONDS: Final = 0.5


def shape_of(contract: Contract) -> SenderShape:
    """The contract's sender; raises UsageError where it names none."""
    if contract.origin.sender is None:
        raise UsageError(f"the contract of {contract.feed} names no sender", "add origin.sender to the contract")
    return contract.origin.sender


def configured(contracts: Mapping[str, Contract], environment: Mapping[str, str] | None = None) -> list[str]:
    """The feeds whose sender has an address in the environment."""
    env = os.environ if environment is None else environment
    senders = {feed: contract.origin.sender for feed, contract in contracts.items()}
    return [feed for feed, sender in senders.items() if sender is not None and env.get(sender.variable)]


def address_of(contract: Contract, environment: Mapping[str, str] | None = None) -> str:
    """The address of a feed's sender from the environment; raises UsageError naming the variable."""
    shape = shape_of(contract)
    env = os.environ if environment is None else environment
    if address := env.get(shape.variable):
        return address
    raise UsageError(
        f"no connection is configured for the sender of {contract.feed}",
        f"set {shape.variable} to its address, for example folder:///dir or sftp://user:password@host/dir?host_key=...;"
        f" in Airflow make the connection {shape.connection}",
    )


def fetch(
    settings: Settings,
    feed: str,
    address: str | None = None,
    *,
    is_waiting: bool = False,
    tell: Tell = silent,
    patience: Patience | None = None,
) -> int:
    """Ask a feed's sender for what is new; the number of files that came, as whole turns, into the spool.

    `address`: the connection as URI or Airflow's JSON; None: from the environment. Raises SenderUnavailable (worth a
    retry: the next call resumes), SenderRefused, UsageError without a connection, BusyError while another fetches the
    feed, RefusedError where synthetic files would mix with real ones.
    """
    contract = intake.contract_of(feed, load_contracts())
    shape = shape_of(contract)
    parsed = SenderAddress.parse(address or address_of(contract))
    with _fetch_lock(settings.spool_dir, feed, is_waiting, tell):
        with psycopg.connect(database.ensure_ready(settings), autocommit=True) as connection:
            if parsed.scheme == "folder" and _is_sample_city(Path(parsed.path)):
                intake.mark_sample_data(connection)
            known = known_versions(connection, settings.spool_dir, feed, shape.connection)
        errand = Errand(feed, shape.connection, settings.spool_dir, patience or Patience(), tell)
        with closing(sender_for(contract, parsed, city_today())) as sender:
            turns = collect(sender, errand, known)
    return sum(len(turn.files) for turn in turns)


def _is_sample_city(folder: Path) -> bool:
    return any((each / MARK_NAME).exists() for each in (folder, *folder.parents))


@contextmanager
def _fetch_lock(spool_dir: Path, feed: str, is_waiting: bool, tell: Tell) -> Iterator[None]:
    """One fetch of a feed at a time: the unfinished turn in the spool has one writer."""
    folder = spool_dir / feed
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOCK_NAME).open("w") as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                if not is_waiting:
                    message = f"another run fetches {feed} now"
                    raise BusyError(message, "wait for it to end, or add --wait") from None
                tell("waits for another fetch of this feed")
                time.sleep(_LOOK_SECONDS)
            else:
                break
        yield
