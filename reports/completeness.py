"""A yearly publication needs every expected delivery of its year; what is missing is named, nothing is guessed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

# Without these feeds no yearly figure of patents or trademarks stands; they are asked for even if they were never
# delivered.
ESSENTIAL_FEEDS = ("cnipa_gazette", "cnipa_legal_events", "cnipa_trademarks")
# A feed of this list that was never delivered leaves its chapter without figures, and the chapter says so; once it
# is in use, a year of it must be complete like any other.
OPTIONAL_FEEDS = (
    "customs_lots",
    "department_returns",
    "enforcement_cases",
    "enterprise_register",
    "pledge_ledger",
    "pledge_registrations",
)
FEED_NAMES = {
    "cnipa_gazette": ("期", "专利公报"),
    "cnipa_exchange": ("期", "专利公报交换数据"),
    "patent_api": ("个月", "专利检索接口数据"),
    "cnipa_legal_events": ("期", "专利法律状态公告"),
    "cnipa_trademarks": ("个月", "商标注册数据"),
    "enforcement_cases": ("个月", "知识产权行政执法案件"),
    "customs_lots": ("个月", "海关知识产权保护批次"),
    "pledge_registrations": ("个月", "专利权质押登记公告"),
    "pledge_ledger": ("个月", "质押融资台账"),
    "department_returns": ("个月", "部门统计报表"),
    "enterprise_register": ("期", "企业登记年度快照"),
    "population": ("期", "人口统计"),
    "economic_accounts": ("期", "国民经济核算"),
    "honours": ("期", "荣誉与认定名单"),
    "official_totals": ("期", "官方发布数"),
    "plan_targets": ("期", "规划目标"),
    "patent_families": ("期", "海外同族专利数据"),
}

_COVERAGE_SQL = """
select
    expected.feed,
    expected.partition_key,
    exists (
        select from ops.build_batches as pinned
        inner join ops.batches as batch on batch.batch_id = pinned.batch_id
        where
            pinned.build_id = %(build_id)s
            and batch.is_complete
            and batch.feed = expected.feed
            and batch.partition_key = expected.partition_key
    ) as is_delivered
from ops.expected_deliveries as expected
where
    expected.feed = any(%(feeds)s)
    and expected.period_end between make_date(%(year)s, 1, 1) and make_date(%(year)s, 12, 31)
order by expected.feed, expected.partition_key
"""

_FEEDS_IN_USE_SQL = """
select distinct batch.feed
from ops.build_batches as pinned
inner join ops.batches as batch on batch.batch_id = pinned.batch_id
where pinned.build_id = %(build_id)s
"""


@dataclass(frozen=True)
class FeedCoverage:
    """Deliveries of one feed for one year in one build: how many were expected, and the keys of those missing."""

    feed: str
    expected_count: int
    missing: tuple[str, ...]

    @property
    def name_zh(self) -> str:
        return FEED_NAMES[self.feed][1]

    @property
    def delivered_count(self) -> int:
        return self.expected_count - len(self.missing)


class IncompletePeriodError(RuntimeError):
    """The year can't be published; `missing` names, for each feed, the partitions that were not delivered."""

    def __init__(self, year: int, coverage: Sequence[FeedCoverage], unknown: Sequence[str]) -> None:
        self.year = year
        self.missing = {item.feed: item.missing for item in coverage if item.missing}
        self.without_calendar = tuple(unknown)
        lines = [f"{year} is not complete; nothing was written. {year}年数据不完整，未生成任何文件。"]
        for item in coverage:
            if item.missing:
                measure, name = FEED_NAMES[item.feed]
                lines.append(
                    f"{item.feed}: {len(item.missing)} of {item.expected_count} expected deliveries are missing: "
                    f"{', '.join(item.missing)}"
                )
                lines.append(f"  缺{len(item.missing)}{measure}{name}：{'、'.join(item.missing)}")
        for feed in unknown:
            lines.append(f"{feed}: its calendar has no deliveries for {year}, so completeness can't be shown.")
            lines.append(f"  {FEED_NAMES[feed][1]}：{year}年没有交付日历，无法判断数据是否完整。")
        lines.append("Ingest the missing files, then build and gate again. 补齐后请重新构建并校验。")
        super().__init__("\n".join(lines))


def year_coverage(connection: psycopg.Connection[Any], build_id: str, year: int) -> list[FeedCoverage]:
    """Coverage of the white paper's feeds for the year, by the batches pinned by the build; in order of feed name.

    Optional feeds that the build has no batch of are left out.
    """
    in_use = {str(row[0]) for row in connection.execute(_FEEDS_IN_USE_SQL, {"build_id": build_id})}
    feeds = sorted([*ESSENTIAL_FEEDS, *(feed for feed in OPTIONAL_FEEDS if feed in in_use)])
    missing: dict[str, list[str]] = defaultdict(list)
    expected: dict[str, int] = defaultdict(int)
    parameters = {"build_id": build_id, "feeds": feeds, "year": year}
    for feed, partition_key, is_delivered in connection.execute(_COVERAGE_SQL, parameters):
        expected[feed] += 1
        if not is_delivered:
            missing[feed].append(str(partition_key))
    return [FeedCoverage(feed, expected[feed], tuple(missing[feed])) for feed in feeds]


def require_complete(connection: psycopg.Connection[Any], build_id: str, year: int) -> list[FeedCoverage]:
    """The coverage of a complete year; raises IncompletePeriodError that names every missing delivery of the year."""
    coverage = year_coverage(connection, build_id, year)
    unknown = [item.feed for item in coverage if item.expected_count == 0 and item.feed in ESSENTIAL_FEEDS]
    if unknown or any(item.missing for item in coverage):
        raise IncompletePeriodError(year, coverage, unknown)
    return coverage
