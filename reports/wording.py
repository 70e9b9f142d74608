"""Chinese sentences and number formats, to the letter of the acceptance cases; prose says what happened, never why.

All arithmetic is on exact `Decimal`s and rounds half away from zero, in print only. A minus sign is printed as
U+2212. `None` means "not reported" everywhere: it gives 暂无数据, never a zero and never a growth rate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

NO_DATA = "暂无数据"
NOT_APPLICABLE = "不适用"
MISSING_MARK = "—"
MINUS = "−"


class MixedVintagesError(ValueError):
    """A difference of two ratios whose denominators have different vintages; the message names both."""


@dataclass(frozen=True)
class Comparison:
    """The words of one comparison: of a period with the same period a year before, or of a stock with the end of the
    year before.
    """

    prefix: str
    base: str
    no_rate: str


YEAR_ON_YEAR = Comparison(prefix="同比", base="上年同期", no_rate="不计算同比")
SINCE_YEAR_END = Comparison(prefix="较上年末", base="上年末", no_rate="不计算增速")


@dataclass(frozen=True)
class Ratio:
    """A ratio in per cent with the vintage of its denominator (case 3: a change is taken on one vintage only)."""

    percent: Decimal
    vintage: str


def round_half_away(value: Decimal, places: int) -> Decimal:
    """Round to `places` decimals, halves away from zero; zero never carries a sign."""
    rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return abs(rounded) if rounded == 0 else rounded


def number(value: Decimal | None, decimals: int = 0, *, missing: str = NO_DATA) -> str:
    """`12345.675` with 2 decimals → `12,345.68`; None → `missing`."""
    if value is None:
        return missing
    return f"{round_half_away(value, decimals):,f}".replace("-", MINUS)


def signed(value: Decimal | None, decimals: int = 1, suffix: str = "%") -> str:
    """A change with its sign for a card or a map: `+12.0%`, `−3.4%`, `0.0%` without a sign; None → `—`."""
    if value is None:
        return MISSING_MARK
    text = number(value, decimals)
    return f"+{text}{suffix}" if round_half_away(value, decimals) > 0 else f"{text}{suffix}"


def quantity(value: Decimal | None, unit: str, decimals: int = 0) -> str:
    """A number with its unit: `10,597件`; None → `暂无数据` without a unit."""
    return NO_DATA if value is None else f"{number(value, decimals)}{unit}"


def money(value_cny_10k: Decimal | None, decimals: int = 2) -> str:
    """An amount in 万元, printed in 亿元 from one 亿元 upwards: `23,456.7` → `2.35亿元`, `980` → `980.00万元`."""
    if value_cny_10k is None:
        return NO_DATA
    if abs(value_cny_10k) >= 10_000:
        return f"{number(value_cny_10k / 10_000, decimals)}亿元"
    return f"{number(value_cny_10k, decimals)}万元"


def growth_percent(now: Decimal | None, before: Decimal | None) -> Decimal | None:
    """(now − before) / before in per cent, unrounded; None where no rate may be printed (a base of zero, unknown or
    negative values).
    """
    if now is None or before is None or before <= 0 or now < 0:
        return None
    return (now - before) * 100 / before


def growth(
    now: Decimal | None, before: Decimal | None, decimals: int = 1, comparison: Comparison = YEAR_ON_YEAR
) -> str:
    """The phrase for a change of a non-negative count or amount, e.g. `同比增长12.0%` (case 9).

    Raises ValueError for a negative number: net moves have their own phrase, `net_move_change`.
    """
    if now is None:
        return NO_DATA
    if before is None:
        return f"{comparison.base}{NO_DATA}，{comparison.no_rate}"
    if now < 0 or before < 0:
        raise ValueError(f"growth of a negative number ({before} → {now}): use net_move_change")
    if before == 0:
        return f"与{comparison.base}持平（均为零）" if now == 0 else f"{comparison.base}为零，{comparison.no_rate}"
    if now == before:
        return f"与{comparison.base}持平"
    percent = (now - before) * 100 / before
    rounded = round_half_away(percent, decimals)
    if rounded == 0:
        return f"与{comparison.base}基本持平"
    return f"{comparison.prefix}{'增长' if rounded > 0 else '下降'}{number(abs(rounded), decimals)}%"


def growth_multiple(now: Decimal, before: Decimal) -> str | None:
    """For headings only: `增长2倍` for 300 against 100 (the increase, never the ratio); None unless it is a whole
    number of times.
    """
    percent = growth_percent(now, before)
    if percent is None or percent < 100 or percent % 100:
        return None
    return f"增长{number(percent / 100)}倍"


def net_move_change(now: Decimal | None, before: Decimal | None, unit: str = "件") -> str:
    """Net moves in (+) and out (−): `由净移出4件转为净移入6件`; never a rate."""
    if now is None:
        return NO_DATA
    if before is None:
        return f"{_net(now, unit)}，上年同期{NO_DATA}"
    if now == before:
        return f"{_net(now, unit)}，与上年同期持平"
    turns = (now > 0) != (before > 0) or (now < 0) != (before < 0)
    return f"由{_net(before, unit)}{'转为' if turns else '变为'}{_net(now, unit)}"


def _net(value: Decimal, unit: str) -> str:
    if value == 0:
        return "净移动为零"
    return f"净移{'入' if value > 0 else '出'}{number(abs(value))}{unit}"


def point_change(now: Ratio | None, before: Ratio | None, decimals: int = 2) -> str:
    """The change of a percentage in 百分点 on one vintage: `提高0.44个百分点`. Raises MixedVintagesError across
    vintages.
    """
    if now is None:
        return NO_DATA
    if before is None:
        return f"上年同期{NO_DATA}，不计算变动"
    if now.vintage != before.vintage:
        raise MixedVintagesError(
            f"{now.percent}% is on the vintage {now.vintage!r} and {before.percent}% on {before.vintage!r}: "
            "take both on one vintage"
        )
    change = now.percent - before.percent
    rounded = round_half_away(change, decimals)
    if rounded == 0:
        return "与上年同期持平" if change == 0 else "与上年同期基本持平"
    return f"{'提高' if rounded > 0 else '降低'}{number(abs(rounded), decimals)}个百分点"


def share_percent(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """part / whole in per cent, unrounded; None where either is unknown or the whole is zero."""
    if part is None or whole is None or whole == 0:
        return None
    return part * 100 / whole


def share(part: Decimal | None, whole: Decimal | None, decimals: int = 1) -> str:
    """`46.0%` for 1,481 of 3,220; `暂无数据` where it can't be computed."""
    percent = share_percent(part, whole)
    return NO_DATA if percent is None else f"{number(percent, decimals)}%"


def is_within_last_place(printed: str, exact: Decimal) -> bool:
    """Whether a source's printed figure agrees with ours within one unit of its last place (sources that truncate:
    45.9 for 45.993).
    """
    shown = Decimal(printed.replace(",", "").replace(MINUS, "-"))
    decimals = len(printed.partition(".")[2])
    return abs(shown - exact) < Decimal(1).scaleb(-decimals)


def enumerate_names(names: Sequence[str]) -> str:
    """`甲、乙和丙`; the empty list gives the empty string."""
    if len(names) < 2:
        return "".join(names)
    return "、".join(names[:-1]) + "和" + names[-1]


def chinese_numeral(value: int) -> str:
    """1-99 in Chinese for chapter heads: 12 → 十二."""
    if not 1 <= value <= 99:
        raise ValueError(f"a chapter number from 1 to 99 is expected, not {value}")
    digits = "零一二三四五六七八九"
    tens, ones = divmod(value, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else f"{digits[tens]}十")
    return head + (digits[ones] if ones else "")


def chinese_date(year: int, month: int, day: int) -> str:
    """`2025年12月31日`."""
    return f"{year}年{month}月{day}日"
