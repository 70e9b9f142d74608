"""The public star schema as the dbt contracts say it: tables, columns, types, keys. The one source of the tables of
`marts`.

Read straight from `dbt_project/models/marts/**/*.yml`, so that a check or a migration needs no dbt run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import yaml

from ipstat.errors import IpstatError

# libyaml reads ten times faster than pure Python; both loaders are safe ones.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TYPE_NAMES = {
    "int": "integer",
    "int4": "integer",
    "int8": "bigint",
    "bool": "boolean",
    "string": "text",
    "varchar": "character varying",
    "decimal": "numeric",
}
_KNOWN_TYPES = {"integer", "bigint", "smallint", "boolean", "text", "character varying", "numeric", "date", "timestamp"}


@dataclass(frozen=True)
class Column:
    """A column; `data_type` is spelled as PostgreSQL's format_type spells it."""

    name: str
    data_type: str
    is_nullable: bool
    description: str
    confidentiality: str


@dataclass(frozen=True)
class ForeignKey:
    """A reference to the primary key (or part of the model) of another table."""

    columns: tuple[str, ...]
    table: str
    table_columns: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table of the star schema."""

    name: str
    description: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...]

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of all columns in their order."""
        return tuple(column.name for column in self.columns)


def load(models_dir: Path) -> tuple[Table, ...]:
    """All tables, parents before children (then by name). Raises IpstatError naming file and model where a contract
    is not whole.
    """
    tables: dict[str, Table] = {}
    for path in sorted(models_dir.rglob("*.yml")):
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER) or {}  # noqa: S506 - a safe loader
        for model in content.get("models") or []:
            tables[model["name"]] = _table(model, path.name)
    return tuple(tables[name] for name in _parents_first(tables))


def normal_type(data_type: str, where: str = "") -> str:
    """The spelling of PostgreSQL's format_type for a type written in a contract; raises IpstatError for an unknown
    one.
    """
    text = re.sub(r"\s+", " ", data_type.strip().lower())
    if re.fullmatch(r"\{\{ ?(dbt|api\.column)\.(type_string|translate_type\(.string.\))(\(\))? ?\}\}", text):
        return "text"
    match = re.fullmatch(r"([a-z0-9 ]+?) ?(?:\( ?(\d+) ?(?:, ?(\d+) ?)?\))?", text)
    name = _TYPE_NAMES.get(match[1], match[1]) if match else text
    if match is None or name not in _KNOWN_TYPES:
        raise IpstatError(f"{where}: unknown data type {data_type!r}", f"use one of {', '.join(sorted(_KNOWN_TYPES))}")
    if match[2] is None:
        return "timestamp without time zone" if name == "timestamp" else name
    return f"{name}({match[2]},{match[3] or 0})" if name == "numeric" else f"{name}({match[2]})"


def _table(model: dict[str, Any], file_name: str) -> Table:
    where = f"{file_name}, model {model['name']}"
    constraints = list(model.get("constraints") or [])
    primary_key = next((tuple(item["columns"]) for item in constraints if item["type"] == "primary_key"), ())
    foreign_keys = [_foreign_key(item, tuple(item["columns"])) for item in constraints if item["type"] == "foreign_key"]
    columns = []
    for entry in model.get("columns") or []:
        kinds = {item["type"] for item in entry.get("constraints") or []}
        if "primary_key" in kinds:
            primary_key = (entry["name"],)
        foreign_keys += [
            _foreign_key(item, (entry["name"],))
            for item in entry.get("constraints") or []
            if item["type"] == "foreign_key"
        ]
        meta = entry.get("meta") or (entry.get("config") or {}).get("meta") or {}
        columns.append(
            Column(
                name=entry["name"],
                data_type=normal_type(str(entry.get("data_type") or ""), f"{where}, column {entry['name']}"),
                is_nullable="not_null" not in kinds and entry["name"] not in primary_key,
                description=_one_line(entry.get("description")),
                confidentiality=str(meta.get("confidentiality", "public_register")),
            )
        )
    table = Table(model["name"], _one_line(model.get("description")), tuple(columns), primary_key, tuple(foreign_keys))
    _check(table, where)
    return table


def _foreign_key(constraint: dict[str, Any], columns: tuple[str, ...]) -> ForeignKey:
    """`to: ref('dim_town')` with `to_columns`, or the one-line `expression: "ref('dim_town') (town_key)"`."""
    text = str(constraint.get("to") or constraint.get("expression") or "")
    target = re.search(r"ref\(\s*['\"]([a-z0-9_]+)['\"]\s*\)|([a-z0-9_]+)\s*$", text)
    if target is None:
        raise IpstatError(
            f"the foreign key on {', '.join(columns)} names no table: {text!r}", "write `to: ref('dim_town')`"
        )
    inline = re.search(r"\(([a-z0-9_, ]+)\)\s*$", text)
    names = constraint.get("to_columns") or (inline[1].replace(" ", "").split(",") if inline else columns)
    return ForeignKey(columns, target[1] or target[2], tuple(names))


def _check(table: Table, where: str) -> None:
    missing = {
        name for key in (table.primary_key, *(item.columns for item in table.foreign_keys)) for name in key
    } - set(table.column_names)
    if not table.columns or not table.primary_key or missing:
        problem = f"keys name unknown columns {sorted(missing)}" if missing else "no columns or no primary key"
        raise IpstatError(
            f"{where}: {problem}", "every model of the marts declares columns and one primary_key constraint"
        )


def _parents_first(tables: dict[str, Table]) -> list[str]:
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for name in sorted(tables):
        parents = {key.table for key in tables[name].foreign_keys} - {name}
        unknown = parents - set(tables)
        if unknown:
            raise IpstatError(
                f"{name} refers to {', '.join(sorted(unknown))}, which no contract describes", "correct `to:`"
            )
        sorter.add(name, *sorted(parents))
    try:
        return list(sorter.static_order())
    except CycleError as error:
        raise IpstatError(
            f"the foreign keys of the marts form a circle: {error.args[1]}", "take one of them out"
        ) from error


def _one_line(text: object) -> str:
    return re.sub(r"\s+", " ", str(text or "")).strip()
