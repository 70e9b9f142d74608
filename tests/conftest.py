"""Fixtures for all tests: a server for the session, a fresh database for a test, the shared reference files."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ipstat import database
from ipstat.settings import Settings

REPOSITORY = Path(__file__).resolve().parent.parent
TEMPLATE = "migrated_template"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder `../shared` beside the repository (real feeds, reference tables); skips where it is absent."""
    folder = REPOSITORY.parent / "shared"
    if not (folder / "reference").is_dir():
        pytest.skip("needs ../shared (real feeds and reference tables), which is not part of the repository")
    return folder


@pytest.fixture(scope="session")
def server_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A home with a running, migrated server; each xdist worker has its own."""
    settings = Settings(
        home=tmp_path_factory.mktemp("home") / "ipstat",
        pseudonym_key_text="key-of-the-tests",
        server_options=(("fsync", "off"), ("synchronous_commit", "off"), ("full_page_writes", "off")),
    )
    try:
        database.ensure_ready(settings)
        clone(settings, TEMPLATE, source=database.DATABASE_NAME)
        yield settings
    finally:
        database.stop(settings, is_immediate=True)


@pytest.fixture(scope="session")
def server(server_settings: Settings) -> str:
    """Address of the session's migrated database, shared by all tests of a worker: for reading, or with own names."""
    return database.url(server_settings)


@pytest.fixture
def database_url(server_settings: Settings) -> Iterator[str]:
    """Address (role `pipeline`) of a fresh migrated database of this test alone."""
    name = f"test_{secrets.token_hex(6)}"
    yield clone(server_settings, name)
    with psycopg.connect(_admin(server_settings), autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)")


def clone(settings: Settings, name: str, source: str = TEMPLATE) -> str:
    """Copy a database of the session's server; the address of the copy for role `pipeline`."""
    with psycopg.connect(_admin(settings), autocommit=True) as connection:
        connection.execute(f"create database {name} template {source} owner pipeline")
        # The rights on the database itself are not part of a template.
        connection.execute(f"grant create, connect, temporary on database {name} to builder")
        connection.execute(f"grant temporary on database {name} to analyst")
        connection.execute(f"revoke temporary on database {name} from public")
    return database.with_database(database.url(settings), name)


def _admin(settings: Settings) -> str:
    """The superuser's address of another database: one that is copied or dropped must have no visitor."""
    return database.with_database(database.url(settings, "postgres"), "postgres")
