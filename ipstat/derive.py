"""Files that follow from the contracts and are committed: DDL, dbt sources, data dictionary. A check compares them."""

from __future__ import annotations

from pathlib import Path

from ipstat import marts_contract, marts_ddl

MARTS_MIGRATION = "ipstat/migrations/0003_marts.sql"
MARTS_MODELS = "dbt_project/models/marts"


def derived_files(root: Path) -> dict[str, str]:
    """Path (below `root`) and text of each derived file."""
    return {MARTS_MIGRATION: marts_ddl.render(marts_contract.load(root / MARTS_MODELS))}


def stale_files(root: Path) -> list[str]:
    """The derived files that are missing or differ from what the contracts say."""
    return [
        path
        for path, text in derived_files(root).items()
        if not (root / path).exists() or (root / path).read_text(encoding="utf-8") != text
    ]


def write(root: Path, path: str) -> None:
    """Write one derived file."""
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(derived_files(root)[path], encoding="utf-8")
