"""Rules that official totals are held to (`official_rules.yml`), checked, and as VALUES lists for the queries."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from expectations.checks import GateError

RULES_PATH = Path(__file__).with_name("official_rules.yml")
Cell = str | int | Decimal


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rounding(_Entry):
    """How a source (empty: any) prints its figures of a period (empty: any; a year holds for all within it)."""

    source: str = ""
    period: str = ""
    style: Literal["half_up", "truncated"]
    tolerance_units: Decimal = Field(ge=0, le=5)
    evidence: str = Field(min_length=5)

    @property
    def rank(self) -> int:
        """Specific entries come first: source and period, source, period, any."""
        return 2 * bool(self.source) + bool(self.period)


class Alias(_Entry):
    """One figure under two names."""

    name: str
    indicator: str
    type: str


class Parts(_Entry):
    """The types that make up the whole of an indicator."""

    indicator: str
    parts: tuple[str, ...] = Field(min_length=2)


class Quotient(_Entry):
    """A percentage that follows from two other indicators of the same type."""

    indicator: str
    numerator: str
    denominator: str


class OfficialRules(_Entry):
    """The whole file."""

    rounding: tuple[Rounding, ...]
    wholes: tuple[str, ...] = Field(min_length=1)
    others: tuple[str, ...] = Field(min_length=1)
    cities: tuple[str, ...] = Field(min_length=1)
    other_towns: tuple[str, ...] = Field(min_length=1)
    aliases: tuple[Alias, ...] = Field(min_length=1)
    parts: tuple[Parts, ...] = Field(min_length=1)
    quotients: tuple[Quotient, ...] = Field(min_length=1)
    shares: tuple[str, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _says_everything_once(self) -> OfficialRules:
        keys: dict[str, list[tuple[str, ...] | str]] = {
            "rounding": [(each.source, each.period) for each in self.rounding],
            "aliases": [each.name for each in self.aliases],
            "parts": [each.indicator for each in self.parts],
            "quotients": [each.indicator for each in self.quotients],
        }
        twice = [name for name, listed in keys.items() if len(listed) != len(set(listed))]
        if twice:
            raise ValueError(f"{', '.join(twice)} says something twice")
        if ("", "") not in keys["rounding"]:
            raise ValueError("rounding has no default (an entry without source and period)")
        return self

    def value_lists(self) -> Iterator[tuple[str, list[tuple[Cell, ...]]]]:
        """Name and rows of each VALUES list that the queries use."""
        yield (
            "official_rounding",
            [(each.source, each.period, each.style, each.tolerance_units, each.rank) for each in self.rounding],
        )
        yield "official_wholes", [(name, place) for place, name in enumerate(self.wholes)]
        yield "official_others", [(name,) for name in self.others]
        yield "official_cities", [(name,) for name in self.cities]
        yield "official_other_towns", [(name,) for name in self.other_towns]
        yield "official_aliases", [(each.name, each.indicator, each.type) for each in self.aliases]
        yield "official_parts", [(each.indicator, part) for each in self.parts for part in each.parts]
        yield "official_quotients", [(each.indicator, each.numerator, each.denominator) for each in self.quotients]
        yield "official_shares", [(name,) for name in self.shares]


def load_rules(path: Path = RULES_PATH) -> OfficialRules:
    """The rules of a file; raises GateError with the file and the fault."""
    try:
        return OfficialRules.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValidationError) as error:
        raise GateError(f"{path.name} can't be read: {error}") from error
