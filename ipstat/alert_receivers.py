"""The two ways out: a webhook (HTTP POST of JSON) and mail (SMTP). Errors say what the receiver did, and no secret."""

from __future__ import annotations

import logging
import smtplib
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from ipstat.alert_message import Message, signature, without_secrets
from ipstat.alert_settings import AlertSettings
from ipstat.settings import Settings

TIMEOUT_SECONDS = 10.0
RETRY_DELAYS = (1.0, 3.0)
"""Seconds before the second and the third try; what still is not sent waits for the next call."""
_TEMPORARY_STATUS = 429
_SERVER_ERROR = 500


class NotSentError(Exception):
    """A receiver did not take a message. `is_temporary`: the same may work in a moment (down, busy, timed out)."""

    def __init__(self, message: str, *, is_temporary: bool) -> None:
        super().__init__(message)
        self.is_temporary = is_temporary


def deliver(settings: Settings, channel: str, message: Message) -> str:
    """Send by `webhook` or `mail`, with a few tries; returns only when the receiver has taken it, else NotSentError.

    The text that is returned says what was wrong all the same (a mail that one of several addresses did not take).
    """
    send = {"webhook": _post, "mail": _mail}[channel]
    for delay in RETRY_DELAYS:
        try:
            return _try(settings, send, message)
        except NotSentError as error:
            if not error.is_temporary:
                raise
            time.sleep(delay)
    return _try(settings, send, message)


def _try(settings: Settings, send: Callable[[AlertSettings, Message], str], message: Message) -> str:
    """Once; what the receiver said comes without our secrets."""
    try:
        with _silenced("httpx", "httpcore"):
            return without_secrets(settings, send(settings.alerts, message))
    except NotSentError as error:
        raise NotSentError(without_secrets(settings, str(error)), is_temporary=error.is_temporary) from None


@contextmanager
def _silenced(*names: str) -> Iterator[None]:
    """These log whole addresses, and the address of a webhook is a key."""
    loggers = [logging.getLogger(name) for name in names]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _post(alerts: AlertSettings, message: Message) -> str:
    import httpx  # noqa: PLC0415 - only where there is something to send

    body = message.as_json()
    headers = {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": message.message_id}
    if alerts.secret:
        headers["X-Ipstat-Signature"] = signature(alerts.secret, body)
    host = urlsplit(alerts.webhook_url or "").hostname
    try:
        answer = httpx.post(alerts.webhook_url or "", content=body, headers=headers, timeout=TIMEOUT_SECONDS)
    except httpx.TransportError as error:
        raise NotSentError(f"{host}: {type(error).__name__}: {error}", is_temporary=True) from None
    except httpx.InvalidURL as error:
        raise NotSentError(f"{host}: {error}", is_temporary=False) from None
    if not answer.is_success:
        status = answer.status_code
        is_temporary = status == _TEMPORARY_STATUS or status >= _SERVER_ERROR
        raise NotSentError(f"{host} answered {status} {answer.reason_phrase}", is_temporary=is_temporary)
    return ""


def _mail(alerts: AlertSettings, message: Message) -> str:
    parts = urlsplit(alerts.smtp_url or "")
    host = parts.hostname or ""
    try:
        with _connection(parts.scheme, host, parts.port) as smtp:
            is_encrypted = parts.scheme == "smtps" or _start_tls(smtp)
            if parts.username:
                if not is_encrypted and not _is_this_machine(host):
                    raise NotSentError(
                        f"{host} offers no STARTTLS, so the password is not sent; use smtps:// or another server",
                        is_temporary=False,
                    )
                smtp.login(unquote(parts.username), unquote(parts.password or ""))
            refused = smtp.send_message(message.as_mail(alerts), alerts.sender, alerts.mail_to)
    except smtplib.SMTPRecipientsRefused as error:
        raise NotSentError(f"{host} refuses {_listed(error.recipients)}", is_temporary=_is_busy(error)) from None
    except smtplib.SMTPResponseException as error:
        text = error.smtp_error.decode(errors="replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        is_temporary = _is_temporary_code(error.smtp_code)
        raise NotSentError(f"{host} answered {error.smtp_code} {text}", is_temporary=is_temporary) from None
    except ssl.SSLCertVerificationError as error:
        mend = "SSL_CERT_FILE can name the office's own authority"
        raise NotSentError(f"the certificate of {host} is not trusted: {error}; {mend}", is_temporary=False) from None
    except (OSError, smtplib.SMTPException) as error:
        raise NotSentError(f"{host}: {type(error).__name__}: {error}", is_temporary=True) from None
    # To send it again would only repeat it to those who have it.
    return f"{host} took it, but not for {_listed(refused)}" if refused else ""


def _connection(scheme: str, host: str, port: int | None) -> smtplib.SMTP:
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port or 465, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context())
    return smtplib.SMTP(host, port or 25, timeout=TIMEOUT_SECONDS)


def _start_tls(smtp: smtplib.SMTP) -> bool:
    """Encrypt where the server offers it; whether it did."""
    smtp.ehlo_or_helo_if_needed()
    if not smtp.has_extn("starttls"):
        return False
    smtp.starttls(context=ssl.create_default_context())
    smtp.ehlo()
    return True


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_busy(error: smtplib.SMTPRecipientsRefused) -> bool:
    return all(_is_temporary_code(code) for code, _ in error.recipients.values())


def _is_temporary_code(code: int) -> bool:
    """4xx means try again later; -1 is a connection that was lost."""
    return code == -1 or code // 100 == 4


def _listed(recipients: dict[str, tuple[int, bytes]]) -> str:
    return "; ".join(f"{to}: {code} {text.decode(errors='replace')}" for to, (code, text) in recipients.items())
