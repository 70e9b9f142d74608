"""The difference between one table of a build and the same table of `marts`, by primary key: logged, then applied."""

from __future__ import annotations

from collections.abc import Iterable

import psycopg
from psycopg import sql

from ipstat.marts_contract import Table
from ipstat.publish_checks import MARTS

VINTAGE_TABLE = "fct_indicator_values"


class _Names:
    """The pieces of SQL that every statement on one table needs. Aliases: m marts, b build, k the list of changes."""

    def __init__(self, table: Table, build_id: str) -> None:
        self.table = table
        self.build_id = build_id
        self.marts = sql.Identifier(MARTS, table.name)
        self.build = sql.Identifier(f"{MARTS}_{build_id}", table.name)
        self.list_name = f"changes_of_{table.name}"
        self.list = sql.Identifier("pg_temp", self.list_name)
        self.others = [name for name in table.column_names if name not in table.primary_key]

    def format(self, text: str, kind: str | None = None, **pieces: sql.Composable) -> sql.Composed:
        """The statement with the names filled in; `{chosen}` joins b to the listed changes of one kind."""
        if kind is not None:
            pieces["chosen"] = sql.SQL("join {} as k on {} and k.change_kind = {}").format(
                self.list, self.same_key("k", "b"), sql.Literal(kind)
            )
        pairs = sql.SQL(", ").join(
            sql.SQL("{}, {}").format(sql.Literal(name), sql.Identifier("k", name)) for name in self.table.primary_key
        )
        return sql.SQL(text).format(
            marts=self.marts,
            build=self.build,
            list=self.list,
            id=sql.Literal(self.build_id),
            name=sql.Literal(self.table.name),
            columns=sql.SQL(", ").join(map(sql.Identifier, self.table.column_names)),
            listed=self.listed("b", self.table.column_names),
            json=sql.SQL("jsonb_build_object({})").format(pairs),
            same_m=self.same_key("k", "m"),
            **pieces,
        )

    def same_key(self, left: str, right: str) -> sql.Composed:
        """`left.k = right.k and ...` over the primary key."""
        return sql.SQL(" and ").join(
            sql.SQL("{} = {}").format(sql.Identifier(left, name), sql.Identifier(right, name))
            for name in self.table.primary_key
        )

    def listed(self, alias: str, names: Iterable[str]) -> sql.Composed:
        """`alias.a, alias.b`."""
        return sql.SQL(", ").join(sql.Identifier(alias, name) for name in names)


def insert_and_update(connection: psycopg.Connection, table: Table, build_id: str) -> tuple[int, int]:
    """Insert the rows of new keys and update the rows that differ; how many of each. Call parents before children.

    The first filling of a table is logged as one row with its count, later inserts by key, updates by key and column.
    """
    names = _Names(table, build_id)
    if connection.execute(sql.SQL("select exists (select from {})").format(names.marts)).fetchone() == (False,):
        return _fill(connection, names), 0
    counts = _list_changes(connection, names)
    if counts.get("update"):
        _update(connection, names)
    if counts.get("insert"):
        _log_keys(connection, names, "insert")
        connection.execute(
            names.format("insert into {marts} ({columns}) select {listed} from {build} as b {chosen}", kind="insert")
        )
    if table.name == VINTAGE_TABLE:
        for kind in ("insert", "update"):
            connection.execute(
                names.format(
                    "insert into publication.indicator_values (build_id, {columns})"
                    " select {id}, {listed} from {build} as b {chosen}",
                    kind=kind,
                )
            )
    return counts.get("insert", 0), counts.get("update", 0)


def delete_gone(connection: psycopg.Connection, table: Table, build_id: str) -> int:
    """Log and delete the rows whose key the build does not have; how many. Call children before parents.

    To be called after `insert_and_update` of every table, in the same transaction.
    """
    names = _Names(table, build_id)
    if connection.execute("select to_regclass(%s)", [f"pg_temp.{names.list_name}"]).fetchone() == (None,):
        return 0  # the table was empty and has just been filled
    _log_keys(connection, names, "delete")
    return connection.execute(
        names.format("delete from {marts} as m using {list} as k where k.change_kind = 'delete' and {same_m}")
    ).rowcount


