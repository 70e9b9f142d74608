"""What leaves the house in an alert: no secret, one line of subject, the same id for the same message."""

from __future__ import annotations

import hashlib
import hmac
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ipstat.alert_message import HIDDEN, Message, clean_body, clean_subject, home_name, message_id, signature
from ipstat.alert_settings import AlertSettings
from ipstat.alert_texts import of_failure
from ipstat.errors import FeedRefusedError, RefusedError, UsageError
from ipstat.failures import key_of_dag, key_of_step
from ipstat.settings import Settings

SECRETS = {
    "IPSTAT_ALERT_WEBHOOK": "https://robot-account-0815@chat.example/hooks/k3y-of-the-office-chat?access_token=t0p-secret",
    "IPSTAT_ALERT_SECRET": "signing-key-1",
    "IPSTAT_ALERT_MAIL_TO": "ip@office.example, duty@office.example",
    "IPSTAT_SMTP_URL": "smtp://ipstat:p%40ss%20word@mail.example:587",
    "IPSTAT_DATABASE_URL": "postgresql://pipeline:db-password@db.example/ipstat",
    "IPSTAT_PSEUDONYM_KEY": "pseudonym-key-1",
}
AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.from_env({"IPSTAT_HOME": str(tmp_path), **SECRETS})


def message(**changes: object) -> Message:
    first = Message("id1", "ingest/customs_lots", "feed_refused", "海关 refused", "正文\ntext", AT, 1, "home", False)
    return replace(first, **changes)  # type: ignore[arg-type]


def test_settings_show_no_secret(settings: Settings) -> None:
    shown = repr(settings)
    for secret in ("t0p-secret", "k3y-of-the-office-chat", "signing-key-1", "p%40ss", "p@ss", "pseudonym-key-1"):
        assert secret not in shown
    assert "duty@office.example" in shown
    assert settings.alerts.channels == ("webhook", "mail")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("IPSTAT_ALERT_WEBHOOK", "chat.example/k3y-of-the-office"),
        ("IPSTAT_ALERT_WEBHOOK", "https://[k3y-of-the-office"),
        ("IPSTAT_SMTP_URL", "mail.example:k3y-of-the-office"),
        ("IPSTAT_SMTP_URL", "smtp://u:k3y-of-the-office@host:port"),
    ],
)
def test_a_wrong_address_is_refused_without_being_shown(name: str, value: str) -> None:
    with pytest.raises(UsageError, match=name) as caught:
        Settings.from_env({name: value})
    assert "k3y" not in str(caught.value)


def test_mail_needs_a_server_and_real_addresses() -> None:
    with pytest.raises(UsageError, match="no mail server"):
        Settings.from_env({"IPSTAT_ALERT_MAIL_TO": "a@b.example"})
    with pytest.raises(UsageError, match="no mail address"):
        Settings.from_env({"IPSTAT_ALERT_MAIL_TO": "a b", "IPSTAT_SMTP_URL": "smtp://h"})
    assert Settings.from_env({}).alerts.channels == ()
    assert Settings.from_env({"IPSTAT_SMTP_URL": "smtp://h"}).alerts.channels == ()


@pytest.mark.parametrize(
    "text",
    [
        "GET https://robot-account-0815@chat.example/hooks/k3y-of-the-office-chat?access_token=t0p-secret",
        "login with p@ss word failed; p%40ss%20word too",
        "connection to postgresql://pipeline:db-password@db.example/ipstat failed",
        "sftp://customs:hunter22@sftp.example/out is gone",
        "sftp://customs:hunter22@hunter22@sftp.example/out is gone",
        's3 answered {"secret_access_key": "hunter22", "x": 1}',
        "Authorization: Bearer hunter22",
        "signed with signing-key-1, names with pseudonym-key-1",
    ],
)
def test_secrets_are_taken_out_of_every_text(settings: Settings, text: str) -> None:
    for shown in (clean_body(settings, text), clean_subject(settings, text)):
        assert HIDDEN in shown
        for secret in (
            "hunter22", "t0p-secret", "k3y-of", "p@ss", "p%40ss", "db-password", "signing-key-1", "pseudonym-key-1",
        ):  # fmt: skip
            assert secret not in shown


def test_ordinary_words_stay(settings: Settings) -> None:
    text = "customs_lots_2025-12.xlsx, row 7, column 案值（万元）: not_a_number; mail to duty@office.example"
    assert clean_body(settings, text) == text


