"""The two states of the schema that must be one: what the migrations give, and what the contracts ask for.

Each is made in a scratch database of the embedded server and read from its catalog.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
from psycopg import sql

from ipstat import catalog, database, derive, migrate, migration_draft
from ipstat.errors import MigrationError
from ipstat.settings import Settings

_BASE_VERSION = 1
"""The migration that makes roles and schemas, on which the derived files stand."""
_HEADER = """-- WHY: one sentence on what changed in the contracts, and what becomes of the rows that are there.
-- Applied by role `pipeline`; drafted by `ipstat dev migration`, from then on an ordinary file.

"""


@dataclass(frozen=True)
class States:
    """The catalog of a migrated database and that of the derived files."""

    migrated: catalog.Catalog
    derived: catalog.Catalog

    @property
    def differences(self) -> list[str]:
        """A line for each item in which they differ."""
        return catalog.differences(self.migrated, self.derived)


@contextmanager
def scratch_database(settings: Settings) -> Iterator[str]:
    """A new, empty database in the embedded server of this home (started if need be), dropped at the end; its address
    for role `pipeline`. IPSTAT_DATABASE_URL is left alone: nobody's server but our own gets scratch databases.
    """
    own = replace(settings, database_url=None)
    database.start(own)
    admin = database.with_database(database.url(own, "postgres"), "postgres")
    name = f"scratch_{secrets.token_hex(6)}"
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {} owner pipeline").format(sql.Identifier(name)))
        try:
            yield database.with_database(database.url(own), name)
        finally:
            connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def read_states(settings: Settings, root: Path) -> States:
    """Both states for the project at `root`. Raises MigrationError where a migration or derived file does not apply."""
    with scratch_database(settings) as address:
        migrate.apply(address, root / derive.MIGRATIONS)
        migrated = _read(address)
    with scratch_database(settings) as address:
        migrate.apply(address, root / derive.MIGRATIONS, last_version=_BASE_VERSION)
        _make_derived(address, root)
        derived = _read(address)
    return States(migrated, derived)


def draft_migration(settings: Settings, root: Path, name: str) -> Path | None:
    """Write `ipstat/migrations/NNNN_<name>.sql` with the difference of the two states; None where there is none."""
    states = read_states(settings, root)
    text = migration_draft.draft(states.migrated, states.derived)
    if not text:
        return None
    folder = root / derive.MIGRATIONS
    path = folder / f"{len(migrate.load(folder)) + 1:04}_{name}.sql"
    path.write_text(_HEADER + text, encoding="utf-8")
    return path


def _read(address: str) -> catalog.Catalog:
    with psycopg.connect(address) as connection:
        return catalog.read(connection)


def _make_derived(address: str, root: Path) -> None:
    texts = derive.derived_files(root)
    with psycopg.connect(address) as connection:
        for path in (derive.LANDING, derive.MARTS):
            try:
                connection.execute(texts[path].encode())
            except psycopg.Error as error:
                raise MigrationError(
                    f"the tables of {path} can't be made: {str(error).strip()}",
                    "mend the contract that asks for them",
                ) from error
