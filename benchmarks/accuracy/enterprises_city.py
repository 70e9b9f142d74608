"""How the names of the sample city were tied, against who really bears them.

A mention is one record's party: of a patent the first, of a trademark the applicant of the first line that was sent, of
the other feeds the one party. The truth is `_truth` beside the feeds. It names the first holder of a mark only, so
marks that were transferred are left out (the city is made again from its seed to know them). The other feeds write the
registered name of the day, which one firm bears.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import comb
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql

from benchmarks.accuracy.table import AccuracyRow, accuracy_row
from ipstat.errors import IpstatError
from ipstat.sample_city.holders import make_holders
from ipstat.sample_city.marks import make_marks
from ipstat.sample_city.plan import make_plan

PRECISION_TARGET: Final = 0.999
RECALL_TARGET: Final = 0.99
_EXACT_FEEDS: Final = ("enforcement_cases", "customs_lots", "pledge_ledger", "pledge_registrations", "honours")


class TruthAbsentError(IpstatError):
    """There is no sample city, or no build of it, to measure."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A name on a record. `truth`: whose it is (an enterprise's credit code, or any other text for somebody else);
    `found`: the credit code that it was tied to, or None. `in_register`: whether the register has the true enterprise.
    """

    feed: str
    name: str
    truth: str
    is_enterprise: bool
    found: str | None
    rule: str
    in_register: bool = True
    count: int = 1


@dataclass(frozen=True, slots=True)
class Linkage:
    """Counts of pairs (two mentions of one enterprise) and of mentions, from which the rows are made."""

    true_pairs: int
    found_pairs: int
    right_pairs: int
    mentions: int
    tied: int
    rightly_tied: int

    def rows(self, subject: str, *, has_target: bool = True) -> list[AccuracyRow]:
        """Pairwise precision and recall, with their targets; of mentions the same for information."""
        precision, recall = (PRECISION_TARGET, RECALL_TARGET) if has_target else (None, None)
        return [
            accuracy_row(f"{subject}, pairs: precision", self.right_pairs, self.found_pairs, precision),
            accuracy_row(f"{subject}, pairs: recall", self.right_pairs, self.true_pairs, recall),
            accuracy_row(f"{subject}, mentions: precision", self.rightly_tied, self.tied),
            accuracy_row(f"{subject}, mentions: recall", self.rightly_tied, self.mentions),
        ]


def linkage(mentions: Iterable[Mention]) -> Linkage:
    """Pairs within true and found clusters; a mention of somebody who is no enterprise of the register counts against
    precision alone.
    """
    truth: Counter[str] = Counter()
    found: Counter[str] = Counter()
    both: Counter[tuple[str, str]] = Counter()
    right = 0
    for each in mentions:
        is_asked = each.is_enterprise and each.in_register
        if is_asked:
            truth[each.truth] += each.count
        if each.found is not None:
            found[each.found] += each.count
            if is_asked:
                both[each.truth, each.found] += each.count
                right += each.count if each.truth == each.found else 0
    return Linkage(
        true_pairs=sum(comb(count, 2) for count in truth.values()),
        found_pairs=sum(comb(count, 2) for count in found.values()),
        right_pairs=sum(comb(count, 2) for count in both.values()),
        mentions=sum(truth.values()),
        tied=sum(found.values()),
        rightly_tied=right,
    )


def distinct_names(mentions: Iterable[Mention]) -> list[Mention]:
    """One mention for each spelling of each party and each result: frequent applicants weigh no more than others."""
    return list({(each.name, each.truth, each.found): each for each in mentions}.values())


def errors(mentions: Iterable[Mention]) -> Counter[tuple[str, str, str]]:
    """What is wrong: feed, rule, and whether the tie is false or missing; mentions counted."""
    kinds: Counter[tuple[str, str, str]] = Counter()
    for each in mentions:
        if each.found is not None and each.found != each.truth:
            kinds[each.feed, each.rule, "false"] += each.count
        elif each.found is None and each.is_enterprise and each.in_register:
            kinds[each.feed, each.rule, "missing"] += each.count
    return kinds


@dataclass(frozen=True)
class _Truth:
    """Holders by number and by the names that they bore, and the holder of each document and mark."""

    kind: Sequence[str]
    uscc: Sequence[str]
    by_name: dict[str, int]
    patents: dict[str, int]
    marks: dict[str, int]
    transferred: set[str]

    def of(self, holder: int, name: str) -> tuple[str, bool]:
        """Who a holder is, and whether an enterprise; those elsewhere are told apart by their names."""
        if holder < 0:
            return f"elsewhere {name}", False
        is_enterprise = self.kind[holder] == "enterprise"
        return (self.uscc[holder] if is_enterprise else f"holder {holder}"), is_enterprise


def read_mentions(connection: psycopg.Connection, build_id: str, truth_dir: Path) -> list[Mention]:
    """All mentions of a build of the sample city; TruthAbsentError where the truth is not there."""
    if not (truth_dir / "holders.csv").exists():
        raise TruthAbsentError(
            f"{truth_dir} holds no truth", "write a sample city into this home: `ipstat sample-city`"
        )
    truth = _read_truth(truth_dir)
    schema = sql.Identifier(f"intermediate_{build_id}")
    register = {row[0] for row in connection.execute(
        sql.SQL("select distinct uscc from {}.int_enterprise_versions").format(schema)
    )}  # fmt: skip
    found: list[Mention] = []
    for feed, name, key, uscc, rule, count in _rows(connection, build_id):
        holder = _holder(truth, feed, name, key)
        if holder is None:
            continue
        who, is_enterprise = truth.of(holder, name)
        found.append(Mention(feed, name, who, is_enterprise, uscc, rule, who in register, count))
    return found


def _holder(truth: _Truth, feed: str, name: str, key: str) -> int | None:
    """The true holder of a record; None where the truth does not say (a party of customs elsewhere is -1)."""
    if feed == "patents":
        return truth.patents.get(key)
    if feed == "cnipa_trademarks":
        return None if key in truth.transferred else truth.marks.get(key)
    return truth.by_name.get(name, -1)


_PATENTS = """
select 'patents', parties.party_name, documents.publication_number, versions.uscc, matches.match_rule, count(*)
from {intermediate}.int_patent_parties_split as parties
join {intermediate}.int_patents_resolved as documents on documents.record_key = parties.record_key
join {intermediate}.int_enterprise_matches as matches
    on matches.name_hash = parties.name_hash and matches.mention_date is not distinct from parties.publication_date
