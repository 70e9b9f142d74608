"""Fill the fact book of one gazette issue from the marts of one build."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg

from reports.collect import Collector, Measure, Row, build_schema, run
from reports.facts import Column, Fact, FactBook, FactError, Table
from reports.gazette import queries
from reports.provenance import EditionError
from reports.wording import share_percent

PUBLICATION = "gazette"
KINDS = ("invention_granted", "utility_granted", "design_granted", "invention_published")
KIND_NAMES = {
    "invention_granted": "发明专利授权",
    "utility_granted": "实用新型专利授权",
    "design_granted": "外观设计专利授权",
    "invention_published": "发明专利申请公布",
}


class IssueMissingError(EditionError):
    """The build holds no gazette of that date; the message names the nearest ones and the mend."""


@dataclass(frozen=True)
class _Issue:
    """What the collecting steps share."""

    collector: Collector
    parameters: Mapping[str, Any]
    period: str

    def facts(self, query: str, sql: str, measures: tuple[Measure, ...], keys: tuple[str, ...]) -> list[Fact]:
        return self.collector.facts(query, sql, self.parameters, measures, keys, lambda _: self.period, _label)


class BuildCollector(Collector):
    """A collector whose queries may also read `intermediate.` of the same build: records by issue are known there."""

    def __init__(self, connection: psycopg.Connection[Any], build_id: str, book: FactBook) -> None:
        super().__init__(connection, build_id, book)
        self._reader = connection
        self._marts = build_schema(build_id)

    def rows(self, query: str, sql: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The rows of a query; its text is recorded with the general names of the schemas."""
        if self.book.queries.setdefault(query, sql) != sql:
            raise FactError(f"two different queries are called {query}")
        text = re.sub(r"\bintermediate\.", f"intermediate_{self._marts.removeprefix('marts_')}.", sql)
        return run(self._reader, self._marts, text, parameters)


def gather(connection: psycopg.Connection[Any], build_id: str, issue: date, *, is_sample: bool) -> FactBook:
    """The fact book of the gazette of `issue`; raises IssueMissingError if the build holds no such issue."""
    period = issue.isoformat()
    known = connection.execute(
        "select coalesce(as_of, horizon_date) from ops.builds where build_id = %s", (build_id,)
    ).fetchone()
    book = FactBook(PUBLICATION, period, period if known is None else known[0].isoformat(), is_sample=is_sample)
    collector = BuildCollector(connection, build_id, book)
    parameters = {"build_id": build_id, "issue": period}
    _require_issue([row["partition_key"] for row in collector.rows("issues", queries.ISSUES, parameters)], period)
    shared = _Issue(collector, parameters, period)
    _totals(shared)
    _kinds(shared)
    _towns(shared)
    _classes(shared)
    _parties(shared)
    _other_dates(shared)
    _forget_build(book)
    return book


def _require_issue(issues: list[str], period: str) -> None:
    if period in issues:
        return
    if not issues:
        raise IssueMissingError(
            f"the build holds no gazette; `ipstat ingest cnipa_gazette <files of {period}>`, then build and gate again"
        )
    asked = date.fromisoformat(period)
    nearest = sorted(issues, key=lambda key: abs((date.fromisoformat(key) - asked).days))[:4]
    raise IssueMissingError(
        f"the build holds no gazette of {period} (nearest: {', '.join(sorted(nearest))}); "
        f"`ipstat ingest cnipa_gazette <its files>`, build and gate again"
    )


def _label(row: Row, measure: Measure) -> str:
    if "patent_kind" in row:
        return f"{KIND_NAMES[row['patent_kind']]}{measure.label}"
    name = row.get("town_name") or row.get("applicant_name") or row.get("class_code") or row.get("subclass_code")
    return f"{name}{measure.label}" if name else measure.label


def _count(column: str, label: str, unit: str = "件") -> Measure:
    return Measure(column, label, unit)


def _totals(shared: _Issue) -> None:
    measures = (
        _count("document_count", "公报文献"),
        _count("city_document_count", "本市公报文献"),
        _count("city_grant_count", "本市专利授权"),
        _count("city_with_town_count", "本市文献中确定镇街的"),
        _count("city_with_number_count", "本市文献中申请号完好的"),
        _count("correction_count", "更正文献"),
        _count("other_date_count", "公告日不同于本期日期的"),
        _count("city_other_date_count", "本市文献中公告日不同于本期日期的"),
        _count("kind_conflict_count", "文件类别与文献种类代码不一致的"),
    )
    shared.facts("totals", queries.TOTALS, measures, ())
    files = (
        _count("file_count", "文件数", "个"),
        _count("row_count", "原始行数", "行"),
        _count("quarantined_count", "隔离行数", "行"),
    )
    shared.facts("files", queries.FILES, files, ())
    book = shared.collector.book
    whole = book.get("totals.city_document_count")
    part = book.get("totals.city_with_town_count")
    percent = share_percent(part.number, whole.number)
    book.derive("town_share", "确定镇街的比例", percent, "%", 1, (part, whole), "a * 100 / b")


