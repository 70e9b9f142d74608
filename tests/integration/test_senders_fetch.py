"""`fetching.fetch` and `ipstat fetch` with a database: what each delivery changes, kills, locks, and clear errors."""

from __future__ import annotations

import fcntl
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from ingest.contract import load_contracts
from ingest.senders.errors import SenderRefused
from ingest.spool import file_path, whole_turns
from ipstat import fetching, intake, steps
from ipstat.cli import main
from ipstat.errors import BusyError, RefusedError, UsageError
from ipstat.settings import Settings
from tests.support.senders_http import Answer, Asked, Files, serve

FEED = "customs_lots"
TEXT_FEED = "enforcement_cases"


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    made = Settings(home=tmp_path / "home", database_url=database_url, pseudonym_key_text="key")
    made.ensure_home()
    return made


@pytest.fixture(autouse=True)
def no_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AIRFLOW_CONN_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def office(tmp_path: Path) -> Path:
    folder = tmp_path / "office"
    (folder / "official_totals").mkdir(parents=True)
    return folder


def totals(value: int) -> bytes:
    contract = load_contracts()["official_totals"]
    headers = [column.header[0] for column in contract.columns if column.header]
    cells = {"value": str(value), "indicator_code": "patent_granted_count", "period": "2023", "area": "442000"}
    row = [
        cells.get(column.name) or _cell(column.type, column.codes, value)
        for column in contract.columns
        if column.header
    ]
    return (",".join(headers) + "\n" + ",".join(row) + "\n").encode()


def _cell(kind: str, codes: tuple[str, ...], value: int) -> str:
    if codes:
        return codes[0]
    return {"date": "2024-01-05", "text": "x"}.get(kind, str(value))


def active(settings: Settings) -> list[tuple[object, ...]]:
    with psycopg.connect(str(settings.database_url)) as connection:
        return connection.execute(
            "select f.file_name, f.sha256 from ops.batches b join ops.batch_files f using (batch_id)"
            " where b.status = 'active' order by 1"
        ).fetchall()


def count(settings: Settings, table: str) -> int:
    with psycopg.connect(str(settings.database_url)) as connection:
        row = connection.execute(f"select count(*) from {table}").fetchone()
    assert row is not None
    return int(row[0])


def take(settings: Settings, feed: str, address: str) -> tuple[int, int]:
    """Files fetched and receipts archived, then loaded."""
    fetched = steps.fetch(settings, feed, address)
    receipts = steps.archive(settings, feed)
    steps.load(settings, feed)
    return fetched, receipts


def test_the_same_month_twice_a_correction_and_its_withdrawal_each_change_what_they_should(
    settings: Settings, office: Path
) -> None:
    """A; A again untouched; A sent again; B; A once more: receipts, batches and rows after each."""
    address, path = f"folder://{office}", office / "official_totals" / "official_totals_2024-01-05.csv"
    seen = []
    story = [(totals(5), 1), (None, 1), (totals(5), 2), (totals(6), 3), (totals(5), 4)]
    for content, day in story:
        if content is not None:
            path.write_bytes(content)
            os.utime(path, (1_700_000_000 + day, 1_700_000_000 + day))
        done = take(settings, "official_totals", address)
        [(_, sha256)] = active(settings)
        seen.append((done, count(settings, "ops.deliveries"), count(settings, "ops.batches"), sha256))
    a, b = seen[0][3], seen[3][3]
    assert a != b
    assert seen == [
        ((1, 1), 1, 1, a),
        ((0, 0), 1, 1, a),  # nothing new is not even a receipt
        ((1, 1), 2, 1, a),  # sent again: a receipt, no batch
        ((1, 1), 3, 2, b),
        ((1, 1), 4, 3, a),
    ]
    assert count(settings, "ops.fetched_files") == 1
    assert whole_turns(settings.spool_dir, "official_totals") == []


