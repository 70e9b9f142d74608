"""Alerts against a real database and real receivers: stored first, sent at least once, told once, closed with their cause."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from ipstat import alert_outbox, alert_receivers, alerts, cli
from ipstat.alert_settings import AlertSettings
from ipstat.alert_store import Alert, read_alerts
from ipstat.errors import FeedRefusedError, UsageError
from ipstat.failures import run_failed, run_succeeded, step_failed, step_succeeded, watch
from ipstat.settings import PROJECT_ROOT, Settings
from tests.integration.gate_support import BUILD, SmallBuild
from tests.support.alert_receivers import HANG, Mailbox, Webhook, mail_server, webhook
from tests.support.ingest import HEADERS, csv_bytes, put, row, rows

NOWHERE = "postgresql://pipeline:db-passw0rd@127.0.0.1:9/ipstat"
SECRETS = ("t0p-secret-token", "k3y-of-the-office-chat", "sm7p-passw0rd", "s1gning-key", "db-passw0rd")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alert_receivers, "RETRY_DELAYS", (0.01,))
    monkeypatch.setattr(alert_receivers, "TIMEOUT_SECONDS", 0.5)


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with webhook() as state:
        yield state


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server() as state:
        yield state


@pytest.fixture
def settings(database_url: str, tmp_path: Path, hook: Webhook, box: Mailbox) -> Settings:
    receivers = AlertSettings(
        webhook_url=hook.url,
        secret="s1gning-key",
        mail_to=("ip@office.example",),
        smtp_url=f"smtp://127.0.0.1:{box.port}",
        name="中山",
    )
    return Settings(home=tmp_path / "home", database_url=database_url, alerts=receivers)


def surroundings(settings: Settings) -> dict[str, str]:
    """The environment of a process with these settings."""
    found = {
        "IPSTAT_HOME": str(settings.home),
        "IPSTAT_DATABASE_URL": settings.database_url or "",
        "IPSTAT_ALERT_WEBHOOK": settings.alerts.webhook_url or "",
        "IPSTAT_ALERT_SECRET": settings.alerts.secret or "",
        "IPSTAT_ALERT_MAIL_TO": ",".join(settings.alerts.mail_to),
        "IPSTAT_SMTP_URL": settings.alerts.smtp_url or "",
    }
    return {name: value for name, value in found.items() if value}


def stored(settings: Settings, *, is_open_only: bool = False) -> list[Alert]:
    with psycopg.connect(settings.database_url or "") as connection:
        return read_alerts(connection, is_open_only=is_open_only)


def raise_one(settings: Settings, *items: str, key: str = "warehouse", **options: bool) -> None:
    alerts.raise_alert(settings, key, "gate_refused", "拒绝 / refused", f"项 {items}", items=items, **options)


def test_an_alert_is_told_once_while_it_is_open_and_again_for_what_is_new(
    settings: Settings, hook: Webhook, box: Mailbox
) -> None:
    raise_one(settings, "a", "b")
    raise_one(settings, "a")
    raise_one(settings, "a", "b")
    assert len(hook.requests) == len(box.mails) == 1
    raise_one(settings, "a", "c")
    assert [content["revision"] for content in hook.contents] == [1, 2]
    assert box.mails[1]["In-Reply-To"] == box.mails[0]["Message-ID"] != box.mails[1]["Message-ID"]
    (alert,) = stored(settings)
    assert alert.items == ["a", "b", "c"]
    assert alert.is_sent_by("webhook") and alert.is_sent_by("mail") and alert.last_error is None
    assert alerts.close_alert(settings, "warehouse", "the gate passed")
    assert not alerts.close_alert(settings, "warehouse")
    raise_one(settings, "a")
    assert len(hook.requests) == 3 and hook.contents[2]["id"] not in {content["id"] for content in hook.contents[:2]}
    assert [each.closed_why for each in stored(settings)] == ["the gate passed", None]


def test_what_a_receiver_did_not_take_is_kept_and_sent_later(settings: Settings, hook: Webhook, box: Mailbox) -> None:
    hook.answers += [503, 503]
    box.refusals += ["550 not today"]
    raise_one(settings, "a")
    (alert,) = stored(settings)
    assert not alert.is_sent_by("webhook") and not alert.is_sent_by("mail")
    assert "503" in (alert.last_error or "") and "550 not today" in (alert.last_error or "")
    assert alerts.send_pending(settings) == []
    assert len(hook.requests) == 3 and len(box.mails) == 1
    assert {content["id"] for content in hook.contents} == {str(box.mails[0]["Message-ID"])[1:].partition("@")[0]}


def test_a_receiver_that_hangs_keeps_nothing_from_the_other_and_is_asked_once(
    settings: Settings, hook: Webhook, box: Mailbox
) -> None:
    hook.answers += [HANG] * 4
    raise_one(settings, "a", is_sending=False)
    raise_one(settings, "a", key="late/x")
    assert len(box.mails) == 2
    assert len(hook.requests) == 2, "two tries of the first alert, none of the second"


def test_an_alert_that_closes_before_it_was_sent_is_owed_all_the_same(
    settings: Settings, hook: Webhook, box: Mailbox
) -> None:
    hook.answers += [503, 503]
    raise_one(settings, "a")
    alerts.close_alert(settings, "warehouse", "passed")
    assert alerts.send_pending(settings) == []
    assert hook.contents[-1]["closed_at"] is not None
    assert len(box.mails) == 1, "the mail had gone out already"


def test_a_new_receiver_hears_what_is_open_and_nothing_that_is_over(
    settings: Settings, hook: Webhook, box: Mailbox
) -> None:
    silent = replace(settings, alerts=AlertSettings())
    raise_one(silent, "a", key="over")
    alerts.close_alert(silent, "over")
    raise_one(silent, "a", key="open")
    assert alerts.send_pending(settings) == []
    assert [content["key"] for content in hook.contents] == ["open"]


def test_what_a_person_closed_stays_closed_until_its_cause_was_gone_once(settings: Settings, hook: Webhook) -> None:
    raise_one(settings, "2025-10-01", "2025-10-03", key="late/cnipa_gazette")
    alerts.acknowledge_alert(settings, "late/cnipa_gazette", "holidays")
    raise_one(settings, "2025-10-01", key="late/cnipa_gazette")
    assert len(hook.requests) == 1
    raise_one(settings, "2025-10-01", "2025-11-04", key="late/cnipa_gazette")
    assert len(hook.requests) == 2
    alerts.close_alert(settings, "late/cnipa_gazette")
    raise_one(settings, "2025-10-01", key="late/cnipa_gazette")
    assert len(hook.requests) == 3
    with pytest.raises(UsageError, match="open ones: late/cnipa_gazette"):
        alerts.acknowledge_alert(settings, "no such key", "x")


def test_a_process_killed_between_storing_and_sending_loses_nothing(settings: Settings, hook: Webhook) -> None:
    code = (
        "import os, signal\nfrom ipstat import alerts\nfrom ipstat.settings import Settings\n"
        "alerts._send_pending = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "alerts.raise_alert(Settings.from_env(), 'warehouse', 'k', 's', 'b', items=['a'])\n"
    )
    assert _python(settings, code).returncode == -signal.SIGKILL
    assert not hook.requests
    (alert,) = stored(settings)
    assert set(alert.owed) == {"mail", "webhook"}
    assert alerts.send_pending(settings) == []
    assert [content["key"] for content in hook.contents] == ["warehouse"]


def test_a_process_killed_between_sending_and_noting_sends_the_same_message_again(
    settings: Settings, hook: Webhook, box: Mailbox
) -> None:
    code = (
        "import os, signal\nfrom ipstat import alerts\nfrom ipstat.settings import Settings\nsend = alerts.deliver\n"
        "def deliver(*arguments):\n    send(*arguments)\n    os.kill(os.getpid(), signal.SIGKILL)\n"
        "alerts.deliver = deliver\nalerts.raise_alert(Settings.from_env(), 'warehouse', 'k', 's', 'b', items=['a'])\n"
    )
    home = replace(settings, alerts=replace(settings.alerts, name=None))
    assert _python(home, code).returncode == -signal.SIGKILL
    assert (len(hook.requests), len(box.mails)) == (1, 0)
    assert alerts.send_pending(home) == []
    first, second = hook.contents
    assert first == second
    assert len(box.mails) == 1


def test_two_processes_that_send_at_once_send_once(settings: Settings, hook: Webhook) -> None:
    raise_one(settings, "a", is_sending=False)
    both = [threading.Thread(target=alerts.send_pending, args=(settings,)) for _ in range(4)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert len(hook.requests) == 1


def test_without_a_database_an_alert_goes_out_from_the_home_and_is_stored_later(
    settings: Settings, hook: Webhook, box: Mailbox
) -> None:
    gone = replace(settings, database_url=NOWHERE)
    box.refusals += ["451 busy"] * 2
    step_failed(gone, "build", psycopg.OperationalError("no server; postgresql://pipeline:db-passw0rd@127.0.0.1:9/x"))
    step_failed(gone, "build", psycopg.OperationalError("no server"))
    assert (len(hook.requests), len(box.mails)) == (1, 1), "told once, and what was not taken is tried again"
    (path,) = alert_outbox.folder(settings).iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert "db-passw0rd" not in path.read_text(encoding="utf-8")
    assert alerts.send_pending(settings) == []
    assert (len(hook.requests), len(box.mails)) == (1, 1)
    (alert,) = stored(settings)
    assert alert.alert_key == "warehouse" and alert.is_sent_by("webhook")
    assert not list(alert_outbox.folder(settings).iterdir())


def test_no_secret_is_in_the_database_the_messages_or_the_logs(
    settings: Settings,
    hook: Webhook,
    box: Mailbox,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    receivers = replace(settings.alerts, smtp_url=f"smtp://ipstat:sm7p-passw0rd@127.0.0.1:{box.port}")
    secretive = replace(settings, alerts=receivers)
    hook.answers += [500, 500]
    step_failed(secretive, "fetch", OSError(f"{hook.url} sm7p-passw0rd s1gning-key {NOWHERE}"), feed="customs_lots")
    alerts.send_pending(secretive)
    with psycopg.connect(settings.database_url or "") as connection:
        found = connection.execute("select string_agg(alerts::text, '') from ops.alerts").fetchone()
    assert found is not None and "***" in found[0] and "answered 535" in found[0]
    sent = b"".join(body for _, body in hook.requests).decode()
    shown = capsys.readouterr()
    for text in (found[0], sent, caplog.text, shown.out, shown.err):
        assert not [secret for secret in SECRETS if secret in text]


def test_a_failed_step_keeps_its_error_whatever_becomes_of_its_alert(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "home" / "alerts").parent.mkdir()
    (tmp_path / "home" / "alerts").write_text("in the way", encoding="utf-8")
    gone = replace(settings, database_url=NOWHERE)
    with pytest.raises(FeedRefusedError, match="the error itself"), watch(gone, "check", "customs_lots"):
        raise FeedRefusedError("the error itself")
    assert "could not be kept" in caplog.text


def test_a_run_of_airflow_adds_nothing_to_what_its_task_told_and_a_good_run_closes_it(
    settings: Settings, hook: Webhook
) -> None:
    error = FeedRefusedError("1 file(s) of customs_lots may not be published:\n  - a.xlsx: 9 of 20 rows")
    step_failed(settings, "check", error, feed="customs_lots", links={"Airflow": "http://127.0.0.1/run"})
    run_failed(settings, "ingest_customs_lots", "task check failed")
    with pytest.raises(FeedRefusedError), watch(settings, "check", "customs_lots", is_attended=False):
        raise error
    assert len(hook.requests) == 1
    assert hook.contents[0]["links"] == [{"title": "Airflow", "href": "http://127.0.0.1/run"}]
    step_succeeded(settings, "load", feed="customs_lots")
    assert len(stored(settings, is_open_only=True)) == 1, "a load proves nothing of a check"
    run_succeeded(settings, "ingest_customs_lots")
    assert not stored(settings, is_open_only=True)
    run_failed(settings, "ingest_customs_lots", "timed out")
    assert hook.contents[-1]["kind"] == "run_failed"


def test_what_a_person_saw_waits_for_the_next_unattended_call(settings: Settings, hook: Webhook) -> None:
    with pytest.raises(FeedRefusedError), watch(settings, "check", "customs_lots", is_attended=True):
        raise FeedRefusedError("refused")
    assert not hook.requests and len(stored(settings, is_open_only=True)) == 1
    with pytest.raises(UsageError), watch(settings, "check", "x", is_attended=False):
        raise UsageError("wrong usage is no alert")
    with watch(settings, "check", "customs_lots", is_attended=False):
        pass
    assert alerts.send_pending(settings) == [] and not hook.requests, "it was over before anybody had to hear of it"


def _python(settings: Settings, code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT_ROOT,
        env=os.environ | surroundings(settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


class Run:
    """The command line in this process, with the test's settings; exit code and what was printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def __call__(self, *arguments: str) -> tuple[int, str]:
        self.capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main(list(arguments))
        shown = self.capsys.readouterr()
        return int(ended.value.code or 0), shown.out + shown.err


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    for name, value in surroundings(settings).items():
        monkeypatch.setenv(name, value)
    return Run(capsys)


