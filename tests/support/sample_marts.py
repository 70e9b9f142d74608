"""A small synthetic build for tests of publications: `marts_<build_id>` with the columns of the star schema, and its
ops rows.

All numbers follow from fixed formulas, so that tests can compute what a document must print.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg

SEEDS = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds"
BUILD_ID = "b20260115t080000a1f3"
CITY = "442000"
FIRST_YEAR = 2019
ENTERPRISES = 45
MONTHLY_FEEDS = (
    "cnipa_legal_events",
    "cnipa_trademarks",
    "customs_lots",
    "department_returns",
    "enforcement_cases",
    "pledge_ledger",
    "pledge_registrations",
)

_TABLES = {
    "dim_indicator": (
        "indicator_code text, indicator_version integer, name_zh text, name_en text, area text, definition text,"
        " unit text, formula text, counting_rule text, additivity text, source text, decimals integer,"
        " has_feed boolean, first_period text, last_period text, dimensions text, confidentiality text"
    ),
    "dim_town": (
        "town_key text, town_code text, town_name text, valid_from date, valid_to date, current_town_code text,"
        " statistical_unit text, sort_order integer"
    ),
    "dim_industry": (
        "industry_code text, industry_name text, parent_code text, level text, section_code text, division_code text,"
        " is_cluster boolean, sort_order integer"
    ),
    "dim_enterprise": (
        "enterprise_version_key text, enterprise_key text, uscc text, enterprise_name text, group_key text,"
        " town_code text, industry_code text, is_high_tech boolean, is_above_scale boolean,"
        " is_above_scale_exporter boolean, cultivation_tier text, valid_from date, valid_to date"
    ),
    "fct_indicator_values": (
        "indicator_code text, series text, period_type text, period_start date, town_code text, industry_code text,"
        " applicant_type text, breakdown_type text, breakdown_code text, town_basis text, counting_basis text,"
        " industry_basis text, indicator_version integer, town_key text, period_end date, value numeric(24, 6),"
        " numerator numeric(24, 6), denominator numeric(24, 6), denominator_period text, denominator_known_on date,"
        " coverage_pct numeric(7, 4), value_status text, status_reason text"
    ),
    "fct_patents": (
        "record_key text, patent_kind text, publication_number text, kind_code text, application_number text,"
        " filing_date date, publication_date date, known_on date, is_correction boolean, title text,"
        " applicant_name text, applicant_type text, party_count integer, enterprise_version_key text,"
        " enterprise_key text, town_key text, town_code text, town_confidence numeric(3, 2), town_reason text,"
        " industry_code text, main_class text, class_scheme text, is_in_city boolean, has_kind_conflict boolean"
    ),
    "fct_patent_events": (
        "event_key text, record_key text, application_number text, event_code text, event_effect text,"
        " effective_date date, known_on date, contract_number text"
    ),
    "fct_trademarks": (
        "record_key text, application_number text, registration_number text, nice_class integer, mark_name text,"
        " mark_type text, is_gi boolean, applicant_name text, applicant_type text, enterprise_version_key text,"
        " enterprise_key text, town_key text, town_code text, is_in_city boolean, filing_date date,"
        " registration_date date, term_start_date date, term_end_date date, status text, status_date date,"
        " known_on date"
    ),
    "fct_pledges": (
        "record_key text, contract_number text, registration_number text, pledge_kind text, registered_date date,"
        " released_date date, due_date date, changed_date date, pledgor_name text, enterprise_version_key text,"
        " enterprise_key text, town_key text, town_code text, pledgee_name text,"
        " secured_amount_cny_10k numeric(18, 4), changed_amount_cny_10k numeric(18, 4),"
        " disbursed_amount_cny_10k numeric(18, 4), disbursed_date date, patent_right_count integer,"
        " trademark_right_count integer, has_ledger boolean, has_registration boolean, known_on date"
    ),
}


@dataclass(frozen=True)
class SampleBuild:
    """The synthetic build: its id, the reporting year and its schema."""

    build_id: str
    year: int

    @property
    def schema(self) -> str:
        return f"marts_{self.build_id}"


def make_sample_build(connection: psycopg.Connection[Any], year: int = 2025, build_id: str = BUILD_ID) -> SampleBuild:
    """Create the schema of a complete year `year` with seven years of figures, and the ops rows that belong to it."""
    build = SampleBuild(build_id, year)
    connection.execute(f"create schema {build.schema}")
    for table, columns in _TABLES.items():
        connection.execute(f"create table {build.schema}.{table} ({columns})")
    _fill_dimensions(connection, build)
    _insert(connection, build, "fct_indicator_values", list(_indicator_values(year)))
    _insert(connection, build, "fct_patents", list(_patents(year)))
    _insert(connection, build, "fct_pledges", list(_pledges(year)))
    _insert(connection, build, "dim_enterprise", list(_enterprises()))
    _insert(connection, build, "fct_trademarks", list(_trademarks(year)))
    _fill_ops(connection, build)
    return build


def city_value(code: str, year: int) -> Decimal:
    """The city's figure of an indicator: a level of its own that grows a little each year."""
    level = sum(map(ord, code)) % 90 + 10
    scale = {"patent_utility_grant_count": 160, "patent_design_grant_count": 150, "trademark_valid_count": 2600}
    return Decimal(level * scale.get(code, 6) * (100 + (year - FIRST_YEAR) * (sum(map(ord, code)) % 9 - 2)) // 100)


def read_seed(folder: str, name: str) -> list[dict[str, str]]:
    """Rows of a dbt seed of the repository."""
    with (SEEDS / folder / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def town_codes() -> list[str]:
    """The codes of today's towns, in their order."""
    rows = [row for row in read_seed("geography", "towns") if not row["valid_to"]]
    towns = [row for row in rows if row["town_code"] not in (CITY, "unassigned", "outside")]
    return [row["town_code"] for row in sorted(towns, key=lambda row: int(row["sort_order"]))]


def _insert(connection: psycopg.Connection[Any], build: SampleBuild, table: str, rows: list[dict[str, Any]]) -> None:
    columns = list(rows[0])
    with (
        connection.cursor() as cursor,
        cursor.copy(f"copy {build.schema}.{table} ({', '.join(columns)}) from stdin") as copy,
    ):
        for row in rows:
            copy.write_row([row[column] for column in columns])


def _fill_dimensions(connection: psycopg.Connection[Any], build: SampleBuild) -> None:
    fields = [
        "indicator_code",
        "indicator_version",
        "name_zh",
        "name_en",
        "area",
        "definition",
        "unit",
        "formula",
        "counting_rule",
        "additivity",
        "source",
        "decimals",
        "has_feed",
        "dimensions",
        "confidentiality",
    ]
    _insert(
        connection,
        build,
        "dim_indicator",
        [{name: row[name] for name in fields} for row in read_seed("indicators", "indicators")],
    )
    towns = [
        {
            "town_key": f"{row['town_code']}|{row['valid_from']}",
            "town_code": row["town_code"],
            "town_name": row["town_name"],
            "valid_from": row["valid_from"],
            "valid_to": row["valid_to"] or None,
            "current_town_code": row["current_town_code"] or row["town_code"],
            "statistical_unit": row["statistical_unit"],
            "sort_order": int(row["sort_order"]),
        }
        for row in read_seed("geography", "towns")
    ]
    _insert(connection, build, "dim_town", towns)
    industries = [
        {
            "industry_code": row["industry_code"],
            "industry_name": row["industry_name"],
            "level": row["industry_level"],
            "is_cluster": row["is_cluster"] == "true",
            "sort_order": int(row["sort_order"]),
        }
        for row in read_seed("industries", "industries")
    ]
    _insert(connection, build, "dim_industry", industries)


def _indicator_values(year: int) -> Iterator[dict[str, Any]]:
    registry = read_seed("indicators", "indicators")
    for data_year in range(year - 6, year + 1):
        for row in registry:
            yield from _cells(row, data_year)


def _cells(row: dict[str, str], year: int) -> Iterator[dict[str, Any]]:
    code = row["indicator_code"]
    dimensions = row["dimensions"].split(",")
    if row["value_rule"] == "none":
        yield _cell(code, year, value=None, value_status="not_reported")
        return
    value = sum_of_kinds(code, year)
    yield _cell(code, year, value=value)
    if "town" in dimensions:
        for town, part in _split(value, [*town_codes(), "unassigned"]):
            yield _cell(code, year, value=part, town_code=town)
    if "industry" in dimensions:
        clusters = [
            row["industry_code"] for row in read_seed("industries", "industries") if row["is_cluster"] == "true"
        ]
        for cluster, part in _split(value, clusters):
            yield _cell(code, year, value=part, industry_code=cluster)
    if "applicant_type" in dimensions:
        for kind, part in _split(
            value, ["enterprise", "university", "research_institute", "individual", "institution"]
        ):
            yield _cell(code, year, value=part, applicant_type=kind)
    for breakdown, members in _BREAKDOWNS.items():
        if breakdown in dimensions:
            for member, part in _split(value, members):
                yield _cell(code, year, value=part, breakdown_type=breakdown, breakdown_code=member)


_BREAKDOWNS = {
    "nice_class": [str(number) for number in (11, 35, 9, 20, 21, 6, 7, 8, 25, 30, 43, 42, 3)],
    "kind": ["专利侵权纠纷", "假冒专利"],
    "penalty_part": ["罚款", "没收"],
    "customs": ["中山海关", "中山港海关"],
    "channel": ["货运", "邮递"],
}


def sum_of_kinds(code: str, year: int) -> Decimal:
    """The city's figure, where all grants are the sum of the three kinds."""
    if code != "patent_all_grant_count":
        return city_value(code, year)
    kinds = ("patent_invention_grant_count", "patent_utility_grant_count", "patent_design_grant_count")
    return sum((city_value(kind, year) for kind in kinds), Decimal(0))


def _split(value: Decimal, members: list[str]) -> Iterator[tuple[str, Decimal]]:
    """Shares of unequal size that sum to the value."""
    weights = [(index * 7) % 11 + 1 for index in range(len(members))]
    parts = [value * weight // sum(weights) for weight in weights]
    parts[0] += value - sum(parts)
    yield from zip(members, parts, strict=True)


def _cell(code: str, year: int, value: Decimal | None, **margins: str) -> dict[str, Any]:
    margin = {"town_code": CITY, "value_status": "reported", **margins}
    defaults = dict.fromkeys(("industry_code", "applicant_type", "breakdown_type", "breakdown_code"), "ALL")
    return {
        "indicator_code": code,
        "series": "published",
        "period_type": "year",
        "period_start": date(year, 1, 1),
        "period_end": date(year, 12, 31),
        "town_basis": "now",
        "counting_basis": "first",
        "industry_basis": "ipc_mapping",
        "indicator_version": 1,
        "value": value,
        "coverage_pct": None if value is None else Decimal(100),
        **defaults,
        **margin,
    }


def _patents(year: int) -> Iterator[dict[str, Any]]:
    serial = 0
    for data_year in range(year - 6, year + 1):
        for kind, scheme, classes in (
            (
                "invention_granted",
                "ipc",
                ["A47B1/00", "B25B1/00", "C08L1/00", "D03D1/00", "E05B1/00", "F21V1/00", "G06F1/00", "H05B1/00"],
            ),
            (
                "design_granted",
                "loc",
                ["26-05", "06-01", "07-02", "08-06", "23-01", "09-03", "12-11", "14-03", "21-01", "13-03", "31-00"],
            ),
        ):
            for index, main_class in enumerate(classes):
                for _ in range(3 + index * 5 % 9 + data_year - year + 6):
                    serial += 1
                    yield {
                        "record_key": f"{serial:032x}",
                        "patent_kind": kind,
                        "publication_number": f"CN{serial:09d}",
                        "publication_date": date(data_year, 6, 5),
                        "is_correction": False,
                        "is_in_city": True,
                        "enterprise_key": f"e{serial * serial % ENTERPRISES}",
                        "filing_date": date(data_year - 2, 6, 5),
                        "known_on": date(data_year, 6, 5),
                        "main_class": main_class,
                        "class_scheme": scheme,
                        "town_code": "442000105",
                    }


def _enterprises() -> Iterator[dict[str, Any]]:
    towns = town_codes()
    for index in range(ENTERPRISES):
        yield {
            "enterprise_version_key": f"v{index}",
            "enterprise_key": f"e{index}",
            "uscc": f"91442000SAMPLE{index:04d}",
            "enterprise_name": f"中山市示例第{index + 1}照明电器股份有限公司",
            "town_code": towns[index % len(towns)],
            "valid_from": date(2012, 1, 1),
        }


def _trademarks(year: int) -> Iterator[dict[str, Any]]:
    for index in range(ENTERPRISES):
        for serial in range(2 + (index * 13) % 37):
            yield {
                "record_key": f"t{index}-{serial}",
                "enterprise_key": f"e{index}",
                "is_in_city": True,
                "nice_class": 11,
                "registration_number": f"{index}{serial:05d}",
                "registration_date": date(year - serial % 3, 3, 7),
                "term_end_date": date(year + 8, 3, 6),
                "status": "已注册",
                "known_on": date(year - serial % 3, 3, 7),
            }


def _pledges(year: int) -> Iterator[dict[str, Any]]:
    for data_year in range(year - 6, year + 1):
        for index in range(20 + data_year - year + 6):
            yield {
                "record_key": f"{data_year}{index:028x}",
                "contract_number": f"{data_year}-{index}",
                "pledge_kind": ("patent", "trademark", "mixed")[index % 3],
                "registered_date": date(data_year, 1 + index % 12, 10),
                "secured_amount_cny_10k": Decimal(300 + index * 25),
                "has_ledger": True,
                "has_registration": index % 3 == 0,
            }


def expected_deliveries(year: int) -> Iterator[tuple[str, str, date, date]]:
    """(feed, partition, first day, last day) of every delivery that the year needs."""
    day = date(year, 1, 1)
    while day.year == year:
        if day.weekday() in (1, 4):
            yield "cnipa_gazette", day.isoformat(), day, day
        day += timedelta(days=1)
    for month in range(1, 13):
        first = date(year, month, 1)
        last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        for feed in MONTHLY_FEEDS:
            yield feed, f"{year}-{month:02d}", first, last


def _fill_ops(connection: psycopg.Connection[Any], build: SampleBuild) -> None:
    connection.execute(
        "insert into ops.builds"
        " (build_id, horizon_date, code_version, seeds_hash, corrections_hash, decisions_hash, status)"
        " values (%s, %s, 'test', repeat('0', 64), repeat('0', 64), repeat('0', 64), 'gated')",
        (build.build_id, date(build.year + 1, 1, 15)),
    )
    for feed, key, first, last in expected_deliveries(build.year):
        connection.execute(
            "insert into ops.expected_deliveries values (%s, %s, %s, %s, %s)", (feed, key, last, first, last)
        )
        connection.execute(
            "with batch as (insert into ops.batches"
            " (feed, partition_key, contract_version, parser_version, content_hash, recorded_by)"
            " values (%s, %s, 1, '1', repeat('0', 64), 'test') returning batch_id)"
            " insert into ops.build_batches select %s, batch_id from batch",
            (feed, key, build.build_id),
        )