def _kinds(shared: _Issue) -> None:
    measures = (_count("document_count", "（全国）"), _count("city_count", "（本市）"))
    shared.facts("kinds", queries.KINDS, measures, ("patent_kind",))
    book = shared.collector.book
    for kind in KINDS:
        city, nation = book.get(f"kinds.{kind}.city_count"), book.get(f"kinds.{kind}.document_count")
        percent = share_percent(city.number, nation.number)
        label = f"本市{KIND_NAMES[kind]}占全国比重"
        book.derive(f"kinds.{kind}.share", label, percent, "%", 2, (city, nation), "a * 100 / b")


def _towns(shared: _Issue) -> None:
    measures = (*(_count(kind, KIND_NAMES[kind]) for kind in KINDS), _count("all_granted", "专利授权"))
    shared.facts("towns", queries.TOWNS, measures, ("town_code",))
    book = shared.collector.book
    rows = shared.collector.rows("towns", queries.TOWNS, shared.parameters)
    shown = [
        row for row in rows if row["town_code"] != "unassigned" or row["all_granted"] or row["invention_published"]
    ]
    order = sorted(shown, key=lambda row: (row["town_code"] == "unassigned", -row["all_granted"], row["sort_order"]))
    columns = (
        Column("镇街", "left", "1fr"),
        *(Column(name) for name in ("合计", "发明", "实用新型", "外观设计", "发明申请公布")),
    )
    fields = ("all_granted", "invention_granted", "utility_granted", "design_granted", "invention_published")
    cells = tuple(
        ({"text": row["town_name"]}, *({"fact": f"towns.{row['town_code']}.{field}"} for field in fields))
        for row in order
    )
    book.set_table("towns", Table("各镇街专利授权和发明申请公布", columns, cells, "件"))
    book.set_table(
        "town_codes",
        Table("镇街代码", (Column("代码", "left"), Column("镇街", "left")),
              tuple(({"text": row["town_code"]}, {"text": row["town_name"]}) for row in rows)),
    )  # fmt: skip


def _classes(shared: _Issue) -> None:
    measure = (_count("grant_count", "类授权"),)
    facts = shared.facts("classes", queries.CLASSES, measure, ("class_scheme", "class_code"))
    subclasses = shared.facts("subclasses", queries.SUBCLASSES, measure, ("class_scheme", "subclass_code"))
    for scheme in ("ipc", "loc"):
        for name, found, code in (("classes", facts, "class_code"), ("subclasses", subclasses, "subclass_code")):
            rows = [fact for fact in found if fact.row["class_scheme"] == scheme]
            rows.sort(key=lambda fact, code=code: (-(fact.number or 0), fact.row[code]))  # type: ignore[misc]
            shared.collector.book.set_series(f"{name}.{scheme}", rows)


def _parties(shared: _Issue) -> None:
    book = shared.collector.book
    book.set_series(
        "applicants",
        shared.facts("applicants", queries.APPLICANTS, (_count("grant_count", "授权"),), ("applicant_type",)),
    )
    measures = tuple(_count(kind, KIND_NAMES.get(kind, "专利授权")) for kind in (*KINDS[:3], "all_granted"))
    facts = shared.facts("enterprises", queries.ENTERPRISES, measures, ("applicant_name",))
    totals = [fact for fact in facts if fact.column == "all_granted"]
    totals.sort(key=lambda fact: (-(fact.number or 0), fact.row["applicant_name"]))
    book.set_series("enterprises", totals)


def _other_dates(shared: _Issue) -> None:
    rows = shared.collector.rows("other_dates", queries.OTHER_DATES, shared.parameters)
    columns = tuple(Column(name, "left") for name in ("公告日", "公告号", "种类", "是否本市"))
    cells = tuple(
        (
            {"text": row["publication_date"].isoformat()},
            {"text": row["publication_number"]},
            {"text": KIND_NAMES[row["patent_kind"]]},
            {"text": "是" if row["is_in_city"] else "否"},
        )
        for row in rows
    )
    shared.collector.book.set_table("other_dates", Table("公告日不同于本期日期的文献", columns, cells))


def _forget_build(book: FactBook) -> None:
    """The build id binds the queries but is no part of the facts: equal inputs must give equal bytes."""
    for name, fact in list(book.facts.items()):
        kept = {key: value for key, value in fact.parameters.items() if key != "build_id"}
        book.facts[name] = Fact(**{**fact.__dict__, "parameters": kept})
