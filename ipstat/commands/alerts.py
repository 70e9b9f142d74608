"""`ipstat alerts ...` and `ipstat freshness`: what needs a person, who was told, and which deliveries did not come."""

from __future__ import annotations

import sys
from datetime import UTC
from typing import Annotated

import psycopg
import typer

from ipstat import alerts, database, due, freshness
from ipstat.alert_store import Alert, read_alerts
from ipstat.commands.common import Session, as_table, echo, open_session, parse_date
from ipstat.errors import RefusedError, UsageError

app = typer.Typer(help="What needs a person: open alerts, and whether they were sent.", invoke_without_command=True)

_SHOWN_LATE = 12
_TEST_KEY = "test"


@app.callback()
def alerts_command(context: typer.Context) -> None:
    """What needs a person: open alerts, and whether they were sent. Without a command: the open ones.

    \b
    Receivers: IPSTAT_ALERT_WEBHOOK (JSON by POST; IPSTAT_ALERT_SECRET signs it), IPSTAT_ALERT_MAIL_TO with
    IPSTAT_SMTP_URL (smtp://user:password@host:port, smtps://...) and IPSTAT_ALERT_MAIL_FROM; IPSTAT_ALERT_NAME.
    """
    if context.invoked_subcommand is None:
        list_command()


@app.command("list")
def list_command(
    is_all: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False,
    is_full: Annotated[bool, typer.Option("--full", help="With their texts.")] = False,
) -> None:
    """List alerts, the oldest first. Example: ipstat alerts list --all"""
    session = open_session("alerts list")
    with psycopg.connect(database.ensure_ready(session.settings), autocommit=True) as connection:
        found = read_alerts(connection, is_open_only=not is_all)
    if not found:
        echo("no alert" if is_all else "no alert is open")
        return
    echo(render(found, session.settings.alerts.channels))
    if is_full:
        for alert in found:
            echo(f"\n== {alert.alert_key}\n{alert.subject}\n\n{alert.body}")


@app.command("send")
def send_command() -> None:
    """Send what no receiver has taken yet; exit code 1 where something still waits."""
    session = open_session("alerts send")
    _require_receiver(session)
    waiting = alerts.send_pending(session.settings)
    if waiting:
        raise RefusedError(_listed(waiting), "they are kept; mend the receiver and send again")
    echo("all alerts are sent")


@app.command("close")
def close_command(
    key: Annotated[str, typer.Argument(metavar="KEY", help="As `ipstat alerts` lists it.")],
    why: Annotated[str, typer.Option("--why", help="Kept with the alert.")],
) -> None:
    """Close an alert by hand; the same files, checks or days raise nothing until its cause was gone once.

    Example: ipstat alerts close late/cnipa_gazette --why "no issue in the holidays; the calendar is mended"
    """
    session = open_session("alerts close")
    if not why.strip():
        raise UsageError("--why is empty", "say why the alert needs nobody any more")
    alerts.acknowledge_alert(session.settings, key, why)
    echo(f"{key} is closed")


@app.command("test")
def test_command() -> None:
    """Send a test alert to every receiver; exit code 1 where one did not take it."""
    session = open_session("alerts test")
    _require_receiver(session)
    settings = session.settings
    alerts.close_alert(settings, _TEST_KEY, "another test")
    body = "这是一次测试，无需处理。\nThis is a test; there is nothing to do."
    alerts.raise_alert(settings, _TEST_KEY, "test", "测试警报 / test alert", body)
    with psycopg.connect(database.ensure_ready(settings), autocommit=True) as connection:
        sent = [alert for alert in read_alerts(connection) if alert.alert_key == _TEST_KEY]
    failed = [alert for alert in sent if not all(alert.is_sent_by(c) for c in settings.alerts.channels)]
    if failed:
        raise RefusedError(_listed(failed), "it stays open and is tried again; `ipstat alerts close test --why ...`")
    alerts.close_alert(settings, _TEST_KEY, "the test went through")
    echo(f"sent by {' and '.join(settings.alerts.channels)}")


