"""Sending to real receivers on 127.0.0.1 that fail, hang, refuse, encrypt and want a login."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ipstat import alert_receivers
from ipstat.alert_message import Message, signature
from ipstat.alert_receivers import NotSentError, deliver
from ipstat.alert_settings import AlertSettings
from ipstat.settings import Settings
from tests.support.alert_receivers import HANG, mail_server, webhook

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
MESSAGE = Message(
    "id1", "warehouse", "gate_refused", "未通过 / refused", "正文 / text", AT, 1, "中山", True, {"page": "f"}
)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(alert_receivers, "RETRY_DELAYS", (0.01, 0.01))
    monkeypatch.setattr(alert_receivers, "TIMEOUT_SECONDS", 0.5)
    yield


def with_hook(tmp_path: Path, url: str, secret: str | None = None) -> Settings:
    return Settings(home=tmp_path, alerts=AlertSettings(webhook_url=url, secret=secret))


def with_mail(tmp_path: Path, url: str, *to: str) -> Settings:
    return Settings(home=tmp_path, alerts=AlertSettings(smtp_url=url, mail_to=to or ("ip@office.example",)))


def test_a_webhook_gets_signed_json(tmp_path: Path) -> None:
    with webhook() as hook:
        deliver(with_hook(tmp_path, hook.url, "signing-key"), "webhook", MESSAGE)
    ((headers, body),) = hook.requests
    assert headers["X-Ipstat-Signature"] == signature("signing-key", body)
    assert headers["Idempotency-Key"] == "id1"
    assert hook.contents == [
        {
            "id": "id1", "key": "warehouse", "kind": "gate_refused", "subject": "未通过 / refused", "text": "正文 / text",
            "links": [{"title": "page", "href": "f"}], "raised_at": "2026-03-02T01:30:00+00:00", "revision": 1,
            "closed_at": None, "home": "中山", "is_sample_data": True,
        }
    ]  # fmt: skip


def test_a_webhook_that_fails_then_hangs_then_works_gets_the_same_message_thrice(tmp_path: Path) -> None:
    with webhook(503, HANG, hang_seconds=1) as hook:
        deliver(with_hook(tmp_path, hook.url), "webhook", MESSAGE)
    assert [content["id"] for content in hook.contents] == ["id1"] * 3


@pytest.mark.parametrize(("answers", "is_temporary", "count"), [((500,) * 9, True, 3), ((429,) * 9, True, 3), ((404,), False, 1), ((302,), False, 1)])  # fmt: skip
def test_what_a_webhook_refuses_is_not_sent(
    tmp_path: Path, answers: tuple[int, ...], is_temporary: bool, count: int
) -> None:
    with webhook(*answers) as hook, pytest.raises(NotSentError, match=f"answered {answers[0]}") as caught:
        deliver(with_hook(tmp_path, hook.url), "webhook", MESSAGE)
    assert caught.value.is_temporary is is_temporary
    assert len(hook.requests) == count


def test_neither_errors_nor_logs_hold_the_address_of_the_webhook(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with webhook(500, 500, 500) as hook:
        settings = with_hook(tmp_path, hook.url)
        with pytest.raises(NotSentError) as failed:
            deliver(settings, "webhook", MESSAGE)
        deliver(settings, "webhook", MESSAGE)
    with pytest.raises(NotSentError, match="ConnectError") as gone:
        deliver(settings, "webhook", MESSAGE)
    for text in (caplog.text, str(failed.value), str(gone.value)):
        assert "t0p-secret-token" not in text and "k3y-of-the-office-chat" not in text


def test_a_mail_server_gets_a_plain_text_in_utf_8(tmp_path: Path) -> None:
    with mail_server() as box:
        deliver(with_mail(tmp_path, f"smtp://127.0.0.1:{box.port}", "a@b.example", "c@d.example"), "mail", MESSAGE)
    (mail,) = box.mails
    assert mail["Subject"] == "[ipstat] 【示例数据】未通过 / refused"
    assert mail["Message-ID"] == "<id1@ipstat>"
    assert "正文 / text" in mail.get_content()
    assert box.receivers == [["a@b.example", "c@d.example"]]


def test_a_mail_server_that_is_busy_is_asked_again_and_one_that_refuses_is_not(tmp_path: Path) -> None:
    with mail_server("451 busy", "550 no mail from you") as box:
        settings = with_mail(tmp_path, f"smtp://127.0.0.1:{box.port}")
        with pytest.raises(NotSentError, match="550 no mail from you"):
            deliver(settings, "mail", MESSAGE)
        assert deliver(settings, "mail", MESSAGE) == ""
    assert len(box.mails) == 1
    with pytest.raises(NotSentError, match="ConnectionRefusedError") as gone:
        deliver(settings, "mail", MESSAGE)
    assert gone.value.is_temporary


def test_one_bad_address_does_not_keep_the_mail_from_the_others(tmp_path: Path) -> None:
    with mail_server() as box:
        box.bad.add("gone@office.example")
        settings = with_mail(tmp_path, f"smtp://127.0.0.1:{box.port}", "gone@office.example", "ip@office.example")
        assert "gone@office.example: 550 no such user" in deliver(settings, "mail", MESSAGE)
        assert box.receivers == [["ip@office.example"]]
        alone = with_mail(tmp_path, f"smtp://127.0.0.1:{box.port}", "gone@office.example")
        with pytest.raises(NotSentError, match="refuses gone@office") as caught:
            deliver(alone, "mail", MESSAGE)
        assert not caught.value.is_temporary


def test_a_login_and_a_wrong_password(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="ipstat")
    with mail_server(password="p@ss word") as box:
        deliver(with_mail(tmp_path, f"smtp://ipstat:p%40ss%20word@127.0.0.1:{box.port}"), "mail", MESSAGE)
        assert box.logins == ["ipstat"] and len(box.mails) == 1
        with pytest.raises(NotSentError, match="535") as caught:
            deliver(with_mail(tmp_path, f"smtp://ipstat:wr0ng-pass@127.0.0.1:{box.port}"), "mail", MESSAGE)
    assert not caught.value.is_temporary
    assert "wr0ng-pass" not in str(caught.value) + caplog.text


def test_starttls_is_used_where_it_is_offered_and_the_certificate_is_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = _certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with mail_server(password="p4ssword", tls=context) as box:
        settings = with_mail(tmp_path, f"smtp://ipstat:p4ssword@127.0.0.1:{box.port}")
        with pytest.raises(NotSentError, match="SSL_CERT_FILE"):
            deliver(settings, "mail", MESSAGE)
        assert not box.logins, "no password for a server that nobody knows"
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        deliver(settings, "mail", MESSAGE)
    assert box.was_encrypted == [True]


def test_a_password_does_not_leave_this_machine_in_the_clear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alert_receivers, "_is_this_machine", lambda _host: False)
    with mail_server(password="p4ssword") as box:
        with pytest.raises(NotSentError, match="offers no STARTTLS"):
            deliver(with_mail(tmp_path, f"smtp://ipstat:p4ssword@127.0.0.1:{box.port}"), "mail", MESSAGE)
        assert not box.logins


def _certificate(folder: Path) -> Path:
    """A key and a certificate for 127.0.0.1 in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "certificate.pem"
    path.write_bytes(secret + certificate.public_bytes(pem))
    return path
