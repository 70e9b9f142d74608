"""For every feed: a file over its budget or refused stops the feed and the gate; one bad row does not, and is counted."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from expectations.queries import read_query
from ingest.contract import load_contracts
from ipstat import builds, cli, intake, steps
from ipstat.errors import FeedRefusedError
from ipstat.sample_city import write
from ipstat.settings import Settings
from tests.conftest import _admin, clone
from tests.support.planted import break_rows, row_count

CONTRACTS = load_contracts()
FEEDS = sorted(CONTRACTS)
NO_FILE = b"\x00\x01 this is nothing that a sender sends\n"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Feeds of a small city; of each feed one clean file of at least two rows."""
    folder = tmp_path_factory.mktemp("city") / "feeds"
    write(folder, 0.01, 7, (2023, 2025), lambda *_: None)
    return folder


@dataclass(frozen=True)
class Home:
    """A home on a database of its own, and the folder in which its senders put files."""

    settings: Settings
    senders: Path

    def send(self, feed: str, path: str, data: bytes) -> None:
        target = self.senders / feed / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)

    def take(self, feed: str) -> steps.Loaded:
        """Fetch, archive and load."""
        steps.fetch(self.settings, feed, intake.folder_address(self.senders))
        steps.archive(self.settings, feed)
        return steps.load(self.settings, feed)

    def connect(self) -> psycopg.Connection:
        assert self.settings.database_url is not None
        return psycopg.connect(self.settings.database_url, autocommit=True)


@pytest.fixture(scope="module")
def home(server_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    url = clone(server_settings, "feed_checks")
    folder = tmp_path_factory.mktemp("feed_checks")
    settings = Settings(home=folder / "home", database_url=url, pseudonym_key_text="key-of-the-tests")
    settings.ensure_home()
    yield Home(settings, folder / "senders")
    with psycopg.connect(_admin(server_settings), autocommit=True) as connection:
        connection.execute("drop database feed_checks with (force)")


def clean_file(city: Path, feed: str) -> Path:
    """The file of the feed with the most rows that are at least two, whatever its faults are."""
    files = [path for path in sorted((city / feed).rglob("*")) if path.is_file() and "resent" not in path.parts]
    if feed == "cnipa_exchange":
        files = [path for path in files if path.suffix == ".zip"]
    largest = sorted(files, key=lambda path: path.stat().st_size)[-6:]
    best = max(largest, key=lambda path: row_count(path, CONTRACTS[feed]))
    assert row_count(best, CONTRACTS[feed]) >= 2
    return best


def feed_query(home: Home, name: str, build_id: str) -> dict[str, tuple[str, ...]]:
    """Subjects by feed of the gate's query over a build, where its finding stops."""
    column = "rows_over_stop_budget" if name == "quarantine" else "refusal_count"
    with home.connect() as connection:
        rows = connection.execute(
            f"select feed, subject from ({read_query(name, build_id, CONTRACTS)}) as q where {column} > 0 order by 2"
        ).fetchall()
    return {feed: tuple(subject for of, subject in rows if of == feed) for feed, _ in rows}


def pinned_build(home: Home) -> str:
    with home.connect() as connection:
        inputs = builds.Inputs("test", "0" * 64, "0" * 64, "0" * 64)
        return builds.open_build(connection, inputs, None, [])


@pytest.mark.parametrize("feed", FEEDS)
def test_faults_of_a_file_stop_its_feed_and_one_bad_row_does_not(feed: str, home: Home, city: Path) -> None:
    source, contract = clean_file(city, feed), CONTRACTS[feed]
    place = source.relative_to(city / feed).as_posix()

    home.send(feed, place, break_rows(source, contract, lambda count: list(range((count + 2) // 2))))
    assert home.take(feed).quarantined_count >= 1
    with pytest.raises(FeedRefusedError) as over:
        steps.check(home.settings, feed)
    assert all(word in str(over.value) for word in (source.name, "row ", "column ", "mend: ", "rows are in quarantine"))
    assert [feed] == [each for each in feed_query(home, "quarantine", pinned_build(home)) if each == feed]

    home.send(feed, place, break_rows(source, contract, lambda _count: [0]))
    one = home.take(feed)
    assert one.quarantined_count == 1
    verdict = steps.check(home.settings, feed)
    assert (verdict.quarantined_count, verdict.row_count) == (1, one.row_count)
    assert steps.has_news(home.settings, feed)
    assert feed not in feed_query(home, "quarantine", pinned_build(home))

    home.send(feed, place, NO_FILE)
    refused = home.take(feed)
    assert len(refused.refused) == 1, refused
    with pytest.raises(FeedRefusedError) as unreadable:
        steps.check(home.settings, feed)
    assert all(word in str(unreadable.value) for word in (source.name, "mend: "))
    build_id = pinned_build(home)
    (subject,) = feed_query(home, "rejected_files", build_id)[feed]
    assert subject.startswith(f"{feed}|") and subject.endswith(source.name)

    home.send(feed, place, break_rows(source, contract, lambda _count: []))
    assert home.take(feed).row_count > one.row_count, "the mended file replaces all three"
    assert steps.check(home.settings, feed).quarantined_count == 0
    assert feed not in feed_query(home, "rejected_files", pinned_build(home))


def test_an_earlier_version_sent_again_closes_a_refusal(database_url: str, tmp_path: Path, city: Path) -> None:
    home = Home(Settings(home=tmp_path / "home", database_url=database_url), tmp_path / "senders")
    source = clean_file(city, "honours")
    for data in (source.read_bytes(), NO_FILE):
        home.send("honours", source.name, data)
        home.take("honours")
    with pytest.raises(FeedRefusedError, match=source.name):
        steps.check(home.settings, "honours")
    home.send("honours", source.name, source.read_bytes())
    assert home.take("honours").batch_count == 0, "its rows are active still"
    assert steps.check(home.settings, "honours").file_count == 1


def test_a_run_stops_at_a_refused_file_before_anything_is_built(
    database_url: str, tmp_path: Path, city: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("IPSTAT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("IPSTAT_DATABASE_URL", database_url)
    feeds = tmp_path / "senders"
    for feed in ("honours", "population"):
        shutil.copytree(city / feed, feeds / feed)
        (feeds / feed / clean_file(city, feed).name).write_bytes(NO_FILE)
    with pytest.raises(SystemExit) as ended:
        cli.main(["run", "--input", str(feeds)])
    assert ended.value.code == 1
    told = capsys.readouterr().err
    assert "of honours may not be published" in told and "of population may not be published" in told
    with psycopg.connect(database_url) as connection:
        assert connection.execute("select count(*) from ops.builds").fetchone() == (0,)
        assert connection.execute("select count(*) from publication.published_builds").fetchone() == (0,)
