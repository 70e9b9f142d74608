"""Which town an address lies in: a resolver on the gazetteer of dbt_project/seeds/geography.

The city has no districts, so that generic address parsers lose the town. A name is evidence only where it is a place:
not where it is a street (火炬路 is a road in 坦洲) and not in another city (中山区 of 大连, 中山路 anywhere). What
names no town stays `unassigned`. A postcode is no evidence: real ones often belong to another city.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Final

from ingest.gazetteer import LESSER_KINDS, TOWN_KINDS, Alias, read_aliases
from ingest.text import compact

#: To be raised when a rule of this module changes; the names' own content is the rest of `Gazetteer.version`.
RESOLVER_VERSION: Final = 2

UNASSIGNED: Final = "unassigned"
OUTSIDE: Final = "outside"
#: 马安村 left 民众 for 南朗: an address in 民众镇 that names no village may lie on either side of that boundary.
_SPLIT_TOWN: Final = "442000102"
_GAINING_TOWN: Final = "442000113"
_MOVED_VILLAGE: Final = "442000102-maan"
_UNCERTAIN: Final = Decimal("0.80")

_LEAD = re.compile(
    r"^(?:地址:?|邮编:?|邮政编码:?)?\(?(?:\d{6}(?=\D))?\)?[,、:]*(?:(?:中华人民共和国|中国)(?=广东|中山|粤))?"
)
_PROVINCE = r"(?:(?:广东省?|粤)[,、]?)*"
#: The city named as such after nothing but its province; 中山县 was its name in the first years of the patent system.
_CITY = re.compile(rf"^{_PROVINCE}中山(?:市(?!场)|县)(?:[,、]?{_PROVINCE}中山市)*")
_OTHER_PROVINCES = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|海南|四川|云南|陕西|甘肃"
    "|青海|内蒙古|广西|西藏|宁夏|新疆|台湾|香港|澳门"
)
_OTHER_CITIES = "深圳|珠海|汕头|佛山|韶关|湛江|肇庆|江门|茂名|汕尾|河源|阳江|清远|东莞|揭阳|云浮"
#: 中山市 further back counts only if nothing before it can be another place, with its suffix or without (上海, 珠海).
_LATE_CITY = re.compile(rf"^(?:(?!{_OTHER_PROVINCES}|{_OTHER_CITIES})[^省市县区州盟旗]){{0,12}}中山市(?!场)")
#: 中山 without 市: a road, a park, a university or another city's district, unless one of the city's towns follows.
_BARE_CITY = re.compile(rf"^{_PROVINCE}中山(?!区|大学|大道|路|街|公园|陵|门|[东南西北中一二三四五六七八九十]+路)")
_MARKS = re.compile(r"^(?:[,、.:;()\-/]|市辖区|市区(?!街)|城区)+")
_STREET_KINDS = r"(?:大道|公路|快线|路|大?街(?!道|办)|道(?![口滘])|巷)"
#: A street that carries a place's name is no evidence, for it may only lead there: 古镇东路, 沙朗三路, 港口大道.
_STREET = re.compile(rf"^(?:[东南西北中上下前后新老内外]{{0,2}}|[\d一二三四五六七八九十]{{1,3}}){_STREET_KINDS}")
_STREET_OF_TOWN = re.compile(r"^(?:大道|公路|路)")
_OTHER_DISTRICT = re.compile(r"^(?!.{0,3}(?:开发|工业|新|园|片|小|社|保税|加工|郊|库|厂|住宅|生活|商业)区)[一-鿿]{2}区")
_OWN_NAME = re.compile(r"^(?:广东省)?(?:中山市)+(?=.)")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address lies.

    `place_code` is a code of `town_places.csv` (that of the town until 2020), `unassigned` (in the city, town unknown)
    or `outside`. `village_code` is the NBS code where a village is named. `confidence` (0.00 to 1.00) is that of the
    place code, `reason` the kind of evidence or what stood against it. `is_boundary_ambiguous`: in 民众镇 without a
    village, from which a village was moved later.
    """

    place_code: str
    village_code: str | None
    confidence: Decimal
    reason: str
    is_in_city: bool
    is_boundary_ambiguous: bool = False


