"""Airflow's environment: what is ours to say, what the operator may say, and what is secret."""

from __future__ import annotations

import json
import socket
import stat
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote

import pytest

from ipstat.airflow import configuration, layout, metadata
from ipstat.airflow.layout import AirflowError, Layout
from ipstat.errors import UsageError
from ipstat.settings import Settings

URL = "postgresql://airflow:pa%25ss@127.0.0.1:5999/airflow"
SENDERS = ["customs_office", "national_office"]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    home = Settings(home=tmp_path / "ho me", pseudonym_key_text="key")
    home.ensure_home()
    Layout.of(home).make()
    return home


def environment(
    settings: Settings, caller: dict[str, str] | None = None, stored: list[str] | None = None
) -> dict[str, str]:
    return configuration.environment(settings, URL, 8123, caller or {}, stored or [])


def make_sample_city(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configuration, "sender_connections", lambda: SENDERS)
    settings.sample_city_dir.mkdir()
    (settings.sample_city_dir / "SAMPLE_DATA.json").write_text("{}")


def test_everything_listens_and_is_asked_on_loopback(settings: Settings) -> None:
    found = environment(settings, {"AIRFLOW__API__HOST": "0.0.0.0", "AIRFLOW__API__BASE_URL": "http://elsewhere"})
    assert found["AIRFLOW__API__HOST"] == "127.0.0.1"
    assert found["AIRFLOW__API__PORT"] == "8123"
    assert found["AIRFLOW__API__BASE_URL"] == "http://127.0.0.1:8123"
    assert found["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:8123/execution/"


def test_metadata_address_is_passed_unchanged_to_both_drivers(settings: Settings) -> None:
    found = environment(settings)
    rest = "airflow:pa%25ss@127.0.0.1:5999/airflow"
    assert found["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] == f"postgresql+psycopg://{rest}"
    assert found["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC"] == f"postgresql+psycopg_async://{rest}"


def test_operator_may_change_defaults_but_not_what_ties_airflow_to_this_home(settings: Settings) -> None:
    caller = {
        "AIRFLOW__CORE__PARALLELISM": "8",
        "AIRFLOW_HOME": "/elsewhere",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "sqlite://",
        "AIRFLOW_CONFIG": "/elsewhere/airflow.cfg",
        "PATH": "/bin",
    }
    found = environment(settings, caller)
    assert found["AIRFLOW__CORE__PARALLELISM"] == "8"
    assert found["AIRFLOW_HOME"] == str(settings.home / "airflow")
    assert found["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"].startswith("postgresql+psycopg://")
    assert "AIRFLOW_CONFIG" not in found
    assert found["PATH"] == "/bin"
    assert found["IPSTAT_HOME"] == str(settings.home)
    assert found["IPSTAT_PSEUDONYM_KEY"] == "key"


def test_local_executor_has_few_workers_and_gives_up_dead_ones_soon(settings: Settings) -> None:
    found = environment(settings)
    assert found["AIRFLOW__CORE__EXECUTOR"] == "LocalExecutor"
    assert found["AIRFLOW__CORE__PARALLELISM"] == "2"
    timeout = int(found["AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT"])
    beat = int(found["AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL"])
    assert 3 * beat < timeout <= 60  # three lost heartbeats are no death


def test_every_option_is_one_that_airflow_knows(settings: Settings) -> None:
    """A misspelt option would be ignored without a word."""
    import importlib.util

    import yaml

    spec = importlib.util.find_spec("airflow")
    assert spec is not None and spec.origin is not None
    known = yaml.safe_load((Path(spec.origin).parent / "config_templates" / "config.yml").read_text(encoding="utf-8"))
    names = [name.split("__", 2)[1:] for name in environment(settings) if name.startswith("AIRFLOW__")]
    assert len(names) > 30
    wrong = [
        f"{section}.{option}" for section, option in names if option.lower() not in known[section.lower()]["options"]
    ]
    assert wrong == []


def test_sample_city_gives_every_sender_a_folder(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not [name for name in environment(settings) if name.startswith("AIRFLOW_CONN_")]
    make_sample_city(settings, monkeypatch)
    found = environment(settings)
    for name in SENDERS:
        address = found[f"AIRFLOW_CONN_{name.upper()}"]
        assert address.startswith("folder:///")
        assert unquote(address.removeprefix("folder://")) == str(settings.sample_city_dir)


def test_connections_of_the_operator_win(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    make_sample_city(settings, monkeypatch)
    found = environment(settings, {"AIRFLOW_CONN_CUSTOMS_OFFICE": "sftp://u:p@host/x"}, stored=["National_Office"])
    assert found["AIRFLOW_CONN_CUSTOMS_OFFICE"] == "sftp://u:p@host/x"
    assert "AIRFLOW_CONN_NATIONAL_OFFICE" not in found  # Airflow's own database answers for it


def test_sender_connections_come_from_the_contracts(monkeypatch: pytest.MonkeyPatch) -> None:
    def contract(connection: str | None) -> SimpleNamespace:
        sender = None if connection is None else SimpleNamespace(connection=connection)
        return SimpleNamespace(origin=SimpleNamespace(sender=sender))

    contracts = {"a": contract("z_office"), "b": contract("a_office"), "c": contract("z_office"), "d": contract(None)}
    monkeypatch.setattr(configuration, "load_contracts", lambda: contracts)
    assert configuration.sender_connections() == ["a_office", "z_office"]


def test_secrets_are_made_once_and_read_by_their_owner_only(settings: Settings) -> None:
    paths = Layout.of(settings)
    first = environment(settings)
    again = environment(settings)
    for name in ("AIRFLOW__CORE__FERNET_KEY", "AIRFLOW__API_AUTH__JWT_SECRET", "AIRFLOW__API__SECRET_KEY"):
        assert first[name] == again[name]
        assert len(first[name]) >= 40
    assert layout.ensure_password(paths) is not None
    assert layout.ensure_password(paths) is None  # shown once
    assert json.loads(paths.passwords.read_text()) == {"admin": layout.password(paths)}
    for path in (paths.secrets, paths.passwords):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(paths.root.stat().st_mode) == 0o700
    assert first["AIRFLOW__CORE__FERNET_KEY"] not in repr(layout.load_secrets(paths))


def test_damaged_secrets_are_no_reason_to_make_new_ones(settings: Settings) -> None:
    paths = Layout.of(settings)
    paths.secrets.write_text("{}")
    with pytest.raises(AirflowError, match="damaged"):
        layout.load_secrets(paths)


def test_copied_home_has_another_mark(settings: Settings, tmp_path: Path) -> None:
    paths = Layout.of(settings)
    copy = Layout(tmp_path / "copy" / "airflow")
    copy.make()
    copy.secrets.write_text(json.dumps(vars(layout.load_secrets(paths))))
    assert layout.load_secrets(copy) == layout.load_secrets(paths)
    assert layout.mark(copy) != layout.mark(paths)


def test_port_is_kept_and_a_taken_one_is_left_to_its_owner(settings: Settings) -> None:
    paths = Layout.of(settings)
    first = configuration.choose_port(paths, None)
    assert configuration.choose_port(paths, None) == first
    with socket.socket() as other:
        other.bind(("127.0.0.1", first))
        other.listen()
        assert configuration.choose_port(paths, None) != first
        with pytest.raises(AirflowError, match=str(first)):
            configuration.choose_port(paths, first)


def test_external_warehouse_asks_for_an_external_metadata_database(tmp_path: Path) -> None:
    warehouse = "postgresql://pipeline:x@db.example:5432/ipstat"
    outside = Settings(home=tmp_path, database_url=warehouse)
    with pytest.raises(UsageError, match="IPSTAT_AIRFLOW_DATABASE_URL"):
        metadata.external_url(outside, {})
    with pytest.raises(UsageError, match="warehouse"):
        metadata.external_url(outside, {metadata.URL_VARIABLE: "postgresql://airflow:y@db.example/ipstat"})
    with pytest.raises(UsageError, match="PostgreSQL"):
        metadata.external_url(outside, {metadata.URL_VARIABLE: "mysql://a@b/c"})
    good = "postgresql://airflow:y@db.example/airflow"
    assert metadata.external_url(outside, {metadata.URL_VARIABLE: good}) == good
    assert metadata.external_url(Settings(home=tmp_path), {}) is None
