"""`ipstat status`: what is there, what is late, what is published."""

from __future__ import annotations

import psycopg

from ingest.contract import load_contracts
from ipstat import database
from ipstat.commands.common import as_table, echo, open_session
from ipstat.expected import city_today, fill_expected
from ipstat.status import Status, read_status

_SHOWN_MISSING = 3


def status_command() -> None:
    """Show feeds against their calendars, batches, quarantine, builds, the gate, what is published, editions, late
    deliveries and open alerts.
    """
    session = open_session("status")
    address = database.ensure_ready(session.settings)
    with psycopg.connect(address, autocommit=True) as connection:
        fill_expected(connection, load_contracts(), city_today())
        status = read_status(connection, load_contracts())
    echo(render(status))


def render(status: Status) -> str:
    """The text of the command."""
    header = ["feed", "deliveries", "batches", "due", "missing", "last known", "rows", "quarantined", "rejected", ""]
    feeds = [
        [
            feed.feed,
            feed.delivery_count,
            feed.active_count,
            feed.due_count,
            len(feed.missing),
            feed.last_known_on,
            feed.row_count,
            feed.quarantined_count,
            feed.rejected_count,
            _shortened(feed.missing),
        ]
        for feed in status.feeds
    ]
    build_header = ["build", "status", "started (UTC)", "as of", "horizon", "checks", "failed", "", ""]
    builds = [
        [
            build.build_id,
            build.status,
            f"{build.started_at:%Y-%m-%d %H:%M}",
            build.as_of,
            build.horizon_date,
            build.check_count,
            build.failed_count,
            "published" if build.is_published else None,
            (build.error or "").split("\n", 1)[0][:80],
        ]
        for build in status.builds
    ]
    parts = [as_table(header, feeds)]
    parts.append(as_table(build_header, builds) if builds else "no build yet: run `ipstat build`")
    if status.editions:
        parts.append(as_table(["publication", "period", "edition", "state", "path"], status.editions))
    else:
        parts.append("no edition yet: run `ipstat publish`")
    parts.append(f"{status.open_match_count} names wait for a decision: `ipstat review list`")
    parts.append(_lateness(status))
    parts += [f"alert {alert.alert_key}: {alert.subject}" for alert in status.alerts]
    if status.holder is not None:
        parts.append(f"at work now: {status.holder}")
    return "\n\n".join(parts)


def _lateness(status: Status) -> str:
    """One line; `ipstat freshness` has the rest."""
    if not status.late:
        return "no delivery is late"
    feeds = ", ".join(dict.fromkeys(late.feed for late in status.late))
    return f"{len(status.late)} deliveries are late ({feeds}): `ipstat freshness` lists them"


def _shortened(missing: tuple[str, ...]) -> str:
    if not missing:
        return ""
    more = f" and {len(missing) - _SHOWN_MISSING} more" if len(missing) > _SHOWN_MISSING else ""
    return "missing " + ", ".join(missing[:_SHOWN_MISSING]) + more
