"""The text of the next migration, drafted from what a migrated database has and what the contracts ask for.

What can't lose anything is written as statements. What needs somebody to decide (a column that no contract has any
more, a value for the rows that are there) is a comment with the mark OPEN, and `ipstat.migrate` refuses the file until
the comment is gone.
"""

from __future__ import annotations

from collections.abc import Iterator

from ipstat.catalog import Catalog, Key
from ipstat.migrate import OPEN

_ROW_SECURITY = ", row security"


def draft(migrated: Catalog, derived: Catalog) -> str:
    """Statements that bring the first catalog to the second; empty where they are equal."""
    change = _Change(migrated, derived)
    parts = [
        *_decisions_on_tables(change),
        *_removals(change),
        *_new_tables(change),
        *_columns(change),
        *_constraints(change),
        *_indexes_and_policies(change),
        *_comments(change),
        *_grants(change),
    ]
    return "".join(f"{part}\n" for part in parts)


class _Change:
    """The two catalogs, and which tables both have."""

    def __init__(self, migrated: Catalog, derived: Catalog) -> None:
        self.migrated = migrated
        self.derived = derived
        before, after = self._tables(migrated), self._tables(derived)
        self.new_tables = [table for table in after if table not in before]
        self.gone_tables = [table for table in before if table not in after]
        self.kept_tables = [table for table in after if table in before]

    @staticmethod
    def _tables(catalog: Catalog) -> list[str]:
        return [key.table for key in catalog if key.kind == "relation"]

    def gone(self, *kinds: str) -> list[Key]:
        """Items of tables that stay, which are not wanted any more or wanted otherwise."""
        return [
            key
            for key, definition in self.migrated.items()
            if key.kind in kinds and key.table in self.kept_tables and self.derived.get(key) != definition
        ]

    def added(self, *kinds: str) -> list[Key]:
        """Items wanted that are not there, or are there otherwise; those of new tables too."""
        return [
            key
            for key, definition in self.derived.items()
            if key.kind in kinds and self.migrated.get(key) != definition
        ]


def _open(question: str, *proposals: str) -> str:
    return "\n".join([f"-- {OPEN} {question}", *(f"--     {line}" for line in proposals)])


def _decisions_on_tables(change: _Change) -> Iterator[str]:
    for table in change.gone_tables:
        yield _open(
            f"{table} is in no contract any more. Drop it with its rows, or give it back its contract.",
            f"drop table {table};",
        )
    for key in change.added("relation"):
        before = change.migrated.get(key)
        after = change.derived[key]
        if before is not None and before.replace(_ROW_SECURITY, "") != after.replace(_ROW_SECURITY, ""):
            yield _open(f"{key.table} is `{before}` and should be `{after}`; this is written by hand.")


def _removals(change: _Change) -> Iterator[str]:
    """What stands in the way of other changes, or may be made again: nothing here holds a row."""
    for key in change.gone("policy", "trigger", "index"):
        schema = key.table.partition(".")[0]
        yield (
            f"drop index {schema}.{key.name};" if key.kind == "index" else f"drop {key.kind} {key.name} on {key.table};"
        )
    for key in change.gone("constraint"):
        if change.migrated[key].startswith("PRIMARY KEY"):
            yield _open(
                f"{key.table} changes its primary key, and other tables and publications go by it.",
                f"alter table {key.table} drop constraint {key.name};",
            )
        else:
            yield f"alter table {key.table} drop constraint {key.name};"
    for key in change.gone("grant"):
        privilege, _, role = key.name.rpartition(" to ")
        column = privilege.partition("(")[2].rstrip(")")
        if not column or Key("column", key.table, column) in change.derived:
            yield f"revoke {privilege} on {key.table} from {role};"


def _new_tables(change: _Change) -> Iterator[str]:
    for table in change.new_tables:
        lines = [f"    {k.name} {d}" for k, d in change.derived.items() if k.kind == "column" and k.table == table]
        lines += [
            f"    constraint {key.name} {definition}"
            for key, definition in change.derived.items()
            if key.kind == "constraint" and key.table == table and not definition.startswith("FOREIGN KEY")
        ]
        yield f"create table {table} (\n" + ",\n".join(lines) + "\n);"


