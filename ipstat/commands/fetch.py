"""`ipstat fetch`: ask the senders, then take in what came."""

from __future__ import annotations

from typing import Annotated

import typer

from ingest.contract import load_contracts
from ingest.senders.errors import SenderError
from ipstat import fetching, intake, steps
from ipstat.commands.common import Session, WaitOption, echo, open_session
from ipstat.errors import IpstatError, RefusedError, UsageError
from ipstat.user_errors import as_user_error


def fetch_command(
    feeds: Annotated[list[str] | None, typer.Argument(help="Default: all feeds whose sender has an address.")] = None,
    wait: WaitOption = False,
) -> None:
    """Ask the senders for what is new, archive it, load it and check it.

    Each sender's address is the variable AIRFLOW_CONN_<ID> (a URI or Airflow's JSON); the contract names the id.

    Example: AIRFLOW_CONN_CUSTOMS='sftp://...' ipstat fetch customs_lots
    """
    session = open_session("fetch")
    contracts = load_contracts()
    asked = list(feeds or fetching.configured(contracts))
    for feed in asked:
        fetching.address_of(intake.contract_of(feed, contracts))
    if not asked:
        variables = sorted({fetching.shape_of(contract).variable for contract in contracts.values()})
        raise UsageError("no sender has an address", f"set one of {', '.join(variables)}")
    failed: list[tuple[str, IpstatError]] = []
    for feed in asked:
        try:
            _fetch_one(session, feed, wait)
        except (IpstatError, SenderError) as error:
            known = as_user_error(error) or IpstatError(str(error))
            if len(asked) == 1:
                raise known from None
            failed.append((feed, known))
            session.reporter.say(f"{feed}: {known}")
    if failed:
        listed = "".join(f"\n  - {feed}: {error}" for feed, error in failed)
        raise RefusedError(f"{len(failed)} of {len(asked)} feeds could not be taken in:{listed}")


def _fetch_one(session: Session, feed: str, wait: bool) -> None:
    settings = session.settings
    with session.reporter.step(f"fetching {feed}", feed=feed) as tell:
        count = steps.fetch(settings, feed, is_waiting=wait, tell=tell)
    with session.reporter.step(f"loading {feed}", feed=feed) as tell:
        receipts = steps.archive(settings, feed, is_waiting=wait, tell=tell)
        steps.load(settings, feed, is_waiting=wait, tell=tell)
        steps.check(settings, feed, is_waiting=wait, tell=tell)
    echo(f"{feed}: {count} files fetched, {receipts} receipts archived and loaded")
