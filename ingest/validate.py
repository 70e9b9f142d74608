"""Rows against their contract, in bulk: text in, typed landing rows and faults out.

Checks are expressions over whole columns. Only where some row fails are the failing rows looked at one by one, to say
which column, which value and what to do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

import polars as pl
import polars_hash  # noqa: F401 - registers the namespace `chash`

from ingest.bind import EXTRA
from ingest.contract import Column, Contract
from ingest.derive import DERIVATIONS
from ingest.normalise import normalise_columns
from ingest.types import expected_form, parsed_series, polars_type

#: Columns that the load adds to the text of the rows before validation.
PERIOD_END: Final = "_period_end"
OPTION: Final = "_known_on_option"
KNOWN_ON: Final = "_known_on"
ROW_HASH: Final = "_row_hash"
ROW: Final = "_position"
_AS_SENT: Final = "~"
#: Length of `_row_hash`: the first 128 bits of SHA-256, in hexadecimal.
HASH_LENGTH: Final = 32
_SHOWN: Final = 60


@dataclass(frozen=True)
class Fault:
    """A row that breaks its contract: its position in the frame, the column and what to do."""

    position: int
    column: str
    reason_code: str
    message: str


@dataclass(frozen=True)
class Validated:
    """Typed rows that hold (with `_known_on`, `_row_hash` and every other `_` column of the input), and the faults."""

    rows: pl.DataFrame
    faults: list[Fault]


@dataclass(frozen=True)
class _Check:
    column: Column
    reason_code: str
    fails: pl.Expr
    expected: str


def validate(frame: pl.DataFrame, contract: Contract, corrected: Callable[[pl.DataFrame], pl.DataFrame]) -> Validated:
    """Check and type a frame of text columns under landing names.

    `frame` also has `_period_end` and `_known_on_option` (Date, null where there is none). `corrected` gets the
    normalised text and returns it with the corrections of `ingest/corrections/` applied.
    """
    text = frame.with_row_index(ROW)
    unfit = _unfit_text(text, contract)
    if unfit:
        text = text.filter(~pl.col(ROW).is_in([fault.position for fault in unfit]))
    text = corrected(normalise_columns(text, contract))
    typed = _derived(_typed(text, contract), contract).with_columns(_known_on(contract))
    checks = _checks(contract)
    failing = typed.select(check.fails.fill_null(value=False).alias(str(n)) for n, check in enumerate(checks))
    is_bad = failing.select(pl.any_horizontal(pl.all())).to_series() if checks else pl.Series([False])
    faults = unfit
    if is_bad.any():
        faults = unfit + _faults(typed.filter(is_bad), failing.filter(is_bad), checks)
        typed = typed.filter(~is_bad)
    columns = [column.name for column in contract.columns]
    kept = [name for name in frame.columns if name.startswith("_") and name not in (PERIOD_END, OPTION, EXTRA)]
    rows = typed.with_columns(_row_hash(typed, contract)).select(*columns, *kept, KNOWN_ON, ROW_HASH, EXTRA)
    return Validated(rows, faults)


def _unfit_text(text: pl.DataFrame, contract: Contract) -> list[Fault]:
    """Rows with a cell that can't be stored (NUL) or is no value any more (too long)."""
    names = [name for name in text.columns if name in contract.column_by_name] + [EXTRA]
    limits = {name: contract.column_by_name[name].max_length for name in names if name != EXTRA}
    limits[EXTRA] = sum(limits.values(), start=0) or 1
    suspect = text.filter(
        pl.any_horizontal(
            (pl.col(name).str.len_bytes() > limits[name]) | pl.col(name).str.contains(_nul(name), literal=True)
            for name in names
        )
    )
    faults = []
    for row in suspect.select(ROW, *names).iter_rows(named=True):
        for name in names:
            value = row[name] or ""
            if _nul(name) in value:
                message = f"column {name} holds a NUL character; remove it"
                faults.append(Fault(row[ROW], name, "nul_character", message))
                break
            if len(value) > limits[name]:
                message = f"column {name} has {len(value):,} characters, at most {limits[name]:,} are allowed; cut it"
                faults.append(Fault(row[ROW], name, "cell_too_long", message))
                break
    return faults


def _nul(name: str) -> str:
    """How NUL stands in a column: `_extra` is JSON."""
    return "\\u0000" if name == EXTRA else "\0"


