"""Files that follow from the contracts and are committed: DDL, dbt's sources, data dictionary. A check compares them.

Once a version is released its migrations are frozen: a change of a contract then needs a new migration written by hand
(`ingest.ddl.render_landing_changes` drafts the landing part), and the files named here are those of a new database.
"""

from __future__ import annotations

from pathlib import Path

from ingest.contract import load_contracts
from ingest.ddl import render_landing_sql
from ipstat import marts_contract, marts_ddl
from ipstat.data_dictionary import render_dictionary, render_sources

LANDING_MIGRATION = "ipstat/migrations/0002_landing.sql"
MARTS_MIGRATION = "ipstat/migrations/0003_marts.sql"
SOURCES = "dbt_project/models/staging/_sources.yml"
DICTIONARY = "docs/data_dictionary.md"
_LANDING_HEADER = """-- Derived from ingest/contracts/*.yml by `ipstat dev derive`; do not edit.
-- Landing: typed rows of the feeds, append-only, with provenance.
"""


def derived_files(root: Path) -> dict[str, str]:
    """Path (below `root`) and text of each derived file."""
    contracts = load_contracts(root / "ingest" / "contracts")
    tables = marts_contract.load(root / "dbt_project" / "models" / "marts")
    return {
        LANDING_MIGRATION: _LANDING_HEADER + "\n" + render_landing_sql(contracts),
        MARTS_MIGRATION: marts_ddl.render(tables),
        SOURCES: render_sources(contracts),
        DICTIONARY: render_dictionary(contracts, tables),
    }


def stale_files(root: Path) -> list[str]:
    """The derived files that are missing or differ from what the contracts say."""
    return [
        path
        for path, text in derived_files(root).items()
        if not (root / path).exists() or (root / path).read_text(encoding="utf-8") != text
    ]


def write(root: Path, paths: list[str]) -> None:
    """Write these derived files."""
    texts = derived_files(root)
    for path in paths:
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(texts[path], encoding="utf-8")
