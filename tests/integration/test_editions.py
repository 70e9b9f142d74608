"""Editions: equal inputs are one edition, changed inputs the next number, and a kill leaves no half of one."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

from reports.editions import freeze
from reports.provenance import EditionError

BUILD = "b20200101t000000aaaa"
REBUILD = "b20200102t000000bbbb"
ROOT = Path(__file__).resolve().parents[2]


def add_build(connection: psycopg.Connection[Any], build_id: str, status: str = "gated", seeds: str = "5") -> None:
    connection.execute(
        "insert into ops.builds (build_id, horizon_date, code_version, seeds_hash, corrections_hash,"
        " decisions_hash, status) values (%s, '2019-12-31', 'v1', %s, %s, %s, %s)",
        (build_id, seeds * 64, "6" * 64, "7" * 64, status),
    )
    connection.execute(
        "insert into ops.gate_results (build_id, check_name, layer, severity, success)"
        " values (%s, 'volume.low', 'batches', 'stop', true)",
        (build_id,),
    )
    connection.commit()


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    folder = tmp_path / "rendered"
    (folder / "csv").mkdir(parents=True)
    (folder / "report.pdf").write_bytes(b"%PDF-1.7 a")
    (folder / "csv" / "towns.csv").write_text("town,count\n", encoding="utf-8")
    return folder


@pytest.fixture
def connection(database_url: str) -> Any:
    with psycopg.connect(database_url) as connection:
        add_build(connection, BUILD)
        yield connection


def test_an_equal_manifest_is_the_existing_edition_and_writes_nothing(
    connection: psycopg.Connection[Any], outputs: Path, tmp_path: Path
) -> None:
    first = freeze(connection, tmp_path / "editions", "gazette", "2019-07-09", BUILD, outputs)
    before = {p: p.stat().st_mtime_ns for p in (tmp_path / "editions").rglob("*")}
    # The same inputs built a day later: another build id, the same provenance.
    add_build(connection, REBUILD)
    again = freeze(connection, tmp_path / "editions", "gazette", "2019-07-09", REBUILD, outputs)
    assert (first.number, first.is_new, again.number, again.is_new) == (1, True, 1, False)
    assert again.manifest_hash == first.manifest_hash
    assert {p: p.stat().st_mtime_ns for p in (tmp_path / "editions").rglob("*")} == before
    rows = connection.execute("select edition_number, state, manifest_hash from publication.editions").fetchall()
    assert rows == [(1, "draft", first.manifest_hash)]


def test_a_changed_output_or_seed_makes_the_next_draft(
    connection: psycopg.Connection[Any], outputs: Path, tmp_path: Path
) -> None:
    freeze(connection, tmp_path / "editions", "white-paper", "2019", BUILD, outputs)
    add_build(connection, REBUILD, seeds="8")
    second = freeze(connection, tmp_path / "editions", "white-paper", "2019", REBUILD, outputs)
    (outputs / "report.pdf").write_bytes(b"%PDF-1.7 b")
    third = freeze(connection, tmp_path / "editions", "white-paper", "2019", REBUILD, outputs)
    assert [second.number, third.number] == [2, 3]
    assert (tmp_path / "editions" / "white-paper-2019-1" / "report.pdf").read_bytes() == b"%PDF-1.7 a"
    # A return to earlier inputs and outputs is that earlier edition.
    (outputs / "report.pdf").write_bytes(b"%PDF-1.7 a")
    assert freeze(connection, tmp_path / "editions", "white-paper", "2019", REBUILD, outputs).number == 2


def test_the_manifest_pins_inputs_and_has_no_clock_and_no_number(
    connection: psycopg.Connection[Any], outputs: Path, tmp_path: Path
) -> None:
    edition = freeze(connection, tmp_path / "editions", "gazette", "2019-07-09", BUILD, outputs)
    text = (edition.path / "manifest.json").read_text(encoding="utf-8")
    manifest = json.loads(text)
    assert set(manifest) == {
        "publication",
        "period",
        "code_version",
        "batch_ids",
        "seeds_hash",
        "corrections_hash",
        "decisions_hash",
        "gate",
        "outputs",
    }
    assert set(manifest["outputs"]) == {"report.pdf", "csv/towns.csv"}
    assert manifest["gate"]["checks"] == [
        {"check": "volume.low", "layer": "batches", "severity": "stop", "success": True}
    ]
    assert BUILD not in text
    assert str(tmp_path) not in text


def test_out_copies_the_edition(connection: psycopg.Connection[Any], outputs: Path, tmp_path: Path) -> None:
    freeze(connection, tmp_path / "editions", "gazette", "2019-07-09", BUILD, outputs, out=tmp_path / "copy")
    assert (tmp_path / "copy" / "csv" / "towns.csv").read_text(encoding="utf-8") == "town,count\n"
    assert (tmp_path / "copy" / "manifest.json").is_file()


@pytest.mark.parametrize("status", ["built", "refused", "failed"])
def test_an_edition_needs_a_passed_gate(
    connection: psycopg.Connection[Any], outputs: Path, tmp_path: Path, status: str
) -> None:
    add_build(connection, REBUILD, status=status)
    with pytest.raises(EditionError, match="needs a passed gate"):
        freeze(connection, tmp_path / "editions", "gazette", "2019-07-09", REBUILD, outputs)
    assert list((tmp_path / "editions").iterdir()) == []


def test_a_damaged_or_vanished_edition_is_named_and_never_overwritten(
    connection: psycopg.Connection[Any], outputs: Path, tmp_path: Path
) -> None:
    edition = freeze(connection, tmp_path / "editions", "gazette", "2019-07-09", BUILD, outputs)
    (edition.path / "report.pdf").write_bytes(b"tampered")
    with pytest.raises(EditionError, match=r"report\.pdf"):
        freeze(connection, tmp_path / "editions", "gazette", "2019-07-09", BUILD, outputs)
    edition.path.rename(tmp_path / "elsewhere")
    with pytest.raises(EditionError, match="registered but its folder is missing"):
        freeze(connection, tmp_path / "editions", "gazette", "2019-07-09", BUILD, outputs)


KILLED = """
import os, sys
from pathlib import Path
import psycopg
from reports import editions
url, folder, outputs, build, limit = sys.argv[1:]
calls = 0
def die(real):
    def step(*arguments, **keywords):
        global calls
        calls += 1
        if calls == int(limit):
            os._exit(9)
        return real(*arguments, **keywords)
    return step
