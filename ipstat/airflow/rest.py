"""Airflow's REST API: health without a login, the rest with the token of the one user."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx

from ipstat.airflow.layout import COMPONENTS, USER, AirflowError

PAGE = 100
_RETRY_SECONDS = 60.0
_UNAVAILABLE = 500


def health(address: str, since: float = 0.0, timeout: float = 5.0) -> dict[str, str]:
    """The status of every component: `healthy`, or what is wrong. Never raises.

    A heartbeat before `since` (seconds since 1970) is that of an earlier, dead process and counts as none.
    """
    try:
        answer = httpx.get(f"{address}/api/v2/monitor/health", timeout=timeout, trust_env=False)
        answer.raise_for_status()
        found: dict[str, dict[str, Any]] = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        return dict.fromkeys(COMPONENTS, "unknown") | {"api-server": f"no answer ({type(error).__name__})"}
    result = {"api-server": "healthy" if found["metadatabase"]["status"] == "healthy" else "no database"}
    for name in COMPONENTS[1:]:
        key = name.replace("-", "_")
        result[name] = _judge(found.get(key) or {}, f"latest_{key}_heartbeat", since)
    return result


def _judge(entry: Mapping[str, Any], heartbeat_name: str, since: float) -> str:
    heartbeat = entry.get(heartbeat_name)
    if heartbeat is None or datetime.fromisoformat(heartbeat).timestamp() < since:
        return "no heartbeat yet"
    return str(entry.get("status"))


class AirflowApi:
    """A client that logs in by itself and outlives a restart of the api-server (it asks again for a minute)."""

    def __init__(self, address: str, password: str, retry_seconds: float = _RETRY_SECONDS) -> None:
        self.address = address
        self._password = password
        self._retry_seconds = retry_seconds
        self._client = httpx.Client(base_url=address, timeout=30.0, trust_env=False)
        self._token: str | None = None

    def __enter__(self) -> AirflowApi:
        return self

    def __exit__(self, *_error: object) -> None:
        self._client.close()

    def get(self, path: str, **parameters: Any) -> dict[str, Any]:
        """GET /api/v2/<path>; raises AirflowError with the answer's words."""
        return self._ask("GET", path, params=parameters)

    def get_all(self, path: str, key: str, **parameters: Any) -> list[dict[str, Any]]:
        """All entries of a paged list."""
        found: list[dict[str, Any]] = []
        while True:
            page = self.get(path, **parameters, limit=PAGE, offset=len(found))
            found += page[key]
            if not page[key] or len(found) >= page["total_entries"]:
                return found

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """POST /api/v2/<path>."""
        return self._ask("POST", path, json=dict(body))

    def patch(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """PATCH /api/v2/<path>."""
        return self._ask("PATCH", path, json=dict(body))

    def _ask(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        answer = self._send(method, f"/api/v2/{path}", **options)
        if answer.status_code == httpx.codes.UNAUTHORIZED:  # the token ran out
            self._token = None
            answer = self._send(method, f"/api/v2/{path}", **options)
        if answer.is_error:
            raise AirflowError(
                f"Airflow answers {answer.status_code} to {method} {path}: {_words(answer)}",
                "`ipstat airflow status` shows whether it is well",
            )
        found: dict[str, Any] = answer.json()
        return found

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Ask until there is an answer; only what surely changed nothing or may be repeated is asked again."""
        deadline = time.monotonic() + self._retry_seconds
        while True:
            try:
                headers = {"Authorization": f"Bearer {self._login()}"}
                answer = self._client.request(method, path, headers=headers, **options)
                if answer.status_code < _UNAVAILABLE or time.monotonic() > deadline:
                    return answer
            except httpx.TransportError as error:
                is_safe = method != "POST" or isinstance(error, httpx.ConnectError)
                if not is_safe or time.monotonic() > deadline:
                    raise AirflowError(
                        f"Airflow does not answer at {self.address} ({type(error).__name__})",
                        "`ipstat airflow status` shows whether it runs",
                    ) from error
            time.sleep(1.0)

    def _login(self) -> str:
        if self._token is None:
            body = {"username": USER, "password": self._password}
            answer = self._client.post("/auth/token", json=body)
            if answer.status_code >= _UNAVAILABLE:
                raise httpx.ConnectError("no login while the api-server starts")
            if answer.is_error:
                raise AirflowError(
                    f"Airflow refuses the login of {USER} ({answer.status_code})",
                    "the password in the home is not the one that the api-server reads; stop and start Airflow",
                )
            self._token = str(answer.json()["access_token"])
        return self._token


def _words(answer: httpx.Response) -> str:
    try:
        return str(answer.json().get("detail"))[:500]
    except (ValueError, AttributeError):
        return answer.reason_phrase
