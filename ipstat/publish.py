"""Publication: one transaction applies the difference between the marts of a gated build and schema `marts`, by
primary key.

Readers never wait (only rows are written), never see a mixed state (one transaction), and what changed is logged.
Unchanged rows are not touched; users' views, keys and grants survive.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import psycopg
from psycopg import sql

from ipstat.marts_contract import Table
from ipstat.publish_checks import MARTS, check_publishable, refuse_difference
from ipstat.table_difference import delete_gone, insert_and_update


@dataclass(frozen=True)
class TableChange:
    """Rows inserted, updated and deleted in one table of `marts`."""

    table: str
    inserted: int
    updated: int
    deleted: int


@dataclass(frozen=True)
class Publication:
    """What a publication did; `is_first` says that `marts` held no build before."""

    build_id: str
    changes: tuple[TableChange, ...]
    is_first: bool

    @property
    def changed_row_count(self) -> int:
        """Rows inserted, updated or deleted over all tables."""
        return sum(change.inserted + change.updated + change.deleted for change in self.changes)

    def as_json(self) -> dict[str, str | int]:
        """Plain values for an XCom."""
        return {"build_id": self.build_id, "changed_row_count": self.changed_row_count}


def publish_marts(
    connection: psycopg.Connection,
    build_id: str,
    tables: tuple[Table, ...],
    published_by: str,
    on_table: Callable[[str], None] | None = None,
) -> Publication:
    """Bring `marts` to the state of `marts_<build_id>`; `tables` are the contracts, parents first.

    The caller holds the warehouse lock. Raises RefusedError without a passed gate of this build, for an as-of build,
    and with the difference where contract, build and `marts` disagree in columns, types or nullability. On any error
    nothing is changed.
    """
    check_publishable(connection, build_id)
    refuse_difference(connection, build_id, tables)
    with connection.transaction():
        connection.execute("set local lock_timeout = '10s'")
        first = connection.execute("select 1 from publication.published_builds limit 1").fetchone() is None
        counts: dict[str, tuple[int, int]] = {}
        for table in tables:
            if on_table is not None:
                on_table(table.name)
            counts[table.name] = insert_and_update(connection, table, build_id)
        deleted = {table.name: delete_gone(connection, table, build_id) for table in reversed(tables)}
        _replace_views(connection, build_id)
        connection.execute(
            "insert into publication.published_builds (build_id, published_by) values (%s, %s)"
            " on conflict (build_id) do update set published_at = now(), published_by = excluded.published_by",
            [build_id, published_by],
        )
    changes = tuple(TableChange(name, *counts[name], deleted[name]) for name in counts)
    for change in changes:
        if change.inserted + change.updated + change.deleted:
            connection.execute(sql.SQL("analyze {}").format(sql.Identifier(MARTS, change.table)))
    return Publication(build_id, changes, first)


#: Views of schema ops on what lies behind the published tables: the build's model, and its columns with their types.
_VIEWS = {
    "record_sources": (
        "int_record_sources",
        {"record_key": "text", "feed": "text", "batch_id": "int8", "source_file": "text", "source_row": "int8"},
    ),
    "enterprise_ties": (
        "int_enterprise_ties",
        {
            **dict.fromkeys(("feed", "name", "normalised_name", "given_code", "match_rule", "enterprise_key"), "text"),
            **dict.fromkeys(("uscc", "candidate_uscc"), "text"),
            **dict.fromkeys(("first_seen_on", "last_seen_on"), "date"),
            **dict.fromkeys(("row_count", "city_row_count"), "int8"),
        },
    ),
}


def _replace_views(connection: psycopg.Connection, build_id: str) -> None:
    """Point the views at this build, where it kept their models."""
    for view, (model, columns) in _VIEWS.items():
        if connection.execute("select to_regclass(%s)", [f"intermediate_{build_id}.{model}"]).fetchone() == (None,):
            continue
        selected = sql.SQL(", ").join(
            sql.SQL("{0}::{1} as {0}").format(sql.Identifier(name), sql.Identifier(kind))
            for name, kind in columns.items()
        )
        connection.execute(
            sql.SQL("create or replace view {} as select {} from {}").format(
                sql.Identifier("ops", view), selected, sql.Identifier(f"intermediate_{build_id}", model)
            )
        )
