"""The quality page of one build: one HTML file that opens offline and says what came, what was wrong, what was checked.

It reads `ops` only, prints no clock and no value of a row (a quarantined cell may be a person's name): the same build
gives the same bytes, until a later delivery fills a gap.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from expectations.checks import BATCH_LAYER, DBT_LAYER, WAIVER_LAYER, CheckResult, GateError
from expectations.context import declared_checks
from expectations.gate import read_result
from expectations.waivers import WAIVERS_PATH, load_waivers
from ingest.contract import Contract

TEMPLATES = Path(__file__).parent / "templates"
LAYER_TITLES = {
    DBT_LAYER: "键、关系与统计规则（dbt）",
    BATCH_LAYER: "批次与序列（Great Expectations）",
    WAIVER_LAYER: "豁免（waivers）",
}
LAST_BATCHES = 20
LISTED_REASONS = 60


@dataclass(frozen=True)
class FeedLine:
    """One feed: what the build read of it, and its calendar to the build's last known day."""

    feed: str
    title: str
    batch_count: int
    last_partition: str | None
    row_count: int
    quarantined_count: int
    expected_count: int
    missing_count: int
    years: tuple[tuple[int, int, int], ...]  # (year, delivered, expected)

    @property
    def state(self) -> str:
        """`none` (never delivered), `gap` (deliveries missing), `full` (all there) or `free` (no calendar)."""
        if self.batch_count == 0:
            return "none"
        if self.expected_count == 0:
            return "free"
        return "gap" if self.missing_count else "full"


def write_quality_page(
    connection: psycopg.Connection[Any],
    build_id: str,
    home: Path,
    contracts: Mapping[str, Contract],
    *,
    waivers_path: Path = WAIVERS_PATH,
) -> Path:
    """Write `<home>/quality/<build_id>.html` (replaced whole) and return its path; GateError for an unknown build."""
    html = render_quality_page(connection, build_id, contracts, waivers_path=waivers_path)
    folder = home / "quality"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{build_id}.html"
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=f".{build_id}-", suffix=".html")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(html)
        temporary = Path(name)
        temporary.chmod(0o644)
        temporary.replace(target)
    finally:
        Path(name).unlink(missing_ok=True)
    return target


