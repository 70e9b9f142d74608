"""Publications from one gated build: the white paper with its rankings, and the report on one gazette issue.

Each first brings `marts` to its build, then writes its outputs and freezes them as an edition.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import psycopg

from ipstat import database, headlines, locks, pipeline, publish_checks
from ipstat.console import Tell, person, silent
from ipstat.errors import UsageError
from ipstat.intake import is_sample_data
from ipstat.settings import Settings
from reports import editions
from reports.editions import Edition
from reports.rankings.rank import rank
from reports.rankings.writers import write_csv, write_workbook

WHITE_PAPER = "white-paper"
GAZETTE = "gazette"
Write = Callable[[psycopg.Connection, str, Path, bool], None]
"""Write all outputs of a build into a folder; the last argument says whether the input is synthetic."""


def publish_white_paper(
    settings: Settings,
    year: int,
    *,
    build_id: str | None = None,
    out: Path | None = None,
    is_waiting: bool = False,
    tell: Tell = silent,
) -> Edition:
    """The white paper of a year, with the rankings as CSV and Excel; a copy goes to `out`.

    Raises IncompletePeriodError naming the missing deliveries, RefusedError without a gated build.
    """
    return _publish(settings, WHITE_PAPER, str(year), build_id, out, is_waiting, tell)


def writer(settings: Settings, publication: str, period: str) -> Write:
    """What writes the outputs of a publication for a period; raises UsageError for one that is unknown."""
    if publication == WHITE_PAPER and period.isdigit():
        return lambda *given: _write_white_paper(settings, int(period), *given)
    if publication == GAZETTE:
        return lambda *given: _write_gazette(settings, date.fromisoformat(period), *given)
    raise UsageError(f"there is no publication {publication} for {period}", f"there are {WHITE_PAPER} and {GAZETTE}")


def _write_white_paper(
    settings: Settings, year: int, connection: psycopg.Connection, build_id: str, folder: Path, is_sample: bool
) -> None:
    from reports.white_paper import publish as make_white_paper  # noqa: PLC0415 - typesetting is slow to import

    make_white_paper(connection, build_id, year, folder, settings.fonts_dir, is_sample)
    _write_rankings(connection, build_id, year, folder / "rankings", is_sample)


def _write_gazette(
    settings: Settings, day: date, connection: psycopg.Connection, build_id: str, folder: Path, is_sample: bool
) -> None:
    from reports.gazette import publish as make_report  # noqa: PLC0415 - typesetting is slow to import

    make_report(connection, build_id, day, folder, settings.fonts_dir, is_sample)


def publish_annual(
    settings: Settings,
    build_id: str | None = None,
    year: int | None = None,
    *,
    is_waiting: bool = False,
    tell: Tell = silent,
) -> Edition | None:
    """The white paper of `year`, or of the last complete year where None; None where none is complete then.

    Raises RefusedError without a gated build, IncompletePeriodError for a year that was asked for.
    """
    with psycopg.connect(database.ensure_ready(settings), autocommit=True) as connection:
        chosen = build_id or publish_checks.latest_gated_build(connection)
        publish_checks.check_publishable(connection, chosen)
        wanted = headlines.last_complete_year(connection, chosen) if year is None else year
    if wanted is None:
        return None
    return publish_white_paper(settings, wanted, build_id=chosen, is_waiting=is_waiting, tell=tell)


def _write_rankings(connection: psycopg.Connection, build_id: str, year: int, folder: Path, is_sample: bool) -> None:
    """One CSV for each board, and one workbook of all."""
    folder.mkdir()
    ranking = rank(connection, build_id, year)
    for board in ranking.boards:
        write_csv(board, folder / f"{board.code}.csv", is_sample=is_sample)
    write_workbook(ranking, folder / "rankings.xlsx", is_sample=is_sample)


def publish_gazette(
    settings: Settings,
    day: date,
    *,
    build_id: str | None = None,
    out: Path | None = None,
    is_waiting: bool = False,
    tell: Tell = silent,
) -> Edition:
    """The report on the gazette issue of one day; raises an error that names the issues there are for another day."""
    return _publish(settings, GAZETTE, day.isoformat(), build_id, out, is_waiting, tell)


def _publish(
    settings: Settings,
    publication: str,
    period: str,
    build_id: str | None,
    out: Path | None,
    is_waiting: bool,
    tell: Tell,
) -> Edition:
    write = writer(settings, publication, period)
    address = database.ensure_ready(settings)
    with (
        locks.hold(
            address, locks.WAREHOUSE, f"publish {publication}", is_waiting, lambda who: tell(f"waits for {who}")
        ),
        psycopg.connect(address, autocommit=True, application_name="ipstat publish") as connection,
        work_folder(settings) as folder,
    ):
        chosen = build_id or publish_checks.latest_gated_build(connection)
        publish_checks.check_publishable(connection, chosen)
        pipeline.publish_locked(connection, chosen, tell)
        tell("writes its pages")
        write(connection, chosen, folder, is_sample_data(connection))
        return editions.freeze(
            connection, settings.editions_dir, publication, period, chosen, folder, created_by=person(), out=out
        )


@contextmanager
def work_folder(settings: Settings) -> Iterator[Path]:
    """A folder beside the editions (same file system), gone afterwards."""
    settings.editions_dir.mkdir(parents=True, exist_ok=True)
    for left in settings.editions_dir.glob(".making-*"):  # of a killed run: the lock is ours, so nobody else works here
        shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=".making-", dir=settings.editions_dir))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