left join (select distinct enterprise_key, uscc from {intermediate}.int_enterprise_versions) as versions
    on versions.enterprise_key = matches.enterprise_key
where parties.party_order = 1
group by 1, 2, 3, 4, 5
"""
_MARKS = """
select 'cnipa_trademarks', lines.applicant_name, 
    lines.application_number || '|' || lines.nice_class, versions.uscc, matches.match_rule, 1
from (select *, row_number() over (partition by record_key order by known_on) as version_rank
      from {staging}.stg_cnipa__trademarks) as lines
join {intermediate}.int_subject_matches as matches
    on matches.feed_group = 'cnipa_trademarks' and matches.name_hash = lines.applicant_name_hash
    and matches.uscc is not distinct from lines.uscc and matches.mention_date = lines.filing_date
left join (select distinct enterprise_key, uscc from {intermediate}.int_enterprise_versions) as versions
    on versions.enterprise_key = matches.enterprise_key
where lines.version_rank = 1
"""
_OTHERS = """
select feed, name, '', uscc, match_rule, row_count from {intermediate}.int_enterprise_ties where feed = any(%s)
"""


def _rows(connection: psycopg.Connection, build_id: str) -> Iterator[tuple[str, str, str, str | None, str, int]]:
    schemas = {layer: sql.Identifier(f"{layer}_{build_id}") for layer in ("staging", "intermediate")}
    for query, values in ((_PATENTS, []), (_MARKS, []), (_OTHERS, [list(_EXACT_FEEDS)])):
        with connection.cursor() as cursor:
            yield from cursor.execute(sql.SQL(query).format(**schemas), values or None)


def _read_truth(folder: Path) -> _Truth:
    holders = _read(folder / "holders.csv")
    by_name: dict[str, int] = {}
    for number, row in enumerate(holders):
        if row["type"] == "enterprise":
            by_name.setdefault(row["name_before"], number)
    by_name.update({row["name"]: number for number, row in enumerate(holders) if row["type"] == "enterprise"})
    return _Truth(
        kind=[row["type"] for row in holders],
        uscc=[row["uscc"] for row in holders],
        by_name=by_name,
        patents={row["publication_number"]: int(row["holder"]) for row in _read(folder / "patents.csv")},
        marks={
            f"{row['application_number']}|{row['nice_class']}": int(row["holder"])
            for row in _read(folder / "marks.csv")
        },
        transferred=_transferred(folder.parent),
    )


def _transferred(city: Path) -> set[str]:
    """The marks (application number, class) that were ever transferred."""
    described = json.loads((city / "SAMPLE_DATA.json").read_text(encoding="utf-8"))
    plan = make_plan(described["scale"], described["seed"])
    marks = make_marks(plan, make_holders(plan))
    sold = [row for row, day in enumerate(marks.transferred.tolist()) if day > 0]
    return {f"{marks.application[row]}|{marks.nice_class[row]}" for row in sold}


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