def build_count(settings: Settings) -> int:
    with psycopg.connect(settings.database_url or "") as connection:
        found = connection.execute("select count(*) from ops.builds").fetchone()
    return found[0] if found else -1


def test_a_refused_file_is_told_by_both_ways_nothing_is_published_and_its_mend_closes_it(
    run: Run, settings: Settings, hook: Webhook, box: Mailbox, tmp_path: Path
) -> None:
    without_number = [header if header != "filing_id" else "other" for header in HEADERS]
    path = put(tmp_path / "feeds" / "cnipa_gazette", csv_bytes(rows(3), headers=without_number))
    code, text = run("run", "--input", str(tmp_path / "feeds"))
    assert code == 1 and path.name in text
    (content,), (mail,) = hook.contents, box.mails
    assert content["key"] == "ingest/cnipa_gazette" and content["kind"] == "feed_refused"
    for part in (path.name, "row 1", "column filing_id", "mend", "未发布 / Not published"):
        assert part in content["text"] and part in mail.get_content()
    assert build_count(settings) == 0
    assert run("run", "--input", str(tmp_path / "feeds"))[0] == 1
    assert len(hook.requests) == len(box.mails) == 1, "the same is not told twice"
    assert "alert ingest/cnipa_gazette" in run("status")[1]
    put(tmp_path / "mended", csv_bytes(rows(3)))
    assert run("ingest", "cnipa_gazette", str(tmp_path / "mended"))[0] == 0
    assert "no alert is open" in run("alerts")[1]


