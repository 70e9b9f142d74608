"""Derived documents about columns: the data dictionary page and dbt's sources, from the feed and mart contracts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ingest.contract import Contract
from ingest.ddl import PROVENANCE, comment_of, sql_type
from ipstat.marts_contract import Table

_NOTE = "Derived by `ipstat dev derive`; do not edit."


def render_dictionary(contracts: Mapping[str, Contract], tables: Iterable[Table]) -> str:
    """docs/data_dictionary.md: every column of the public star schema, then of each feed's landing table."""
    lines = ["# 数据字典 / Data dictionary", "", f"<!-- {_NOTE} -->", "", "## 公开星型模型 / Star schema (`marts`)", ""]
    for table in sorted(tables, key=lambda item: item.name):
        lines += [f"### `{table.name}`", "", table.description, ""]
        lines += ["| 列 / column | 类型 / type | 键 / key | 说明 / description |", "|---|---|---|---|"]
        for column in table.columns:
            keys = ["主键 / PK"] if column.name in table.primary_key else []
            keys += [f"→ `{key.table}`" for key in table.foreign_keys if column.name in key.columns]
            if column.confidentiality != "public_register":
                keys.append("仅分析人员 / analyst only")
            kind = f"{column.data_type}{'' if column.is_nullable else ' not null'}"
            lines.append(f"| `{column.name}` | {kind} | {', '.join(keys)} | {_cell(column.description)} |")
        lines.append("")
    lines += ["## 数据源 / Feeds (`landing`)", ""]
    for contract in contracts.values():
        lines += _feed(contract)
    return "\n".join(lines)


def _feed(contract: Contract) -> list[str]:
    owner = contract.origin.owner
    lines = [
        f"### `{contract.feed}` — {contract.title.zh} / {contract.title.en}",
        "",
        contract.description.zh,
        "",
        contract.description.en,
        "",
        f"- 提供方 / owner: {owner.zh} / {owner.en}",
        f"- 频率 / cadence: {contract.origin.cadence}",
        f"- 粒度 / grain: {', '.join(f'`{name}`' for name in contract.grain)}",
        f"- 交付方式 / delivery: {contract.delivery.mode}; 契约版本 / contract version: {contract.version}",
        "",
        "| 列 / column | 类型 / type | 来源列名 / sender's header | 说明 / description |",
        "|---|---|---|---|",
    ]
    for column in contract.columns:
        kind = f"{sql_type(column)}{' not null' if column.required else ''}"
        header = _cell(" · ".join(column.header))
        lines.append(f"| `{column.name}` | {kind} | {header} | {_cell(comment_of(column))} |")
    return [*lines, ""]


def render_sources(contracts: Mapping[str, Contract]) -> str:
    """dbt's `landing` sources: every table and column with its description."""
    lines = [f"# {_NOTE}", "version: 2", "", "sources:", "  - name: landing", "    schema: landing"]
    lines += [
        f"    description: {_quoted('落地层 / landing tables, one a feed; append-only, with provenance')}",
        "    tables:",
    ]
    for contract in contracts.values():
        lines.append(f"      - name: {contract.feed}")
        lines.append(f"        description: {_quoted(f'{contract.title.zh} / {contract.title.en}')}")
        lines.append("        columns:")
        described = [(column.name, comment_of(column)) for column in contract.columns]
        described += [(name, comment) for name, _, comment in PROVENANCE]
        for name, description in described:
            lines += [f"          - name: {name}", f"            description: {_quoted(description)}"]
    return "\n".join([*lines, ""])


def _quoted(text: str) -> str:
    """A YAML scalar in single quotes on one line."""
    return "'" + " ".join(text.split()).replace("'", "''") + "'"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