def render_quality_page(
    connection: psycopg.Connection[Any],
    build_id: str,
    contracts: Mapping[str, Contract],
    *,
    waivers_path: Path = WAIVERS_PATH,
) -> str:
    """The page as text."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - only this page needs it

    with connection.cursor(row_factory=dict_row) as cursor:
        build = cursor.execute("select * from ops.builds where build_id = %s", (build_id,)).fetchone()
        if build is None:
            raise GateError(f"there is no build {build_id}; `ipstat status` lists the builds")
        feeds = _feeds(cursor, build_id, build["as_of"] or build["horizon_date"], contracts)
        content = {
            "build": build,
            "is_sample": _is_sample(cursor),
            "feeds": feeds,
            "years": sorted({year for line in feeds for year, _, _ in line.years}),
            "batches": _last_batches(cursor, build_id),
            "quarantine": _quarantine(cursor, build_id),
            "rejected": _rejected(cursor),
            "waivers": load_waivers(waivers_path),
            "titles": {feed: contract.title.zh for feed, contract in contracts.items()},
        }
    result = read_result(connection, build_id)
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = lambda value: f"{int(value):,}"
    return environment.get_template("quality_page.html").render(
        **content,
        result=result,
        declared=declared_checks(),
        layers=[
            (title, [check for check in result.checks if check.layer == layer]) for layer, title in LAYER_TITLES.items()
        ],
        verdict=_verdict(result.checks, str(build["status"])),
    )


def _verdict(checks: tuple[CheckResult, ...], status: str) -> tuple[str, str]:
    """(class, text) of the badge at the head of the page."""
    if not checks:
        return "none", "尚未检查（gate not run）"
    if status == "refused":
        return "bad", "未通过，不予发布（refused）"
    warned = any(not check.success for check in checks)
    return ("warn", "通过，有提醒（passed with warnings）") if warned else ("good", "通过（passed）")


def _is_sample(cursor: psycopg.Cursor[dict[str, Any]]) -> bool:
    row = cursor.execute("select value from ops.settings where name = 'is_sample_data'").fetchone()
    return row is not None and row["value"] == "true"


def _feeds(
    cursor: psycopg.Cursor[dict[str, Any]], build_id: str, horizon: date, contracts: Mapping[str, Contract]
) -> list[FeedLine]:
    batches = cursor.execute(
        "select feed, count(*) as batch_count, max(partition_key) as last_partition, sum(row_count) as row_count,"
        " sum(quarantined_count) as quarantined_count from ops.batches inner join ops.build_batches using (batch_id)"
        " where build_id = %s group by feed",
        (build_id,),
    ).fetchall()
    calendar = cursor.execute(
        "select expected.feed, extract(year from expected.period_start)::int as year_number,"
        " count(*) as expected_count, count(batches.batch_id) as delivered_count"
        " from ops.expected_deliveries as expected"
        " left join (select batch_id, feed, partition_key from ops.batches inner join ops.build_batches"
        " using (batch_id) where build_id = %s and is_complete) as batches"
        " on batches.feed = expected.feed and batches.partition_key = expected.partition_key"
        " where expected.due_on <= %s group by expected.feed, year_number order by expected.feed, year_number",
        (build_id, horizon),
    ).fetchall()
    by_feed = {row["feed"]: row for row in batches}
    lines = []
    for feed in sorted({*contracts, *by_feed}):
        read = by_feed.get(feed)
        years = [row for row in calendar if row["feed"] == feed]
        expected = sum(row["expected_count"] for row in years)
        lines.append(
            FeedLine(
                feed=feed,
                title=contracts[feed].title.zh if feed in contracts else feed,
                batch_count=read["batch_count"] if read else 0,
                last_partition=read["last_partition"] if read else None,
                row_count=int(read["row_count"]) if read else 0,
                quarantined_count=int(read["quarantined_count"]) if read else 0,
                expected_count=expected,
                missing_count=expected - sum(row["delivered_count"] for row in years),
                years=tuple((row["year_number"], row["delivered_count"], row["expected_count"]) for row in years),
            )
        )
    return lines


def _last_batches(cursor: psycopg.Cursor[dict[str, Any]], build_id: str) -> list[dict[str, Any]]:
    return cursor.execute(
        "select batch_id, feed, partition_key, known_on, row_count, quarantined_count, header_repeat_count, supersedes,"
        " (select count(*) from ops.batch_files as files where files.batch_id = batches.batch_id) as file_count,"
        " coalesce(array_length(warning, 1), 0) as warning_count"
        " from ops.batches inner join ops.build_batches using (batch_id) where build_id = %s"
        " order by batch_id desc limit %s",
        (build_id, LAST_BATCHES),
    ).fetchall()


def _quarantine(cursor: psycopg.Cursor[dict[str, Any]], build_id: str) -> list[dict[str, Any]]:
    return cursor.execute(
        "select quarantine.feed, reason_code, coalesce(column_name, '') as column_name, count(*) as row_count,"
        " count(distinct source_file) as file_count,"
        " (array_agg(source_file || ':' || coalesce(source_row::text, '?') order by quarantine_id))[1] as first_place"
        " from ops.quarantine inner join ops.build_batches using (batch_id) where build_id = %s"
        " group by quarantine.feed, reason_code, column_name order by count(*) desc, 1, 2, 3 limit %s",
        (build_id, LISTED_REASONS),
    ).fetchall()


def _rejected(cursor: psycopg.Cursor[dict[str, Any]]) -> list[dict[str, Any]]:
    return cursor.execute(
        "select feed, file_name, source_row, column_name, reason_code, mend, count(*) as refusal_count"
        " from ops.rejected_files group by feed, file_name, source_row, column_name, reason_code, mend"
        " order by feed, file_name, source_row nulls first, reason_code, mend limit %s",
        (LISTED_REASONS,),
    ).fetchall()