def test_a_file_over_its_budget_is_told_without_a_cell_and_stops_before_a_build(
    run: Run, settings: Settings, hook: Webhook, box: Mailbox, tmp_path: Path
) -> None:
    bad = [row(n, patentee="张小明" * (n > 10), authorized_announcement_date="2019.13.45") for n in range(11, 31)]
    put(tmp_path / "feeds" / "cnipa_gazette", csv_bytes(rows(10) + bad))
    code, text = run("run", "--input", str(tmp_path / "feeds"))
    assert code == 1 and "quarantine" in text
    (content,) = hook.contents
    assert "20 of 30 rows" in content["text"] and "row 12" in content["text"]
    assert "张小明" not in content["text"] + box.mails[0].get_content() and "2019.13.45" not in content["text"]
    assert build_count(settings) == 0


@pytest.mark.slow  # Great Expectations needs its time
def test_a_refused_build_is_told_by_both_ways_and_not_published(
    run: Run, settings: Settings, hook: Webhook, box: Mailbox
) -> None:
    with psycopg.connect(settings.database_url or "") as connection:
        SmallBuild(connection)  # without a batch, which no gate lets pass
    code, text = run("gate", "--build", BUILD)
    assert code == 1 and "batches.present" in text
    (content,), (mail,) = hook.contents, box.mails
    assert (content["key"], content["kind"]) == ("warehouse", "gate_refused")
    assert "batches.present" in content["text"] and "batches.present" in mail.get_content()
    assert run("publish", "marts", "--build", BUILD)[0] == 1
    with psycopg.connect(settings.database_url or "") as connection:
        assert connection.execute("select count(*) from publication.published_builds").fetchone() == (0,)


def test_the_commands_list_send_close_and_test(run: Run, settings: Settings, hook: Webhook, box: Mailbox) -> None:
    assert run("alerts", "test") == (0, "sent by webhook and mail\n")
    assert hook.contents[0]["kind"] == "test" and len(box.mails) == 1
    hook.answers += [503] * 4
    assert run("alerts", "test")[0] == 1
    code, text = run("alerts", "send")
    assert code == 1 and "503" in text and "t0p-secret" not in text
    assert run("alerts", "send") == (0, "all alerts are sent\n")
    raise_one(settings, "a")
    assert "warehouse" in run("alerts", "list", "--full")[1]
    assert run("alerts", "close", "warehouse", "--why", " ")[0] == 2
    assert run("alerts", "close", "warehouse", "--why", "seen")[0] == 0
    assert run("alerts", "close", "nothing", "--why", "seen")[0] == 2
    assert "seen" in run("alerts", "list", "--all")[1]


def test_without_a_receiver_sending_says_what_to_set(
    run: Run, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    for name in surroundings(settings):
        if "ALERT" in name or "SMTP" in name:
            monkeypatch.delenv(name)
    code, text = run("alerts", "test")
    assert code == 2 and "IPSTAT_ALERT_WEBHOOK" in text
