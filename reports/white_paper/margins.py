"""Facts of the deeper margins: industry clusters, applicant types, breakdowns, classes, pledges."""

from __future__ import annotations

from reports.class_names import class_names
from reports.collect import Measure, Row
from reports.facts import Column, Table
from reports.white_paper import queries
from reports.white_paper.gathering import GRANT_KINDS, Gathering, indicator_facts

BREAKDOWNS = ("nice_class", "kind", "penalty_part", "customs", "channel")


def gather_margins(gathering: Gathering) -> None:
    """All deeper margins that any chapter prints."""
    _clusters(gathering)
    _applicants(gathering)
    _breakdowns(gathering)
    _classes(gathering)
    _pledges(gathering)


def _clusters(gathering: Gathering) -> None:
    parameters = gathering.span(indicator_codes=[*GRANT_KINDS, "patent_invention_valid_count"])
    keys = ("indicator_code", "data_year", "industry_code")
    indicator_facts(gathering, "cluster_values", queries.CLUSTER_VALUES, parameters, keys)
    rows = gathering.collector.rows("clusters", queries.CLUSTERS, {})
    cells = tuple(({"text": row["industry_code"]}, {"text": row["industry_name"]}) for row in rows)
    gathering.book.set_table("clusters", Table("产业集群", (Column("代码", "left"), Column("产业", "left")), cells))


def _applicants(gathering: Gathering) -> None:
    parameters = gathering.span(indicator_codes=["patent_invention_grant_count"])
    keys = ("indicator_code", "data_year", "applicant_type")
    facts = indicator_facts(gathering, "applicant_values", queries.APPLICANT_VALUES, parameters, keys)
    gathering.book.set_series("applicants", facts)


def _breakdowns(gathering: Gathering) -> None:
    codes = [
        "trademark_registration_count",
        "trademark_infringement_case_closed_count",
        "patent_administrative_case_filed_count",
        "ip_case_fine_amount_cny_10k",
        "customs_detention_lot_count",
    ]
    parameters = gathering.span(indicator_codes=codes, breakdown_types=list(BREAKDOWNS))
    keys = ("indicator_code", "data_year", "breakdown_type", "breakdown_code")
    facts = indicator_facts(gathering, "breakdown_values", queries.BREAKDOWN_VALUES, parameters, keys)
    for code in codes:
        for kind in BREAKDOWNS:
            rows = [fact for fact in facts if fact.indicator_code == code and fact.row["breakdown_type"] == kind]
            gathering.book.set_series(f"breakdown.{code}.{kind}", rows)


def _classes(gathering: Gathering) -> None:
    names = class_names()
    facts = gathering.collector.facts(
        "grant_classes",
        queries.GRANT_CLASSES,
        gathering.span(),
        (Measure("grant_count", "授权量", "件"),),
        ("data_year", "class_scheme", "class_code"),
        _year_of,
        lambda row, _: f"{row['class_code']} {names.get((row['class_scheme'], row['class_code']), '未列名类别')}",
    )
    for scheme in ("ipc", "loc"):
        gathering.book.set_series(f"classes.{scheme}", [fact for fact in facts if fact.row["class_scheme"] == scheme])


def _pledges(gathering: Gathering) -> None:
    measures = (Measure("contract_count", "质押合同", "项"), Measure("amount_cny_10k", "担保金额", "万元", 2))
    keys = ("data_year", "pledge_kind")
    facts = gathering.collector.facts("pledges", queries.PLEDGES, gathering.span(), measures, keys, _year_of)
    gathering.book.set_series("pledges", facts)


def _year_of(row: Row) -> str:
    return str(row["data_year"])
