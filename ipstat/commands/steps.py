"""`ipstat ingest`, `build`, `gate`: the steps up to a checked build."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ingest.report import IngestReport
from ipstat import failures, intake, pipeline
from ipstat.commands.common import BuildOption, WaitOption, echo, open_session, parse_date
from ipstat.errors import RefusedError


def ingest_command(
    feed: Annotated[str, typer.Argument(help="The feed's name; `ipstat status` lists them.")],
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders whose files are all taken.")],
    known_on: Annotated[
        str | None,
        typer.Option("--known-on", metavar="DATE", help="When the sender made it public, if no file says so."),
    ] = None,
    wait: WaitOption = False,
) -> None:
    """Archive files and load them into landing, all or nothing for each batch.

    Example: ipstat ingest cnipa_gazette feeds/2019-07-09/*.csv --known-on 2019-07-09
    """
    session = open_session("ingest")
    day = parse_date(known_on, "--known-on")
    with failures.watch(session.settings, "ingest", feed):
        with session.reporter.step(f"ingesting {feed}", feed=feed, paths=len(paths)) as tell:
            report = intake.ingest_feed(session.settings, feed, paths, day, is_waiting=wait, tell=tell)
        print_report(report)
    failures.recheck(session.settings, feed)


def print_report(report: IngestReport) -> None:
    """One line for each batch, each refused file with its mend; raises RefusedError where a file was refused."""
    for batch in report.batches:
        counted = f"{batch.row_count} rows, {batch.quarantined_count} quarantined"
        repeats = f", {batch.header_repeat_count} repeated headers" if batch.header_repeat_count else ""
        echo(f"{report.feed} {batch.partition_key}: {batch.status}, batch {batch.batch_id}, {counted}{repeats}")
        for warning in batch.warnings:
            echo(f"  warning: {warning}")
    if report.ignored:
        echo(f"not for this feed: {', '.join(report.ignored[:20])}")
    if report.rejected:
        listed = "".join(f"\n  - {rejected}" for rejected in report.rejected)
        raise RefusedError(f"{len(report.rejected)} file(s) of {report.feed} were refused:{listed}")


def build_command(
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="DATE", help="Only what was public by the end of this day; never published."),
    ] = None,
    wait: WaitOption = False,
) -> None:
    """Build the warehouse from the active batches, in schemas of its own; prints the build's id.

    Example: ipstat build --as-of 2024-06-30
    """
    session = open_session("build")
    day = parse_date(as_of, "--as-of")
    with session.reporter.step("building", as_of=as_of) as tell, failures.watch(session.settings, "build"):
        build_id = pipeline.build(session.settings, day, is_waiting=wait, tell=tell)
    echo(build_id)
    if day is not None:
        session.reporter.say(f"analysis as of {day}: read schema marts_{build_id}; it is never published")


def gate_command(build: BuildOption = None, wait: WaitOption = False) -> None:
    """Check a finished build; exit code 1 where a stop check fails. Writes the quality page."""
    session = open_session("gate")
    with session.reporter.step("checking") as tell, failures.watch(session.settings, "gate"):
        verdict = pipeline.require_gate(session.settings, build, is_waiting=wait, tell=tell)
    passed = sum(check.success for check in verdict.result.checks)
    echo(f"{verdict.result.build_id} passed: {passed} of {len(verdict.result.checks)} checks, no stop check failed")
    for check in verdict.result.warnings:
        session.reporter.say(f"warning: {check.check_name}: {check.message}")
    session.reporter.say(f"quality page: {verdict.page}")
