"""Loading: receipts, batches of the union of files, order of arrival, supersession, reload, retraction, locks."""

from __future__ import annotations

import itertools
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from ingest import land as land_module
from ingest.archive import ArchiveError
from ingest.batches import UnknownBatch, list_batches, reload_batches, retract_batch
from ingest.contract import Contract, load_contract
from ingest.ddl import render_landing_sql
from ingest.load import FeedBusy
from ingest.readers.csv import CsvReader
from tests.support.ingest import FILE, GAZETTE, HEADERS, Warehouse, csv_bytes, put, row, rows

PUBLISHED = "CN_patent_invention_published.csv"
AUTHORIZED = "CN_patent_invention_authorized.csv"


@pytest.fixture
def warehouse(database_url: str, tmp_path: Path) -> Iterator[Warehouse]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(render_landing_sql([GAZETTE]))
        yield Warehouse(connection, tmp_path / "archive")


def test_rows_land_typed_with_their_provenance(warehouse: Warehouse, tmp_path: Path) -> None:
    report = warehouse.take(
        put(tmp_path, csv_bytes([row(1), row(2, filing_id="201710601862.3", name="ＬＥＤ　灯１ ")]))
    )
    (batch,) = report.batches
    assert (batch.status, batch.row_count, batch.quarantined_count, report.is_complete) == ("loaded", 2, 0, True)
    landed = warehouse.connection.execute(
        "select title, publication_number, patent_kind, kind_code, is_correction, publication_date, application_number,"
        " application_number_status, patentees, inventors, address, postcode, classifications, main_class,"
        " class_scheme, _batch_id, _source_file, _source_row, _known_on, length(_row_hash), _extra"
        " from landing.cnipa_gazette order by _source_row"
    ).fetchall()
    assert landed[0] == (
        "一种灯具（1）",
        "CN209000001U",
        "utility_granted",
        "U",
        False,
        date(2019, 7, 9),
        None,
        "destroyed",
        "中山市明辉照明有限公司",
        "张某某;李某",
        "广东省中山市古镇镇同兴路1号",
        "528421",
        "F21K9/232(2016.01)I;F21V29/70(2015.01)I",
        "F21K9/232",
        "ipc",
        batch.batch_id,
        FILE,
        2,
        date(2019, 7, 9),
        32,
        None,
    )
    assert landed[1][0] == "LED 灯1"
    assert landed[1][6:8] == ("2017106018623", "intact")
    assert warehouse.one("select known_on from ops.batches") == date(2019, 7, 9)


def _three_files(tmp_path: Path) -> list[Path]:
    return [
        put(tmp_path, csv_bytes(rows(5))),
        put(tmp_path, csv_bytes(rows(5, 3), encoding="utf-8"), "CN_patent_utility_new_crawl2.csv"),
        put(tmp_path, csv_bytes([row(9, authorization_notice_id="CN110000009A")]), PUBLISHED),
    ]


def test_the_order_and_number_of_deliveries_make_no_difference(warehouse: Warehouse, tmp_path: Path) -> None:
    files = _three_files(tmp_path)
    hashes = set()
    for order in itertools.permutations(files):
        warehouse.take(*order)
        hashes.add(warehouse.hash())
        (batch,) = list_batches(warehouse.connection, status="active")
        retract_batch(warehouse.connection, batch.batch_id, "test", "tester")
    for parts in ((files[:1], files[1:]), (files[2:], files[:2], files), (files, files)):
        for part in parts:
            warehouse.take(*part)
        hashes.add(warehouse.hash())
        (batch,) = list_batches(warehouse.connection, status="active")
        assert batch.row_count == 11
        retract_batch(warehouse.connection, batch.batch_id, "test", "tester")
    assert len(hashes) == 1


