"""Triggering and following runs, and the client, against a small server that answers as Airflow does."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from ipstat.airflow import follow, rest
from ipstat.airflow.follow import Run
from ipstat.airflow.layout import AirflowError
from ipstat.errors import UsageError

PASSWORD = "password-of-the-test"


class FakeAirflow:
    """Two feeds; `news` send an event. A run is shown `running` once, then ended; an event is taken at the second look."""

    def __init__(self, news: set[str], failing: set[str] = frozenset()) -> None:
        self.news, self.failing = news, failing
        self.looks: dict[str, int] = {}
        self.paused: dict[str, bool] = {}
        self.triggered: list[str] = []
        self.troubles: list[int] = []
        self.unread: list[dict[str, str]] = []
        self.logins = 0

    def answer(self, method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        parts = [unquote(part) for part in path.strip("/").split("/")]
        if method == "GET" and parts == ["dags"]:
            names = ["ingest_customs", "ingest_gazette", "build_warehouse", "publish_annual", "check_freshness"]
            offset = int(query["offset"])
            return 200, {"dags": [{"dag_id": n} for n in names[offset : offset + 2]], "total_entries": len(names)}
        if method == "PATCH":
            self.paused[parts[1]] = body["is_paused"]
            return 200, {}
        if method == "POST":
            self.triggered.append(parts[1])
            return 200, {"dag_run_id": f"manual {parts[1]}", "state": "queued"}
        if parts in (["importErrors"], ["assets"]):
            is_asset = parts == ["assets"]
            found: list[Any] = list(self.assets(query["dag_ids"])) if is_asset else list(self.unread)
            return 200, {"assets" if is_asset else "import_errors": found, "total_entries": len(found)}
        if parts == ["assets", "events"]:
            events = self.events(query["source_dag_id"])
            return 200, {"asset_events": events, "total_entries": len(events)}
        return 200, {"state": self.state(parts[1], parts[3])}

    def assets(self, dag_id: str) -> list[dict[str, Any]]:
        number = {"build_warehouse": 1, "publish_annual": 2}[dag_id]
        return [
            {"id": number, "scheduled_dags": [{"dag_id": dag_id}]},
            {"id": 2, "scheduled_dags": [{"dag_id": "publish_annual"}]},
        ][:number]

    def events(self, source: str) -> list[dict[str, Any]]:
        look = self.looks[f"events {source}"] = self.looks.get(f"events {source}", 0) + 1
        if source == "build_warehouse":
            target, number = "publish_annual", 2
        elif source.removeprefix("ingest_") in self.news:
            target, number = "build_warehouse", 1
        else:
            return []
        made = [{"dag_id": target, "run_id": f"asset {target}"}] if look > 1 else []
        return [{"asset_id": number, "created_dagruns": made}]

    def state(self, dag_id: str, _run_id: str) -> str:
        look = self.looks[dag_id] = self.looks.get(dag_id, 0) + 1
        return "running" if look == 1 else "failed" if dag_id in self.failing else "success"


@pytest.fixture
def serve() -> Iterator[Any]:
    servers = []

    def start(fake: FakeAirflow) -> str:
        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length) or b"{}")
                parts = urlsplit(self.path)
                if parts.path == "/auth/token":
                    fake.logins += 1
                    right = body == {"username": "admin", "password": PASSWORD}
                    return self.reply(201 if right else 401, {"access_token": f"token {fake.logins}", "detail": "no"})
                if fake.troubles:
                    return self.reply(fake.troubles.pop(0), {"detail": "trouble"})
                if self.headers["Authorization"] != f"Bearer token {fake.logins}":
                    return self.reply(401, {"detail": "who?"})
                query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
                return self.reply(*fake.answer(self.command, parts.path.removeprefix("/api/v2"), query, body))

            def reply(self, code: int, body: dict[str, Any]) -> None:
                data = json.dumps(body).encode()
                self.send_response(code)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PATCH = handle_any  # noqa: N815 - names of the standard library

            def log_message(self, *_args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "_EVERY_SECONDS", 0.01)


def states(runs: list[Run]) -> list[tuple[str, str]]:
    return [(run.dag_id, run.state) for run in runs]


def test_news_is_followed_to_the_publication(serve: Any) -> None:
    fake = FakeAirflow(news={"gazette"})
    with rest.AirflowApi(serve(fake), PASSWORD) as api:
        runs = follow.trigger(api)
        assert fake.triggered == ["ingest_customs", "ingest_gazette"]
        assert set(fake.paused) == {"ingest_customs", "ingest_gazette", "build_warehouse", "publish_annual"}
        assert not any(fake.paused.values())
        ended = follow.follow(api, runs, 20)
    assert states(ended) == [
        ("ingest_customs", "success"),
        ("ingest_gazette", "success"),
        ("build_warehouse", "success"),
        ("publish_annual", "success"),
    ]


def test_no_news_sets_nothing_off(serve: Any) -> None:
    fake = FakeAirflow(news=set())
    with rest.AirflowApi(serve(fake), PASSWORD) as api:
        ended = follow.follow(api, follow.trigger(api, ["customs"]), 20)
    assert states(ended) == [("ingest_customs", "success")]


def test_failed_feed_does_not_hide_the_others(serve: Any) -> None:
    fake = FakeAirflow(news={"gazette"}, failing={"ingest_customs"})
    with rest.AirflowApi(serve(fake), PASSWORD) as api:
        ended = follow.follow(api, follow.trigger(api), 20)
    assert dict(states(ended))["ingest_customs"] == "failed"
    assert dict(states(ended))["publish_annual"] == "success"


def test_unknown_feed_names_those_that_there_are(serve: Any) -> None:
    fake = FakeAirflow(news=set())
    with (
        rest.AirflowApi(serve(fake), PASSWORD) as api,
        pytest.raises(UsageError, match="no such feed: gazete") as caught,
    ):
        follow.trigger(api, ["gazete"])
    assert caught.value.mend == "the feeds are: customs, gazette"
    assert fake.triggered == []


def test_runs_that_do_not_end_are_given_up(serve: Any) -> None:
    fake = FakeAirflow(news=set())
    fake.state = lambda _dag, _run: "running"  # type: ignore[method-assign]
    with rest.AirflowApi(serve(fake), PASSWORD) as api, pytest.raises(AirflowError, match="in time"):
        follow.follow(api, [Run("ingest_customs", "x", "queued")], 0.1)


def test_person_who_waits_hears_what_for_and_of_files_that_cannot_be_read(
    serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "_LOOK_OUT_SECONDS", 0.0)
    monkeypatch.setattr(follow, "_SAY_SECONDS", 0.0)
    fake = FakeAirflow(news=set())
    fake.unread = [{"filename": "ingest_feeds.py", "stack_trace": "Traceback\n  line\nKeyError: 'sender'\n"}]
    said: list[str] = []

    def state(_dag_id: str, _run_id: str) -> str:
        if any("KeyError: 'sender'" in text for text in said):
            fake.unread = []
        return "success" if any("is read again" in text for text in said) else "running"

    fake.state = state  # type: ignore[method-assign]
    with rest.AirflowApi(serve(fake), PASSWORD) as api:
        follow.follow(api, [Run("ingest_customs", "x", "queued")], 20, say=said.append)
    assert "0 of 1 ended; waiting for ingest_customs" in said
    unread = "ingest_feeds.py can't be read, and the tasks of its DAGs wait until it is mended: KeyError: 'sender'"
    assert said.count(unread) == 1


def test_client_outlives_trouble_of_the_server_and_an_old_token(serve: Any) -> None:
    fake = FakeAirflow(news=set())
    with rest.AirflowApi(serve(fake), PASSWORD) as api:
        fake.troubles = [503]
        assert len(api.get_all("dags", "dags")) == 5
        fake.logins += 1  # the token is one of an earlier server
        assert len(api.get_all("dags", "dags")) == 5
        fake.troubles = [404]
        with pytest.raises(AirflowError, match="404 to GET dags/x: trouble"):
            api.get("dags/x")


def test_wrong_password_and_silent_server_are_named_without_the_password(serve: Any) -> None:
    with rest.AirflowApi(serve(FakeAirflow(set())), "wrong-one") as api, pytest.raises(AirflowError) as caught:
        api.get("dags")
    assert "wrong-one" not in str(caught.value)
    with (
        rest.AirflowApi("http://127.0.0.1:9", PASSWORD, retry_seconds=0.0) as api,
        pytest.raises(AirflowError, match="does not answer"),
    ):
        api.get("dags")


def test_heartbeat_of_an_earlier_process_is_none() -> None:
    entry = {"status": "healthy", "latest_scheduler_heartbeat": "2026-01-01T00:00:10+00:00"}
    at = 1767225610.0
    assert rest._judge(entry, "latest_scheduler_heartbeat", at - 1) == "healthy"
    assert rest._judge(entry, "latest_scheduler_heartbeat", at + 1) == "no heartbeat yet"
    assert rest._judge({"status": None}, "latest_scheduler_heartbeat", 0) == "no heartbeat yet"


def test_silent_server_is_not_healthy() -> None:
    found = rest.health("http://127.0.0.1:9", timeout=1)
    assert found["api-server"].startswith("no answer")
    assert set(found) == {"api-server", "scheduler", "dag-processor", "triggerer"}
