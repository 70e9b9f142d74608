"""`ipstat batch ...`: look at batches, parse them again, end wrong ones."""

from __future__ import annotations

from typing import Annotated

import psycopg
import typer

from ingest import batches
from ipstat import database, intake
from ipstat.commands.common import WaitOption, as_table, echo, open_session
from ipstat.commands.steps import print_report

app = typer.Typer(help="Look at batches, parse them again, end wrong ones. Nothing is deleted.", no_args_is_help=True)

_SHOWN = 40


@app.command("list")
def list_command(
    feed: Annotated[str | None, typer.Option("--feed", help="Only this feed.")] = None,
    partition: Annotated[
        str | None, typer.Option("--partition", help="Only this partition, such as 2019-07-09.")
    ] = None,
    status: Annotated[str | None, typer.Option("--status", help="active, superseded or retracted.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="The newest so many.")] = _SHOWN,
) -> None:
    """List batches. Example: ipstat batch list --feed cnipa_gazette --limit 3"""
    session = open_session("batch list")
    if feed is not None:
        intake.contract_of(feed)
    address = database.ensure_ready(session.settings)
    with psycopg.connect(address) as connection:
        found = batches.list_batches(connection, feed, partition, status)
    newest = sorted(found, key=lambda batch: batch.batch_id)[-limit:]
    header = ["batch", "feed", "partition", "status", "known on", "rows", "quarantined", "supersedes", "by", "reason"]
    rows = [
        [
            batch.batch_id,
            batch.feed,
            batch.partition_key,
            batch.status,
            batch.known_on,
            batch.row_count,
            batch.quarantined_count,
            batch.supersedes,
            batch.recorded_by,
            batch.reason,
        ]
        for batch in newest
    ]
    echo(as_table(header, rows))
    if len(found) > len(newest):
        session.reporter.say(f"the newest {len(newest)} of {len(found)}; --limit shows more")


@app.command("reload")
def reload_command(
    batch_ids: Annotated[list[int], typer.Argument(metavar="BATCH...", help="Batches of one feed.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; kept with the new batches.")],
    wait: WaitOption = False,
) -> None:
    """Parse archived files again (after a mended parser, contract or correction); the new batches supersede.

    Example: ipstat batch reload 17 18 --reason "dates with dots are read now"
    """
    session = open_session("batch reload")
    with session.reporter.step("reloading", batches=batch_ids) as tell:
        report = intake.reload_batches(session.settings, batch_ids, reason, is_waiting=wait, tell=tell)
    print_report(report)


@app.command("retract")
def retract_command(
    batch_id: Annotated[int, typer.Argument(metavar="BATCH")],
    reason: Annotated[str, typer.Option("--reason", help="Why; kept with the batch.")],
    wait: WaitOption = False,
) -> None:
    """End a wrong batch: later builds are without it. Its rows stay, and so do builds that used it.

    Example: ipstat batch retract 17 --reason "the sender withdrew the file"
    """
    session = open_session("batch retract")
    with session.reporter.step("retracting", batch=batch_id) as tell:
        batch = intake.retract_batch(session.settings, batch_id, reason, is_waiting=wait, tell=tell)
    echo(f"batch {batch.batch_id} ({batch.feed} {batch.partition_key}) is retracted; run `ipstat build`")
