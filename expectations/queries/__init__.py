"""What each suite looks at: one SQL query a suite, filled in with the names of one build."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path

import yaml

from expectations.checks import GateError
from expectations.official_rules import RULES_PATH, load_rules
from ingest.contract import Contract

QUERIES_DIR = Path(__file__).parent
OFFICIAL_NAMES = QUERIES_DIR.parent / "official_names.yml"
BUILD_ID = re.compile(r"^b[0-9]{8}t[0-9]{6}[0-9a-f]{4}$")
#: The limits of a contract that names none.
DEFAULT_WARN_DAYS = 10
DEFAULT_STOP_DAYS = 45


def read_query(name: str, build_id: str, contracts: Mapping[str, Contract]) -> str:
    """The query of suite `name` for one build, without a semicolon. Raises GateError for a malformed build id."""
    if not BUILD_ID.match(build_id):
        raise GateError(f"'{build_id}' is no build id")
    members = f"select batch_id from ops.build_batches where build_id = '{build_id}'"
    return (
        (QUERIES_DIR / f"{name}.sql")
        .read_text(encoding="utf-8")
        .format(
            build_id=build_id,
            members=members,
            staging=f"staging_{build_id}",
            intermediate=f"intermediate_{build_id}",
            marts=f"marts_{build_id}",
            feed_limits=feed_limits(contracts),
            **official_names(),
            **official_rules(),
        )
    )


def read_feed_query(name: str, feed: str, contracts: Mapping[str, Contract]) -> str:
    """The query of suite `quarantine` or `rejected_files` over the active batches of all feeds, cut to one feed."""
    text = (QUERIES_DIR / f"{name}.sql").read_text(encoding="utf-8")
    members = "select batch_id from ops.batches where status = 'active'"
    query = text.format(members=members, feed_limits=feed_limits(contracts))
    return f"select * from ({query}) as measured where measured.feed = {_literal(feed)}"


def feed_limits(contracts: Mapping[str, Contract]) -> str:
    """Rows (feed, warn_days, stop_days, warn_share, stop_share, stop_rows, per) of a VALUES list, by the contracts."""
    return _values(
        (
            feed,
            DEFAULT_WARN_DAYS if (days := contract.origin.freshness_warn_days) is None else days,
            DEFAULT_STOP_DAYS if (days := contract.origin.freshness_stop_days) is None else days,
            Decimal(str(contract.quarantine_budget.warn)),
            Decimal(str(contract.quarantine_budget.stop)),
            contract.quarantine_budget.stop_rows,
            contract.quarantine_budget.per,
        )
        for feed, contract in sorted(contracts.items())
    )


def official_names(path: Path = OFFICIAL_NAMES) -> dict[str, str]:
    """VALUES lists of `official_names.yml`: names of notices to our indicators, units to factors."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {
        "official_names": _values((entry["name"], entry["type"], entry["indicator"]) for entry in content["names"]),
        "official_units": _values(
            (entry["unit"], entry["base"], Decimal(entry["factor"])) for entry in content["units"]
        ),
    }


def official_rules(path: Path = RULES_PATH) -> dict[str, str]:
    """VALUES lists of `official_rules.yml`, by the names that the queries give them."""
    return {name: _values(rows) for name, rows in load_rules(path).value_lists()}


def _values(rows: Iterable[tuple[str | int | Decimal, ...]]) -> str:
    """`(...), (...)` for a VALUES list; the first row's types hold for the column."""
    text = ", ".join(f"({', '.join(_literal(value) for value in row)})" for row in rows)
    if not text:
        raise GateError("there is no feed contract to take limits from")
    return text


def _literal(value: str | int | Decimal) -> str:
    if isinstance(value, str):
        # SQLAlchemy's text() reads a colon before a letter as a parameter: a name with one must not get in.
        if ":" in value or "\\" in value:
            raise GateError(f"{value!r} holds a colon or a backslash, which a query of the gate can't carry")
        return "'" + value.replace("'", "''") + "'"
    return f"cast({value} as numeric)" if isinstance(value, Decimal) else str(value)
