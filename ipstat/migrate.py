"""Numbered, forward-only migrations (`ipstat/migrations/NNNN_name.sql`), each one transaction, kept with its hash.

A migration of a released version is never changed (a test keeps the hashes): the next change is the next file.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import psycopg

from ipstat.errors import MigrationError

MIGRATIONS_DIR = Path(__file__).resolve().parent / "migrations"
LOCK_TIMEOUT = "10s"
OPEN = "DECIDE:"
"""The mark of a question that `ipstat dev migration` leaves to a person, at the beginning of a comment."""
_LOCK_KEY = 7_420_001
"""Advisory lock of migrations: two processes that start at once must not both migrate."""


@dataclass(frozen=True)
class Migration:
    """One file; `version` is its four-digit number, `checksum` the sha256 of its text."""

    version: int
    name: str
    text: str
    checksum: str


def load(folder: Path = MIGRATIONS_DIR) -> list[Migration]:
    """All migrations in order; raises MigrationError where a number is missing, twice there, a name is odd, or a draft
    has an open question.
    """
    found = []
    for path in sorted(folder.glob("*.sql")):
        match = re.fullmatch(r"(\d{4})_([a-z0-9_]+)", path.stem)
        if match is None:
            raise MigrationError(f"{path.name} is no name of a migration", "name it NNNN_words.sql")
        text = path.read_text(encoding="utf-8")
        _refuse_open_question(path.name, text)
        found.append(Migration(int(match[1]), path.stem, text, hashlib.sha256(text.encode()).hexdigest()))
    if [item.version for item in found] != list(range(1, len(found) + 1)):
        raise MigrationError(
            f"the numbers of the migrations in {folder.name} have a gap or a double", "number them 0001, 0002, ..."
        )
    return found


def _refuse_open_question(name: str, text: str) -> None:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith(f"-- {OPEN}"):
            raise MigrationError(
                f"{name}, line {number} asks for a decision: {line.removeprefix(f'-- {OPEN}').strip()}",
                "write the statement that you decide on in place of the comment",
            )


def apply(address: str, folder: Path = MIGRATIONS_DIR, last_version: int | None = None) -> list[str]:
    """Apply what is missing (up to `last_version`, for tests of an upgrade) and return the names applied.

    Refuses (MigrationError) where an applied file has changed since, or the database is newer than the code; a
    migration that can't get its locks within LOCK_TIMEOUT, or that fails, leaves the database at the version before
    it.
    """
    wanted = [migration for migration in load(folder) if last_version is None or migration.version <= last_version]
    done: list[str] = []
    with psycopg.connect(address, autocommit=True, application_name="ipstat migrate") as connection:
        connection.execute("select pg_advisory_lock(%s)", [_LOCK_KEY])
        _become_owner(connection)
        applied = _applied(connection)
        _check(wanted, applied)
        for migration in wanted[len(applied) :]:
            _apply_one(connection, migration)
            done.append(migration.name)
    return done


def _become_owner(connection: psycopg.Connection) -> None:
    """Everything belongs to role `pipeline`, whatever the login (an external server's administrator, say)."""
    if connection.execute("select current_user").fetchone() == ("pipeline",):
        return
    connection.execute(
        "do $$ begin if not exists (select from pg_roles where rolname = 'pipeline') then"
        " create role pipeline createrole;"
        " execute format('grant pipeline to %I', session_user); end if;"
        " execute format('grant create on database %I to pipeline', current_database()); end $$"
    )
    connection.execute("set role pipeline")


def _applied(connection: psycopg.Connection) -> list[tuple[int, str, str]]:
    if connection.execute("select to_regclass('ops.migrations')").fetchone() == (None,):
        return []
    return connection.execute("select version, name, checksum from ops.migrations order by version").fetchall()


def _check(wanted: list[Migration], applied: list[tuple[int, str, str]]) -> None:
    if len(applied) > len(wanted):
        newer = applied[len(wanted)][1]
        raise MigrationError(
            f"the database has the migration {newer}, which this version does not know",
            "use the newer version of ipstat",
        )
    for (_, name, checksum), migration in zip(applied, wanted, strict=False):
        if name != migration.name or checksum != migration.checksum:
            raise MigrationError(
                f"the migration {name} was changed after it was applied to this database",
                "restore the file and put the change into a new migration; `ipstat db reset` starts anew",
            )


def _apply_one(connection: psycopg.Connection, migration: Migration) -> None:
    try:
        with connection.transaction():
            connection.execute(f"set local lock_timeout = '{LOCK_TIMEOUT}'")
            connection.execute(migration.text)
            connection.execute(
                "insert into ops.migrations (version, name, checksum) values (%s, %s, %s)",
                [migration.version, migration.name, migration.checksum],
            )
    except psycopg.errors.LockNotAvailable as error:
        raise MigrationError(
            f"{migration.name} waits for a lock that a reader holds", "try again when the long query has ended"
        ) from error
    except psycopg.errors.DependentObjectsStillExist as error:
        detail = error.diag.message_detail or str(error)
        raise MigrationError(
            f"{migration.name} is blocked by objects of users: {detail}", "drop or change these views first"
        ) from error
    except psycopg.Error as error:
        where = f" (near character {error.diag.statement_position})" if error.diag.statement_position else ""
        mend = "nothing of it was applied; mend the cause and migrate again"
        raise MigrationError(f"{migration.name} failed{where}: {str(error).strip()}", mend) from error