def test_every_receipt_is_a_delivery_and_known_bytes_are_stored_once(warehouse: Warehouse, tmp_path: Path) -> None:
    first, second = csv_bytes(rows(2)), csv_bytes(rows(3))
    deliveries = (first, second, first, first)
    statuses = [warehouse.take(put(tmp_path, data)).batches[0].status for data in deliveries]
    assert statuses == ["loaded", "loaded", "loaded", "unchanged"]
    assert warehouse.one("select count(*) from ops.deliveries") == 4
    assert warehouse.one("select count(distinct sha256) from ops.deliveries") == 2
    assert len(list((warehouse.archive / "cnipa_gazette").iterdir())) == 2
    states = warehouse.all("select status, supersedes is null, row_count from ops.batches order by batch_id")
    assert states == [("superseded", True, 2), ("superseded", False, 3), ("active", False, 2)]


def test_a_later_file_joins_its_batch_and_supersedes_it(warehouse: Warehouse, tmp_path: Path) -> None:
    files = _three_files(tmp_path)
    warehouse.take(*files[:2])
    result = warehouse.take(files[2]).batches[0]
    assert result.row_count == 11
    assert warehouse.all("select file_name, landed_row_count from ops.batch_files join ops.batches using (batch_id)"
                         " where status = 'active' order by 1") == [
        (PUBLISHED, 1), (FILE, 5), ("CN_patent_utility_new_crawl2.csv", 5)
    ]  # fmt: skip
    assert warehouse.one("select count(*) from landing.cnipa_gazette") == 21, "landing is append-only"


def test_incomplete_issue_is_loaded_with_a_warning(warehouse: Warehouse, tmp_path: Path) -> None:
    warnings = warehouse.take(put(tmp_path, csv_bytes(rows(1)))).batches[0].warnings
    assert [warning[:20] for warning in warnings] == ["incomplete: no file "] * 3
    assert warehouse.one("select cardinality(warning) from ops.batches") == 3
    assert warehouse.one("select is_complete from ops.batches") is False, "an issue with a file missing is no coverage"


def test_many_partitions_in_one_call_are_batches_of_their_own(warehouse: Warehouse, tmp_path: Path) -> None:
    days = ["2019-07-09", "2019-07-12", "2019-07-16"]
    for number, day in enumerate(days):
        put(tmp_path / "in", csv_bytes(rows(number + 1)), issue=day)
        put(tmp_path / "in", b"nothing of ours", name="README.txt", issue=day)
    progress: list[tuple[int, int, str]] = []
    report = warehouse.take(tmp_path / "in", on_progress=lambda *each: progress.append(each))
    assert [(batch.partition_key, batch.row_count) for batch in report.batches] == list(
        zip(days, (1, 2, 3), strict=True)
    )
    assert report.ignored == ("README.txt",) * 3
    assert [each[:2] for each in progress] == [(1, 3), (2, 3), (3, 3)]
    assert warehouse.all("select distinct _known_on::text from landing.cnipa_gazette order by 1") == [
        (d,) for d in days
    ]


def test_files_of_a_zip_are_read_like_files(warehouse: Warehouse, tmp_path: Path) -> None:
    warehouse.take(*_three_files(tmp_path))
    (batch,) = list_batches(warehouse.connection)
    bare = warehouse.all("select _row_hash from landing.cnipa_gazette order by 1")
    retract_batch(warehouse.connection, batch.batch_id, "test", "tester")
    archive = tmp_path / "issue.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for path in sorted((tmp_path / "2019-07-09").iterdir()):
            packed.write(path, f"2019-07-09/{path.name}")
    report = warehouse.take(archive)
    assert report.batches[0].row_count == 11
    assert warehouse.one("select count(*) from ops.deliveries where file_name = 'issue.zip'") == 1
    names = warehouse.all("select distinct _source_file from landing.cnipa_gazette where _batch_id > 1 order by 1")
    assert names[0] == (f"issue.zip!2019-07-09/{PUBLISHED}",)
    query = f"select _row_hash from landing.cnipa_gazette where _batch_id = {report.batches[0].batch_id} order by 1"
    assert warehouse.all(query) == bare
    reloaded = reload_batches(
        warehouse.connection, warehouse.archive, GAZETTE, [report.batches[0].batch_id], "again", "tester"
    )
    assert reloaded.batches[0].row_count == 11


