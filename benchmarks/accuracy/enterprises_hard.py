"""A harder labelled set of names than the sample city's: faults that senders make, and names that only look like a
firm's.

The firms are those of a small sample city (seeded, so that everybody gets the same set); the sample city's own feeds
write six easy variants only, all of which rules undo. Each mention has a kind, the name as written, the code as given,
whether its record lies in the city, and the enterprise that it means (None: nobody in the register). The integration
test lands them, builds, and scores the ties by kind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from benchmarks.accuracy.table import AccuracyRow, accuracy_row
from ipstat.sample_city.holders import FIRM, NEVER, make_holders
from ipstat.sample_city.names import TRADE_CHARACTERS, name_variant
from ipstat.sample_city.plan import make_plan

SEED: Final = 20260101
SCALE: Final = 0.02
FIRMS: Final = 40
_DAY: Final = 17_000  # days since 1970: mid-2016; the firms are older and have never been renamed


@dataclass(frozen=True, slots=True)
class Firm:
    """An enterprise of the register that the set is made from."""

    uscc: str
    name: str
    former_name: str


@dataclass(frozen=True, slots=True)
class HardMention:
    """One labelled name; `truth` is a credit code or None."""

    kind: str
    name: str
    code: str | None
    is_in_city: bool
    truth: str | None


#: Kinds that deterministic rules are there for: all of them must be tied, and rightly.
RULED: Final = (
    *("brackets", "limited", "without_city", "traditional", "city_short", "space", "town_short", "province", "note"),
    *("owner", "former_name", "branch", "code_of_garbled", "organisation_code", "wrong_code"),
)
#: Kinds that rules leave to a reviewer: nothing in the name says which firm is meant for sure.
LEFT: Final = ("wrong_character", "missing_character", "swapped", "shortened")
#: Names that mean nobody in the register, or nobody for sure: to tie them is an error.
DECOYS: Final = ("elsewhere", "other_city", "other_trade", "brother", "code_of_another")


def firms() -> list[Firm]:
    """Forty firms: companies with 中山市 in front and factories with a town, by turns."""
    holders = make_holders(make_plan(SCALE, SEED))
    rows = [
        row
        for row in range(len(holders))
        if holders.kind[row] == FIRM and holders.established[row] < _DAY and holders.closed[row] == NEVER
    ]
    names = {str(holders.credit_code[row]): str(holders.name[row]) for row in rows}
    companies = [code for code, name in names.items() if name.startswith("中山市") and name.endswith("有限公司")]
    factories = [code for code, name in names.items() if name.startswith("中山市") and name.endswith("厂")]
    chosen = sorted([*companies[: FIRMS // 2], *factories[: FIRMS // 2]])
    return [
        Firm(code, names[code], f"中山市{_trade(names[code])}旧厂{number}有限公司")
        for number, code in enumerate(chosen)
    ]


def mentions(listed: Iterable[Firm]) -> list[HardMention]:
    """Every kind for every firm that can have it; each name once, and none that would mean two things."""
    known = list(listed)
    found: list[HardMention] = []
    for number, firm in enumerate(known):
        other = known[(number + 1) % len(known)]
        for kind, make in _FAULTS.items():
            name = make(firm.name)
            if name != firm.name:
                found.append(HardMention(kind, name, None, True, firm.uscc))
        found += _coded(firm, other)
        found += [
            HardMention("former_name", firm.former_name, None, True, firm.uscc),
            HardMention("elsewhere", firm.name.removeprefix("中山市"), None, False, None),
            HardMention("other_city", firm.name.replace("中山市", "佛山市", 1), None, False, None),
            HardMention("other_trade", _trade(firm.name).join(("中山市", "贸易有限公司")), None, True, None),
            HardMention("brother", firm.name.replace("中山市", "广东", 1), None, True, None),
        ]
    labels: dict[tuple[str, str | None, bool], list[HardMention]] = defaultdict(list)
    for each in found:
        labels[each.name, each.code, each.is_in_city].append(each)
    return [same[0] for same in labels.values() if len({each.truth for each in same}) == 1]


def _coded(firm: Firm, other: Firm) -> list[HardMention]:
    organisation = firm.uscc[8:16] + "-" + firm.uscc[16]
    wrong = firm.uscc[:-1] + ("0" if firm.uscc[-1] != "0" else "1")
    return [
        HardMention("code_of_garbled", f"{firm.name[:6]}?{firm.name[7:]}", firm.uscc, True, firm.uscc),
        HardMention("organisation_code", f"{firm.name[:6]}*{firm.name[7:]}", organisation, True, firm.uscc),
        HardMention("wrong_code", firm.name, wrong, True, firm.uscc),
        HardMention("code_of_another", other.name, firm.uscc, True, None),
    ]


def _trade(name: str) -> str:
    place = _first_trade_character(name)
    return name[place : place + 3]


def _wrong_character(name: str) -> str:
    place = _first_trade_character(name)
    other = TRADE_CHARACTERS[(TRADE_CHARACTERS.index(name[place]) + 17) % len(TRADE_CHARACTERS)]
    return name[:place] + other + name[place + 1 :]


def _missing_character(name: str) -> str:
    place = _first_trade_character(name)
    return name[:place] + name[place + 1 :]


def _swapped(name: str) -> str:
    place = _first_trade_character(name)
    return name[:place] + name[place + 1] + name[place] + name[place + 2 :]


def _first_trade_character(name: str) -> int:
    return next(place for place in range(3, len(name)) if name[place] in TRADE_CHARACTERS)


_FAULTS: Final[Mapping[str, Callable[[str], str]]] = {
    "brackets": lambda name: name.replace("中山市", "（中山市）", 1),
    "limited": lambda name: name_variant(name, 1),
    "without_city": lambda name: name.removeprefix("中山市"),
    "traditional": lambda name: name_variant(name, 3),
    "city_short": lambda name: name_variant(name, 4),
    "space": lambda name: name_variant(name, 5),
    "town_short": lambda name: name.replace("镇", "", 1) if "古镇" not in name else name.replace("古镇镇", "古镇", 1),
    "province": lambda name: f"广东省{name}",
    "note": lambda name: f"{name}（个体工商户）" if name.endswith("厂") else name,
    "owner": lambda name: f"{name}（经营者：陈某）" if name.endswith("厂") else name,
    "branch": lambda name: f"{name}第一分公司" if name.endswith("公司") else name,
    "wrong_character": _wrong_character,
    "missing_character": _missing_character,
    "swapped": _swapped,
    "shortened": lambda name: name.removesuffix("有限公司").removesuffix("厂"),
}


def score(found: Mapping[HardMention, str | None]) -> list[AccuracyRow]:
    """A row a kind (right: tied to the truth, or untied where there is none) and the precision of all ties."""
    kinds: dict[str, list[bool]] = defaultdict(list)
    for each, uscc in found.items():
        kinds[each.kind].append(uscc == each.truth)
    tied = [each.truth == uscc for each, uscc in found.items() if uscc is not None]
    rows = [
        accuracy_row(f"enterprise: harder names, {kind}", sum(kinds[kind]), len(kinds[kind]))
        for kind in (*RULED, *LEFT, *DECOYS)
        if kind in kinds
    ]
    return [*rows, accuracy_row("enterprise: harder names, precision of ties", sum(tied), len(tied), 0.999)]
