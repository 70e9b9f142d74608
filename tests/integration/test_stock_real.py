"""Both readings of the stock on the real design file (acceptance case 1b), against plain Python over the file."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import psycopg
import pytest

from ingest.contract import load_contracts
from ingest.load import ingest
from ipstat.settings import Settings
from ipstat.stock import Question, read_stock
from tests.conftest import clone
from tests.support.warehouse import Warehouse, failures

BUILD = "b20220202t000000aaaa"
TODAY = date(2022, 1, 31)
YEARS = range(2012, 2021)
GIVEN = {2013: (122, 84), 2014: (115, 49), 2016: (45, 24), 2018: (22, 14)}

pytestmark = [pytest.mark.timeout(300)]


@dataclass(frozen=True)
class Design:
    """What the file says of one design: nothing but its grant, its end and when that was announced."""

    granted: date
    ended: date | None
    announced: date | None
    is_in_city: bool


def _day(text: str) -> date:
    return date.fromisoformat(re.sub(r"\D", "", text))


def _designs(path: Path) -> dict[str, Design]:
    """Read with the csv module alone; of two copies of a design the one with more events is taken."""
    best: dict[str, tuple[int, Design]] = {}
    with path.open(encoding="utf-8", newline="") as stream:
        for cells in csv.reader(stream):
            if len(cells) != 24:
                continue
            page, events = json.loads(cells[22]), json.loads(cells[23])
            text = "\n".join(events)
            end = re.search(r"终止日期[:：](\d{8})", text)
            announced = re.search(r"事务数据公告日 (\S+) 事务数据类型 专利权的终止", text)
            design = Design(
                granted=_day(page["授权公告日"]),
                ended=_day(end[1]) if end else None,
                announced=_day(announced[1]) if announced else None,
                is_in_city="广东省中山市" in page["地址"],
            )
            number = page["授权公告号"]
            if number not in best or len(events) > best[number][0]:
                best[number] = (len(events), design)
    return {number: design for number, (_, design) in best.items()}


def _valid(designs: list[Design], day: date, *, is_known_only: bool) -> int:
    return sum(
        design.granted <= day
        and not (
            design.ended is not None
            and design.ended <= day
            and (not is_known_only or (design.announced is not None and design.announced <= day))
        )
        for design in designs
    )


@pytest.fixture(scope="module")
def designs(shared: Path) -> list[Design]:
    found = list(_designs(shared / "feeds" / "cnipa_design_legal_events" / "designs_2013.csv").values())
    assert len(found) == 122
    assert sum(design.ended is not None for design in found) == 114
    return found


@pytest.fixture(scope="module")
def warehouse(server_settings: Settings, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The legal events alone: no gazette, so every document is known from them."""
    found = Warehouse(clone(server_settings, "stock_real"), tmp_path_factory.mktemp("dbt"))
    files = [shared / "feeds" / "cnipa_design_legal_events" / "designs_2013.csv"]
    with found.connect() as connection:
        ingest(connection, tmp_path_factory.mktemp("archive"), load_contracts()["cnipa_legal_events"], files, None, "t")
    # The horizon lies long before the end of the file: what the command gives must not depend on it.
    assert (
        failures(found.build(BUILD, "2019-07-09", "+fct_stock_flows +fct_patent_events int_patent_right_intervals"))
        == {}
    )
    return found


def _count(connection: psycopg.Connection, day: date, *, is_latest: bool, is_city: bool) -> int:
    question = Question(at=day, is_city=is_city, kinds=("design",))
    return read_stock(connection, question, today=TODAY, is_latest=is_latest, build_id=BUILD).rows[0].count


def test_a_patent_known_only_from_legal_events_has_a_row(warehouse: Warehouse) -> None:
    rows = warehouse.query(
        BUILD,
        "select count(*), count(distinct publication_number), min(publication_date)::text, max(publication_date)::text,"
        " count(*) filter (where is_in_city), bool_and(known_on = publication_date) from fct_patents",
    )
    assert rows == [(122, 122, "2013-06-19", "2013-07-17", 44, True)]
    orphans = warehouse.query(
        BUILD, "select count(*) from fct_patent_events where record_key not in (select record_key from fct_patents)"
    )
    assert orphans == [(0,)]


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("is_city", [False, True], ids=["all", "city"])
def test_both_readings_at_each_year_end(warehouse: Warehouse, designs: list[Design], year: int, is_city: bool) -> None:
    """As known at D, and effective with all that the file knows."""
    day = date(year, 12, 31)
    counted = [design for design in designs if design.is_in_city or not is_city]
    expected = (_valid(counted, day, is_known_only=True), _valid(counted, day, is_known_only=False))
    if not is_city and year in GIVEN:
        assert expected == GIVEN[year]
    with warehouse.connect() as connection:
        published = _count(connection, day, is_latest=False, is_city=is_city)
        restated = _count(connection, day, is_latest=True, is_city=is_city)
    assert (published, restated) == expected