def _columns(change: _Change) -> Iterator[str]:
    """Columns of tables that stay: new ones, those of another type or nullability, those that no contract has."""
    fresh = [key for key in change.added("column") if key not in change.migrated and key.table in change.kept_tables]
    for key in fresh:
        yield _new_column(key, change.derived[key])
    for key in change.gone("column"):
        after = change.derived.get(key)
        if after is not None:
            yield _changed_column(key, change.migrated[key], after)
            continue
        renamed = [
            f"alter table {key.table} rename column {key.name} to {new.name};  -- and take out its `add column`"
            for new in fresh
            if new.table == key.table and change.derived[new].split()[0] == change.migrated[key].split()[0]
        ]
        yield _open(
            f"{key.table}.{key.name} is in no contract any more. Drop it with its values, rename it, or give it back.",
            f"alter table {key.table} drop column {key.name};",
            *renamed,
        )


def _new_column(key: Key, definition: str) -> str:
    statement = f"alter table {key.table} add column {key.name} {definition}"
    if not definition.endswith(" not null") or " default " in definition or " generated " in definition:
        return f"{statement};"
    return _open(
        f"{key.table}.{key.name} is never null, and the rows that are there have no value for it. Give them one that is"
        " true of them,\n-- or let the contract allow a blank (a blank is not a zero).",
        f"{statement} default VALUE;",
        f"alter table {key.table} alter column {key.name} drop default;",
    )


def _changed_column(key: Key, before: str, after: str) -> str:
    alter = f"alter table {key.table} alter column {key.name}"
    if before == f"{after} not null":
        return f"{alter} drop not null;"
    if after == f"{before} not null":
        return _open(
            f"{key.table}.{key.name} may be null in rows that are there; say what they become.",
            f"update {key.table} set {key.name} = VALUE where {key.name} is null;",
            f"{alter} set not null;",
        )
    data_type = after.removesuffix(" not null").partition(" default ")[0]
    return _open(
        f"{key.table}.{key.name} is `{before}` and should be `{after}`. A wider type is safe; a view on it blocks it.",
        f"{alter} type {data_type};",
    )


def _constraints(change: _Change) -> Iterator[str]:
    """Keys after all tables and columns, so that the order of tables does not matter."""
    for key in change.added("constraint"):
        definition = change.derived[key]
        if key.table in change.kept_tables or definition.startswith("FOREIGN KEY"):
            yield f"alter table {key.table} add constraint {key.name} {definition};"


def _indexes_and_policies(change: _Change) -> Iterator[str]:
    for key in change.added("index", "trigger"):
        yield f"{change.derived[key]};"
    for key in change.added("relation"):
        is_on, was_on = _ROW_SECURITY in change.derived[key], _ROW_SECURITY in change.migrated.get(key, "")
        if is_on != was_on:
            yield f"alter table {key.table} {'enable' if is_on else 'disable'} row level security;"
    for key in change.added("policy"):
        yield f"create policy {key.name} on {key.table} {change.derived[key]};"


def _comments(change: _Change) -> Iterator[str]:
    wanted = {key: "'" + change.derived[key].replace("'", "''") + "'" for key in change.added("comment")}
    dropped = {key: "null" for key in change.gone("comment") if key not in change.derived}
    for key, text in {**wanted, **dropped}.items():
        if not key.name:
            yield f"comment on table {key.table} is {text};"
        elif key in wanted or Key("column", key.table, key.name) in change.derived:
            yield f"comment on column {key.table}.{key.name} is {text};"


def _grants(change: _Change) -> Iterator[str]:
    for key in change.added("grant"):
        privilege, _, role = key.name.rpartition(" to ")
        option = " with grant option" if change.derived[key] == "with grant option" else ""
        yield f"grant {privilege} on {key.table} to {role}{option};"
