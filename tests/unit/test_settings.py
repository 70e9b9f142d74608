"""Settings: read from the environment once; secrets are made once and readable by nobody else."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from ipstat.errors import UsageError
from ipstat.settings import Settings


def test_home_and_database_come_from_the_environment(tmp_path: Path) -> None:
    found = Settings.from_env({"IPSTAT_HOME": str(tmp_path / "h"), "IPSTAT_DATABASE_URL": "postgresql://a@b/c"})
    assert found.home == tmp_path / "h"
    assert found.database_url == "postgresql://a@b/c"
    assert not found.home.exists(), "reading settings writes nothing"


def test_the_default_home_is_below_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Settings.from_env({}).home == tmp_path / ".ipstat"
    assert Settings.from_env({"IPSTAT_HOME": ""}).home == tmp_path / ".ipstat"


def test_a_foreign_address_and_a_file_as_home_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a PostgreSQL address"):
        Settings.from_env({"IPSTAT_DATABASE_URL": "mysql://x"})
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="is a file"):
        Settings.from_env({"IPSTAT_HOME": str(tmp_path / "file")})


def test_the_pseudonym_key_is_made_once_and_private(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    key = settings.pseudonym_key()
    assert len(key) == 64
    assert settings.pseudonym_key() == key
    assert stat.S_IMODE((settings.home / "pseudonym.key").stat().st_mode) == 0o600
    assert Settings(home=tmp_path / "other").pseudonym_key() != key
    assert Settings(home=tmp_path / "home", pseudonym_key_text="given").pseudonym_key() == b"given"


def test_no_secret_is_shown_by_repr(tmp_path: Path) -> None:
    assert "given" not in repr(Settings(home=tmp_path, pseudonym_key_text="given"))
