"""Alerts that the database could not take: one file each in the home, sent from there and stored later.

A server that is gone is just what a person must hear of, so the way to the receivers must not lead through it.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

from ipstat.alert_message import Message, home_name, message_id
from ipstat.alert_receivers import NotSentError, deliver
from ipstat.alert_store import Connection, Entry, store
from ipstat.settings import Settings


def folder(settings: Settings) -> Path:
    """Where the files wait; it need not exist."""
    return settings.home / "alerts"


def keep(settings: Settings, entry: Entry, is_sending: bool) -> None:
    """Write the alert's file (once for a key), then send it. Raises OSError where the home can't be written."""
    path = folder(settings) / f"{hashlib.sha256(entry.key.encode()).hexdigest()[:32]}.json"
    waiting = _read(path)
    if waiting is None or not set(entry.items) <= set(waiting.items):
        waiting = replace(entry, raised_at=datetime.now(UTC))
        _write(path, waiting)
    if not is_sending:
        return
    for channel in settings.alerts.channels:
        if channel in waiting.sent_at:
            continue
        try:
            deliver(settings, channel, _message(settings, waiting))
        except NotSentError:
            continue
        waiting = replace(waiting, sent_at={**waiting.sent_at, channel: datetime.now(UTC)})
        _write(path, waiting)


def empty_into(settings: Settings, connection: Connection) -> None:
    """Store what waits, now that the database answers; a file goes when its row is there."""
    if not folder(settings).is_dir():
        return
    for path in sorted(folder(settings).glob("*.json")):
        entry = _read(path)
        if entry is not None:
            store(connection, entry)
            path.unlink(missing_ok=True)


def _message(settings: Settings, entry: Entry) -> Message:
    home, raised_at = home_name(settings), entry.raised_at or datetime.now(UTC)
    return Message(
        message_id=message_id(home, entry.key, raised_at, 1),
        key=entry.key,
        kind=entry.kind,
        subject=entry.subject,
        text=entry.body,
        links=entry.links,
        raised_at=raised_at,
        revision=1,
        home=home,
        # Only the database knows for certain; the folder of the sample city is the next best witness.
        is_sample_data=settings.sample_city_dir.is_dir(),
    )


def _write(path: Path, entry: Entry) -> None:
    """The file is there whole or not at all, also after a power cut; only the owner may read it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        json.dump(asdict(entry), handle, ensure_ascii=False, default=datetime.isoformat)
        handle.flush()
        os.fsync(handle.fileno())
    temporary.replace(path)


def _read(path: Path) -> Entry | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Entry(
        key=content["key"],
        kind=content["kind"],
        subject=content["subject"],
        body=content["body"],
        items=tuple(content["items"]),
        links=content["links"],
        owed=tuple(content["owed"]),
        raised_at=datetime.fromisoformat(content["raised_at"]),
        sent_at={channel: datetime.fromisoformat(at) for channel, at in content["sent_at"].items()},
    )
