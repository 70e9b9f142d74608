"""Builds as rows of `ops.builds`: identity, pinned batches, hashes, and which schemas are kept."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psycopg
from psycopg import sql

from ipstat import review
from ipstat.errors import RefusedError

LAYERS = ("staging", "intermediate", "marts")
KEPT_BUILDS = 2
BUILD_PATTERN = r"^b[0-9]{8}t[0-9]{6}[0-9a-f]{4}$"
_CODE_FOLDERS = ("ipstat", "ingest", "expectations", "reports", "dbt_project")
_CODE_SUFFIXES = {".py", ".sql", ".yml", ".csv", ".typ", ".json"}
_NOT_CODE = {"__pycache__", "target", "logs", "sample_city", "uncommitted"}


@dataclass(frozen=True)
class Inputs:
    """What a build was made from, besides its batches: versions and sha256 hashes."""

    code_version: str
    seeds_hash: str
    corrections_hash: str
    decisions_hash: str
    pseudonym_key_hash: str | None = None


@dataclass(frozen=True)
class Pinned:
    """The batches that an edition's manifest lists, whatever became of them since, and its name, to mark the build."""

    edition: str
    batch_ids: tuple[int, ...]


def new_build_id() -> str:
    """`b` + UTC time + four random hexadecimal digits: sorts by time, is a legal part of a schema's name."""
    return f"b{datetime.now(UTC):%Y%m%dt%H%M%S}{secrets.token_hex(2)}"


def hash_files(paths: Iterable[Path], root: Path) -> str:
    """sha256 over the names (below `root`) and bytes of the files, in name order."""
    total = hashlib.sha256()
    for name, path in sorted((path.relative_to(root).as_posix(), path) for path in paths):
        total.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def read_inputs(connection: psycopg.Connection, root: Path, pseudonym_key: bytes | None = None) -> Inputs:
    """Versions and hashes of the code, the seeds, the corrections and the reviewers' decisions, as they are now; and of
    the key of the pseudonyms.
    """
    code = [
        path
        for folder in _CODE_FOLDERS
        for path in (root / folder).rglob("*")
        if path.suffix in _CODE_SUFFIXES and path.is_file() and not _NOT_CODE & set(path.relative_to(root).parts)
    ]
    try:
        release = version("zhongshan-ip-statistics")
    except PackageNotFoundError:
        release = "0"
    seeds, corrections = root / "dbt_project" / "seeds", root / "ingest" / "corrections"
    return Inputs(
        code_version=f"{release}+{hash_files(code, root)[:12]}",
        seeds_hash=hash_files(seeds.rglob("*.csv"), root),
        corrections_hash=hash_files(corrections.rglob("*.yml"), root),
        decisions_hash=review.decisions_hash(review.current(connection)),
        pseudonym_key_hash=None if pseudonym_key is None else hashlib.sha256(pseudonym_key).hexdigest(),
    )


def open_build(
    connection: psycopg.Connection,
    inputs: Inputs,
    as_of: date | None,
    dated_feeds: list[str],
    decisions_hash: str | None = None,
    pinned: Pinned | None = None,
) -> str:
    """Record a running build and pin the batches that are active and the decisions that hold now; its build_id.

    `dated_feeds` are the feeds whose deliveries move time forward (see `horizon_date`). `decisions_hash`, from an
    edition's manifest, pins the decisions of then instead, and `pinned` its batches. Raises RefusedError where nothing
    was ever ingested, or no build had such decisions.
    """
    build_id = new_build_id()
    with connection.transaction():
        # One snapshot for the pinned list and the horizon: a load that ends meanwhile enters the next build.
        connection.execute("set transaction isolation level repeatable read")
        batch_ids = _active_batches(connection) if pinned is None else list(pinned.batch_ids)
        horizon = as_of or horizon_date(connection, dated_feeds, batch_ids)
        if horizon is None:
            raise RefusedError(
                "there is no active batch to build from", "ingest a feed first: `ipstat ingest FEED PATH...`"
            )
        connection.execute(
            "insert into ops.builds (build_id, as_of, horizon_date, code_version, seeds_hash, corrections_hash,"
            " decisions_hash, pseudonym_key_hash, rebuild_of) values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                build_id,
                as_of,
                horizon,
                inputs.code_version,
                inputs.seeds_hash,
                inputs.corrections_hash,
                inputs.decisions_hash,
                inputs.pseudonym_key_hash,
                None if pinned is None else pinned.edition,
            ],
        )
        connection.execute(
            "insert into ops.build_batches (build_id, batch_id) select %s, unnest(%s::bigint[])", [build_id, batch_ids]
        )
        # A decision made since the inputs were read is in the list, so it is in the hash.
        held = review.pin(connection, build_id, decisions_hash)
        connection.execute("update ops.builds set decisions_hash = %s where build_id = %s", [held, build_id])
    return build_id


def _active_batches(connection: psycopg.Connection) -> list[int]:
    rows = connection.execute("select batch_id from ops.batches where status = 'active' order by batch_id").fetchall()
    return [batch_id for (batch_id,) in rows]


