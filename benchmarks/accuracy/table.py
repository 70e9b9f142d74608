"""A row of the accuracy table: a share with its 95 % interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

#: 97.5 % point of the normal distribution: the interval holds 95 %.
_Z: Final = 1.959963984540054


@dataclass(frozen=True, slots=True)
class AccuracyRow:
    """How many of `n` judged cases are right. `share`, `low`, `high` and `target` are fractions of 1, not percent.

    `low` and `high` are the Wilson interval at 95 %; it treats the cases as independent. `target` is None where the
    row is for information.
    """

    subject: str
    n: int
    correct: int
    share: float
    low: float
    high: float
    target: float | None

    @property
    def is_met(self) -> bool:
        """Whether the measured share (not its lower bound) reaches the target."""
        return self.target is None or self.share >= self.target


def accuracy_row(subject: str, correct: int, n: int, target: float | None = None) -> AccuracyRow:
    """A row from counts; ValueError where there is nothing to measure or more right than cases."""
    low, high = wilson(correct, n)
    return AccuracyRow(subject, n, correct, correct / n, low, high, target)


def wilson(correct: int, n: int) -> tuple[float, float]:
    """The Wilson score interval (95 %) of a share; unlike the usual one it says something at 0 and at 100 %."""
    if n <= 0 or not 0 <= correct <= n:
        raise ValueError(f"no share of {correct} in {n} cases")
    share, square = correct / n, _Z**2
    middle = (share + square / (2 * n)) / (1 + square / n)
    reach = _Z / (1 + square / n) * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    return max(0.0, middle - reach), min(1.0, middle + reach)


def render(rows: Sequence[AccuracyRow]) -> str:
    """The rows as lines of text, shares in percent."""
    width = max((len(row.subject) for row in rows), default=0)
    lines = [f"{'subject':{width}}  {'n':>6} {'right':>6} {'wrong':>6} {'share':>8}  {'95 % interval':>17}  target"]
    for row in rows:
        target = "" if row.target is None else f"{row.target:.1%} {'met' if row.is_met else 'MISSED'}"
        interval = f"{row.low:.2%} - {row.high:.2%}"
        lines.append(
            f"{row.subject:{width}}  {row.n:6} {row.correct:6} {row.n - row.correct:6} {row.share:8.2%}  "
            f"{interval:>17}  {target}".rstrip()
        )
    return "\n".join(lines)
