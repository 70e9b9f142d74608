"""Reviewers' decisions on names: which enterprise of the register a name of a feed means, or that what was proposed is
wrong.

Decisions are a history (`ops.review_decisions`, append-only): the newest of a feed and name holds, `undo` takes it
back. A build pins the decisions that hold when it begins (`ops.build_decisions`) and applies them: an accepted name is
tied by rule `review`, a rejected one stays unresolved and is never proposed again. They survive rebuilds, and an
edition's build can be made again with the decisions of then (`pin` with the hash of its manifest).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg import sql

from ingest.uscc import parse_uscc
from ipstat.errors import RefusedError, UsageError

#: Feeds that meet in one record: a decision for one of them holds for all (the models' macro feed_group says the same).
FEED_GROUPS = (
    ("cnipa_gazette", "cnipa_exchange", "patent_api", "cnipa_legal_events"),
    ("pledge_ledger", "pledge_registrations"),
)
_CURRENT = (
    "select distinct on (feed, name) decision_id, feed, name, decision, uscc, decided_by, decided_at, note"
    " from ops.review_decisions order by feed, name, decision_id desc"
)


@dataclass(frozen=True)
class Decision:
    """One decision of the history; `uscc` where it is `accept`."""

    decision_id: int
    feed: str
    name: str
    decision: str
    uscc: str | None
    decided_by: str
    decided_at: datetime
    note: str | None


def current(connection: psycopg.Connection) -> list[Decision]:
    """The decisions that hold now, by feed and name; what was undone is none."""
    rows = connection.execute(f"select * from ({_CURRENT}) as newest where decision <> 'undo'".encode()).fetchall()
    return [Decision(*row) for row in rows]


def history(connection: psycopg.Connection, name: str) -> list[Decision]:
    """Every decision on a name in every feed, oldest first."""
    rows = connection.execute(
        "select decision_id, feed, name, decision, uscc, decided_by, decided_at, note from ops.review_decisions"
        " where name = %s order by decision_id",
        [name],
    ).fetchall()
    return [Decision(*row) for row in rows]


def decisions_hash(decisions: list[Decision]) -> str:
    """sha256 over what the decisions say and who made them: equal states have equal hashes, whatever led to them."""
    content = [(each.feed, each.name, each.decision, each.uscc, each.decided_by) for each in decisions]
    return hashlib.sha256(repr(sorted(content, key=repr)).encode()).hexdigest()


def pin(connection: psycopg.Connection, build_id: str, wanted_hash: str | None = None) -> str:
    """Pin to a build the decisions that hold now, or those that an earlier build had by their hash (which its editions
    keep); the hash of what is pinned.

    Raises RefusedError where no build of this database was made with such decisions.
    """
    held = current(connection)
    if wanted_hash is not None and wanted_hash != decisions_hash(held):
        return _pin_like(connection, build_id, wanted_hash)
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into ops.build_decisions (build_id, decision_id) values (%s, %s)",
            [(build_id, each.decision_id) for each in held],
        )
    return decisions_hash(held)


def _pin_like(connection: psycopg.Connection, build_id: str, wanted_hash: str) -> str:
    row = connection.execute(
        "select build_id from ops.builds where decisions_hash = %s and build_id <> %s order by started_at limit 1",
        [wanted_hash, build_id],
    ).fetchone()
    if row is None:
        raise RefusedError(
            f"no build of this database was made with the decisions {wanted_hash[:12]}...",
            "restore the backup that holds the edition's build; decisions are never deleted",
        )
    connection.execute(
        "insert into ops.build_decisions (build_id, decision_id)"
        " select %s, decision_id from ops.build_decisions where build_id = %s",
        [build_id, row[0]],
    )
    return wanted_hash


def accept(
    connection: psycopg.Connection, feed: str, name: str, uscc: str, decided_by: str, note: str | None = None
) -> Decision:
    """Decide that a name means the enterprise with this code.

    Raises UsageError (nobody named, a code that breaks a rule) or RefusedError (unknown name, a code that the register
    does not have, another decision on the name holds).
    """
    verdict = parse_uscc(uscc)
    if verdict.code is None:
        raise UsageError(
            f"{uscc!r} is no unified social credit code: {verdict.fault}", "give its 18 characters as in the register"
        )
    _require_name(connection, feed, name)
    if not _is_in_register(connection, verdict.code):
        raise RefusedError(
            f"{verdict.code} is not in the register",
            "look the firm up with `ipstat review show`, or ingest the register's snapshot that has it",
        )
    return _decide(connection, feed, name, "accept", verdict.code, decided_by, note)


def reject(connection: psycopg.Connection, feed: str, name: str, decided_by: str, note: str | None = None) -> Decision:
    """Decide that what the rules propose or tied for a name is wrong: it stays unresolved and leaves the queue."""
    _require_name(connection, feed, name)
    return _decide(connection, feed, name, "reject", None, decided_by, note)


def undo(connection: psycopg.Connection, feed: str, name: str, decided_by: str, note: str | None = None) -> Decision:
    """Take the decision on a name back; from the next build on the rules decide again."""
    if not any((each.feed, each.name) == (feed, name) for each in current(connection)):
        raise RefusedError(
            f"no decision on {name} in {feed} holds", "`ipstat review list --status decided` shows those that do"
        )
    return _decide(connection, feed, name, "undo", None, decided_by, note)


def _decide(
    connection: psycopg.Connection,
    feed: str,
    name: str,
    decision: str,
    uscc: str | None,
    decided_by: str,
    note: str | None,
) -> Decision:
    if not decided_by.strip():
        raise UsageError("a decision needs who made it", "add --by NAME")
    with connection.transaction():
        # Two reviewers at once: the second sees what the first decided.
        connection.execute("lock table ops.review_decisions in share row exclusive mode")
        if decision != "undo":
            _refuse_another_decision(connection, feed, name)
        row = connection.execute(
            "insert into ops.review_decisions (feed, name, decision, uscc, decided_by, note)"
            " values (%s, %s, %s, %s, %s, %s)"
            " returning decision_id, feed, name, decision, uscc, decided_by, decided_at, note",
            [feed, name, decision, uscc, decided_by.strip(), note],
        ).fetchone()
        connection.execute("delete from ops.review_enterprise_matches where feed = %s and name = %s", [feed, name])
    if row is None:
        raise RuntimeError("an insert returned nothing")
    return Decision(*row)


def _refuse_another_decision(connection: psycopg.Connection, feed: str, name: str) -> None:
    group = next((feeds for feeds in FEED_GROUPS if feed in feeds), (feed,))
    for held in current(connection):
        if held.name == name and held.feed in group:
            what = f"accepted as {held.uscc}" if held.decision == "accept" else "rejected"
            raise RefusedError(
                f"{name} in {held.feed} was {what} by {held.decided_by} on {held.decided_at:%Y-%m-%d}",
                f"take that back first: `ipstat review undo {held.feed} {name} --by ...`",
            )


def _is_in_register(connection: psycopg.Connection, uscc: str) -> bool:
    row = connection.execute(
        "select exists (select from landing.enterprise_register as landed"
        " join ops.batches as batch on batch.batch_id = landed._batch_id and batch.status = 'active'"
        " where landed.uscc = %s)",
        [uscc],
    ).fetchone()
    return row == (True,)


def _require_name(connection: psycopg.Connection, feed: str, name: str) -> None:
    """Refuse a name that is neither in the queue nor among the ties of the newest build, nor was ever decided."""
    known = connection.execute(
        "select exists (select from ops.review_enterprise_matches where feed = %(feed)s and name = %(name)s)"
        " or exists (select from ops.review_decisions where feed = %(feed)s and name = %(name)s)",
        {"feed": feed, "name": name},
    ).fetchone()
    if known == (True,) or any(tie.feed == feed for tie in ties(connection, name)):
        return
    raise RefusedError(
        f"no name {name!r} is known in {feed}",
        "give feed and name as `ipstat review list` or `ipstat review show NAME` prints them (persons are never tied)",
    )


@dataclass(frozen=True)
class Tie:
    """How a name of a feed is tied to an enterprise in one build, and by which rule; `uscc` None where it is not."""

    feed: str
    name: str
    given_code: str | None
    match_rule: str
    uscc: str | None
    candidate_uscc: str | None
    first_seen_on: object
    last_seen_on: object
    row_count: int


def newest_ties(connection: psycopg.Connection) -> str | None:
    """The newest finished build that keeps its ties, or None."""
    row = connection.execute(
        "select build_id from ops.builds where status in ('built', 'gated', 'refused')"
        " and to_regclass('intermediate_' || build_id || '.int_enterprise_ties') is not null"
        " order by started_at desc limit 1"
    ).fetchone()
    return None if row is None else str(row[0])


def ties(connection: psycopg.Connection, name: str) -> list[Tie]:
    """What the newest build tied a name to, feed by feed."""
    build_id = newest_ties(connection)
    if build_id is None:
        return []
    rows = connection.execute(
        sql.SQL(
            "select feed, name, given_code, match_rule, uscc, candidate_uscc, first_seen_on, last_seen_on, row_count"
            " from {} where name = %s order by feed, match_rule, uscc, given_code"
        ).format(sql.Identifier(f"intermediate_{build_id}", "int_enterprise_ties")),
        [name],
    ).fetchall()
    return [Tie(*row) for row in rows]


@dataclass(frozen=True)
class OpenName:
    """A name in the queue, with the reason why no rule ties it."""

    feed: str
    name: str
    reason: str
    candidate_uscc: str | None
    first_seen_on: object
    row_count: int


def open_names(connection: psycopg.Connection, feed: str | None = None) -> list[OpenName]:
    """The queue, of one feed or all; what most records wait for comes first."""
    rows = connection.execute(
        "select feed, name, reason, candidate_uscc, first_seen_on, row_count from ops.review_enterprise_matches"
        " where %(feed)s::text is null or feed = %(feed)s order by row_count desc, feed, name",
        {"feed": feed},
    ).fetchall()
    return [OpenName(*row) for row in rows]