def test_what_waits_in_the_spool_is_not_fetched_again(settings: Settings, office: Path) -> None:
    (office / "official_totals" / "official_totals_2024-01-05.csv").write_bytes(totals(5))
    assert fetching.fetch(settings, "official_totals", f"folder://{office}") == 1
    assert fetching.fetch(settings, "official_totals", f"folder://{office}") == 0
    assert steps.archive(settings, "official_totals") == 1
    assert fetching.fetch(settings, "official_totals", f"folder://{office}") == 0


def test_a_list_of_deliveries_gives_its_turns_once(settings: Settings, office: Path) -> None:
    """Delivered, corrected, the correction withdrawn, delivered again: four events of two files."""
    feed = "official_totals"
    names = {"a": f"{feed}/official_totals_2024-01-05.csv", "b": f"{feed}/resent/1/official_totals_2024-01-05.csv"}
    for key, value in (("a", 5), ("b", 6)):
        (office / names[key]).parent.mkdir(parents=True, exist_ok=True)
        (office / names[key]).write_bytes(totals(value))
    events = [("a", "deliver"), ("b", "deliver"), ("b", "withdraw"), ("a", "deliver")]
    lines = [f"{n},2024-01-0{n},{feed},{names[key]},{action}," for n, (key, action) in enumerate(events, 1)]
    header = "received_order,received_on,feed,path,action,note"
    seen = []
    for known in (2, 3, 4):  # the list grows as the sender acts
        (office / "deliveries.csv").write_text("\n".join([header, *lines[:known]]) + "\n", encoding="utf-8")
        done = take(settings, feed, f"folder://{office}")
        seen.append((done[0], [sha256 for _, sha256 in active(settings)]))
    a, b = seen[2][1][0], seen[0][1][0]
    assert a != b
    assert seen == [(2, [b]), (0, []), (1, [a])]
    assert take(settings, feed, f"folder://{office}") == (0, 0)


def test_a_connection_that_is_not_configured_names_its_variable(settings: Settings) -> None:
    with pytest.raises(UsageError, match="customs_lots") as caught:
        fetching.fetch(settings, FEED)
    assert "AIRFLOW_CONN_CUSTOMS" in caught.value.mend


def test_a_missing_folder_is_refused_by_name(settings: Settings, office: Path) -> None:
    with pytest.raises(SenderRefused, match=f"no folder folder://{office}/customs_lots"):
        fetching.fetch(settings, FEED, f"folder://{office}")


def test_a_second_fetch_of_the_feed_is_turned_away_or_waits(settings: Settings, office: Path) -> None:
    lock = settings.spool_dir / "official_totals" / ".lock"
    lock.parent.mkdir(parents=True)
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with pytest.raises(BusyError, match="another run fetches"):
            fetching.fetch(settings, "official_totals", f"folder://{office}")
        told: list[str] = []

        def let_go(text: str) -> None:
            told.append(text)
            fcntl.flock(handle, fcntl.LOCK_UN)

        fetching.fetch(settings, "official_totals", f"folder://{office}", is_waiting=True, tell=let_go)
    assert told == ["waits for another fetch of this feed"]


def test_synthetic_files_do_not_mix_with_real_ones(settings: Settings, office: Path, tmp_path: Path) -> None:
    (office / "official_totals" / "official_totals_2024-01-05.csv").write_bytes(totals(5))
    take(settings, "official_totals", f"folder://{office}")
    city = tmp_path / "city"
    (city / "honours").mkdir(parents=True)
    (city / "SAMPLE_DATA.json").write_text("{}")
    with pytest.raises(RefusedError, match="real senders"):
        fetching.fetch(settings, "honours", f"folder://{city}")
    with psycopg.connect(str(settings.database_url)) as connection:
        assert not intake.is_sample_data(connection)


