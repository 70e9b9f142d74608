"""dbt inside this process (its start-up costs seconds), with its profile, target and logs below the home."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from expectations.environment import environment
from ipstat.errors import BuildError

_PROFILE = """# written by ipstat; the connection comes from the environment of the process, no secret is kept here
ipstat:
  target: postgres
  outputs:
    postgres:
      type: postgres
      host: "{{ env_var('IPSTAT_DBT_HOST') }}"
      port: "{{ env_var('IPSTAT_DBT_PORT') | int }}"
      user: "{{ env_var('IPSTAT_DBT_USER') }}"
      password: "{{ env_var('DBT_ENV_SECRET_IPSTAT_PASSWORD') }}"
      dbname: "{{ env_var('IPSTAT_DBT_DATABASE') }}"
      role: builder
      application_name: "ipstat dbt"
      schema: unassigned
      threads: 2
      connect_timeout: 10
      retries: 1
"""


@dataclass(frozen=True)
class NodeResult:
    """The outcome of one dbt node: `status` success | pass | warn | fail | error | skipped."""

    unique_id: str
    status: str
    severity: str
    failure_count: int | None
    message: str | None


class Dbt:
    """dbt for one build: `run_models`, then `run_tests`, sharing one parse of the project."""

    def __init__(self, project_dir: Path, work_dir: Path, address: str, variables: Mapping[str, str]) -> None:
        self.project_dir = project_dir
        self.work_dir = work_dir
        self.address = address
        self.variables = dict(variables)
        self._manifest: Any = None

    def run_models(self, on_node: Callable[[str], None] | None = None) -> list[NodeResult]:
        """Build every seed and model; raises BuildError naming the nodes that failed."""
        results = self._invoke(["build", "--resource-type", "seed", "--resource-type", "model"], on_node)
        broken = [result for result in results if result.status in ("error", "fail")]
        if broken:
            listed = "\n  - ".join(f"{item.unique_id}: {item.message}" for item in broken[:10])
            raise BuildError(
                f"{len(broken)} models could not be built:\n  - {listed}", f"dbt's log is in {self.work_dir}"
            )
        return results

    def run_tests(self, on_node: Callable[[str], None] | None = None) -> list[NodeResult]:
        """Run every data test; a failed test is a result for the gate, not an error of the build."""
        return self._invoke(["test", "--exclude-resource-type", "unit_test"], on_node)

    def _invoke(self, arguments: list[str], on_node: Callable[[str], None] | None) -> list[NodeResult]:
        from dbt.cli.main import dbtRunner  # noqa: PLC0415 - takes two seconds, and most commands need no dbt

        self.work_dir.mkdir(parents=True, exist_ok=True)
        (self.work_dir / "profiles.yml").write_text(_PROFILE, encoding="utf-8")
        common = ["--project-dir", str(self.project_dir), "--profiles-dir", str(self.work_dir), "--quiet"]
        common += ["--target-path", str(self.work_dir / "target"), "--vars", json.dumps(self.variables)]
        before = ["--log-path", str(self.work_dir / "logs"), "--no-version-check", "--no-use-colors"]
        with environment(_variables(self.address)):
            runner = dbtRunner(manifest=self._manifest, callbacks=[_listener(on_node)] if on_node else [])
            outcome = runner.invoke([*before, *arguments, *common])
        if outcome.exception is not None:
            raise BuildError(f"dbt stopped: {outcome.exception}", f"dbt's log is in {self.work_dir / 'logs'}")
        if outcome.result is None:
            raise BuildError("dbt stopped without a result", f"dbt's log is in {self.work_dir / 'logs'}")
        return [_result(item) for item in outcome.result.results]


def _result(item: Any) -> NodeResult:
    severity = str(getattr(getattr(item.node, "config", None), "severity", "error") or "error").lower()
    return NodeResult(item.node.unique_id, str(item.status), severity, item.failures, item.message)


def _listener(on_node: Callable[[str], None]) -> Callable[[Any], None]:
    def listen(event: Any) -> None:
        if event.info.name == "NodeStart":
            on_node(str(event.data.node_info.node_name))

    return listen


def _variables(address: str) -> dict[str, str]:
    """The variables that the profile reads, and those that keep dbt from calling home."""
    parts = urlsplit(address)
    return {
        "IPSTAT_DBT_HOST": parts.hostname or "127.0.0.1",
        "IPSTAT_DBT_PORT": str(parts.port or 5432),
        "IPSTAT_DBT_USER": unquote(parts.username or ""),
        "DBT_ENV_SECRET_IPSTAT_PASSWORD": unquote(parts.password or ""),
        "IPSTAT_DBT_DATABASE": parts.path.lstrip("/"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
    }
