"""Corrections of a provider's errors: `ingest/corrections/<feed>.yml`, each with its guard.

A correction names a partition, the row (`where`: landing columns and their text as sent), the column, the old and the
new text, the reason and the day of the decision. It is applied to the normalised text before types and derivations. It
must find its row with the old value whenever its partition is loaded; else it is out of date and the batch is not made.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated

import polars as pl
import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from ingest.contract import Contract, ContractError

CORRECTIONS_DIR = Path(__file__).parent / "corrections"
BATCH = "_batch_id"

Text = Annotated[str, BeforeValidator(lambda value: str(value) if isinstance(value, (int, float, date)) else value)]


class Correction(BaseModel):
    """One mended cell. `old` and `new` may be null: an empty cell."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    partition: Text
    where: dict[str, Text]
    column: str
    old: Text | None
    new: Text | None
    reason: str
    decided_on: date

    def describe(self) -> str:
        """For messages: where and what."""
        row = ", ".join(f"{name}={value}" for name, value in self.where.items())
        return f"{self.column} of {row} in {self.partition}"


def load_corrections(contract: Contract, folder: Path = CORRECTIONS_DIR) -> tuple[Correction, ...]:
    """The corrections of a feed; none where there is no file. Raises ContractError for a wrong one."""
    path = folder / f"{contract.feed}.yml"
    if not path.exists():
        return ()
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8")) or []
        corrections = tuple(Correction.model_validate(entry) for entry in entries)
    except (yaml.YAMLError, ValidationError) as error:
        raise ContractError(f"corrections/{path.name}: {error}") from error
    for each in corrections:
        for name in (*each.where, each.column):
            column = contract.column_by_name.get(name)
            if column is None or not column.header:
                raise ContractError(f"corrections/{path.name}: {name} is no column with a header of {contract.feed}")
    return corrections


def corrections_hash(corrections: tuple[Correction, ...]) -> str:
    """A hash of the corrections given, "" for none: part of a batch's content."""
    if not corrections:
        return ""
    text = "\n".join(sorted(each.model_dump_json() for each in corrections))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass
class Corrector:
    """Applies the corrections of some batches and remembers which of them found their row.

    `partitions`: partition key by batch id. Call it on frames of normalised text that have `_batch_id`,
    from any thread.
    """

    corrections: tuple[Correction, ...]
    partitions: Mapping[int, str]
    found: dict[int, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame with the corrected cells."""
        for number, correction in enumerate(self.corrections):
            batches = [batch for batch, key in self.partitions.items() if key == correction.partition]
            if not batches:
                continue
            is_row = pl.col(BATCH).is_in(batches)
            for name, value in correction.where.items():
                is_row = is_row & (pl.col(name) == value)
            hit = (is_row & pl.col(correction.column).eq_missing(pl.lit(correction.old, pl.String))).fill_null(
                value=False
            )
            count = int(frame.select(hit.sum()).item())
            with self.lock:
                self.found[number] = self.found.get(number, 0) + count
            new = pl.when(hit).then(pl.lit(correction.new, pl.String)).otherwise(correction.column)
            frame = frame.with_columns(new.alias(correction.column))
        return frame

    def outdated(self) -> dict[str, list[Correction]]:
        """Corrections of the loaded partitions that found no row with their old value, by partition."""
        loaded = set(self.partitions.values())
        missing: dict[str, list[Correction]] = {}
        for number, correction in enumerate(self.corrections):
            if correction.partition in loaded and not self.found.get(number):
                missing.setdefault(correction.partition, []).append(correction)
        return missing
