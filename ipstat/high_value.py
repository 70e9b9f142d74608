"""High-value inventions on any day D as known on any day K, with the reasons of each: `ipstat high-value`.

Validity is the macro of `ipstat stock`, the evidence is the mart `fct_high_value_reasons`; both have two clocks, so
that a what-if (another threshold, another clock of the age, another day) needs no other build.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

import psycopg
import yaml

from ipstat.errors import RefusedError, UsageError
from ipstat.settings import PROJECT_ROOT
from ipstat.stock import choose_build, known_range, render_valid_rights

REASONS: Final = ("sei", "overseas_family", "over_10_years", "pledge", "award")
CLOCKS: Final = ("filing", "grant")
_PATENTS: Final = """
with clocks as (
    select cast(%(at)s as date) as stock_day, cast(%(known)s as date) as known_day
),
valid as ({valid}),
met as (
    select record_key, reason_code, bool_and(is_upper_bound) as is_upper_bound,
        array_agg(distinct evidence_reference) as evidence
    from {marts}.fct_high_value_reasons
    where fulfilled_from <= %(at)s and (fulfilled_to is null or fulfilled_to > %(at)s)
        and known_on <= %(known)s and (known_until is null or known_until > %(known)s)
        and age_clock in ('none', %(clock)s)
        and (reason_code <> 'pledge' or amount_cny_10k >= %(threshold)s)
    group by record_key, reason_code
)
select patents.publication_number, patents.application_number, patents.filing_date, patents.publication_date,
    coalesce(places.current_town_code, valid.place_code), towns.town_name,
    array_agg(met.reason_code) filter (where met.reason_code is not null),
    coalesce(bool_and(met.is_upper_bound), false),
    array_agg(met.evidence) filter (where met.reason_code = 'sei'),
    array_agg(met.evidence) filter (where met.reason_code = 'overseas_family'),
    array_agg(met.evidence) filter (where met.reason_code = 'pledge'),
    array_agg(met.evidence) filter (where met.reason_code = 'award')
from valid
join {marts}.fct_patents as patents using (record_key)
left join met using (record_key)
left join {intermediate}.int_places_dated as places on valid.place_code = places.place_code
    and places.valid_from <= valid.stock_day and (places.valid_to is null or places.valid_to > valid.stock_day)
left join {marts}.dim_town as towns on places.current_town_code = towns.town_code and towns.valid_to is null
where valid.patent_kind = 'invention_granted' and (%(everywhere)s or valid.place_code <> 'outside')
group by patents.publication_number, patents.application_number, patents.filing_date, patents.publication_date,
    places.current_town_code, valid.place_code, towns.town_name
order by patents.publication_number
"""


@dataclass(frozen=True)
class Question:
    """What is asked; `known` None is `at` itself, an earlier K asks what was known then of a later day."""

    at: date
    known: date | None = None
    clock: str = "filing"
    pledge_threshold_cny_10k: Decimal = Decimal(1000)
    is_city: bool = True
    is_invalidation_restated: bool = False


@dataclass(frozen=True)
class Member:
    """A high-value invention: its reasons in the order of REASONS, and what each rests on (reason: references)."""

    publication_number: str
    application_number: str | None
    filing_date: date | None
    granted_date: date
    town_code: str
    town_name: str
    reasons: tuple[str, ...]
    is_upper_bound: bool
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class HighValue:
    """The answer: the valid inventions counted, and those of them that are high-value ones."""

    build_id: str
    question: Question
    known: date
    last_known: date
    valid_count: int
    members: tuple[Member, ...]

    def lines(self) -> list[tuple[str, int]]:
        """Name and count: valid, union, upper-bound part, each reason, reasons met, the overlap table."""
        by_reason = Counter(reason for member in self.members for reason in member.reasons)
        by_number = Counter(len(member.reasons) for member in self.members)
        return [
            ("valid_inventions", self.valid_count),
            ("high_value", len(self.members)),
            ("of_them_by_ipc_alone", sum(member.is_upper_bound for member in self.members)),
            *((f"reason_{reason}", by_reason[reason]) for reason in REASONS),
            ("reasons_met", by_reason.total()),
            *((f"exactly_{number}_reasons", by_number[number]) for number in range(1, len(REASONS) + 1)),
        ]


def defaults() -> tuple[str, Decimal]:
    """Clock and threshold of the project: those that the indicators use."""
    project: dict[str, Any] = yaml.safe_load((PROJECT_ROOT / "dbt_project" / "dbt_project.yml").read_text("utf-8"))
    variables = project["vars"]
    return str(variables["high_value_clock"]), Decimal(str(variables["high_value_pledge_threshold_cny_10k"]))


def read_high_value(
    connection: psycopg.Connection, question: Question, *, is_latest: bool = False, build_id: str | None = None
) -> HighValue:
    """The high-value inventions that are asked for. `is_latest` takes the last known day as K (D, if that is later).

    Raises UsageError on a clock or threshold that makes no sense, RefusedError without data.
    """
    if question.clock not in CLOCKS:
        raise UsageError(f"--clock {question.clock!r} is no clock of the age", f"one of {', '.join(CLOCKS)}")
    if question.pledge_threshold_cny_10k < 0:
        raise UsageError("--pledge-threshold is below zero", "write an amount in 10,000 CNY: --pledge-threshold 1000")
    chosen = choose_build(connection, build_id)
    table = connection.execute("select to_regclass(%s)", [f"marts_{chosen}.fct_high_value_reasons"]).fetchone()
    if table is None or table[0] is None:
        raise RefusedError(f"build {chosen} has no reasons of high value", "it is of an older version: `ipstat build`")
    first, last = known_range(connection, chosen)
    known = max(last, question.at) if is_latest else question.known or question.at
    if known < first:
        raise RefusedError(f"nothing was known yet on {known}: the first patent became known on {first}", "a later day")
    rows = _rows(connection, chosen, question, known)
    members = tuple(_member(row) for row in rows if row[6])
    return HighValue(chosen, question, known, last, len(rows), members)


def _rows(connection: psycopg.Connection, build_id: str, question: Question, known: date) -> list[tuple[Any, ...]]:
    statement = _PATENTS.format(
        valid=render_valid_rights(build_id, is_invalidation_restated=question.is_invalidation_restated),
        marts=f'"marts_{build_id}"',
        intermediate=f'"intermediate_{build_id}"',
    )
    given = {
        "at": question.at,
        "known": known,
        "clock": question.clock,
        "threshold": question.pledge_threshold_cny_10k,
        "everywhere": not question.is_city,
    }
    return connection.execute(statement.encode(), given).fetchall()


def _member(row: Sequence[Any]) -> Member:
    number, application, filed, granted, town_code, town_name, reasons, is_upper_bound, *evidence = row
    return Member(
        publication_number=number,
        application_number=application,
        filing_date=filed,
        granted_date=granted,
        town_code=town_code,
        town_name=town_name or "",
        reasons=tuple(reason for reason in REASONS if reason in reasons),
        is_upper_bound=is_upper_bound,
        evidence=tuple(sorted(text for found in evidence if found for parts in found for text in parts)),
    )
