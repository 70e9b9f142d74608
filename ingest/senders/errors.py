"""What can go wrong between us and a sender: try again later (`SenderUnavailable`) or mend something first."""

from __future__ import annotations


class SenderError(Exception):
    """`message` says what happened where, `mend` what to do about it; neither ever holds a credential."""

    def __init__(self, message: str, mend: str = "") -> None:
        super().__init__(f"{message}; mend: {mend}" if mend else message)
        self.message = message
        self.mend = mend


class SenderUnavailable(SenderError):  # noqa: N818 - the name says what happened
    """The sender can't serve us now (timeout, dropped or refused connection, 429, 5xx): worth another try.

    `retry_after`: seconds for which the sender asked us to wait, where it did.
    """

    def __init__(self, message: str, mend: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, mend)
        self.retry_after = retry_after


class SenderRefused(SenderError):  # noqa: N818 - the name says what happened
    """Another try would end the same way: refused login, missing folder, a total that does not add up."""


class ChangedMeanwhile(SenderUnavailable):
    """The remote file became another version while it was read: what was read of it is of no use."""
