"""Scales of figures: round axis ticks, and quantile classes for maps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Axis:
    """A value axis from zero (or below) to `top`, with round ticks printed in `unit_factor` units."""

    ticks: tuple[Decimal, ...]
    labels: tuple[str, ...]
    unit: str

    @property
    def top(self) -> Decimal:
        return self.ticks[-1]

    def share(self, value: Decimal) -> float:
        """Position of a value between zero and the top, 0 to 1."""
        return float(value / self.top) if self.top else 0.0


def axis(values: Sequence[Decimal | None], unit: str, *, tick_count: int = 4) -> Axis:
    """An axis from zero over the highest value; from 20,000 upwards its ticks are printed in 万."""
    highest = max((value for value in values if value is not None), default=Decimal(0))
    step = _round_step(highest / tick_count) if highest > 0 else Decimal(1)
    if all(value is None or value == value.to_integral_value() for value in values):
        step = max(step, Decimal(1))  # no half pieces on the axis of a count
    count = max(1, int((highest / step).to_integral_value(rounding="ROUND_CEILING")))
    ticks = tuple(step * index for index in range(count + 1))
    factor, prefix = (Decimal(10_000), "万") if ticks[-1] >= 20_000 else (Decimal(1), "")
    labels = tuple(_plain(tick / factor) for tick in ticks)
    return Axis(ticks, labels, "亿元" if prefix and unit == "万元" else prefix + unit)


def _round_step(raw: Decimal) -> Decimal:
    """The smallest of 1, 2, 2.5, 5 × 10ⁿ that is not below `raw`, whole numbers from 1 upwards."""
    magnitude = Decimal(1).scaleb(raw.adjusted())
    for factor in (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10)):
        step = factor * magnitude
        if step >= raw and (step < 1 or step == step.to_integral_value()):
            return step
    return 10 * magnitude


def _plain(value: Decimal) -> str:
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True)
class Classes:
    """Quantile classes: `bounds` are the upper bounds of all classes but the last; equal values share a class."""

    bounds: tuple[Decimal, ...]
    lowest: Decimal
    highest: Decimal

    def index(self, value: Decimal) -> int:
        return sum(1 for bound in self.bounds if value > bound)


def quantile_classes(values: Sequence[Decimal], count: int = 6) -> Classes:
    """Split the values into at most `count` classes of about equal size; ties are never torn apart.

    Raises ValueError for no value.
    """
    if not values:
        raise ValueError("quantile classes need at least one value")
    ordered = sorted(values)
    bounds: list[Decimal] = []
    for step in range(1, count):
        position = -(-len(ordered) * step // count) - 1
        bound = ordered[max(position, 0)]
        if bound < ordered[-1] and (not bounds or bound > bounds[-1]):
            bounds.append(bound)
    return Classes(tuple(bounds), ordered[0], ordered[-1])
