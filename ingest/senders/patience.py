"""How often and after which pause a sender is asked again within one fetch."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from ingest.senders.errors import SenderUnavailable

Result = TypeVar("Result")


@dataclass(frozen=True)
class Patience:
    """`attempts` in a row without progress, with pauses of `first_wait` seconds that double up to `longest_wait`.

    A sender's Retry-After counts instead, up to `longest_wait`: a fetch does not sleep for an hour; the scheduler
    calls it again.
    """

    attempts: int = 4
    first_wait: float = 1.0
    longest_wait: float = 30.0
    sleep: Callable[[float], None] = time.sleep

    def run(self, action: Callable[[], Result]) -> Result:
        """The action's result; SenderUnavailable is raised once the attempts are used up."""
        failed = 0
        while True:
            try:
                return action()
            except SenderUnavailable as error:
                failed += 1
                self.wait_or_raise(failed, error)

    def wait_or_raise(self, failed: int, error: SenderUnavailable) -> None:
        """Pause after the `failed`-th failure in a row, or raise the error where that was the last attempt."""
        if failed >= self.attempts:
            raise error
        wait = self.first_wait * 2 ** (failed - 1) if error.retry_after is None else error.retry_after
        self.sleep(min(max(wait, 0.0), self.longest_wait))
