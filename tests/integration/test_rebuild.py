"""An edition made again: refused where a pinned input is another, else the same batches, and every file compared."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ipstat import builds, publish_checks, rebuild, same_inputs
from ipstat.builds import Inputs
from ipstat.errors import RefusedError, UsageError
from ipstat.settings import Settings
from reports.editions import freeze
from reports.provenance import EditionError
from reports.rebuilt import FrozenEdition, compare_outputs, read_edition

BUILD = "b20200101t000000aaaa"


@dataclass
class Office:
    """A build of two batches with a frozen edition; one of the batches was superseded since."""

    connection: psycopg.Connection[Any]
    folder: Path
    batches: tuple[int, ...]
    inputs: Inputs

    @property
    def edition(self) -> FrozenEdition:
        return read_edition(self.folder)


def add_batch(connection: psycopg.Connection[Any], partition: str, status: str) -> int:
    row = connection.execute(
        "insert into ops.batches (feed, partition_key, contract_version, parser_version, content_hash, known_on, status,"
        " recorded_by) values ('cnipa_gazette', %s, 1, '1', repeat('0', 64), %s, %s, 'tester') returning batch_id",
        [partition, partition, status],
    ).fetchone()
    assert row is not None
    return int(row[0])


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Office]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        then = add_batch(connection, "2019-07-09", "superseded")
        kept = add_batch(connection, "2019-07-05", "active")
        add_batch(connection, "2019-07-09", "active")
        add_batch(connection, "2019-07-12", "active")
        no_decisions = builds.read_inputs(connection, tmp_path).decisions_hash
        inputs = Inputs("1+abc", "1" * 64, "2" * 64, no_decisions, "4" * 64)
        connection.execute(
            "insert into ops.builds (build_id, horizon_date, code_version, seeds_hash, corrections_hash, decisions_hash,"
            " pseudonym_key_hash, status) values (%s, '2019-07-09', %s, %s, %s, %s, %s, 'gated')",
            [BUILD, "1+abc", "1" * 64, "2" * 64, no_decisions, "4" * 64],
        )
        for batch in (then, kept):
            connection.execute("insert into ops.build_batches values (%s, %s)", [BUILD, batch])
        connection.execute(
            "insert into ops.gate_results (build_id, check_name, layer, severity, success, checked_at)"
            " values (%s, 'volume.low', 'batches', 'stop', true, '2020-01-02T23:30:00Z')",
            [BUILD],
        )
        outputs = tmp_path / "rendered"
        outputs.mkdir()
        (outputs / "report.pdf").write_bytes(b"%PDF-1.7 a")
        (outputs / "facts.json").write_text("{}", encoding="utf-8")
        edition = freeze(connection, tmp_path / "home" / "editions", "gazette", "2019-07-09", BUILD, outputs)
        yield Office(connection, edition.path, (then, kept), inputs)


def test_equal_inputs_are_accepted_whatever_was_superseded_since(office: Office) -> None:
    rebuild.require_inputs(office.connection, office.edition, office.inputs)
    build_id = rebuild.open_pinned(office.connection, office.edition, office.inputs)
    pinned = office.connection.execute(
        "select batch_id from ops.build_batches where build_id = %s order by 1", [build_id]
    ).fetchall()
    assert tuple(batch for (batch,) in pinned) == office.batches
    # The horizon is that of the pinned batches: the issue of the 12th came later.
    row = office.connection.execute(
        "select horizon_date::text, rebuild_of, decisions_hash from ops.builds where build_id = %s", [build_id]
    ).fetchone()
    assert row == ("2019-07-09", "gazette-2019-07-09-1", office.inputs.decisions_hash)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"code_version": "1+def"}, ["code version: the edition pins 1+abc, now it is 1+def"]),
        ({"seeds_hash": "8" * 64}, ["seeds: the edition pins 111111111111..., now it is 888888888888..."]),
        ({"corrections_hash": "8" * 64}, ["corrections: the edition pins 222222222222..., now it is 888888888888..."]),
        ({"pseudonym_key_hash": "8" * 64}, ["pseudonym key: the edition's build had another"]),
        ({"code_version": "2", "seeds_hash": "9" * 64}, ["code version: ", "seeds: "]),
    ],
)
def test_another_input_is_refused_and_named(office: Office, changed: dict[str, str], named: list[str]) -> None:
    with pytest.raises(RefusedError) as refused:
        rebuild.require_inputs(office.connection, office.edition, replace(office.inputs, **changed))
    lines = refused.value.message.split("\n  - ")[1:]
    assert len(lines) == len(named)
    assert all(line.startswith(start) for line, start in zip(lines, named, strict=True))


def rewrite(office: Office, **changes: Any) -> FrozenEdition:
    """The edition as if its manifest had said something else."""
    path = office.folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | changes), encoding="utf-8")
    return office.edition


def test_batches_and_decisions_that_this_database_never_had_are_refused_and_named(office: Office) -> None:
    edition = rewrite(office, batch_ids=[*office.batches, 9001, 9002], decisions_hash="7" * 64)
    with pytest.raises(RefusedError) as refused:
        rebuild.require_inputs(office.connection, edition, office.inputs)
    assert refused.value.message.split("\n  - ")[1:] == [
        "batches: 2 of 4 are not in this database (9001, 9002)",
        "decisions: the edition pins 777777777777..., which no build of this database had",
    ]


def test_a_build_made_again_is_never_the_newest_never_published_and_leaves_nothing(office: Office) -> None:
    build_id = rebuild.open_pinned(office.connection, office.edition, office.inputs)
    office.connection.execute("update ops.builds set status = 'gated' where build_id = %s", [build_id])
    office.connection.execute(f"create schema marts_{build_id}".encode())
    assert builds.latest_build(office.connection, ("gated",)) == BUILD
    assert publish_checks.latest_gated_build(office.connection) == BUILD
    assert same_inputs.find_build(office.connection, office.inputs, None, ["cnipa_gazette"]) is None
    with pytest.raises(RefusedError, match="is never published"):
        publish_checks.check_publishable(office.connection, build_id)
    # Killed here, the next build clears it away; the edition's own build can't be forgotten.
    builds.clear_dead_builds(office.connection)
    builds.forget_build(office.connection, BUILD)
    assert office.connection.execute("select build_id from ops.builds").fetchall() == [(BUILD,)]
    assert office.connection.execute("select distinct build_id from ops.build_batches").fetchall() == [(BUILD,)]
    assert office.connection.execute("select count(*) from ops.gate_results").fetchone() == (1,)
    assert office.connection.execute("select to_regnamespace(%s)", [f"marts_{build_id}"]).fetchone() == (None,)


def test_the_gate_is_that_of_the_edition_s_day(office: Office) -> None:
    found = rebuild._original_build(office.connection, office.edition)
    assert found is not None and (found[0], found[1].isoformat()) == ("4" * 64, "2020-01-02")


def test_every_file_and_the_gate_are_compared(office: Office, tmp_path: Path) -> None:
    edition = office.edition
    folder = tmp_path / "again"
    folder.mkdir()
    (folder / "report.pdf").write_bytes(b"%PDF-1.7 a")
    (folder / "facts.json").write_text("{}", encoding="utf-8")
    same = compare_outputs(edition, folder, edition.gate)
    assert (same.equal, same.differences) == (("facts.json", "report.pdf"), ())
    (folder / "report.pdf").write_bytes(b"%PDF-1.7 b")
    (folder / "facts.json").unlink()
    (folder / "more.csv").write_text("x", encoding="utf-8")
    verdict = {"status": "gated", "checks": [{"check": "volume.low", "success": False}]}
    found = compare_outputs(edition, folder, verdict)
    assert found.equal == ()
    assert found.differences[0] == "facts.json: published, not made again"
    assert found.differences[1] == "more.csv: made now, never published"
    assert found.differences[2].startswith(f"report.pdf: published {edition.outputs['report.pdf'][:12]}...")
    assert found.differences[3] == "the gate's verdict: gated then, gated now; volume.low"


def test_a_folder_that_is_no_edition_or_is_damaged_is_refused(office: Office, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    assert rebuild.find_folder(settings, "gazette-2019-07-09-1") == office.folder
    assert rebuild.find_folder(settings, str(office.folder)) == office.folder
    with pytest.raises(UsageError, match="gazette-2019-07-09-1"):
        rebuild.find_folder(settings, "gazette-2019-07-09-2")
    with pytest.raises(EditionError, match="has no manifest"):
        read_edition(tmp_path)
    (office.folder / "report.pdf").write_bytes(b"%PDF-1.7 x")
    with pytest.raises(EditionError, match=r"damaged: report\.pdf"):
        read_edition(office.folder)
    (office.folder / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(EditionError, match="can't be read"):
        read_edition(office.folder)
