"""Names of real applicants that are nearly alike: which pairs are judged, and what the rules say of them.

    python -m benchmarks.accuracy.enterprises_real [--shared FOLDER]

prints the pairs with their text as CSV, for reading; the output holds real text and belongs into no repository.

The rule that chooses the pairs looks at words, never at whether they are right (organisations of the gazette only):
`city`, each of the city's with the name elsewhere that is nearest (most shared pairs of characters); `equal`, names of
one normalised form; `one_edit`, normalised forms that one insertion, deletion or change turns into each other;
`branch`, a branch and its company.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.accuracy.cells import GAZETTE, SHARED_DIR, CellsAbsentError
from benchmarks.accuracy.labels import LabelError
from ingest.names import has_city_prefix, head_office_name, is_natural_person, normalise_name, written_name

LABELS: Final = Path(__file__).resolve().parent / "enterprises_real.csv"
VERDICTS: Final = ("same", "different", "branch", "unsure")
_CITY: Final = "中山市"
_WRONG_HEADER: Final = "CN_patent_invention_authorized.csv"
_ADDRESS_BEHIND_WRONG_HEADER: Final = 8
_SEPARATOR = re.compile(r";|\?\?|\u2002")
_LEAST_LENGTH: Final = 5


@dataclass(frozen=True, slots=True, order=True)
class Name:
    """A party's name as the gazette writes it, and the first publication that has it."""

    text: str
    publication_number: str

    @property
    def sha256(self) -> str:
        """Of the name's UTF-8 bytes, in hexadecimal: what a label stores in place of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True, order=True)
class Pair:
    """Two names and the rule that chose them; the first is the smaller."""

    kind: str
    one: Name
    other: Name

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What a label names the pair by."""
        return (self.one.publication_number, self.one.sha256, self.other.publication_number, self.other.sha256)

    @property
    def found(self) -> str:
        """What the rules say of the two names alone: `same`, `branch` (tied to its company) or `different`."""
        one, other = self.one.text, self.other.text
        if written_name(one) == written_name(other):
            return "same"
        if normalise_name(one) == normalise_name(other) and has_city_prefix(one) == has_city_prefix(other):
            return "same"
        heads = (head_office_name(one), head_office_name(other))
        return "branch" if normalise_name(other) == heads[0] or normalise_name(one) == heads[1] else "different"


@dataclass(frozen=True, slots=True)
class PairLabel:
    """What a judge said of a pair."""

    key: tuple[str, str, str, str]
    kind: str
    verdict: str
    judged_by: str
    reason: str


HEADER: Final = (
    *("kind", "publication_1", "name_1_sha256", "publication_2", "name_2_sha256"),
    *("verdict", "judged_by", "reason"),
)


def read_labels(path: Path = LABELS) -> list[PairLabel]:
    """All labels; LabelError where the header, a verdict or the uniqueness of pairs is wrong."""
    labels: dict[tuple[str, str, str, str], PairLabel] = {}
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.reader(stream)
        if tuple(next(reader, ())) != HEADER:
            raise LabelError(f"{path.name}: the header is not {','.join(HEADER)}")
        for line, (kind, *key, verdict, judge, reason) in enumerate(reader, start=2):
            one, one_hash, other, other_hash = key
            pair = (one, one_hash, other, other_hash)
            if verdict not in VERDICTS or not judge or pair in labels:
                raise LabelError(f"{path.name}, line {line}: verdict, judge or a second label of one pair is wrong")
            labels[pair] = PairLabel(pair, kind, verdict, judge, reason)
    return list(labels.values())


def read_pairs(shared: Path = SHARED_DIR) -> list[Pair]:
    """The pairs that are judged, from the real gazette, each once under the first kind that chose it.

    Raises CellsAbsentError where the gazette is not there.
    """
    names, in_city = _organisations(shared)
    found = (*_city_pairs(names, in_city), *_equal_pairs(names), *_branch_pairs(names), *_one_edit_pairs(names))
    return list({pair.key: pair for pair in reversed(found)}.values())[::-1]