def _typed(text: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """Typed columns; of every column that is not text the cell as sent stays under `~<name>`."""
    sent = [column for column in contract.columns if column.name in text.columns]
    changed = [column for column in sent if column.base_type not in ("text", "list") or column.derived_by]
    kept = [pl.col(column.name).alias(_AS_SENT + column.name) for column in changed]
    return text.with_columns(kept).with_columns(parsed_series(text[c.name], c) for c in changed)


def _derived(frame: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    for step in contract.derivations:
        before = frame.columns
        frame = DERIVATIONS[step.step].apply(frame, *step.reads)
        wanted = {column.name for column in contract.columns if column.derived_by == step.step}
        unused = [name for name in DERIVATIONS[step.step].outputs if name not in wanted and name not in before]
        frame = frame.drop(unused)
    return frame


def _known_on(contract: Contract) -> pl.Expr:
    """The first source of the contract that gives a date."""
    sources = {"partition": PERIOD_END, "option": OPTION}
    return pl.coalesce(known.column or sources[known.source] for known in contract.known_on).alias(KNOWN_ON)


def _checks(contract: Contract) -> list[_Check]:
    """What must hold in each row; of several faults the first in the order of the contract is told."""
    checks = []
    for column in contract.columns:
        cell = pl.col(column.name)
        if column.header and column.base_type not in ("text", "list"):
            unread = cell.is_null() & pl.col(_AS_SENT + column.name).is_not_null()
            checks.append(_Check(column, f"not_{column.base_type}", unread, expected_form(column)))
        if column.required:
            checks.append(_Check(column, "missing_value", cell.is_null(), "a value"))
        if column.pattern:
            matches = cell.cast(pl.String).str.contains(f"^(?:{column.pattern})$")
            checks.append(_Check(column, "pattern", ~matches, f"the form {column.pattern}"))
        if (codes := column.accepted_codes) is not None:
            message = f"one of {', '.join(codes[:12])}{' ...' if len(codes) > 12 else ''}"
            checks.append(_Check(column, "unknown_code", ~cell.cast(pl.String).is_in(list(codes)), message))
        if column.minimum is not None:
            below = cell < _bound(column.minimum, column)
            checks.append(_Check(column, "too_small", below, f"at least {column.minimum}"))
        if column.maximum is not None:
            above = cell > _bound(column.maximum, column)
            checks.append(_Check(column, "too_large", above, f"at most {column.maximum}"))
    known = contract.column_by_name.get(contract.known_on[0].column or "", contract.columns[0])
    missing = pl.col(KNOWN_ON).is_null()
    checks.append(_Check(known, "known_on_missing", missing, "the day on which the row was made public, or --known-on"))
    return checks


def _bound(value: str, column: Column) -> pl.Expr:
    literal: date | Decimal | int = Decimal(value) if column.base_type == "decimal" else 0
    if column.type == "date":
        literal = date.fromisoformat(value)
    elif column.type in ("integer", "bigint"):
        literal = int(value)
    return pl.lit(literal, polars_type(column))


def _faults(rows: pl.DataFrame, failing: pl.DataFrame, checks: list[_Check]) -> list[Fault]:
    faults = []
    for row, flags in zip(rows.iter_rows(named=True), failing.iter_rows(), strict=True):
        check = checks[flags.index(True)]
        name = check.column.name
        sent = row.get(_AS_SENT + name, row.get(name))
        value = "an empty cell" if sent is None else repr(str(sent)[:_SHOWN])
        header = f" ({check.column.header[0]})" if check.column.header else ""
        message = f"column {name}{header}: {value}, expected {check.expected}; mend the cell or have it sent again"
        faults.append(Fault(row[ROW], name, check.reason_code, message))
    return faults


def _row_hash(frame: pl.DataFrame, contract: Contract) -> pl.Expr:
    """A hash of the contract's columns and `_extra`: equal content, equal hash, whatever the file and the batch.

    Cells are joined by U+001F, an absent cell is U+0001 (neither can be in a cell that an editor wrote).
    """
    names = [*(column.name for column in contract.columns), EXTRA]
    cells = [pl.col(name).cast(pl.String) for name in names]
    absent = [
        cell.fill_null("\x01") if frame[name].null_count() else cell for name, cell in zip(names, cells, strict=True)
    ]
    return _sha256(pl.concat_str(absent, separator="\x1f"))


def _sha256(text: pl.Expr) -> pl.Expr:
    hashed: pl.Expr = text.chash.sha2_256()  # type: ignore[attr-defined]
    return hashed.str.slice(0, HASH_LENGTH).alias(ROW_HASH)
