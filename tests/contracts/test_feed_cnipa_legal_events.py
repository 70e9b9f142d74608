"""Legal events: one landing row an event, codes and dates from the gazette's words, nothing guessed."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

from tests.contracts.conftest import Load


def test_events_are_exploded_with_code_and_two_dates(load: Load, fixtures: Path) -> None:
    loaded = load("cnipa_legal_events", fixtures / "legal_events_2020-02.csv")
    assert loaded.only_batch_counts() == (5, 3, 1)
    found = [(r["publication_number"], r["event_code"], r["effective_date"], r["event_date"]) for r in loaded.rows]
    assert sorted(found, key=str) == [
        ("CN302478080S", "CF01", date(2018, 9, 7), date(2019, 8, 27)),
        ("CN302478080S", "GR01", date(2013, 6, 19), date(2013, 6, 19)),
        ("CN302478080S", "TR01", date(2018, 1, 16), date(2018, 2, 2)),
        ("CN302478081S", None, None, None),
        ("CN302478084S", "IW01", date(2019, 12, 20), date(2020, 2, 4)),
    ]
    assert all(row["_known_on"] == (row["event_date"] or row["grant_date"]) for row in loaded.rows)
    assert {row["patent_kind"] for row in loaded.rows} == {"design_granted"}


def test_a_transfer_names_all_parties_before_and_after(load: Load, fixtures: Path) -> None:
    loaded = load("cnipa_legal_events", fixtures / "legal_events_2020-02.csv")
    (transfer,) = [row for row in loaded.rows if row["event_code"] == "TR01"]
    assert transfer["change_item"] == "专利权人;地址"
    assert transfer["value_before"] == "李某某;王某某"
    assert transfer["value_after"] == "中山市甲灯饰有限公司"
    assert transfer["address_after"] == "528421 广东省中山市古镇镇曹三1号"
    assert (transfer["patentees"], transfer["address"]) == ("中山市甲灯饰有限公司", "广东省中山市古镇镇曹三1号")


def test_an_unknown_event_or_an_impossible_day_is_quarantined(load: Load, fixtures: Path) -> None:
    loaded = load("cnipa_legal_events", fixtures / "legal_events_2020-02.csv")
    told = [(fault["source_row"], fault["reason_code"]) for fault in loaded.quarantine]
    # The line with the impossible day holds two events; both are set aside with it.
    assert told == [(5, "unknown_code"), (6, "not_date"), (6, "not_date")]
    assert "专利权的分割" in loaded.quarantine[0]["message"]
    assert "20190231" in loaded.quarantine[1]["message"]


def test_the_real_file_holds_122_designs_and_every_event(load: Load, shared: Path) -> None:
    loaded = load("cnipa_legal_events", shared / "feeds" / "cnipa_design_legal_events" / "designs_2013.csv")
    assert loaded.quarantine == []
    assert loaded.report.batches[0].header_repeat_count == 2
    assert len({row["publication_number"] for row in loaded.rows}) == 122
    codes = Counter(row["event_code"] for row in loaded.rows)
    assert codes == {"GR01": 138, "CF01": 130, "TR01": 5, "CP03": 5, "PD01": 1, "PP01": 2, "DD01": 2}
    ended = {
        row["publication_number"]: (row["event_date"] - row["effective_date"]).days
        for row in loaded.rows
        if row["event_code"] == "CF01"
    }
    delays = list(ended.values())
    assert (len(delays), min(delays), max(delays), sum(days > 424 for days in delays)) == (114, 343, 473, 8)


def test_the_real_file_gives_the_two_clock_stock_of_case_1b(load: Load, shared: Path) -> None:
    loaded = load("cnipa_legal_events", shared / "feeds" / "cnipa_design_legal_events" / "designs_2013.csv")
    designs = {row["publication_number"] for row in loaded.rows}
    ends = {row["publication_number"]: row for row in loaded.rows if row["event_code"] == "CF01"}
    grants = {row["publication_number"]: row["event_date"] for row in loaded.rows if row["event_code"] == "GR01"}

    def stock(year: int, clock: str) -> int:
        day = date(year, 12, 31)
        return sum(grants[each] <= day and not (each in ends and ends[each][clock] <= day) for each in designs)

    pairs = {year: (stock(year, "event_date"), stock(year, "effective_date")) for year in (2013, 2014, 2016, 2018)}
    assert pairs == {2013: (122, 84), 2014: (115, 49), 2016: (45, 24), 2018: (22, 14)}
