"""What is sent when something needs a person: one message, the same for every receiver, without secrets."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import urlsplit

from ipstat.alert_settings import AlertSettings
from ipstat.settings import Settings

HIDDEN = "***"
_LONGEST_SUBJECT = 200
_LONGEST_BODY = 20_000
_LONGEST_READ = 200_000
# Every repetition has a limit: an error may carry megabytes, and a search must stay linear in them.
_PASSWORD_IN_ADDRESS = re.compile(r"(?P<scheme>\b[a-z][a-z0-9+.-]{0,20}://)[^\s/'\"]{1,500}@", re.IGNORECASE)
_NAMED_SECRET = re.compile(
    r"(?P<name>(?:password|passwd|pwd|secret|token|api_?key|access_?key|signature|authorization)\w{0,20}[\"']?\s*[=:]\s*)"
    r"(?:(?:bearer|basic)\s+)?(?P<value>\"[^\"]*\"|'[^']*'|[^\s&,;\"'}]+)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Message:
    """One sending. `message_id` is the same for each repetition of it, so that a receiver knows a double by it.

    `links` are addresses by their titles; `revision` counts what was new while the alert was open; times are UTC.
    """

    message_id: str
    key: str
    kind: str
    subject: str
    text: str
    raised_at: datetime
    revision: int
    home: str
    is_sample_data: bool
    links: Mapping[str, str] = field(default_factory=dict)
    closed_at: datetime | None = None

    def as_json(self) -> bytes:
        """The body for a webhook: one UTF-8 JSON object."""
        content = {
            "id": self.message_id,
            "key": self.key,
            "kind": self.kind,
            "subject": self.subject,
            "text": self.text,
            "links": [{"title": title, "href": href} for title, href in self.links.items()],
            "raised_at": self.raised_at.isoformat(),
            "revision": self.revision,
            "closed_at": None if self.closed_at is None else self.closed_at.isoformat(),
            "home": self.home,
            "is_sample_data": self.is_sample_data,
        }
        return json.dumps(content, ensure_ascii=False).encode()

    def as_mail(self, alerts: AlertSettings) -> EmailMessage:
        """A plain-text mail; a later revision answers the first one, so that a mail program keeps them together."""
        mail = EmailMessage(policy=SMTP)
        sample = "【示例数据】" if self.is_sample_data else ""
        mail["Subject"] = f"[ipstat] {sample}{self.subject}"
        mail["From"] = Address("ipstat", addr_spec=alerts.sender)
        mail["To"] = [Address(addr_spec=to) for to in alerts.mail_to]
        mail["Date"] = format_datetime(self.raised_at)
        mail["Message-ID"] = f"<{self.message_id}@ipstat>"
        if self.revision > 1:
            first = message_id(self.home, self.key, self.raised_at, 1)
            mail["In-Reply-To"] = mail["References"] = f"<{first}@ipstat>"
        mail["Auto-Submitted"] = "auto-generated"
        links = "".join(f"\n{title}: {href}" for title, href in self.links.items())
        closed = f"\n已关闭 / closed: {self.closed_at:%Y-%m-%d %H:%M} UTC" if self.closed_at else ""
        sign = f"{self.key} · {self.kind} · {self.home}\n发生 / raised: {self.raised_at:%Y-%m-%d %H:%M} UTC{closed}"
        mail.set_content(f"{self.text}\n{links}\n\n-- \n{sign}\n", charset="utf-8", cte="base64")
        return mail


def message_id(home: str, key: str, raised_at: datetime, revision: int) -> str:
    """Equal for each sending of one revision of one alert, and for nothing else."""
    text = "\n".join((home, key, raised_at.isoformat(), str(revision)))
    return hashlib.sha256(text.encode()).hexdigest()[:40]


def signature(secret: str, body: bytes) -> str:
    """The value of X-Ipstat-Signature: HMAC-SHA256 of the body's bytes with IPSTAT_ALERT_SECRET."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def home_name(settings: Settings) -> str:
    """How this home is called in alerts: IPSTAT_ALERT_NAME, or its folder and host."""
    return settings.alerts.name or f"{settings.home} on {socket.gethostname()}"


def clean_subject(settings: Settings, text: str) -> str:
    """One line without secrets."""
    line = " ".join(without_secrets(settings, text[:_LONGEST_READ]).split())
    return line if len(line) <= _LONGEST_SUBJECT else f"{line[: _LONGEST_SUBJECT - 1]}…"


def clean_body(settings: Settings, text: str) -> str:
    """Text without secrets and control characters, cut where it is longer than anybody reads."""
    shown = "".join(c if c in "\n\t" or c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[:_LONGEST_READ])
    shown = without_secrets(settings, shown).strip()
    return shown if len(shown) <= _LONGEST_BODY else f"{shown[:_LONGEST_BODY]}\n… ({len(shown)} characters)"


def without_secrets(settings: Settings, text: str) -> str:
    """The text without the secrets of the settings, passwords in addresses, and values that are named as secrets."""
    database_password = urlsplit(settings.database_url or "").password or ""
    known = (settings.pseudonym_key_text or "", database_password, *settings.alerts.secrets)
    for secret in known:
        if secret:
            text = text.replace(secret, HIDDEN)
    text = _PASSWORD_IN_ADDRESS.sub(rf"\g<scheme>{HIDDEN}@", text)
    return _NAMED_SECRET.sub(rf"\g<name>{HIDDEN}", text)