def test_a_subject_is_one_line_of_bounded_length_and_a_body_has_no_control_characters(settings: Settings) -> None:
    assert clean_subject(settings, "a\r\nBcc: x@y.example\n b") == "a Bcc: x@y.example b"
    assert len(clean_subject(settings, "长" * 500)) == 200
    assert clean_body(settings, "a\x00b\x1b[31m\n\tc") == "a\ufffdb\ufffd[31m\n\tc"


def test_megabytes_are_cleaned_in_no_time(settings: Settings) -> None:
    started = time.monotonic()
    for text in ("x" * 2_000_000, "password" * 200_000, "a://" * 300_000, "@" * 1_000_000):
        assert len(clean_body(settings, text)) < 21_000
        assert len(clean_subject(settings, text)) <= 200
    assert time.monotonic() - started < 10


def test_the_id_is_that_of_key_time_and_revision() -> None:
    first = message_id("home", "late/a", AT, 1)
    assert first == message_id("home", "late/a", AT, 1)
    others = {
        message_id("home", "late/a", AT, 2), message_id("home", "late/b", AT, 1), message_id("other", "late/a", AT, 1),
        message_id("home", "late/a", AT.replace(minute=31), 1),
    }  # fmt: skip
    assert first not in others and len(others) == 4


def test_a_mail_holds_chinese_and_answers_its_first_revision(settings: Settings) -> None:
    again = message_id("home", "ingest/customs_lots", AT, 1)
    mail = message(revision=2, is_sample_data=True, links={"Airflow": "http://127.0.0.1/run"}).as_mail(settings.alerts)
    assert mail["Subject"] == "[ipstat] 【示例数据】海关 refused"
    assert mail["To"] == "ip@office.example, duty@office.example"
    assert mail["From"] == "ipstat <ipstat@office.example>"
    assert mail["Message-ID"] == "<id1@ipstat>" and mail["In-Reply-To"] == f"<{again}@ipstat>"
    raw = mail.as_bytes()
    raw.decode("ascii")  # the header is encoded, so that any server passes it on
    assert mail.get_content_type() == "text/plain"
    assert "正文\ntext" in mail.get_content().replace("\r\n", "\n")
    assert "Airflow: http://127.0.0.1/run" in mail.get_content()


def test_the_signature_is_hmac_sha256_of_the_bytes() -> None:
    body = message().as_json()
    assert signature("k", body) == "sha256=" + hmac.new(b"k", body, hashlib.sha256).hexdigest()


def test_the_home_has_a_name(tmp_path: Path) -> None:
    assert str(tmp_path) in home_name(Settings(home=tmp_path))
    assert home_name(Settings(home=tmp_path, alerts=AlertSettings(name="中山"))) == "中山"


def test_steps_of_the_command_line_and_runs_of_airflow_share_their_keys() -> None:
    assert key_of_dag("ingest_customs_lots") == key_of_step("fetch", "customs_lots") == "ingest/customs_lots"
    assert key_of_dag("build_warehouse") == key_of_step("gate") == key_of_step("publish_marts") == "warehouse"
    assert key_of_dag("publish_annual") == key_of_step("publish_annual") == "publish_annual"


def test_a_refused_feed_says_what_was_not_published_and_what_to_do() -> None:
    error = FeedRefusedError(
        "2 file(s) of customs_lots may not be published:\n  - a_2025-11.xlsx (2025-11): 9 of 20 rows are in quarantine"
        "\n      row 7, column value: not_a_number\n  - b_2025-12.xlsx, row 1, column lot: required column is missing",
        "deliver each file again",
    )
    text = of_failure("check", "customs_lots", error)
    assert text.kind == "feed_refused"
    assert text.items == ("a_2025-11.xlsx", "b_2025-12.xlsx")
    for part in ("row 7, column value: not_a_number", "未发布 / Not published", "marts", "`ipstat ingest customs_lots"):
        assert part in text.body
    assert "海关" in text.subject and "customs_lots" in text.subject


def test_a_refused_build_names_its_checks_and_the_page() -> None:
    error = RefusedError(
        "the gate refuses build b1:\n  - volume.shortfall: cnipa 2019-07\n  - freshness.late: x", "see /page.html"
    )
    text = of_failure("gate", None, error)
    assert (text.kind, text.items) == ("gate_refused", ("volume.shortfall", "freshness.late"))
    assert "/page.html" in text.body and "waivers.yml" in text.body


def test_any_other_failure_is_told_too() -> None:
    assert of_failure("build", None, ValueError("x")).items == ("build:ValueError",)
    killed = of_failure("load", "customs_lots", "the worker was killed")
    assert killed.kind == "step_failed" and "the worker was killed" in killed.body