def test_the_command_asks_and_loads_and_says_what_came(
    settings: Settings, office: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (office / "official_totals" / "official_totals_2024-01-05.csv").write_bytes(totals(5))
    monkeypatch.setenv("IPSTAT_HOME", str(settings.home))
    monkeypatch.setenv("IPSTAT_DATABASE_URL", str(settings.database_url))
    with pytest.raises(SystemExit) as nothing:
        main(["fetch"])
    assert nothing.value.code == 2
    assert "AIRFLOW_CONN_CUSTOMS" in capsys.readouterr().err
    monkeypatch.setenv("AIRFLOW_CONN_IP_OFFICE", f"folder://{office}")
    with pytest.raises(SystemExit) as done:
        main(["fetch", "official_totals"])
    assert done.value.code in (0, None)
    assert "official_totals: 1 files fetched, 1 receipts archived" in capsys.readouterr().out


CONTENT = random.Random(11).randbytes(2_000_000)


@pytest.fixture
def slow_site() -> Iterator[tuple[str, Files, list[Asked], threading.Event]]:
    """A server that stops in the middle of the second file until it is let go."""
    first = datetime.now(UTC).date().replace(day=1) - timedelta(days=1)
    months = [(first.replace(day=1) - timedelta(days=back)).strftime("%Y-%m") for back in (1, 40)]
    files = Files({f"{TEXT_FEED}/enforcement_{month}.csv": CONTENT + month.encode() for month in months})
    files.etags = {name: f'"{number}"' for number, name in enumerate(files.contents)}
    go_on = threading.Event()

    def answer(asked: Asked) -> Answer:
        given = files(asked)
        if asked.method == "GET" and asked.path.endswith(f"{max(months)}.csv") and not go_on.is_set():
            return Answer(given.status, given.body, given.headers, cut=1_200_000, wait=lambda: go_on.wait(30))
        return given

    with serve(answer) as site:
        yield site.address, files, site.log, go_on
        go_on.set()


def _begun(folder: Path) -> int:
    """Bytes of the file that is being read."""
    return max((part.stat().st_size for part in folder.glob(".partial-*/.work/*.part")), default=0)


def test_a_killed_fetch_is_resumed_into_the_same_turn(
    settings: Settings, slow_site: tuple[str, Files, list[Asked], threading.Event]
) -> None:
    address, files, log, go_on = slow_site
    folder = settings.spool_dir / TEXT_FEED
    secret = "k1ll-me-not"
    uri = address.replace("://", f"://office:{secret}@")
    command = [sys.executable, "-m", "ipstat.cli", "fetch", TEXT_FEED]
    environment = {
        **os.environ,
        "IPSTAT_HOME": str(settings.home),
        "IPSTAT_DATABASE_URL": str(settings.database_url),
        "AIRFLOW_CONN_MARKET_SUPERVISION": uri,
    }
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        until = time.monotonic() + 60
        while not (list(folder.glob(".partial-*/files/*.csv")) and _begun(folder) >= 1_000_000):
            assert time.monotonic() < until, "the fetch did not get to the middle"
            assert process.poll() is None, process.stdout and process.stdout.read().decode()
            time.sleep(0.05)
        title = Path(f"/proc/{process.pid}/cmdline")
        assert not title.exists() or secret not in title.read_text()
    finally:
        process.send_signal(signal.SIGKILL)
        output = process.communicate()[0].decode()
    [partial] = [path.name for path in folder.iterdir() if path.name.startswith(".partial-")]
    assert whole_turns(settings.spool_dir, TEXT_FEED) == []
    go_on.set()
    log.clear()
    assert fetching.fetch(settings, TEXT_FEED, uri) == 2
    [turn] = whole_turns(settings.spool_dir, TEXT_FEED)
    assert f".partial-{turn.turn_id}" == partial
    found = {f"{TEXT_FEED}/{f.path}": file_path(settings.spool_dir, turn, f).read_bytes() for f in turn.files}
    assert found == files.contents
    gets = [asked for asked in log if asked.method == "GET"]
    assert len(gets) == 1, "only the file that was broken off is asked for again"
    assert int(gets[0].headers["range"].removeprefix("bytes=").removesuffix("-")) >= 1_000_000
    logged = "".join(path.read_text() for path in settings.logs_dir.iterdir())
    spooled = (folder / turn.turn_id / "turn.json").read_text()
    assert secret not in output + logged + spooled