def _fill(connection: psycopg.Connection, names: _Names) -> int:
    """Fill an empty table: nothing to compare."""
    count = connection.execute(names.format("insert into {marts} ({columns}) select {columns} from {build}")).rowcount
    if count:
        connection.execute(
            "insert into publication.changes (build_id, table_name, change_kind, row_count)"
            " values (%s, %s, 'insert', %s)",
            [names.build_id, names.table.name, count],
        )
    if names.table.name == VINTAGE_TABLE:
        connection.execute(
            names.format(
                "insert into publication.indicator_values (build_id, {columns}) select {id}, {columns} from {build}"
            )
        )
    return count


def _list_changes(connection: psycopg.Connection, names: _Names) -> dict[str, int]:
    """One pass over both tables: a temporary table of the keys that change, and how many of each kind."""
    first = names.table.primary_key[0]
    differs: sql.Composable = sql.SQL("false")
    if names.others:
        differs = sql.SQL("row({}) is distinct from row({})").format(
            names.listed("m", names.others), names.listed("b", names.others)
        )
    keys = sql.SQL(", ").join(
        sql.SQL("coalesce({}, {}) as {}").format(
            sql.Identifier("b", name), sql.Identifier("m", name), sql.Identifier(name)
        )
        for name in names.table.primary_key
    )
    connection.execute(
        sql.SQL(
            "create temporary table {list} on commit drop as select {keys}, case when {m} is null then 'insert'"
            " when {b} is null then 'delete' else 'update' end as change_kind from {build} as b"
            " full join {marts} as m on {same} where {m} is null or {b} is null or {differs}"
        ).format(
            list=names.list,
            keys=keys,
            m=sql.Identifier("m", first),
            b=sql.Identifier("b", first),
            build=names.build,
            marts=names.marts,
            same=names.same_key("m", "b"),
            differs=differs,
        )
    )
    connection.execute(sql.SQL("analyze {}").format(names.list))
    rows = connection.execute(
        sql.SQL("select change_kind, count(*) from {} group by change_kind").format(names.list)
    ).fetchall()
    return {str(kind): int(count) for kind, count in rows}


def _update(connection: psycopg.Connection, names: _Names) -> None:
    """Log the changed columns of each changed row, then update the rows."""
    cells = sql.SQL(", ").join(
        sql.SQL("({}, {m}::text, {b}::text, {m} is distinct from {b})").format(
            sql.Literal(name), m=sql.Identifier("m", name), b=sql.Identifier("b", name)
        )
        for name in names.others
    )
    connection.execute(
        names.format(
            "insert into publication.changes"
            " (build_id, table_name, record_key, column_name, value_before, value_after, change_kind)"
            " select {id}, {name}, {json}, v.column_name, v.value_before, v.value_after, 'update'"
            " from {build} as b {chosen} join {marts} as m on {same_m}"
            " cross join lateral (values {cells}) as v (column_name, value_before, value_after, is_changed)"
            " where v.is_changed",
            kind="update",
            cells=cells,
        )
    )
    assignments = sql.SQL(", ").join(
        sql.SQL("{} = {}").format(sql.Identifier(name), sql.Identifier("b", name)) for name in names.others
    )
    connection.execute(
        names.format(
            "update {marts} as m set {assignments} from {build} as b {chosen} where {same_m}",
            kind="update",
            assignments=assignments,
        )
    )


def _log_keys(connection: psycopg.Connection, names: _Names, kind: str) -> None:
    connection.execute(
        names.format(
            "insert into publication.changes (build_id, table_name, record_key, change_kind)"
            " select {id}, {name}, {json}, k.change_kind from {list} as k where k.change_kind = {kind_text}",
            kind_text=sql.Literal(kind),
        )
    )
