"""The block that sets environment variables leaves the process as it was, also after an error."""

from __future__ import annotations

import os

import pytest

from expectations.environment import environment


def test_old_values_come_back_and_new_names_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IPSTAT_TEST_SET", "before")
    monkeypatch.delenv("IPSTAT_TEST_UNSET", raising=False)
    with pytest.raises(ZeroDivisionError), environment({"IPSTAT_TEST_SET": "within", "IPSTAT_TEST_UNSET": "within"}):
        assert (os.environ["IPSTAT_TEST_SET"], os.environ["IPSTAT_TEST_UNSET"]) == ("within", "within")
        raise ZeroDivisionError
    assert os.environ["IPSTAT_TEST_SET"] == "before"
    assert "IPSTAT_TEST_UNSET" not in os.environ
