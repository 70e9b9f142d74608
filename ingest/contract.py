"""The contract of a feed: the one place where its files, columns, calendar and rules are written down.

A contract is `ingest/contracts/<feed>.yml`. It holds facts, no logic: an odd file gets a reader (`ingest/readers/`), a
computed column gets a named derivation (`ingest/derive.py`). Landing DDL, dbt sources and the data dictionary are
rendered from it. Names follow the Open Data Contract Standard where it has a word (`required`, `unit`, `pattern`).
"""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import Field, ValidationError, model_validator

from ingest.calendar import Calendar, Period
from ingest.columns import Bilingual, Column, Model, Texts
from ingest.senders.shape import SenderShape
from ingest.widths import plain_header

CONTRACTS_DIR = Path(__file__).parent / "contracts"
DEFAULT_NULL_TOKENS = ("-", "--", "—", "/", "\\", "无", "NULL", "null", "None", "NaN", "nan", "N/A", "#N/A")
__all__ = [
    "CONTRACTS_DIR",
    "Bilingual",
    "Column",
    "Contract",
    "ContractError",
    "Guard",
    "KnownOn",
    "Variant",
    "load_contract",
    "load_contracts",
]


class ContractError(Exception):
    """A contract that does not hold together; names the contract, the place and the mend."""


class Guard(Model):
    """The least share of a column's filled cells (as sent) that match a pattern; below it the cells have moved."""

    column: str
    pattern: str
    minimum_share: float = Field(gt=0, le=1)
    mend: str


class Variant(Model):
    """What is special about the files of one name pattern: constants for `from_file` columns, a wrong header."""

    file_name: str
    constants: dict[str, str] = Field(default_factory=dict)
    #: Only for files whose header is exactly `wrong_header`: what the cells really are, as sender's headers in order.
    wrong_header: tuple[str, ...] | None = None
    cell_order: tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _hold_together(self) -> Self:
        re.compile(self.file_name)
        if (self.wrong_header is None) != (self.cell_order is None):
            raise ValueError(f"variant {self.file_name}: wrong_header and cell_order come together")
        if self.wrong_header and self.cell_order and sorted(self.wrong_header) != sorted(self.cell_order):
            raise ValueError(f"variant {self.file_name}: cell_order must name the same headers as wrong_header")
        return self


class FileShape(Model):
    """How the sender's files look. `reader` names an entry of `ingest.readers.READERS`."""

    reader: str
    suffixes: Texts
    encodings: tuple[Literal["utf-8", "gb18030"], ...] = ("utf-8", "gb18030")
    delimiter: str = ","
    null_tokens: tuple[str, ...] = DEFAULT_NULL_TOKENS
    #: The header line may come again in the middle of the file; such lines are dropped and counted.
    has_header_repeats: bool = False
    #: Excel: sender's headers whose vertically merged cells hold for every row that they span.
    filled_merges: Texts = ()
    #: Sender's columns that carry nothing (an index column has the empty name); not kept in `_extra`.
    ignored_headers: tuple[str, ...] = ()
    variants: tuple[Variant, ...] = ()
    guards: tuple[Guard, ...] = ()

    def variant_of(self, file_name: str) -> Variant | None:
        """The first variant whose pattern matches the whole base name."""
        return next((each for each in self.variants if re.fullmatch(each.file_name, file_name)), None)


class PartitionRule(Model):
    """How a delivered file finds its partition: the last match of `pattern` in its path, nearest part first.

    The group `key` (or year/month/day) is the key. `otherwise`: what serves when no part matches: `known_on` (the
    ISO date of --known-on cut to the period), `constant` (one partition for all) or `refuse`.
    """

    pattern: str
    period: Period
    otherwise: Literal["known_on", "constant", "refuse"] = "refuse"
    constant: str | None = None

    @model_validator(mode="after")
    def _hold_together(self) -> Self:
        if "key" not in re.compile(self.pattern).groupindex and "year" not in re.compile(self.pattern).groupindex:
            raise ValueError("partition.pattern needs a group named key, or groups year, month, day")
        if (self.otherwise == "constant") != (self.constant is not None):
            raise ValueError("partition.constant belongs to otherwise: constant")
        return self


class Delivery(Model):
    """What a delivery is: everything (`snapshot`), what changed (`delta`) or what happened (`events`)."""

    mode: Literal["snapshot", "delta", "events"]
    partition: PartitionRule
    #: Patterns of the file names without which a partition is incomplete (a warning of the batch).
    completed_by: Texts = ()