def horizon_date(
    connection: psycopg.Connection, dated_feeds: list[str], batch_ids: list[int] | None = None
) -> date | None:
    """The last day that these batches (default: the active ones) speak of: the end of the last delivered period of the
    feeds that arrive by date; where there is none of these, the last known date of all. None without a batch.

    The known date itself is no measure: a return for December is handed in in January, and January is not covered.
    """
    row = connection.execute(
        "select coalesce("
        " max(coalesce(expected.period_end, batches.known_on)) filter (where batches.feed = any(%s)),"
        " max(batches.known_on), max((batches.recorded_at at time zone 'Asia/Shanghai')::date))"
        " from ops.batches as batches left join ops.expected_deliveries as expected"
        " on expected.feed = batches.feed and expected.partition_key = batches.partition_key"
        " where batches.batch_id = any(%s)",
        [dated_feeds, _active_batches(connection) if batch_ids is None else batch_ids],
    ).fetchone()
    return None if row is None else row[0]


def close_build(connection: psycopg.Connection, build_id: str, status: str, error: str | None = None) -> None:
    """Write the end of a build (`built`, `failed`) or the verdict of its gate (`gated`, `refused`)."""
    connection.execute(
        "update ops.builds set status = %s, error = %s, finished_at = coalesce(finished_at, now()) where build_id = %s",
        [status, error, build_id],
    )


def latest_build(connection: psycopg.Connection, statuses: tuple[str, ...]) -> str | None:
    """The newest build in one of the statuses, or None."""
    row = connection.execute(
        "select build_id from ops.builds where status = any(%s) and rebuild_of is null"
        " order by started_at desc limit 1",
        [list(statuses)],
    ).fetchone()
    return None if row is None else str(row[0])


def clear_dead_builds(connection: psycopg.Connection) -> list[str]:
    """Fail the builds that a dead process left running, end their sessions, drop the schemas of failed builds, and
    forget the builds that were made only to be compared with an edition.

    The caller holds the warehouse lock, so that no build can be running. Returns the builds that were left running.
    """
    left = connection.execute(
        "update ops.builds set status = 'failed', finished_at = now(), error = 'the process that built it died'"
        " where status = 'running' returning build_id"
    ).fetchall()
    connection.execute(
        "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
        " where datname = current_database() and application_name like 'ipstat dbt%%' and pid <> pg_backend_pid()"
    )
    failed = connection.execute("select build_id from ops.builds where status = 'failed'").fetchall()
    drop_schemas(connection, [build_id for (build_id,) in failed])
    for (build_id,) in connection.execute("select build_id from ops.builds where rebuild_of is not null").fetchall():
        forget_build(connection, build_id)
    return [build_id for (build_id,) in left]


def forget_build(connection: psycopg.Connection, build_id: str) -> None:
    """Remove every trace of a build that was made to be compared with an edition; any other build stays."""
    drop_schemas(connection, [build_id])
    with connection.transaction():
        for table in ("gate_results", "build_tests", "build_decisions", "build_batches", "builds"):
            connection.execute(
                sql.SQL(
                    "delete from {} where build_id ="
                    " (select build_id from ops.builds where build_id = %s and rebuild_of is not null)"
                ).format(sql.Identifier("ops", table)),
                [build_id],
            )


def drop_old_builds(connection: psycopg.Connection) -> list[str]:
    """Drop the schemas of all builds but the last two, the published one, and those of editions; the builds dropped."""
    present = set(_builds_with_schemas(connection))
    kept = connection.execute(
        "(select build_id from ops.builds where status in ('built', 'gated', 'refused', 'running')"
        " and rebuild_of is null order by started_at desc limit %s)"
        " union (select build_id from publication.published_builds order by published_at desc limit 1)"
        " union select build_id from publication.editions",
        [KEPT_BUILDS],
    ).fetchall()
    old = sorted(present - {build_id for (build_id,) in kept})
    drop_schemas(connection, old)
    return old


def drop_schemas(connection: psycopg.Connection, build_ids: list[str]) -> None:
    """Drop the schemas of builds, where they still exist."""
    present = set(_builds_with_schemas(connection)) if build_ids else set()
    for build_id in build_ids:
        for layer in LAYERS if build_id in present else ():
            connection.execute(
                sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(f"{layer}_{build_id}"))
            )


def _builds_with_schemas(connection: psycopg.Connection) -> list[str]:
    rows = connection.execute(
        "select distinct split_part(nspname, '_', 2) from pg_namespace"
        " where nspname ~ '^(staging|intermediate|marts)_b[0-9]{8}t[0-9]{6}[0-9a-f]{4}$'"
    ).fetchall()
    return [build_id for (build_id,) in rows]


def collect_open_matches(connection: psycopg.Connection, build_id: str) -> int:
    """Make the names that no rule of this build ties to one enterprise the queue for review; how many are open.

    A name on which a decision holds is not in the queue, except where the code that was accepted left the register.
    """
    relation = f"intermediate_{build_id}.int_enterprise_matches_open"
    if connection.execute("select to_regclass(%s)", [relation]).fetchone() == (None,):
        return 0
    decided = [(each.feed, each.name) for each in review.current(connection)]
    with connection.transaction():
        connection.execute("delete from ops.review_enterprise_matches")
        return connection.execute(
            sql.SQL(
                "insert into ops.review_enterprise_matches"
                " (feed, name, normalised_name, reason, candidate_uscc, first_seen_on, row_count)"
                " select feed, name, normalised_name, reason, candidate_uscc, first_seen_on, row_count from {} as open"
                " where reason = 'reviewed_code_not_in_register' or not exists ("
                " select from unnest(%s::text[], %s::text[]) as decided (feed, name)"
                " where decided.feed = open.feed and decided.name = open.name)"
            ).format(sql.Identifier(f"intermediate_{build_id}", "int_enterprise_matches_open")),
            [[feed for feed, _ in decided], [name for _, name in decided]],
        ).rowcount
