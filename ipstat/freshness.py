"""The daily look at late deliveries (`ipstat.due`): one alert for each feed, closed when all of it came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import psycopg

from ipstat import alerts, database, locks
from ipstat.alert_store import close_stored, read_alerts
from ipstat.alert_texts import feed_name, paragraphs
from ipstat.due import NEVER, FeedFreshness, Late, read_freshness
from ipstat.settings import Settings

KEY_PREFIX = "late/"
_SHOWN = 40
_STATES = {
    "missing": "未报送 / not delivered",
    "incomplete": "文件不全 / files missing",
    "refused": "已到，被拒收 / came, but was refused",
    "ended": "批次已撤销 / its batch was ended",
}


def check_freshness(settings: Settings, today: date | None = None, *, is_sending: bool = True) -> list[Late]:
    """Find late deliveries, and bring the alerts in line: one for each feed, sent again for a newly late delivery (and
    for one that passes the limit), closed when all have come. Also sends what waits from before.

    `today` is the city's day by default. A feed that is being loaded at this moment keeps the alert it has.
    """
    found = read_freshness(settings, today)
    busy = _feeds_at_work(settings, [each.feed for each in found])
    for each in found:
        if each.late and each.feed not in busy:
            _raise(settings, each, is_sending)
    with psycopg.connect(database.url(settings), autocommit=True) as connection:
        still_late = {f"{KEY_PREFIX}{each.feed}" for each in found if each.late or each.feed in busy}
        for alert in read_alerts(connection):
            if alert.alert_key.startswith(KEY_PREFIX) and alert.alert_key not in still_late:
                close_stored(connection, alert.alert_key, "all of it came", is_prefix=False)
        for feed in {each.feed for each in found if not each.late} - busy:  # also what a person had acknowledged
            close_stored(connection, f"{KEY_PREFIX}{feed}", "all of it came", is_prefix=False)
    if is_sending:
        alerts.send_pending(settings)
    return [late for each in found for late in each.late if each.feed not in busy]


def _feeds_at_work(settings: Settings, feeds: Sequence[str]) -> set[str]:
    """Feeds that are being loaded now: what is missing of them may be there in a minute."""
    with psycopg.connect(database.url(settings), autocommit=True) as connection:
        return {feed for feed in feeds if locks.holder(connection, locks.feed_lock(feed)) is not None}


def _raise(settings: Settings, found: FeedFreshness, is_sending: bool) -> None:
    zh, en = feed_name(found.feed)
    count = len(found.late)
    items = [f"{late.partition_key}{' past the limit' if late.is_past_limit else ''}" for late in found.late]
    subject = f"{zh}逾期未到 {count} 期，最近 {found.late[-1].partition_key} / late ({count}): {en}"
    body = text_of(found)
    alerts.raise_alert(
        settings, f"{KEY_PREFIX}{found.feed}", "late_delivery", subject, body, items=items, is_sending=is_sending
    )


def text_of(found: FeedFreshness) -> str:
    """The body of the alert: the newest missing partitions, what is left out of it, what to do."""
    zh, en = feed_name(found.feed)
    lines = [
        f"- {late.partition_key}: 应到 / due {late.due_on}, {late.days} 天 / days, {_STATES[late.state]}"
        + ("; 其后的已到 / later ones came" if late.is_followed else "")
        for late in found.late[: -_SHOWN - 1 : -1]
    ]
    more = len(found.late) - len(lines)
    if more:
        lines.append(f"… 另有较早的 {more} 期 / and {more} earlier: `ipstat freshness`")
    last = found.last_delivered or "从未 / never"
    return paragraphs(
        [
            f"{zh}：截至 {found.today}，{len(found.late)} 期在应到日后 {found.warn_days} 天仍未到；最近到达：{last}。",
            f"{en}: not there on {found.today}, {found.warn_days} days after their day or more: {len(found.late)};"
            f" last delivered: {last}. Past {found.stop_days} days the gate may refuse.",
            *lines,
        ],
        [
            "缺数期间的指标标为不完整，全年出版物在数据到齐前不出。",
            "Indicators of these periods are marked incomplete; a year's publications wait until they are there.",
        ],
        [
            "请报送单位补报 / ask the sender, then trigger the DAG"
            f" `ingest_{found.feed}` or `ipstat ingest {found.feed} PATH`",
            "当日无报送（节假日）：写入合同 / no delivery that day (a holiday): add the day to"
            f" `origin.calendar.skipped` in ingest/contracts/{found.feed}.yml",
            "本单位自某日起才有此数据 / this office has the feed only from a day on, or never:"
            f" `ipstat freshness --expect {found.feed}=2026-01-01`, `--expect {found.feed}={NEVER}`",
            "到齐后本警报自动关闭 / this alert closes itself when all is there",
        ],
    )