def _organisations(shared: Path) -> tuple[list[Name], set[str]]:
    """All organisations named as parties, and the texts of those that lead a record of the city."""
    paths = sorted((shared / "feeds" / GAZETTE).glob("*/*.csv"))
    if not paths:
        raise CellsAbsentError(
            f"accuracy is measured on the real feeds, and {shared / 'feeds' / GAZETTE} holds none",
            "put the folder `shared` beside the repository, or name it with --shared",
        )
    first: dict[str, str] = {}
    in_city = set()
    for number, patentees, address in (row for path in paths for row in _rows(path)):
        parties = [part.strip() for part in _SEPARATOR.split(patentees) if part.strip()]
        for party in parties:
            first[party] = min(first.get(party, number), number)
        if parties and _CITY in address:
            in_city.add(parties[0])
    return sorted(Name(text, number) for text, number in first.items() if not is_natural_person(text)), in_city


def _rows(path: Path) -> Iterator[tuple[str, str, str]]:
    with path.open(encoding="gb18030", newline="") as stream:
        reader = csv.reader(stream)
        header = next(reader)
        address = _ADDRESS_BEHIND_WRONG_HEADER if path.name == _WRONG_HEADER else header.index("address")
        number, patentee = header.index("authorization_notice_id"), header.index("patentee")
        for row in reader:
            yield row[number], row[patentee], row[address]


def _city_pairs(names: list[Name], in_city: set[str]) -> Iterator[Pair]:
    shapes = {name: _bigrams(name.text) for name in names}
    for name in names:
        if name.text in in_city:
            others = [(_likeness(shapes, name, each), each) for each in names if each != name]
            nearest = max(others)[1]
            yield Pair("city", *sorted((name, nearest)))


def _likeness(shapes: dict[Name, set[str]], one: Name, other: Name) -> float:
    return len(shapes[one] & shapes[other]) / (len(shapes[one] | shapes[other]) or 1)


def _bigrams(text: str) -> set[str]:
    written = written_name(text)
    return {written[place : place + 2] for place in range(len(written) - 1)}


def _equal_pairs(names: list[Name]) -> Iterator[Pair]:
    for _, group in sorted(_by_form(names).items()):
        for place, one in enumerate(group):
            yield from (Pair("equal", one, other) for other in group[place + 1 :])


def _one_edit_pairs(names: list[Name]) -> Iterator[Pair]:
    """One pair for two forms: the first name of each."""
    forms = {form: group[0] for form, group in _by_form(names).items() if len(form) >= _LEAST_LENGTH}
    near: dict[str, set[str]] = defaultdict(set)
    for form in forms:
        for shortened in (form, *(form[:place] + form[place + 1 :] for place in range(len(form)))):
            near[shortened].add(form)
    pairs = {(one, other) for group in near.values() for one in group for other in group if one < other}
    for one, other in sorted(pairs):
        if _is_one_edit(one, other):
            yield Pair("one_edit", *sorted((forms[one], forms[other])))


def _is_one_edit(one: str, other: str) -> bool:
    if len(one) == len(other):
        return sum(a != b for a, b in zip(one, other, strict=True)) == 1
    short, long = sorted((one, other), key=len)
    return any(long[:place] + long[place + 1 :] == short for place in range(len(long)))


def _branch_pairs(names: list[Name]) -> Iterator[Pair]:
    by_form = _by_form(names)
    for name in names:
        for company in by_form.get(head_office_name(name.text) or "", ())[:1]:
            yield Pair("branch", *sorted((name, company)))


def _by_form(names: Iterable[Name]) -> dict[str, list[Name]]:
    forms: dict[str, list[Name]] = defaultdict(list)
    for name in names:
        forms[normalise_name(name.text)].append(name)
    return forms


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the pairs with their text."""
    parser = argparse.ArgumentParser(description="Nearly equal names of the real gazette, with their text.")
    parser.add_argument("--shared", type=Path, default=SHARED_DIR, help="folder of the real feeds")
    writer = csv.writer(sys.stdout)
    writer.writerow([*HEADER[:5], "name_1", "name_2", "found"])
    for pair in read_pairs(parser.parse_args(arguments).shared):
        writer.writerow([pair.kind, *pair.key, pair.one.text, pair.other.text, pair.found])
    return 0


if __name__ == "__main__":
    sys.exit(main())
