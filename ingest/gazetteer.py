"""The names of the city's places: read from `place_aliases.csv` and `villages.csv` of dbt_project/seeds/geography."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

#: Kinds of evidence. `town_short` counts only right after the city's name (东区, 港口 and 三角 are words, too);
#: `village_weak` only inside a town that is named (民生, 光明, 太平 ... are streets and companies everywhere).
#: `city` names the whole in a department's table and says nothing in an address.
AliasKind = Literal[
    "town", "town_former", "town_short", "zone", "park", "village", "village_bare", "village_weak", "city"
]

TOWN_KINDS: Final = ("town", "town_former")
LESSER_KINDS: Final = ("zone", "park", "village", "village_bare")
_FULL_SUFFIXES: Final = ("村民委员会", "社区居民委员会", "村委会", "居委会", "社区", "村")
_FULL_NAME_CONFIDENCE: Final = Decimal("0.90")
_BARE_NAME_CONFIDENCE: Final = Decimal("0.75")


@dataclass(frozen=True, slots=True)
class Reading:
    """One place that a name may mean; `village_code` (NBS, 12 digits) where it is a village of the official list."""

    place_code: str
    village_code: str | None


@dataclass(frozen=True, slots=True)
class Alias:
    """A name and all that it may mean; more than one place code makes it ambiguous without a town."""

    name: str
    kind: AliasKind
    confidence: Decimal
    readings: tuple[Reading, ...]
    is_nationally_unique: bool = False

    @property
    def place_codes(self) -> frozenset[str]:
        """The places that the name may mean."""
        return frozenset(reading.place_code for reading in self.readings)

    def village_in(self, place_code: str) -> str | None:
        """The village code that the name has in one place; None where it has none or several there."""
        codes = {reading.village_code for reading in self.readings if reading.place_code == place_code}
        return codes.pop() if len(codes) == 1 else None


def read_aliases(place_aliases: str, villages: str) -> list[Alias]:
    """All names of the two seed files (their text); a name in `place_aliases` overrides a village's derived form."""
    by_name = {alias.name: alias for alias in _village_aliases(csv.DictReader(villages.splitlines()))}
    for row in csv.DictReader(place_aliases.splitlines()):
        village = by_name.get(row["alias"])
        known = village.village_in(row["place_code"]) if village else None
        kind: AliasKind = row["alias_kind"]  # type: ignore[assignment]
        if kind not in AliasKind.__args__:  # type: ignore[attr-defined]
            raise ValueError(f"place_aliases.csv: {row['alias']} has the unknown kind {kind}")
        readings: tuple[Reading, ...] = (Reading(row["place_code"], row["village_code"] or known),)
        if village and len(village.place_codes) > 1 and kind == "village":
            readings = village.readings
        is_unique = row["is_nationally_unique"] == "true"
        by_name[row["alias"]] = Alias(row["alias"], kind, Decimal(row["confidence"]), readings, is_unique)
    return list(by_name.values())


def _village_aliases(rows: Iterable[dict[str, str]]) -> Iterator[Alias]:
    """Each village under its short name and under every official and common full form of it."""
    readings: dict[str, set[Reading]] = defaultdict(set)
    evidence: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        readings[row["short_name"]].add(Reading(row["place_code"], row["village_code"]))
        evidence[row["short_name"]].add(row["evidence"])
    for short, meanings in readings.items():
        ordered = tuple(sorted(meanings, key=lambda reading: (reading.place_code, reading.village_code or "")))
        kinds = evidence[short]
        full_kind: AliasKind = "village_weak" if "never_alone" in kinds else "village"
        bare_kind: AliasKind = "village_bare" if kinds == {"bare_name"} else "village_weak"
        # 马安 is a village of 黄圃 and a community of 南朗 that was a village: both full forms may mean either.
        for suffix in _FULL_SUFFIXES:
            yield Alias(short + suffix, full_kind, _FULL_NAME_CONFIDENCE, ordered)
        yield Alias(short, bare_kind, _BARE_NAME_CONFIDENCE, ordered)
