"""Errors of the other packages that a user can mend: they don't know the shell's exceptions, so they are named here."""

from __future__ import annotations

import psycopg

from expectations.checks import GateError
from ingest.archive import ArchiveError
from ingest.contract import ContractError
from ingest.senders.errors import SenderError
from ingest.session import FeedBusy
from ingest.spool import SpoolError
from ipstat.errors import BusyError, DatabaseError, IpstatError
from reports.completeness import IncompletePeriodError
from reports.provenance import EditionError

_KNOWN: tuple[type[Exception], ...] = (
    GateError,
    ContractError,
    ArchiveError,
    SenderError,
    SpoolError,
    EditionError,
    IncompletePeriodError,
)


def as_user_error(error: Exception) -> IpstatError | None:
    """The error as the command line prints it, or None for a fault of the program."""
    if isinstance(error, IpstatError):
        return error
    if isinstance(error, FeedBusy):
        return BusyError(str(error), "wait for it to end, or add --wait")
    if isinstance(error, _KNOWN):
        return IpstatError(str(error))
    if isinstance(error, psycopg.OperationalError):
        return DatabaseError(
            f"the database went away: {str(error).strip()}", "run the command again; nothing is half done"
        )
    if isinstance(error, PermissionError):
        return IpstatError(f"no permission: {error}", "run as the owner of IPSTAT_HOME, or choose another folder")
    return None
