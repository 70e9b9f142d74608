"""How often a name is tied to the right enterprise: on real names against labels, on the sample city against its truth.

    python -m benchmarks.accuracy.enterprises [--shared FOLDER] [--home FOLDER] [--build ID]

Without --home only the real names are measured. Prints the table, the kinds of error with counts, and every error on
real names by publication number. Exit code 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg

from benchmarks.accuracy.cells import SHARED_DIR, CellsAbsentError
from benchmarks.accuracy.enterprises_city import (
    PRECISION_TARGET,
    Mention,
    TruthAbsentError,
    distinct_names,
    errors,
    linkage,
    read_mentions,
)
from benchmarks.accuracy.enterprises_real import LABELS, Pair, PairLabel, read_labels, read_pairs
from benchmarks.accuracy.table import AccuracyRow, accuracy_row, render
from ipstat import database, review
from ipstat.errors import IpstatError
from ipstat.settings import Settings

_TIED: Final = ("same", "branch")


@dataclass(frozen=True, slots=True)
class JudgedPair:
    """A labelled pair of real names and what the rules say of it."""

    label: PairLabel
    pair: Pair

    @property
    def is_right(self) -> bool:
        """Whether the rules say what the judge said."""
        return self.pair.found == self.label.verdict


@dataclass(frozen=True, slots=True)
class NameAccuracy:
    """The measurement on real names; pairs that the judge is unsure of are listed, never counted."""

    judged: tuple[JudgedPair, ...]
    unsure: tuple[JudgedPair, ...]

    def rows(self) -> list[AccuracyRow]:
        """All pairs; those with a name of the city; of the ties those that are right; of those wanted those made."""
        tied = [each for each in self.judged if each.pair.found in _TIED]
        wanted = [each for each in self.judged if each.label.verdict in _TIED]
        home = [each for each in self.judged if each.label.kind == "city"]
        return [
            _row("enterprise: real names, nearly alike", self.judged),
            _row("enterprise: real names, pairs with a name of the city", home),
            _row("enterprise: real names, precision of ties", tied, PRECISION_TARGET),
            _row("enterprise: real names, recall of ties", wanted),
        ]

    @property
    def errors(self) -> list[JudgedPair]:
        """The pairs on which rules and judge differ, by publication number."""
        return sorted((each for each in self.judged if not each.is_right), key=lambda each: each.label.key)


def measure_names(shared: Path = SHARED_DIR, labels: Path = LABELS) -> NameAccuracy:
    """The rules against every label; CellsAbsentError where a labelled pair is not in the gazette."""
    pairs = {pair.key: pair for pair in read_pairs(shared)}
    listed = read_labels(labels)
    absent = [label.key[0] for label in listed if label.key not in pairs]
    if absent:
        raise CellsAbsentError(
            f"{len(absent)} of {len(listed)} labelled pairs are not in the real feeds: {', '.join(absent[:5])}",
            "the feeds or the rules that choose the pairs were changed; new pairs must be judged anew",
        )
    found = tuple(JudgedPair(label, pairs[label.key]) for label in listed)
    return NameAccuracy(
        judged=tuple(each for each in found if each.label.verdict != "unsure"),
        unsure=tuple(each for each in found if each.label.verdict == "unsure"),
    )


def measure_city(home: Path, build_id: str | None = None) -> list[Mention]:
    """The mentions of the newest build in a home that holds the sample city."""
    settings = Settings(home=home)
    with psycopg.connect(database.start(settings), autocommit=True) as connection:
        chosen = build_id or review.newest_ties(connection)
        if chosen is None:
            raise TruthAbsentError(f"{home} holds no build", "run `ipstat run --sample-city` in this home")
        return read_mentions(connection, chosen, home / "sample-city" / "_truth")


def city_rows(mentions: Sequence[Mention]) -> list[AccuracyRow]:
    """All mentions, then each spelling of each enterprise once: the more careful reading."""
    return [
        *linkage(mentions).rows("enterprise: sample city"),
        *linkage(distinct_names(mentions)).rows("enterprise: sample city, distinct names", has_target=False),
    ]


def enterprise_rows(shared: Path = SHARED_DIR, home: Path | None = None) -> list[AccuracyRow]:
    """The rows of enterprises for `ipstat accuracy`; IpstatError where what is measured is absent."""
    return [*(city_rows(measure_city(home)) if home is not None else []), *measure_names(shared).rows()]


def _row(subject: str, judged: Sequence[JudgedPair], target: float | None = None) -> AccuracyRow:
    return accuracy_row(subject, sum(each.is_right for each in judged), len(judged), target)


def _error_lines(accuracy: NameAccuracy) -> list[str]:
    lines = [f"errors on real names: {len(accuracy.errors)}; unsure and not counted: {len(accuracy.unsure)}"]
    for each in (*accuracy.errors, *accuracy.unsure):
        one, _, other, _ = each.label.key
        lines.append(f"  {one} {other} ({each.label.kind}): judged {each.label.verdict}, rules say {each.pair.found}")
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 0 where all targets are met."""
    parser = argparse.ArgumentParser(description="Accuracy of the ties between names and enterprises.")
    parser.add_argument("--shared", type=Path, default=SHARED_DIR, help="folder of the real feeds")
    parser.add_argument("--home", type=Path, help="a home (IPSTAT_HOME) with a build of the sample city")
    parser.add_argument("--build", help="a build of that home; default: the newest")
    options = parser.parse_args(arguments)
    try:
        mentions = measure_city(options.home, options.build) if options.home else []
        accuracy = measure_names(options.shared)
    except IpstatError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    rows = [*(city_rows(mentions) if mentions else []), *accuracy.rows()]
    print(render(rows))
    if mentions:
        print("errors in the sample city (feed, rule, kind: mentions)")
        print("\n".join(f"  {' '.join(kind)}: {count}" for kind, count in errors(mentions).most_common()) or "  none")
    print("\n".join(_error_lines(accuracy)))
    return 0 if all(row.is_met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