def freshness_command(
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help="As if this were today; raises no alert.")
    ] = None,
    expect: Annotated[
        list[str] | None,
        typer.Option("--expect", metavar="FEED=DATE", help="From when a feed (or `all`) is expected here, or `never`."),
    ] = None,
) -> None:
    """Which deliveries are late by the calendars of the contracts; exit code 1 where one is past its limit.

    Without --on the alerts are brought in line too: one for each feed that is late, closed when all came.

    Examples: ipstat freshness --on 2026-03-01; ipstat freshness --expect pledge_ledger=never
    """
    session = open_session("freshness")
    day = parse_date(on, "--on")
    for text in expect or []:
        feed, _, start = text.partition("=")
        due.state_expected(session.settings, feed, None if start == due.NEVER else parse_date(start, "--expect"))
    found = due.read_freshness(session.settings, day)
    if day is None:
        freshness.check_freshness(session.settings, is_sending=not sys.stderr.isatty())
    echo(render_freshness(found))
    late = [item for feed in found for item in feed.late if item.is_past_limit]
    if late:
        feeds = ", ".join(dict.fromkeys(item.feed for item in late))
        raise RefusedError(
            f"{len(late)} deliveries are past the limit of their contract: {feeds}",
            "ask the sender; a day without a delivery belongs into the contract's calendar.skipped; --expect says since"
            " when a feed is expected here",
        )


def render(found: list[Alert], channels: tuple[str, ...]) -> str:
    """A table of alerts; a channel without a receiver shows `-`."""
    header = ["key", "kind", "raised (UTC)", "webhook", "mail", "closed", "subject", ""]
    rows = [
        [
            alert.alert_key,
            alert.kind,
            f"{alert.raised_at.astimezone(UTC):%Y-%m-%d %H:%M}",
            *(_sent(alert, channel, channels) for channel in ("webhook", "mail")),
            None if alert.closed_at is None else f"{alert.closed_by}: {alert.closed_why}",
            alert.subject,
            f"not sent: {alert.last_error}" if alert.last_error else None,
        ]
        for alert in found
    ]
    return as_table(header, rows)


def render_freshness(found: list[due.FeedFreshness]) -> str:
    """The feeds against their calendars, then what is late, the newest of each feed."""
    header = ["feed", "on", "expected from", "due", "delivered", "last delivered", "late after", "limit", "late"]
    rows = [
        [
            feed.feed,
            feed.today,
            feed.expected_from or due.NEVER,
            feed.due_count,
            feed.delivered_count,
            feed.last_delivered or due.NEVER,
            f"{feed.warn_days} days",
            f"{feed.stop_days} days",
            len(feed.late),
        ]
        for feed in found
    ]
    late = [
        [
            item.feed,
            item.partition_key,
            item.due_on,
            item.days,
            item.state,
            "past the limit" if item.is_past_limit else "",
        ]
        for feed in found
        for item in feed.late[-_SHOWN_LATE:]
    ]
    parts = [as_table(header, rows)]
    if late:
        parts.append(as_table(["late", "partition", "due", "days", "state", ""], late))
    if hidden := sum(max(0, len(feed.late) - _SHOWN_LATE) for feed in found):
        parts.append(f"and {hidden} older ones: select * from ops.coverage where not is_delivered")
    return "\n\n".join(parts)


def _sent(alert: Alert, channel: str, channels: tuple[str, ...]) -> str:
    if alert.is_sent_by(channel):
        return "sent"
    return "waits" if channel in channels and (alert.closed_at is None or channel in alert.owed) else "-"


def _listed(waiting: list[Alert]) -> str:
    lines = "".join(f"\n  - {alert.alert_key}: {alert.last_error or 'another process sends it'}" for alert in waiting)
    return f"{len(waiting)} alert(s) are not sent:{lines}"


def _require_receiver(session: Session) -> None:
    if not session.settings.alerts.channels:
        raise UsageError(
            "no receiver is set", "set IPSTAT_ALERT_WEBHOOK, or IPSTAT_ALERT_MAIL_TO with IPSTAT_SMTP_URL (.env)"
        )