_OUTSIDE = Place(OUTSIDE, None, Decimal("1.00"), "other_place", is_in_city=False)
_NO_ADDRESS = Place(OUTSIDE, None, Decimal("0.00"), "no_address", is_in_city=False)


def _unassigned(reason: str) -> Place:
    return Place(UNASSIGNED, None, Decimal("0.00"), reason, is_in_city=True)


class Gazetteer:
    """The names of the city's places and the rules that read them in an address. Immutable and safe to share."""

    def __init__(self, aliases: Iterable[Alias], version: str) -> None:
        """Index names by their first two characters, longest first; `version` identifies content and rules."""
        self.version = version
        self._by_name = {alias.name: alias for alias in aliases}
        self._index: dict[str, list[Alias]] = defaultdict(list)
        self._weak: dict[str, list[Alias]] = defaultdict(list)
        for alias in sorted(self._by_name.values(), key=lambda each: (-len(each.name), each.name)):
            if alias.kind != "city":  # the city's own name says nothing about the town
                index = self._weak if alias.kind == "village_weak" else self._index
                index[alias.name[:2]].append(alias)

    @classmethod
    def from_seeds(cls, seeds_dir: Path) -> Gazetteer:
        """Read `place_aliases.csv` and `villages.csv` in a folder or in its subfolder `geography`."""
        folder = seeds_dir if (seeds_dir / "place_aliases.csv").exists() else seeds_dir / "geography"
        texts = [(folder / name).read_text(encoding="utf-8") for name in ("place_aliases.csv", "villages.csv")]
        digest = hashlib.sha256("\0".join(texts).encode()).hexdigest()[:12]
        return cls(read_aliases(*texts), f"{RESOLVER_VERSION}-{digest}")

    def town(self, name: str | None) -> str | None:
        """The place code of a town as a department's table names it (`小榄`, `全市`, `民众街道`), None if unknown."""
        alias = self._by_name.get(_OWN_NAME.sub("", compact(name)))
        if alias is None or alias.kind not in (*TOWN_KINDS, "town_short", "zone", "city"):
            return None
        return alias.readings[0].place_code

    def resolve(self, address: str | None) -> Place:
        """The place of an address as a register prints it, with or without postcode."""
        text = compact(address)
        if not text:
            return _NO_ADDRESS
        body = text[_LEAD.match(text).end() :]  # type: ignore[union-attr]  # every part of the pattern is optional
        if match := _CITY.match(body) or _LATE_CITY.match(body):
            return self._in_city(_without_marks(body[match.end() :]))
        if match := _BARE_CITY.match(body):
            rest = _without_marks(body[match.end() :])
            for candidate in (rest, "中山" + rest):
                if self._place_at_start(candidate, (*TOWN_KINDS, "town_short", "zone", "park")):
                    return self._in_city(candidate)
        rest = re.sub(f"^{_PROVINCE}", "", body)
        alias = self._place_at_start(rest, ("town",))
        if alias and alias.is_nationally_unique:
            place = self._in_city(rest)
            return replace(place, confidence=min(place.confidence, _UNCERTAIN), reason="town_without_city")
        return _OUTSIDE

    def _in_city(self, rest: str) -> Place:
        """The place of what follows the city's name: a town at the start, else a town anywhere, else lesser names."""
        found = list(self._places_in(rest))
        if found and found[0][0] == 0 and found[0][1].kind in (*TOWN_KINDS, "town_short"):
            return self._in_town(found[0][1], found, rest)
        named = [(at, alias) for at, alias in found if alias.kind != "town_short"]
        if not named:
            return _unassigned("other_district" if _OTHER_DISTRICT.match(rest) else "no_town")
        for _, alias in named:
            if alias.kind in TOWN_KINDS:
                return self._in_town(alias, named, rest)
        certain = [alias for _, alias in named if len(alias.place_codes) == 1]
        if not certain:
            return _unassigned("village_ambiguous")
        if len({alias.place_codes for alias in certain}) > 1:
            return _unassigned("conflicting_names")
        best = min(certain, key=lambda alias: LESSER_KINDS.index(alias.kind))
        return self._in_town(best, named, rest)

    def _in_town(self, evidence: Alias, found: list[tuple[int, Alias]], rest: str) -> Place:
        """The place that `evidence` names, and the village where one that lies in it is named, too."""
        (code,) = evidence.place_codes
        names = [alias for _, alias in found if alias is not evidence]
        villages = [alias for alias in (evidence, *names) if alias.kind.startswith("village")]
        villages += self._villages_of_parks(evidence, *names)
        villages += self._weak_villages_in(_blank(rest, found))
        if code in (_SPLIT_TOWN, _GAINING_TOWN):
            for alias in villages:
                if _MOVED_VILLAGE in alias.place_codes:
                    village = alias.village_in(_MOVED_VILLAGE)
                    return Place(_MOVED_VILLAGE, village, evidence.confidence, evidence.kind, is_in_city=True)
        inside = [alias for alias in villages if code in alias.place_codes]
        village = next((each for alias in inside if (each := alias.village_in(code))), None)
        is_rivalled = any(a.kind in TOWN_KINDS and a.place_codes != evidence.place_codes for a in names)
        is_ambiguous = code == _SPLIT_TOWN and not inside and "街" not in evidence.name
        confidence = min(evidence.confidence, _UNCERTAIN) if is_rivalled else evidence.confidence
        reason = "two_towns" if is_rivalled else evidence.kind
        return Place(code, village, confidence, reason, is_in_city=True, is_boundary_ambiguous=is_ambiguous)

    def _places_in(self, text: str) -> Iterator[tuple[int, Alias]]:
        """Names that stand in a text as places (not as streets), leftmost and longest first, without overlap."""
        at = 0
        while at < len(text):
            alias = self._longest_at(text, at)
            if alias is None:
                at += 1
                continue
            if not _is_street(alias, text[at + len(alias.name) :]) and not (alias.kind == "town_short" and at):
                yield at, alias
            at += len(alias.name)

    def _villages_of_parks(self, *aliases: Alias) -> list[Alias]:
        """The villages that parks are named after (沙仔工业区 lies in 沙仔), where the name is no common word."""
        return [
            village
            for park in aliases
            if park.kind == "park"
            for village in self._index.get(park.name[:2], ())
            if village.kind == "village_bare" and park.name.startswith(village.name)
        ]

    def _weak_villages_in(self, text: str) -> list[Alias]:
        """Villages by short names that mean a village only inside a town that is known already."""
        return [
            alias
            for at in range(len(text))
            for alias in self._weak.get(text[at : at + 2], ())
            if text.startswith(alias.name, at) and not _is_street(alias, text[at + len(alias.name) :])
        ]

    def _longest_at(self, text: str, at: int) -> Alias | None:
        for alias in self._index.get(text[at : at + 2], ()):
            if text.startswith(alias.name, at):
                return alias
        return None

    def _place_at_start(self, text: str, kinds: tuple[str, ...]) -> Alias | None:
        """The name at the start of a text if it is of one of these kinds and no street."""
        alias = self._longest_at(text, 0) if text else None
        return alias if alias and alias.kind in kinds and not _is_street(alias, text[len(alias.name) :]) else None


def _is_street(alias: Alias, following: str) -> bool:
    return bool((_STREET_OF_TOWN if alias.kind == "town" else _STREET).match(following))


def _blank(text: str, found: list[tuple[int, Alias]]) -> str:
    """The text without the names that are read already (翠亨新区 does not name the village 翠亨)."""
    for at, alias in found:
        text = text[:at] + "\0" * len(alias.name) + text[at + len(alias.name) :]
    return text


def _without_marks(text: str) -> str:
    return _MARKS.sub("", text)
