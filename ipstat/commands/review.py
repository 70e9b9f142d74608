"""`ipstat review ...`: names that no rule ties to an enterprise, and what reviewers decide on them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from enum import StrEnum
from typing import Annotated

import psycopg
import typer

from ipstat import database, intake, review
from ipstat.commands.common import as_table, echo, open_session
from ipstat.nearest_names import nearest_entries

app = typer.Typer(
    help="Decide what the rules can't: which enterprise a name means. Decisions are kept for good and applied by the"
    " next build.",
    no_args_is_help=True,
)

FeedArgument = Annotated[str, typer.Argument(metavar="FEED", help="The feed that has the name.")]
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The name as the feed writes it.")]
ByOption = Annotated[str, typer.Option("--by", metavar="WHO", help="Who decides; kept with the decision.")]
NoteOption = Annotated[str | None, typer.Option("--note", help="Why; kept with the decision.")]


class State(StrEnum):
    """Which names are listed."""

    OPEN = "open"
    DECIDED = "decided"


@app.command("list")
def list_command(
    status: Annotated[State, typer.Option("--status", help="open: the queue; decided: decisions that hold.")] = (
        State.OPEN
    ),
    feed: Annotated[str | None, typer.Option("--feed", help="Only this feed.")] = None,
) -> None:
    """List the names that wait for a decision, or the decisions. Example: ipstat review list --feed cnipa_gazette"""
    session = open_session("review list")
    if feed is not None:
        intake.contract_of(feed)
    with psycopg.connect(database.ensure_ready(session.settings)) as connection:
        echo(_queue(connection, feed) if status is State.OPEN else _decisions(connection, feed))


@app.command("show")
def show_command(name: NameArgument) -> None:
    """Show what a name is tied to and by which rule, its decisions, and the nearest names of the register.

    Example: ipstat review show 中山市某某灯饰厂
    """
    session = open_session("review show")
    with psycopg.connect(database.ensure_ready(session.settings)) as connection:
        ties = review.ties(connection, name)
        parts = ["no record of the newest build has this name (persons are never tied)"]
        if ties:
            header = ["feed", "given code", "rule", "enterprise", "candidate", "first", "last", "records"]
            parts = [
                as_table(
                    header,
                    [
                        [
                            *(tie.feed, tie.given_code, tie.match_rule, tie.uscc, tie.candidate_uscc),
                            *(tie.first_seen_on, tie.last_seen_on, tie.row_count),
                        ]
                        for tie in ties
                    ],
                )
            ]
        if decisions := review.history(connection, name):
            parts.append("decisions, oldest first:\n" + _decision_table(decisions))
        if entries := nearest_entries(connection, name):
            header = ["edits", "enterprise", "name in the register", "town", "last seen"]
            rows = [
                [each.distance, each.uscc, each.enterprise_name, each.town_name, each.last_seen_on] for each in entries
            ]
            parts.append("nearest in the register:\n" + as_table(header, rows))
    echo("\n\n".join(parts))


@app.command("accept")
def accept_command(
    feed: FeedArgument,
    name: NameArgument,
    uscc: Annotated[str, typer.Option("--uscc", metavar="CODE", help="Credit code of the enterprise it means.")],
    by: ByOption,
    note: NoteOption = None,
) -> None:
    """Decide which enterprise a name means.

    Example: ipstat review accept honours 某某灯饰 --uscc 914420007665649509 --by 审核员甲
    """
    _decide("accept", lambda connection: review.accept(connection, feed, name, uscc, by, note))


@app.command("reject")
def reject_command(feed: FeedArgument, name: NameArgument, by: ByOption, note: NoteOption = None) -> None:
    """Decide that no enterprise of the register is meant: the name stays unresolved and is not proposed again.

    Example: ipstat review reject honours 某某灯饰 --by 审核员甲
    """
    _decide("reject", lambda connection: review.reject(connection, feed, name, by, note))


@app.command("undo")
def undo_command(feed: FeedArgument, name: NameArgument, by: ByOption, note: NoteOption = None) -> None:
    """Take a decision back; it stays in the history. Example: ipstat review undo honours 某某灯饰 --by 审核员甲"""
    _decide("undo", lambda connection: review.undo(connection, feed, name, by, note))


def _decide(what: str, decision: Callable[[psycopg.Connection], review.Decision]) -> None:
    session = open_session(f"review {what}")
    with psycopg.connect(database.ensure_ready(session.settings)) as connection:
        made = decision(connection)
    meaning = f" as {made.uscc}" if made.uscc else ""
    session.reporter.say(
        f"{made.decision}: {made.name} in {made.feed}{meaning}, by {made.decided_by}; `ipstat build` applies it"
    )


def _queue(connection: psycopg.Connection, feed: str | None) -> str:
    found = review.open_names(connection, feed)
    if not found:
        return "no name waits for a decision"
    header = ["feed", "name", "reason", "candidate", "first seen", "records"]
    return as_table(
        header,
        [
            [each.feed, each.name, each.reason, each.candidate_uscc, each.first_seen_on, each.row_count]
            for each in found
        ],
    )


def _decisions(connection: psycopg.Connection, feed: str | None) -> str:
    held = [each for each in review.current(connection) if feed in (None, each.feed)]
    return _decision_table(held) if held else "no decision holds"


def _decision_table(decisions: list[review.Decision]) -> str:
    header = ["feed", "name", "decision", "enterprise", "by", "at (UTC)", "note"]
    rows = [
        [
            each.feed,
            each.name,
            each.decision,
            each.uscc,
            each.decided_by,
            f"{each.decided_at.astimezone(UTC):%Y-%m-%d %H:%M}",
            each.note,
        ]
        for each in decisions
    ]
    return as_table(header, rows)
