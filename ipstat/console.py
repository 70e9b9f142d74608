"""What a person sees (stderr, rich) and what a machine keeps (JSON lines in the home's `logs/`)."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from ipstat.settings import Settings

LOG_NAME = "ipstat.jsonl"
Tell = Callable[[str], None]
"""A step tells what it is doing now; called often, must be cheap."""


def silent(_text: str) -> None:
    """A Tell for callers who want to hear nothing."""


def person() -> str:
    """The name under which what we do is recorded."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a uid without an entry in the password file
        return f"uid {os.geteuid()}"


@dataclass
class Reporter:
    """Progress for a person on a console (stderr), and a log for the machine."""

    console: Console
    log: Any

    @contextmanager
    def step(self, title: str, **context: object) -> Iterator[Tell]:
        """Show a step while the block runs, with what it tells; log its start, end and error."""
        log = self.log.bind(step=title, **context)
        log.info("started")
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=12), TimeElapsedColumn())
        try:
            with Progress(*columns, console=self.console, transient=True) as progress:
                task = progress.add_task(title, total=None)
                yield lambda text: progress.update(task, description=f"{title}: {text}")
        except BaseException as error:
            log.error("failed", error=str(error), kind=type(error).__name__)  # noqa: TRY400 - no traceback
            raise
        log.info("finished")

    def say(self, text: str) -> None:
        """A line for the person; logged too."""
        self.console.print(text, highlight=False, markup=False, soft_wrap=True)
        self.log.info("said", text=text)


class _LineLog:
    """Appends each line by itself, so that no file stays open and lines of two processes never mix."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def msg(self, line: str) -> None:
        """Write one line."""
        with self.path.open("a", encoding="utf-8") as handle:
            handle.write(line + "\n")

    debug = info = warning = error = critical = msg


def make_reporter(settings: Settings, command: str) -> Reporter:
    """A reporter that writes to stderr and appends to `logs/ipstat.jsonl` of the home."""
    settings.ensure_home()
    log = structlog.wrap_logger(
        _LineLog(settings.logs_dir / LOG_NAME),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    ).bind(command=command, pid=os.getpid(), user=person())
    return Reporter(Console(stderr=True), log)
