"""Files that follow from the contracts and are committed: the wanted tables, dbt's sources, the data dictionary.

The SQL files here say what a database should hold, whole and without history. No database is made from them: the
migrations bring it there, step by step and forward only. `ipstat dev migration` drafts the next step, a test compares.
"""

from __future__ import annotations

from pathlib import Path

from ingest.contract import load_contracts
from ingest.ddl import render_landing_sql
from ipstat import marts_contract, marts_ddl
from ipstat.data_dictionary import render_dictionary, render_sources

MIGRATIONS = "ipstat/migrations"
LANDING = "ipstat/schema/landing.sql"
MARTS = "ipstat/schema/marts.sql"
SOURCES = "dbt_project/models/staging/_sources.yml"
DICTIONARY = "docs/data_dictionary.md"
_LANDING_HEADER = """-- Derived from ingest/contracts/*.yml by `ipstat dev derive`; do not edit.
-- Landing as the contracts want it: typed rows of the feeds, append-only, with provenance. Migrations bring a database
-- there: after a change here `ipstat dev migration NAME` drafts the next one.
"""


def derived_files(root: Path) -> dict[str, str]:
    """Path (below `root`) and text of each derived file."""
    contracts = load_contracts(root / "ingest" / "contracts")
    tables = marts_contract.load(root / "dbt_project" / "models" / "marts")
    return {
        LANDING: _LANDING_HEADER + "\n" + render_landing_sql(contracts),
        MARTS: marts_ddl.render(tables),
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