editions._flush = die(editions._flush)
editions._insert_row = die(editions._insert_row)
with psycopg.connect(url) as connection:
    editions.freeze(connection, Path(folder), "gazette", "2019-07-09", build, Path(outputs))
"""


def test_a_kill_at_any_step_leaves_no_half_edition(
    connection: psycopg.Connection[Any], database_url: str, outputs: Path, tmp_path: Path
) -> None:
    """Two files, the manifest, the folder, the parent, the row: six places to die in."""
    for step in range(1, 8):
        editions = tmp_path / f"editions{step}"
        done = subprocess.run(
            [sys.executable, "-c", KILLED, database_url, str(editions), str(outputs), BUILD, str(step)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == (9 if step <= 6 else 0), done.stderr
        for folder in editions.glob("gazette-*"):
            assert {p.name for p in folder.rglob("*") if p.is_file()} == {"report.pdf", "towns.csv", "manifest.json"}
        edition = freeze(connection, editions, "gazette", "2019-07-09", BUILD, outputs)
        assert edition.number == 1
        assert [p.name for p in editions.iterdir()] == ["gazette-2019-07-09-1"]
        assert connection.execute("select count(*) from publication.editions").fetchone() == (1,)
        connection.execute("delete from publication.editions")
        connection.commit()


def test_a_leftover_of_another_period_is_not_touched(
    connection: psycopg.Connection[Any], outputs: Path, tmp_path: Path
) -> None:
    """2019 and 2019-07 hold different locks: one may not clean up after the other."""
    other = tmp_path / "editions" / ".making-gazette-2019-07-1"
    other.mkdir(parents=True)
    freeze(connection, tmp_path / "editions", "gazette", "2019", BUILD, outputs)
    assert other.is_dir()