class KnownOn(Model):
    """One source of the day on which the provider made a row public; the first that gives a date is taken."""

    source: Literal["column", "partition", "option"]
    column: str | None = None

    @model_validator(mode="after")
    def _hold_together(self) -> Self:
        if (self.source == "column") != (self.column is not None):
            raise ValueError("known_on: `column` belongs to source: column")
        return self


class Preference(Model):
    """One step of the rule between conflicting copies: listed values first, else the largest or smallest value."""

    column: str
    prefer: Literal["largest", "smallest", "listed"]
    values: tuple[str, ...] = ()


class Step(Model):
    """A named derivation (`ingest.derive.DERIVATIONS`) and the columns that it reads."""

    step: str
    reads: Texts = Field(alias="from")


class Budget(Model):
    """Largest share of quarantined rows in a file: above `warn` a warning, above `stop` its feed is not published.

    `per: delivery` counts the members of a zip together: for a sender of one record a file. `stop_rows` may be in
    quarantine however small the file is, so that one bad row of a month of twenty cases does not hold up the city's
    numbers; a file of which no row landed is over its budget all the same.
    """

    warn: float = Field(default=0.001, ge=0, le=1)
    stop: float = Field(default=0.01, ge=0, le=1)
    stop_rows: int = Field(default=1, ge=0)
    per: Literal["file", "delivery"] = "file"


class Origin(Model):
    """Where the feed comes from and how fresh it should be."""

    owner: Bilingual
    licence: str
    cadence: str
    source: str | None = None
    calendar: Calendar = Calendar()
    freshness_warn_days: int | None = None
    freshness_stop_days: int | None = None
    sender: SenderShape | None = None


class Contract(Model):
    """A feed's contract. See `ingest/README.md` for the meaning of each key."""

    feed: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    version: int = Field(ge=1)
    title: Bilingual
    description: Bilingual
    origin: Origin
    file: FileShape
    delivery: Delivery
    grain: tuple[str, ...]
    conflict: tuple[Preference, ...] = ()
    known_on: tuple[KnownOn, ...]
    missing_means: Literal["not_delivered", "zero", "unchanged", "ended"]
    quarantine_budget: Budget = Budget()
    derivations: tuple[Step, ...] = ()
    columns: tuple[Column, ...]

    @model_validator(mode="after")
    def _hold_together(self) -> Self:
        names = [column.name for column in self.columns]
        if duplicate := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"column {duplicate} is declared twice")
        headers = [header for column in self.columns for header in column.header]
        if duplicate := next((header for header in headers if headers.count(header) > 1), None):
            raise ValueError(f"header {duplicate} belongs to two columns")
        named = {*self.grain, *(p.column for p in self.conflict), *(g.column for g in self.file.guards)}
        named |= {known.column for known in self.known_on if known.column}
        if unknown := sorted(named - set(names)):
            raise ValueError(f"named but not declared as columns: {', '.join(unknown)}")
        steps = {step.step for step in self.derivations}
        used = {column.derived_by for column in self.columns if column.derived_by}
        if steps != used:
            raise ValueError(f"derivations {sorted(steps)} and the columns' derived_by {sorted(used)} differ")
        return self

    @cached_property
    def column_by_name(self) -> dict[str, Column]:
        """Columns by their landing name."""
        return {column.name: column for column in self.columns}

    @cached_property
    def column_by_header(self) -> dict[str, Column]:
        """Columns by each of the sender's names for them."""
        return {header: column for column in self.columns for header in column.header}

    @cached_property
    def name_by_plain_header(self) -> dict[str, str]:
        """Landing names by the sender's names as `plain_header` compares them."""
        return {plain_header(header): column.name for header, column in self.column_by_header.items()}

    @property
    def required_headers(self) -> tuple[tuple[str, ...], ...]:
        """For each column that a file must have: the names under which it is accepted."""
        return tuple(column.header for column in self.columns if column.header and not column.header_optional)

    def columns_with_role(self, role: str) -> tuple[str, ...]:
        """Names of the columns that the resolvers read: addresses, names of parties, credit codes."""
        return tuple(column.name for column in self.columns if column.role == role)


def load_contract(path: Path) -> Contract:
    """Read one contract; raises ContractError with the file, the place and what is wrong."""
    try:
        contract = Contract.model_validate(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))
    except yaml.YAMLError as error:
        raise ContractError(f"{path.name} is not YAML: {error}") from error
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise ContractError(f"{path.name}: {faults}") from error
    if contract.feed != path.stem:
        raise ContractError(f"{path.name}: feed is {contract.feed}; file name and feed must agree")
    return contract


def load_contracts(folder: Path = CONTRACTS_DIR) -> dict[str, Contract]:
    """All contracts by feed, sorted by name."""
    return {path.stem: load_contract(path) for path in sorted(folder.glob("*.yml"))}
