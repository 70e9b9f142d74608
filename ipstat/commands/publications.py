"""`ipstat publish ...`: the marts, the white paper, the report on a gazette issue."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ipstat import failures, pipeline, publications, rebuild
from ipstat.commands.common import BuildOption, WaitOption, echo, open_session, parse_date
from ipstat.errors import RefusedError, UsageError
from ipstat.publish import Publication

app = typer.Typer(help="Publish the marts, the white paper or a report on one gazette issue.", no_args_is_help=True)

OutOption = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Also copy the edition's files there.")]


@app.command("marts")
def marts_command(build: BuildOption = None, wait: WaitOption = False) -> None:
    """Apply the difference between a gated build (default: the newest) and schema marts, in one transaction.

    Example: ipstat publish marts
    """
    session = open_session("publish marts")
    with session.reporter.step("publishing marts") as tell, failures.watch(session.settings, "publish_marts"):
        done = pipeline.publish_marts(session.settings, build, is_waiting=wait, tell=tell)
    echo(f"marts shows build {done.build_id}: {describe(done)}")


def describe(done: Publication) -> str:
    """What a publication changed, in one line."""
    if not done.changed_row_count:
        return "nothing changed"
    if done.is_first:
        return f"first publication, {done.changed_row_count} rows"
    parts = [
        f"{change.table} +{change.inserted} ~{change.updated} -{change.deleted}"
        for change in done.changes
        if change.inserted or change.updated or change.deleted
    ]
    return ", ".join(parts) + " (publication.changes lists each)"


@app.command("white-paper")
def white_paper_command(
    year: Annotated[int, typer.Option("--year", help="A year whose deliveries are complete.")],
    build: BuildOption = None,
    out: OutOption = None,
    wait: WaitOption = False,
) -> None:
    """The annual white paper (PDF, figures, facts, rankings). An incomplete year is refused, naming what is missing.

    Example: ipstat publish white-paper --year 2024 --out .
    """
    session = open_session("publish white-paper")
    with session.reporter.step(f"white paper {year}", year=year) as tell:
        edition = publications.publish_white_paper(
            session.settings, year, build_id=build, out=out, is_waiting=wait, tell=tell
        )
    echo(str(edition.path))
    session.reporter.say(f"edition {edition.number}{'' if edition.is_new else ' (unchanged)'} of white paper {year}")


@app.command("gazette")
def gazette_command(
    day: Annotated[str, typer.Option("--date", metavar="DATE", help="The issue's date.")],
    build: BuildOption = None,
    out: OutOption = None,
    wait: WaitOption = False,
) -> None:
    """A report of a few pages on one issue of the patent gazette.

    Example: ipstat publish gazette --date 2019-07-09
    """
    session = open_session("publish gazette")
    issue = parse_date(day, "--date")
    if issue is None:
        raise UsageError("--date is empty", "write it as 2019-07-09")
    with session.reporter.step(f"gazette {issue}", issue=issue.isoformat()) as tell:
        edition = publications.publish_gazette(
            session.settings, issue, build_id=build, out=out, is_waiting=wait, tell=tell
        )
    echo(str(edition.path))
    session.reporter.say(f"edition {edition.number}{'' if edition.is_new else ' (unchanged)'} of gazette {issue}")


@app.command("rebuild")
def rebuild_command(
    edition: Annotated[
        str, typer.Argument(metavar="EDITION|PATH", help="An edition's name, as white-paper-2024-1, or its folder.")
    ],
    wait: WaitOption = False,
) -> None:
    """Make an edition again from its manifest and compare every file with what was published; nothing is published.

    Example: ipstat publish rebuild white-paper-2024-1
    """
    session = open_session("publish rebuild")
    with session.reporter.step(f"making {edition} again", edition=edition) as tell:
        frozen, found = rebuild.rebuild_edition(session.settings, edition, is_waiting=wait, tell=tell)
    name = frozen.path.name
    if found.differences:
        listed = "".join(f"\n  - {difference}" for difference in found.differences)
        raise RefusedError(
            f"edition {name} made again differs from what was published ({len(found.equal)} file(s) equal):{listed}",
            "the published folder is untouched; look for what the manifest does not pin (fonts, libraries)",
        )
    echo(f"edition {name} made again is what was published: {len(found.equal)} file(s), hash by hash")
