"""`ipstat stock` and the two series of flows on small cities whose right answers are known by hand (cases 1 and 2)."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ipstat import cli
from ipstat.settings import Settings
from ipstat.stock import render_valid_rights
from tests.conftest import clone
from tests.support import stock_rows
from tests.support.warehouse import Warehouse, failures, land

BUILD = "b20220102t000000aaaa"
HORIZON = "2021-12-31"
SANXIANG, HUANGPU, XIAOLAN = "442000114", "442000101", "442000118"
Outcome = tuple[int, str, str]
Run = Callable[..., Outcome]

pytestmark = [pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def warehouse(server_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """All sets of rows in one database, built with the checks of the stock."""
    found = Warehouse(clone(server_settings, "stock"), tmp_path_factory.mktemp("dbt"))
    sets = [stock_rows.case_1(), stock_rows.case_1_again(), stock_rows.case_2(), stock_rows.case_2_again()]
    with found.connect() as connection:
        land(connection, "cnipa_gazette", "all", [row for documents, _ in sets for row in documents])
        land(connection, "cnipa_legal_events", "all", [row for _, events in sets for row in events])
    assert failures(found.build(BUILD, HORIZON, "int_patent_right_intervals +fct_stock_flows +fct_patent_events")) == {}
    with found.connect() as connection:
        connection.execute("update ops.builds set status = 'built', finished_at = now()")
    yield found


@pytest.fixture
def stock(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Run `ipstat stock` on the warehouse; exit code, stdout, stderr."""
    monkeypatch.setenv("IPSTAT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("IPSTAT_DATABASE_URL", warehouse.address)

    def run(*arguments: str) -> Outcome:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main(["stock", *arguments])
        out = capsys.readouterr()
        return int(ended.value.code or 0), out.out, out.err

    return run


def rows_of(outcome: Outcome) -> list[list[str]]:
    """The rows of a CSV answer without its header."""
    code, out, err = outcome
    assert code == 0, err
    return list(csv.reader(out.splitlines()))[1:]


def count_of(outcome: Outcome) -> int:
    """The last column of an answer of one row."""
    (row,) = rows_of(outcome)
    return int(row[-1])


def members(warehouse: Warehouse, town: str, at: str, known: str, *, is_restated: bool = False) -> set[str]:
    """The publication numbers that the rule gives for a place, by the number's last two digits and kind."""
    valid = render_valid_rights(BUILD, is_invalidation_restated=is_restated)
    found = warehouse.query(
        BUILD,
        f"with clocks as (select date '{at}' as stock_day, date '{known}' as known_day), valid as ({valid})"
        f" select right(publication_number, 3) from valid join fct_patents using (record_key) where place_code = '{town}'",
    )
    return {number for (number,) in found}


@pytest.mark.parametrize(
    ("at", "known", "published", "restated"),
    [
        ("2018-12-31", "2018-12-31", 4, 4),
        ("2018-12-31", "2019-06-30", 3, 3),
        ("2018-12-31", "2019-12-31", 4, 4),
        ("2019-12-31", "2019-12-31", 5, 5),
        ("2019-12-31", "2020-12-31", 4, 3),
        ("2020-03-14", "2020-03-14", 5, 5),
        ("2020-03-15", "2020-03-15", 4, 4),
        ("2020-12-31", "2020-12-31", 2, 2),
    ],
)
def test_every_row_of_the_two_clock_case(stock: Run, at: str, known: str, published: int, restated: int) -> None:
    asked = ("--at", at, "--known", known, "--kind", "invention", "--town", "442000105", "--format", "csv")
    assert count_of(stock(*asked)) == published
    assert count_of(stock(*asked, "--restate-invalidations")) == restated


@pytest.mark.parametrize(("at", "count"), [("2019-12-30", 4), ("2019-12-31", 5), ("2020-03-14", 5), ("2020-03-15", 4)])
def test_k_is_d_by_default_and_the_day_of_the_grant_counts(stock: Run, at: str, count: int) -> None:
    """P5 is granted on 2019-12-31; P1's last day in force is 2020-03-14."""
    assert count_of(stock("--at", at, "--kind", "invention_granted", "--town", "古镇镇", "--format", "csv")) == count


@pytest.mark.parametrize(
    ("at", "known", "expected", "leaves_if_restated"),
    [
        ("2016-02-28", None, "01B 02B 05B 06B 07U 10B 11S 12B", ""),
        ("2016-02-29", None, "01B 02B 05B 06B 07U 10B 11S", ""),
        ("2016-12-31", "2017-07-31", "01B 02B 05B 06B 07U 10B 11S", ""),
        ("2016-12-31", "2017-08-01", "01B 02B 05B 06B 07U 11S", ""),
        ("2016-12-31", "2018-02-01", "01B 02B 05B 06B 07U 10B 11S", ""),
        ("2016-12-31", "2019-03-18", "01B 02B 05B 06B 07U 10B 11S", ""),
        ("2016-12-31", "2020-08-18", "01B 02B 05B 06B 07U 10B 11S", "11S"),
        ("2019-12-31", None, "01B 02B 05B 06B 07U 08U 10B", ""),
        ("2019-12-31", "2020-08-18", "01B 02B 05B 06B 07U 08U", ""),
        ("2020-04-10", "2020-04-27", "01B 02B 05B 06B 07U 08U 10B", ""),
        ("2020-04-10", "2020-04-28", "01B 02B 05B 06B 08U 10B", ""),
        ("2020-06-15", None, "01B 02B 05B 06B 08U 10B", ""),
        ("2020-06-16", None, "01B 02B 05B 06B 09B 10B", ""),
        ("2020-09-15", None, "01B 02B 05B 09B", ""),
        ("2020-09-15", "2020-12-01", "01B 02B 05B 06B 09B", ""),
        ("2021-02-09", None, "01B 02B 05B 06B 09B", ""),
        ("2021-02-10", None, "02B 05B 06B 09B", ""),
        ("2021-05-20", None, "05B 06B 09B", ""),
        ("2025-08-31", None, "03S 04S 05B 06B 09B", ""),
        ("2025-09-01", None, "03S 04S 05B 09B", ""),
        ("2025-12-14", None, "03S 04S 05B 09B", ""),
        ("2025-12-15", None, "03S 04S 09B", ""),
        ("2031-05-30", None, "03S 04S 09B", ""),
        ("2031-05-31", None, "04S 09B", ""),
        ("2036-06-01", None, "09B", ""),
    ],
)
def test_terms_compensations_surrender_and_second_lapses(
    warehouse: Warehouse, at: str, known: str | None, expected: str, leaves_if_restated: str
) -> None:
    """PCT, divisional, fifteen-year designs, TG01, a late TP01, AV01, AR01, IP01, two lapses with one restoration."""
    wanted = set(expected.split())
    assert members(warehouse, SANXIANG, at, known or at) == wanted
    assert members(warehouse, SANXIANG, at, known or at, is_restated=True) == wanted - set(leaves_if_restated.split())


def flows(warehouse: Warehouse, series: str, town: str, kind: str, condition: str) -> dict[str, int]:
    found = warehouse.query(
        BUILD,
        f"select flow_reason, sum(flow_count)::int from fct_stock_flows where series = '{series}' and town_code = '{town}'"
        f" and patent_kind = '{kind}' and {condition} group by 1 having sum(flow_count) <> 0",
    )
    return dict(found)


def test_flow_identity_with_transfers_and_late_knowledge(warehouse: Warehouse, stock: Run) -> None:
    def at(day: str, *more: str) -> int:
        return count_of(stock("--at", day, "--town", XIAOLAN, "--kind", "utility", "--format", "csv", *more))

    assert [at("2020-12-31"), at("2021-12-31")] == [100, 97]
    restated = ("--known", "2021-12-31", "--restate-invalidations")
    assert [at("2020-12-31", *restated), at("2021-12-31", *restated)] == [94, 97]
    assert at("2020-12-31", "--known", "latest") == 95, "the invalidation counts from the day that it is known"
    year = "month_start >= date '2021-01-01'"
    published = flows(warehouse, "published", XIAOLAN, "utility_granted", year)
    assert published == {
        "granted": 12,
        "lapsed": -9,
        "restored": 1,
        "expired": -4,
        "abandoned": -1,
        "invalidated": -1,
        "moved_in": 2,
        "moved_out": -3,
    }
    effective = flows(warehouse, "restated", XIAOLAN, "utility_granted", year)
    assert effective == {"granted": 12, "lapsed": -3, "expired": -4, "abandoned": -1, "moved_in": 2, "moved_out": -3}
    revision = flows(warehouse, "revision", XIAOLAN, "utility_granted", "month_start < date '2021-01-01'")
    assert revision == {"lapsed": -6, "restored": 1, "invalidated": -1}
    city = flows(warehouse, "published", "442000", "utility_granted", year + " and flow_reason like 'moved%'")
    assert city == {"moved_out": -2}


def test_flow_identity_with_moves_known_late_and_in_the_wrong_order(warehouse: Warehouse, stock: Run) -> None:
    def at(day: str, *more: str) -> int:
        return count_of(stock("--at", day, "--town", HUANGPU, "--kind", "design", "--format", "csv", *more))

    assert [at("2019-12-31"), at("2020-12-31")] == [40, 35]
    assert at("2019-12-31", "--known", "2020-12-31", "--restate-invalidations") == 34
    assert at("2019-12-31", "--known", "2020-12-31") == 35
    year = "month_start between date '2020-01-01' and date '2020-12-01'"
    assert flows(warehouse, "published", HUANGPU, "design_granted", year) == {
        "granted": 5,
        "lapsed": -9,
        "moved_in": 4,
        "moved_out": -3,
        "abandoned": -1,
        "invalidated": -1,
    }
    assert flows(warehouse, "restated", HUANGPU, "design_granted", year) == {
        "granted": 5,
        "lapsed": -2,
        "moved_in": 2,
        "moved_out": -3,
        "abandoned": -1,
    }
    revision = flows(warehouse, "revision", HUANGPU, "design_granted", "month_start < date '2020-01-01'")
    assert revision == {"lapsed": -7, "moved_in": 3, "moved_out": -1, "invalidated": -1}
    moved = "month_start < date '2022-01-01' and flow_reason like 'moved%'"
    assert flows(warehouse, "published", "442000", "design_granted", moved) == {"moved_in": 3}
    assert flows(warehouse, "restated", "442000", "design_granted", moved) == {"moved_in": 3}


@pytest.mark.parametrize(("series", "is_restated"), [("published", False), ("restated", True)])
def test_the_flows_and_the_rule_agree_at_every_month_end(warehouse: Warehouse, series: str, is_restated: bool) -> None:
    """By town and kind, and the city; the flows are the models', the rule is what the command runs."""
    days = (
        "select (month + interval '1 month - 1 day')::date as stock_day"
        f" from generate_series(date '2003-05-01', date '{HORIZON}', interval '1 month') as month"
    )
    known = "stock_day" if series == "published" else f"date '{HORIZON}'"
    valid = render_valid_rights(BUILD, is_invalidation_restated=is_restated)
    by_rule = warehouse.query(
        BUILD,
        f"with clocks as (select stock_day, {known} as known_day from ({days}) as days), valid as ({valid}),"
        " towns as (select distinct place_code, current_town_code from int_places_dated where is_in_city)"
        " select stock_day, patent_kind, town, count(*) from valid join towns using (place_code)"
        " cross join lateral (values (current_town_code), ('442000')) as area (town) group by 1, 2, 3",
    )
    cumulated = warehouse.query(
        BUILD,
        f"select stock_day, patent_kind, town_code, sum(flow_count)::bigint from ({days}) as days join fct_stock_flows"
        f" on month_start <= stock_day and series = '{series}' group by 1, 2, 3 having sum(flow_count) <> 0",
    )
    assert len(by_rule) > 1000, "few cells prove little"
    assert Counter(by_rule) == Counter(cumulated)


def test_without_a_filter_there_is_a_row_for_each_kind_and_their_total(stock: Run) -> None:
    rows = rows_of(stock("--at", "2020-12-31", "--format", "csv"))
    kinds = [row[-2] for row in rows]
    counts = [int(row[-1]) for row in rows]
    assert kinds == ["invention_granted", "utility_granted", "design_granted", "ALL"]
    assert counts[-1] == sum(counts[:-1]) > 0
    everywhere = rows_of(stock("--at", "2020-12-31", "--scope", "all", "--format", "csv"))
    assert int(everywhere[2][-1]) == counts[2] + 1, "one design of 佛山 never came to the city"
    assert rows_of(stock("--at", "2020-12-31", "--kind", "--format", "csv")) == rows


@pytest.mark.parametrize("basis", ["now", "then"])
def test_the_rows_of_all_towns_sum_to_the_city(stock: Run, basis: str) -> None:
    asked = ("--at", "2020-12-31", "--kind", "design", "--format", "csv")
    towns = rows_of(stock(*asked, "--town-basis", basis, "--town"))
    assert int(towns[-1][-1]) == count_of(stock(*asked)) == sum(int(row[-1]) for row in towns[:-1])
    codes = {row[4] for row in towns}
    assert ("442000104" in codes, "442000118" in codes) == ((True, False) if basis == "then" else (False, True))
    assert "unassigned" in codes


def test_a_former_town_is_answered_as_it_was_on_the_day(stock: Run) -> None:
    asked = ("--kind", "design", "--format", "csv")
    (row,) = rows_of(stock("--at", "2020-12-31", "--town", "442000104", *asked))
    assert row[3:6] == ["then", "442000104", "东升镇"]
    assert row[-1] == "5", "three of its own, three that came from 黄圃镇, one that left"
    assert count_of(stock("--at", "2020-12-31", "--town", XIAOLAN, *asked)) == 5
    code, _, err = stock("--at", "2021-12-31", "--town", "442000104", *asked)
    assert code == 2
    assert "442000104" in err
    assert "古镇镇" in err


@pytest.mark.parametrize(
    ("arguments", "code", "part"),
    [
        (("--at", "2020-12-31", "--known", "2020-12-30"), 2, "lies before --at"),
        (("--at", "2999-12-31"), 2, "future"),
        (("--at", "2020-12-31", "--known", "2999-12-31"), 2, "--known 2999-12-31 lies in the future"),
        (("--at", "2020-13-31"), 2, "no date"),
        (("--at", "2020-12-31", "--known", "soon"), 2, "no date"),
        (("--at", "2020-12-31", "--town", "顺德区"), 2, "顺德区"),
        (("--at", "2020-12-31", "--town", "outside"), 2, "--scope all"),
        (("--at", "2020-12-31", "--kind", "trademark"), 2, "trademark"),
        (("--at", "2020-12-31", "--build", "b20200101t000000ffff"), 1, "b20200101t000000ffff"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(
    stock: Run, arguments: tuple[str, ...], code: int, part: str
) -> None:
    found, out, err = stock(*arguments)
    assert (found, out) == (code, "")
    assert part in err.replace("\n", " ")
    assert "Traceback" not in err


def test_a_day_after_the_last_known_one_says_so(stock: Run) -> None:
    code, out, err = stock("--at", "2022-01-31", "--kind", "invention", "--town", SANXIANG)
    assert code == 0
    assert out.split()[-1] == "3", "5B, 6B and 9B"
    assert "2021-12-28" in err, "the last event loaded became known on that day"


def test_before_anything_was_known_there_is_nothing_and_a_word_on_it(stock: Run) -> None:
    code, out, err = stock("--at", "2003-05-06", "--kind", "invention", "--format", "csv")
    assert (code, out.split(",")[-1].strip()) == (0, "0")
    assert "2003-05-07" in err


def test_without_a_build_the_mend_is_named(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("IPSTAT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("IPSTAT_DATABASE_URL", database_url)
    with pytest.raises(SystemExit) as ended:
        cli.main(["stock", "--at", "2020-12-31"])
    assert ended.value.code == 1
    assert "ipstat build" in capsys.readouterr().err


def test_help_says_what_the_rows_and_the_last_column_are(stock: Run) -> None:
    code, out, _ = stock("--help")
    text = " ".join(out.split())
    assert code == 0
    assert "The last column is the count" in text
    assert "Example: ipstat stock --at 2024-12-31" in text
