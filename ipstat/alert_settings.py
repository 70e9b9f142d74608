"""Who is told when something needs a person: a webhook, mail addresses, and the secrets that reach them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address
from urllib.parse import parse_qsl, unquote, urlsplit

from ipstat.errors import UsageError

CHANNELS = ("webhook", "mail")
_LEAST_SECRET = 6
_LEAST_KEY = 16
"""Shorter texts are words: taking them out of messages would only hurt the messages."""


@dataclass(frozen=True)
class AlertSettings:
    """The receivers. `webhook_url` and `smtp_url` may hold passwords or tokens, so they are never shown.

    `name` is how this home is called in alerts (None: its folder and host). `mail_from` defaults to
    `ipstat@<host of the first receiver>`.
    """

    webhook_url: str | None = field(default=None, repr=False)
    secret: str | None = field(default=None, repr=False)
    mail_to: tuple[str, ...] = ()
    mail_from: str | None = None
    smtp_url: str | None = field(default=None, repr=False)
    name: str | None = None

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> AlertSettings:
        """Read IPSTAT_ALERT_WEBHOOK, _SECRET, _MAIL_TO (commas between), _MAIL_FROM, _NAME and IPSTAT_SMTP_URL.

        Raises UsageError, which never shows a value that may be secret.
        """
        webhook = env.get("IPSTAT_ALERT_WEBHOOK") or None
        if webhook is not None:
            _require_address("IPSTAT_ALERT_WEBHOOK", webhook, ("https", "http"), "https://host/path")
        smtp = env.get("IPSTAT_SMTP_URL") or None
        if smtp is not None:
            _require_address("IPSTAT_SMTP_URL", smtp, ("smtp", "smtps"), "smtp://user:password@host:port")
        to = tuple(part.strip() for part in (env.get("IPSTAT_ALERT_MAIL_TO") or "").split(",") if part.strip())
        sender = env.get("IPSTAT_ALERT_MAIL_FROM") or None
        for address in (*to, *([sender] if sender else [])):
            _require_mail_address(address)
        if to and smtp is None:
            raise UsageError(
                "IPSTAT_ALERT_MAIL_TO is set, but no mail server is",
                "set IPSTAT_SMTP_URL=smtp://user:password@host:port",
            )
        return cls(
            webhook_url=webhook,
            secret=env.get("IPSTAT_ALERT_SECRET") or None,
            mail_to=to,
            mail_from=sender,
            smtp_url=smtp,
            name=env.get("IPSTAT_ALERT_NAME") or None,
        )

    @property
    def channels(self) -> tuple[str, ...]:
        """Those of CHANNELS that have a receiver."""
        has = {"webhook": self.webhook_url is not None, "mail": bool(self.mail_to) and self.smtp_url is not None}
        return tuple(channel for channel in CHANNELS if has[channel])

    @property
    def sender(self) -> str:
        """The address that mails come from."""
        return self.mail_from or f"ipstat@{self.mail_to[0].rpartition('@')[2]}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """Texts that must appear in no message, log or error, longest first."""
        found = {self.secret or ""}
        for url in (self.webhook_url, self.smtp_url):
            parts = urlsplit(url or "")
            found |= {url or "", parts.password or "", unquote(parts.password or ""), parts.query}
            found |= {value for _, value in parse_qsl(parts.query)}
        hook = urlsplit(self.webhook_url or "")
        # With many receivers the path itself is the key, or the user is.
        found |= {text for text in (hook.path.strip("/"), hook.username or "") if len(text) >= _LEAST_KEY}
        return tuple(sorted((text for text in found if len(text) >= _LEAST_SECRET), key=len, reverse=True))


def _require_address(name: str, value: str, schemes: tuple[str, ...], example: str) -> None:
    try:
        parts = urlsplit(value)
        is_right = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_right = False
    if not is_right:
        raise UsageError(f"{name} is no address of {' or '.join(schemes)}", f"write {example}")


def _require_mail_address(text: str) -> None:
    try:
        is_right = bool(Address(addr_spec=text).domain)
    except (ValueError, IndexError):  # Address() raises either for a malformed text
        is_right = False
    if not is_right:
        raise UsageError(f"{text!r} is no mail address", "write name@host, several with commas between")
