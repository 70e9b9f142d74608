"""The `sender` block of contracts, and what the small rules of fetching say."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from ingest.contract import load_contracts
from ingest.senders.address import SenderAddress
from ingest.senders.choose import sender_for
from ingest.senders.errors import SenderRefused, SenderUnavailable
from ingest.senders.patience import Patience
from ingest.senders.remote import RemoteFile, is_held, is_wanted
from ingest.senders.shape import SenderShape
from ingest.spool import Version
from ipstat import sample_city

NOW = datetime(2025, 3, 4, 12, 0, 0, 500_000, UTC)
PAGES = {"name": "p{page}.csv", "page_size": 10, "format": "csv", "total": {"header": "X-Total"}}


def test_every_contract_names_its_sender() -> None:
    contracts = load_contracts()
    assert len(contracts) >= 16
    assert [feed for feed, contract in contracts.items() if contract.origin.sender is None] == []


def test_every_file_of_the_sample_city_is_one_that_its_contract_asks_for(tmp_path: Path) -> None:
    sample_city.write(tmp_path / "city", 0.001, 5, (2025, 2025), lambda *_: None)
    address = SenderAddress.parse(f"folder://{tmp_path / 'city'}")
    asked = 0
    for feed, contract in load_contracts().items():
        folder = tmp_path / "city" / feed
        files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        offers = sender_for(contract, address, date(2026, 1, 1)).list({}, Patience())
        assert {file.path for offer in offers for file in offer.files} == files
        asked += bool(files)
    assert asked >= 15


def test_period_templates_name_the_files_of_the_sample_city() -> None:
    """A sender that moves to HTTP needs no new names: each template finds its partition again."""
    from ingest.fetch import partition_of

    for contract in load_contracts().values():
        sender = contract.origin.sender
        assert sender is not None
        for template in sender.files:
            key = next(contract.origin.calendar.expected(date(2026, 1, 31))).partition_key
            path = template.replace("{partition}", key)
            assert partition_of(path, contract) == key
            assert is_wanted(path, sender)


def test_a_feed_without_templates_can_not_be_asked_by_http() -> None:
    with pytest.raises(SenderRefused, match="does not say what to ask for"):
        sender_for(load_contracts()["population"], SenderAddress.parse("https://office.example"), date(2026, 1, 1))


@pytest.mark.parametrize("wrong", [
    {"connection": "Bad Name"},
    {"connection": "x", "files": ["a.csv"]},
    {"connection": "x", "files": ["{partition}.csv"], "pages": PAGES},
    {"connection": "x", "path": "../up"},
    {"connection": "x", "unknown": 1},
    {"connection": "x", "pages": {**PAGES, "name": "p.csv"}},
    {"connection": "x", "pages": {**PAGES, "records": "data"}},
    {"connection": "x", "pages": {**PAGES, "format": "json"}},
    {"connection": "x", "pages": {**PAGES, "total": {"field": "total"}}},
    {"connection": "x", "pages": {**PAGES, "total": {}}},
])  # fmt: skip
def test_a_block_that_does_not_hold_together_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SenderShape.model_validate(wrong)


@pytest.mark.parametrize(("path", "wanted"), [
    ("a.csv", True), ("x/y/A.CSV", True), ("a.csv.part", False), ("a.csv.filepart", False), ("x/.hid/a.csv", False),
    (".a.csv", False), ("~a.csv", False), ("a.txt", False), ("b.zip", True), ("x/b.zip", False), ("tmp.csv", True),
])  # fmt: skip
def test_names_that_are_taken(path: str, wanted: bool) -> None:
    assert is_wanted(path, SenderShape(connection="x", pattern=("**/*.csv", "*.zip"))) is wanted


def held(file: RemoteFile, **marks: object) -> bool:
    version = {"size_bytes": 5, "modified_at": None, "etag": None, "sha256": "0" * 64, "fetched_at": NOW, **marks}
    return is_held(Version(**version), file)  # type: ignore[arg-type]


def test_marks_that_say_that_we_hold_a_version() -> None:
    day, other = NOW - timedelta(days=1), NOW - timedelta(days=2)
    by_etag = RemoteFile("a", "a", 5, other, '"1"')
    assert held(by_etag, etag='"1"', modified_at=day)
    assert not held(by_etag, etag='"2"', modified_at=other)
    assert not held(by_etag, etag='"1"', size_bytes=6)
    by_time = RemoteFile("a", "a", 5, day)
    assert held(by_time, modified_at=day)
    assert held(by_time, modified_at=day, etag='"1"')
    assert not held(by_time, modified_at=other)
    assert not held(by_time, modified_at=day, size_bytes=6)
    assert not held(RemoteFile("a", "a", 5), modified_at=None)
    assert not is_held(None, by_time)


def test_a_time_of_whole_seconds_just_before_our_fetch_is_not_trusted() -> None:
    second = NOW.replace(microsecond=0)
    assert not held(RemoteFile("a", "a", 5, second), modified_at=second)
    assert held(RemoteFile("a", "a", 5, NOW), modified_at=NOW)
    assert held(RemoteFile("a", "a", 5, second - timedelta(seconds=5)), modified_at=second - timedelta(seconds=5))


def test_patience_doubles_its_pauses_and_ends() -> None:
    pauses: list[float] = []
    patience = Patience(attempts=5, first_wait=10, longest_wait=30, sleep=pauses.append)

    def fail() -> None:
        raise SenderUnavailable("no")

    with pytest.raises(SenderUnavailable):
        patience.run(fail)
    assert pauses == [10, 20, 30, 30]