def test_two_different_files_of_one_name_refuse_each_other(warehouse: Warehouse, tmp_path: Path) -> None:
    first = put(tmp_path / "a", csv_bytes(rows(1)))
    second = put(tmp_path / "b", csv_bytes(rows(2)))
    report = warehouse.take(first, second)
    assert [each.reason_code for each in report.rejected] == ["name_conflict", "name_conflict"]
    assert report.batches == ()
    same = put(tmp_path / "c", csv_bytes(rows(1)))
    assert warehouse.take(first, same).batches[0].row_count == 1


def test_partition_comes_from_the_path_else_from_the_option(warehouse: Warehouse, tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_bytes(csv_bytes(rows(1)))
    (refused,) = warehouse.take(path).rejected
    assert (refused.reason_code, "--known-on" in refused.mend) == ("partition_unknown", True)
    assert warehouse.one("select count(*) from ops.deliveries") == 1, "the receipt is noted all the same"
    assert warehouse.take(path, known_on=date(2019, 7, 9)).batches[0].partition_key == "2019-07-09"
    (wrong,) = warehouse.take(put(tmp_path, csv_bytes(rows(1)), issue="2019-13-45")).rejected
    assert (wrong.reason_code, "2019-13-45" in wrong.message) == ("impossible_period", True)


def test_reload_parses_the_archive_again_and_supersedes(warehouse: Warehouse, tmp_path: Path) -> None:
    path = put(tmp_path, csv_bytes(rows(3)))
    warehouse.take(path)
    before = warehouse.hash()
    path.unlink()
    (old,) = list_batches(warehouse.connection)
    report = reload_batches(warehouse.connection, warehouse.archive, GAZETTE, [old.batch_id], "parser mended", "tester")
    (new,) = list_batches(warehouse.connection, status="active")
    assert (report.batches[0].status, new.supersedes, new.reason) == ("loaded", old.batch_id, "parser mended")
    assert warehouse.hash() == before
    with pytest.raises(UnknownBatch, match="no batch 999"):
        reload_batches(warehouse.connection, warehouse.archive, GAZETTE, [999], "x", "tester")


def test_reload_refuses_damaged_archive_files(warehouse: Warehouse, tmp_path: Path) -> None:
    warehouse.take(put(tmp_path, csv_bytes(rows(3))))
    (stored,) = (warehouse.archive / "cnipa_gazette").iterdir()
    stored.chmod(0o644)
    stored.write_bytes(csv_bytes(rows(4)))
    (batch,) = list_batches(warehouse.connection)
    with pytest.raises(ArchiveError, match="damaged"):
        reload_batches(warehouse.connection, warehouse.archive, GAZETTE, [batch.batch_id], "x", "tester")
    assert [each.status for each in list_batches(warehouse.connection)] == ["active"]


def test_retracted_batch_is_out_and_its_rows_stay(warehouse: Warehouse, tmp_path: Path) -> None:
    warehouse.take(put(tmp_path, csv_bytes(rows(3))))
    (batch,) = list_batches(warehouse.connection)
    after = retract_batch(warehouse.connection, batch.batch_id, "wrong month", "tester")
    assert (after.status, after.reason) == ("retracted", "retracted by tester: wrong month")
    assert warehouse.one("select count(*) from landing.cnipa_gazette") == 3
    assert warehouse.hash() == warehouse.hash("cnipa_gazette")
    with pytest.raises(UnknownBatch, match="is retracted"):
        retract_batch(warehouse.connection, batch.batch_id, "again", "tester")
    back = reload_batches(warehouse.connection, warehouse.archive, GAZETTE, [batch.batch_id], "it was right", "tester")
    assert back.batches[0].row_count == 3


def test_a_crash_on_the_way_leaves_nothing(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(tmp_path, csv_bytes(rows(3)))
    warehouse.take(path)
    before = warehouse.hash()

    def crash(*_arguments: Any) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(land_module, "write_batches", crash)
    with pytest.raises(RuntimeError, match="power cut"):
        warehouse.take(put(tmp_path, csv_bytes(rows(4))))
    assert warehouse.hash() == before
    assert warehouse.one("select count(*) from landing.cnipa_gazette") == 3
    monkeypatch.undo()
    assert warehouse.take(put(tmp_path, csv_bytes(rows(4)))).batches[0].status == "loaded"


def test_rows_that_the_second_count_misses_stop_the_batch(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = warehouse.take(put(tmp_path, csv_bytes(rows(3)))).batches[0].batch_id
    monkeypatch.setattr(CsvReader, "count_rows", lambda *_: 5)
    report = warehouse.take(put(tmp_path, csv_bytes(rows(4))))
    assert [each.reason_code for each in report.rejected] == ["rows_not_conserved"]
    assert "finds 5 rows, but 4" in report.rejected[0].message
    assert [(each.batch_id, each.status) for each in list_batches(warehouse.connection)] == [(good, "active")]
    assert warehouse.one("select count(*) from landing.cnipa_gazette") == 3


def test_a_second_session_is_told_who_loads_the_feed(warehouse: Warehouse, tmp_path: Path, database_url: str) -> None:
    path = put(tmp_path, csv_bytes(rows(1)))
    with psycopg.connect(database_url, autocommit=True, application_name="other clerk") as other:
        seen: list[str] = []

        def intrude(_done: int, _total: int, _name: str) -> None:
            with pytest.raises(FeedBusy, match=r"cnipa_gazette is being loaded by .* since \d{4}-") as caught:
                Warehouse(other, warehouse.archive).take(path)
            seen.append(str(caught.value))

        warehouse.take(path, on_progress=intrude)
        assert len(seen) == 1
        assert Warehouse(other, warehouse.archive).take(path).batches[0].status == "unchanged"


def test_the_connection_must_be_idle_and_keeps_its_mode(database_url: str, tmp_path: Path) -> None:
    path = put(tmp_path, csv_bytes(rows(1)))
    with psycopg.connect(database_url) as connection:
        connection.execute(render_landing_sql([GAZETTE]))
        with pytest.raises(ValueError, match="idle"):
            Warehouse(connection, tmp_path / "archive").take(path)
        connection.commit()
        Warehouse(connection, tmp_path / "archive").take(path)
        assert connection.autocommit is False
        connection.rollback()
        assert connection.execute("select count(*) from landing.cnipa_gazette").fetchone() == (1,)


OPTION_FEED = {
    "feed": "small",
    "version": 1,
    "title": "小表 / Small table",
    "description": "说明 / Text",
    "origin": {"owner": "某局 / Office", "licence": "none", "cadence": "yearly"},
    "file": {"reader": "csv", "suffixes": ".csv"},
    "delivery": {
        "mode": "snapshot",
        "partition": {"pattern": r"(?P<key>never)", "period": "none", "otherwise": "constant", "constant": "all"},
    },
    "grain": ["code"],
    "known_on": [{"source": "column", "column": "published_on"}, {"source": "option"}],
    "missing_means": "unchanged",
    "columns": [
        {"name": "code", "header": "编号", "required": True, "description": "编号 / Number"},
        {"name": "amount", "header": "金额", "type": "decimal(18,4)", "description": "金额 / Amount"},
        {
            "name": "published_on",
            "header": "发布日期",
            "type": "date",
            "header_optional": True,
            "description": "发布日期 / Published on",
        },
    ],
}


@pytest.fixture
def small(warehouse: Warehouse, tmp_path: Path) -> Contract:
    path = tmp_path / "small.yml"
    path.write_text(yaml.safe_dump(OPTION_FEED, allow_unicode=True), encoding="utf-8")
    contract = load_contract(path)
    warehouse.connection.execute(render_landing_sql([contract]))
    return contract


def _small_file(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_known_day_of_a_file_survives_the_next_delivery(warehouse: Warehouse, tmp_path: Path, small: Contract) -> None:
    first = _small_file(tmp_path, "a.csv", "编号,金额\n1,1.5\n")
    second = _small_file(tmp_path, "b.csv", "编号,金额,发布日期\n2,,2021-05-06\n3,2,\n")
    warehouse.take(first, contract=small, known_on=date(2020, 1, 2))
    warehouse.take(second, contract=small, known_on=date(2021, 12, 31))
    query = "select code, amount::text, _known_on::text from landing.small join ops.batches on batch_id = _batch_id"
    assert warehouse.all(f"{query} where status = 'active' order by 1") == [
        ("1", "1.5000", "2020-01-02"),
        ("2", None, "2021-05-06"),
        ("3", "2.0000", "2021-12-31"),
    ]
    assert warehouse.take(first, contract=small, known_on=date(2020, 1, 2)).batches[0].status == "unchanged"


def test_rows_whose_known_day_nobody_says_go_to_quarantine(
    warehouse: Warehouse, tmp_path: Path, small: Contract
) -> None:
    path = _small_file(tmp_path, "b.csv", "编号,金额,发布日期\n2,1,2021-05-06\n3,2,\n")
    result = warehouse.take(path, contract=small).batches[0]
    assert (result.row_count, result.quarantined_count) == (1, 1)
    assert warehouse.all("select source_row, column_name, reason_code from ops.quarantine") == [
        (3, "published_on", "known_on_missing")
    ]


def _correction(tmp_path: Path, **changes: Any) -> Path:
    entry = {
        "partition": "2019-07-09",
        "where": {"publication_number": "CN209000002U"},
        "column": "address",
        "old": "528421广东省中山市古镇镇同兴路1号",
        "new": "528415广东省中山市小榄镇民安路2号",
        "reason": "the gazette's erratum",
        "decided_on": date(2019, 8, 1),
    } | changes
    folder = tmp_path / "corrections"
    folder.mkdir(exist_ok=True)
    (folder / "cnipa_gazette.yml").write_text(yaml.safe_dump([entry], allow_unicode=True), encoding="utf-8")
    return folder


def test_correction_mends_its_row_and_makes_a_new_batch(warehouse: Warehouse, tmp_path: Path) -> None:
    path = put(tmp_path, csv_bytes(rows(3)))
    warehouse.take(path)
    warehouse.take(path, corrections_dir=_correction(tmp_path))
    query = "select postcode, address from landing.cnipa_gazette join ops.batches on batch_id = _batch_id"
    assert warehouse.all(f"{query} where status = 'active' order by _source_row")[1] == (
        "528415",
        "广东省中山市小榄镇民安路2号",
    )


@pytest.mark.parametrize("changes", [{"old": "other"}, {"where": {"publication_number": "CN209999999U"}}])
def test_correction_whose_old_value_is_gone_stops_the_batch(
    warehouse: Warehouse, tmp_path: Path, changes: dict[str, Any]
) -> None:
    path = put(tmp_path, csv_bytes(rows(3)))
    report = warehouse.take(path, corrections_dir=_correction(tmp_path, **changes))
    assert [(each.file_name, each.reason_code) for each in report.rejected] == [
        ("corrections/cnipa_gazette.yml", "correction_outdated")
    ]
    assert "remove it" in report.rejected[0].mend
    assert warehouse.one("select count(*) from landing.cnipa_gazette") == 0
    assert list_batches(warehouse.connection) == []


def test_cells_do_not_move_when_the_header_of_the_authorized_file_is_wrong(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    wrong = [*HEADERS[:7], "address", "designer", "Int.Cl."]
    body = [row(n, authorization_notice_id=f"CN10000000{n}B") for n in range(1, 6)]
    warehouse.take(put(tmp_path, csv_bytes(body, headers=wrong), AUTHORIZED))
    first = warehouse.all("select postcode, inventors from landing.cnipa_gazette where _source_row = 2")
    assert first == [("528421", "张某某;李某")]
    # The provider mends the cells: they stand under their headers now, and are read by name again.
    mended = [[*cells[:7], cells[8], cells[7], cells[9]] for cells in body]
    result = warehouse.take(put(tmp_path, csv_bytes(mended, headers=wrong), AUTHORIZED)).batches[0]
    assert any("agrees with the cells now" in warning for warning in result.warnings)
    again = warehouse.all(
        f"select postcode, inventors from landing.cnipa_gazette where _source_row = 2 and _batch_id = {result.batch_id}"
    )
    assert again == first
