"""What two warehouses must share when they were made of the same files: table by table, without ids and clocks.

`warehouse_hashes` gives a name and a hash for each table of landing and marts, for the batches and deliveries as facts
(not their numbers: sixteen feeds that load at once share the counters), and for the facts of every edition.
"""

from __future__ import annotations

import hashlib
from typing import Any

import psycopg
from psycopg import sql

from ingest.contract import load_contracts
from ingest.load import table_hash
from ipstat import database
from ipstat.settings import Settings

FACTS = {
    "ops.deliveries": "select feed, file_name, partition_key, sha256, size_bytes, action, known_on,"
    " loaded_at is not null from ops.deliveries",
    "ops.batches": "select feed, partition_key, content_hash, status, row_count, quarantined_count, known_on,"
    " is_complete from ops.batches",
    "ops.expected_deliveries": "select * from ops.expected_deliveries",
    "publication.editions": "select publication, period, edition_number, state from publication.editions",
}
"""Tables of ids and times, as the facts that they hold."""

_BY_FEED = ("ops.deliveries", "ops.batches")


def warehouse_hashes(settings: Settings) -> dict[str, str]:
    """Table or file -> hash; the database is started where it does not run."""
    with psycopg.connect(database.ensure_ready(settings), autocommit=True) as connection:
        result = {f"landing.{feed}": table_hash(connection, feed) for feed in load_contracts()}
        result |= {f"marts.{name}": _hash(connection, _all_rows(name)) for name in marts_tables(connection)}
        result |= {name: _hash(connection, sql.SQL(query)) for name, query in FACTS.items()}
    for path in sorted(settings.editions_dir.glob("*/facts.json")):
        result[f"{path.parent.name}/facts.json"] = hashlib.sha256(path.read_bytes()).hexdigest()
    return result


def feed_hashes(settings: Settings, feed: str) -> dict[str, str]:
    """The same for what one feed brought, before any build."""
    with psycopg.connect(database.ensure_ready(settings), autocommit=True) as connection:
        named = {name: sql.SQL(FACTS[name]) + sql.SQL(" where feed = {}").format(feed) for name in _BY_FEED}
        return {f"landing.{feed}": table_hash(connection, feed)} | {
            name: _hash(connection, query) for name, query in named.items()
        }


def differing(one: dict[str, str], other: dict[str, str]) -> list[str]:
    """The names whose hashes differ, or that only one of them has."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def marts_tables(connection: psycopg.Connection[Any]) -> list[str]:
    """The published tables, in order."""
    found = connection.execute("select tablename from pg_tables where schemaname = 'marts' order by 1").fetchall()
    return [str(name) for (name,) in found]


def _all_rows(table: str) -> sql.Composed:
    return sql.SQL("select * from {}").format(sql.Identifier("marts", table))


def _hash(connection: psycopg.Connection[Any], query: sql.Composable) -> str:
    """The count of the rows and a hash of them, whatever their order."""
    found = connection.execute(
        sql.SQL("select count(*), md5(string_agg(md5(t::text), '' order by md5(t::text))) from ({}) as t").format(query)
    ).fetchone()
    assert found is not None
    return f"{found[0]} {found[1]}"
