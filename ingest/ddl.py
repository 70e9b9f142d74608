"""Landing tables from contracts: the DDL of the tables as they should be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from ingest.contract import Column, Contract

#: Provenance of every landing row: name, type, comment.
PROVENANCE: Final = (
    ("_batch_id", "bigint not null", "批次 / batch (ops.batches) that brought the row"),
    ("_source_file", "text not null", "来源文件 / file name as sent; `outer.zip!inner.csv` for a member of a zip"),
    ("_source_row", "bigint not null", "来源行号 / line (text) or record number in the file, from 1"),
    ("_known_on", "date not null", "公开日 / day on which the provider made the row public"),
    ("_recorded_at", "timestamptz not null default now()", "入库时间 / when we took it in (UTC)"),
    ("_row_hash", "char(32) not null", "内容散列 / first 128 bits of SHA-256 over the content columns"),
    ("_extra", "jsonb", "未知列 / cells of columns that the contract does not know"),
)
_SQL_TYPES: Final = {"text": "text", "list": "text", "integer": "integer", "bigint": "bigint", "date": "date"}


def sql_type(column: Column) -> str:
    """The PostgreSQL type of a landing column; lists are text joined by `;`."""
    if column.base_type == "decimal":
        return "numeric({}, {})".format(*column.precision_and_scale)
    return _SQL_TYPES.get(column.type, column.type)


def comment_of(column: Column) -> str:
    """`中文 / English` with the unit, as it stands on the column."""
    unit = f" [{column.unit}]" if column.unit else ""
    return f"{column.description.zh} / {column.description.en}{unit}"


def render_landing_sql(contracts: Mapping[str, Contract] | Iterable[Contract]) -> str:
    """DDL of all landing tables with comments; tables that exist already are left as they are."""
    each = contracts.values() if isinstance(contracts, Mapping) else contracts
    return "\n".join(_table(contract) for contract in each)


def _table(contract: Contract) -> str:
    columns = [f"    {column.name} {sql_type(column)}{_not_null(column)}" for column in contract.columns]
    columns += [f"    {name} {definition}" for name, definition, _ in PROVENANCE]
    title = f"{contract.title.zh} / {contract.title.en}"
    comments = [_column_comment(contract.feed, column.name, comment_of(column)) for column in contract.columns]
    comments += [_column_comment(contract.feed, name, comment) for name, _, comment in PROVENANCE]
    return "\n".join(
        [
            f"create table if not exists landing.{contract.feed} (",
            ",\n".join(columns),
            ");",
            # Batches are appended, so their rows lie together: a block range index is enough and costs nothing to load.
            f"create index if not exists {contract.feed}_by_batch on landing.{contract.feed}"
            " using brin (_batch_id) with (pages_per_range = 16, autosummarize = on);",
            f"comment on table landing.{contract.feed} is {_quoted(title)};",
            *comments,
            "",
        ]
    )


def _not_null(column: Column) -> str:
    return " not null" if column.required else ""


def _column_comment(table: str, column: str, comment: str) -> str:
    return f"comment on column landing.{table}.{column} is {_quoted(comment)};"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
