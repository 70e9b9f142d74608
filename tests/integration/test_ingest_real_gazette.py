"""The real gazette of 2019-07-09 with all its faults: the figures of the feeds' README."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import psycopg
import pytest

from ingest.batches import retract_batch
from ingest.ddl import render_landing_sql
from tests.support.ingest import GAZETTE, Warehouse

#: Rows of the active batches, one for each document: an intact application number first, then the hash.
DOCUMENTS = """
    select distinct on (patent_kind, publication_number) l.*
    from landing.cnipa_gazette as l join ops.batches as b on b.batch_id = l._batch_id and b.status = 'active'
    order by patent_kind, publication_number, application_number_status <> 'intact', _row_hash
"""


@pytest.fixture(scope="module")
def files(shared: Path) -> list[Path]:
    found = sorted((shared / "feeds" / "cnipa_gazette" / "2019-07-09").glob("*.csv"))
    assert len(found) == 6
    return found


@pytest.fixture
def warehouse(database_url: str, tmp_path: Path) -> Iterator[Warehouse]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(render_landing_sql([GAZETTE]))
        yield Warehouse(connection, tmp_path / "archive")


def _in_city(warehouse: Warehouse) -> dict[str, int]:
    query = f"select patent_kind, count(*) from ({DOCUMENTS}) as d where address like '%中山市%' group by 1"
    return {str(kind): int(count) for kind, count in warehouse.all(query)}


def test_all_six_files_give_the_figures_of_the_readme(warehouse: Warehouse, files: list[Path]) -> None:
    report = warehouse.take(*files, known_on=date(2019, 7, 9))
    assert (report.row_count, report.quarantined_count, report.rejected) == (58_188, 0, ())
    assert report.batches[0].warnings == ()
    kinds = warehouse.all(
        f"select right(publication_number, 1), count(*) from ({DOCUMENTS}) as d group by 1 order by 1"
    )
    assert kinds == [("A", 11_902), ("B", 4_295), ("S", 5_237), ("U", 15_301)]
    assert _in_city(warehouse) == {
        "design_granted": 181,
        "utility_granted": 116,
        "invention_published": 38,
        "invention_granted": 4,
    }
    odd = warehouse.all(
        "select publication_date::text, file_kind, patent_kind, has_kind_conflict, count(*), count(distinct _known_on)"
        f" from ({DOCUMENTS}) as d where publication_date <> '2019-07-09' group by 1, 2, 3, 4"
    )
    assert odd == [("2019-07-05", "invention_published", "utility_granted", True, 10, 1)]
    statuses = warehouse.all(
        "select application_number_status, count(distinct application_number) from landing.cnipa_gazette group by 1"
    )
    assert dict(statuses) == {"intact": 5_071, "destroyed": 0}
    assert warehouse.all("select distinct _known_on::text from landing.cnipa_gazette") == [("2019-07-09",)]


def test_cells_under_the_wrong_header_stand_right(warehouse: Warehouse, files: list[Path]) -> None:
    warehouse.take(next(path for path in files if path.name == "CN_patent_invention_authorized.csv"))
    assert _in_city(warehouse) == {"invention_granted": 4}
    assert warehouse.one("select count(*) from landing.cnipa_gazette where inventors ~ '^[0-9]{6}'") == 0


def test_without_a_second_crawl_the_counts_are_the_same_and_885_numbers_fewer(
    warehouse: Warehouse, files: list[Path]
) -> None:
    counts, numbers = [], []
    for left_out in ("crawl2", "authorized_crawl2", "utility_new_crawl2", "nothing"):
        report = warehouse.take(*(path for path in files if left_out not in path.stem))
        documents = f"select count(*), count(*) filter (where address like '%中山市%') from ({DOCUMENTS}) as d"
        counts.append(warehouse.all(documents))
        numbers.append(
            warehouse.one(
                "select count(distinct publication_number) from landing.cnipa_gazette join ops.batches on"
                " batch_id = _batch_id where status = 'active' and application_number is not null"
            )
        )
        if left_out != "nothing":
            retract_batch(warehouse.connection, report.batches[0].batch_id, "test", "tester")
    assert counts == [[(36_735, 339)]] * 4
    assert numbers[3] - numbers[0] == 885


def test_any_order_once_or_twice_in_one_delivery_or_two(warehouse: Warehouse, files: list[Path]) -> None:
    shuffled = random.Random(7).sample(files, k=6)
    hashes = []
    for parts in ([files], [shuffled, files], [shuffled[1:], shuffled[:1]]):
        for part in parts:
            report = warehouse.take(*part)
        hashes.append(warehouse.hash())
        retract_batch(warehouse.connection, report.batches[0].batch_id, "test", "tester")
    assert len(set(hashes)) == 1


def test_conservation_is_written_for_each_file(warehouse: Warehouse, files: list[Path]) -> None:
    warehouse.take(*files)
    counted = warehouse.all("select file_name, counted_row_count, landed_row_count from ops.batch_files order by 1")
    assert [
        (path.name, n, n) for path, n in zip(files, (5237, 4761, 4761, 13537, 16471, 13421), strict=True)
    ] == counted
