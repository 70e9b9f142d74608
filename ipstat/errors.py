"""Errors that a user can mend: each has a message, a mend and an exit code, and is printed without a traceback."""

from __future__ import annotations

from typing import ClassVar


class IpstatError(Exception):
    """Something the user can mend; `message` says what is wrong and where, `mend` what to do about it."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, mend: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend

    def __str__(self) -> str:
        return f"{self.message}\n  {self.mend}" if self.mend else self.message


class DatabaseError(IpstatError):
    """The database server can't be made, started or reached."""


class MigrationError(IpstatError):
    """The schema of the database can't be brought to the version of the code."""


class RefusedError(IpstatError):
    """A step was refused because what it needs is not there (no passed gate, missing deliveries, ...)."""


class FeedRefusedError(RefusedError):
    """Files of a feed that may not be published: over their quarantine budget, or refused and not replaced since."""


class BuildError(IpstatError):
    """A build failed; its schemas stay for a look until the next build."""


class UsageError(IpstatError):
    """The command was called with arguments that make no sense."""

    exit_code: ClassVar[int] = 2


class BusyError(IpstatError):
    """Another run holds the lock."""

    exit_code: ClassVar[int] = 75
