"""A paged API with a declared total, against a server on 127.0.0.1 that repeats, drops, truncates and miscounts pages."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from ingest.calendar import Calendar
from ingest.contract import load_contracts
from ingest.senders.address import SenderAddress
from ingest.senders.choose import sender_for
from ingest.senders.errors import SenderRefused, SenderUnavailable
from ingest.senders.pages import PagesSender
from ingest.senders.shape import Pages, SenderShape
from ingest.spool import whole_turns
from tests.support.senders_http import Answer, Asked, Site, serve
from tests.support.senders_spool import FEED, Desk

MONTHS = Calendar(kind="monthly", first=date(2021, 6, 1), due_day=4)
TODAY = date(2021, 7, 10)  # June alone is due
CSV_PAGES = Pages(
    name="{partition}/page-{page}.csv",
    size="size",
    page_size=10,
    parameters={"month": "{partition}"},
    format="csv",
    total={"header": "X-Total-Count"},
    identity="documentNumber",
)
JSON_PAGES = Pages(
    name="{partition}/page-{page}.json",
    method="POST",
    page="p",
    first=0,
    size="ps",
    page_size=10,
    parameters={"q": "month:{partition}"},
    format="json",
    total={"field": "data.total"},
    records="data.records",
    identity="documentNumber",
)


def record(number: int) -> dict[str, str]:
    return {"documentNumber": f"CN{number:09d}A", "title": f"吊灯，{number}"}


@dataclass
class Api:
    """A search provider: `records` by month, and how a page is spoiled (`change`), if it is."""

    records: dict[str, list[dict[str, str]]]
    is_json: bool = False
    total: Callable[[int, int], int] = lambda count, _page: count
    change: Callable[[int, bytes], bytes] = lambda _page, body: body
    served: list[bytes] = field(default_factory=list)

    def __call__(self, asked: Asked) -> Answer:
        if self.is_json:
            sent = json.loads(asked.body)
            month, number, size, first = str(sent["q"]).removeprefix("month:"), sent["p"], sent["ps"], 0
        else:
            month, number, size, first = asked.query["month"], int(asked.query["page"]), int(asked.query["size"]), 1
        found = self.records.get(month, [])
        start = (number - first) * size
        some = found[start : start + size]
        total = self.total(len(found), number)
        if self.is_json:
            body = json.dumps({"data": {"total": total, "records": some}}, ensure_ascii=False).encode()
            return Answer(200, self.change(number, body))
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["", "documentNumber", "title"])
        writer.writerows([str(n), *each.values()] for n, each in enumerate(some))
        return Answer(200, self.change(number, text.getvalue().encode()), {"X-Total-Count": str(total)})


def sender(site: Site, pages: Pages = CSV_PAGES, **changes: object) -> PagesSender:
    shape = SenderShape(connection="office", path="search", pages=pages).model_copy(update=changes)
    return PagesSender(SenderAddress.parse(site.address), shape, pages, MONTHS, TODAY)


def api(count: int, is_json: bool = False) -> Api:
    return Api({"2021-06": [record(n) for n in range(count)]}, is_json)


def count_records(turn: dict[str, bytes]) -> int:
    return sum(len(body.decode().splitlines()) - 1 for body in turn.values())


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "spool")


def test_every_page_is_fetched_the_last_one_too_as_the_sender_sent_it(desk: Desk) -> None:
    with serve(api(47)) as site:
        desk.fetch(sender(site))
    [turn] = desk.turns()
    assert sorted(turn) == [f"2021-06/page-{n:04d}.csv" for n in range(1, 6)]
    assert count_records(turn) == 47
    assert turn["2021-06/page-0005.csv"].decode().splitlines()[-1] == "6,CN000000046A,吊灯，46"


def test_json_pages_by_post_with_the_total_in_the_body(desk: Desk) -> None:
    with serve(api(21, is_json=True)) as site:
        desk.fetch(sender(site, JSON_PAGES))
    [turn] = desk.turns()
    assert sorted(turn) == [f"2021-06/page-{n:04d}.json" for n in range(3)]
    assert sum(len(json.loads(body)["data"]["records"]) for body in turn.values()) == 21


def test_a_multiple_of_the_page_size_asks_for_no_page_too_many(desk: Desk) -> None:
    with serve(api(20)) as site:
        desk.fetch(sender(site))
    assert len(desk.turns()[0]) == 2
    assert {asked.query["page"] for asked in site.log} == {"1", "2"}


def test_a_page_that_is_missing_at_the_end_refuses(desk: Desk) -> None:
    """47 are declared and 45 delivered, as in the real feed."""
    provider = api(45)
    provider.total = lambda _count, _page: 47
    with serve(provider) as site, pytest.raises(SenderRefused, match="hold 45 records, 47 are declared"):
        desk.fetch(sender(site))
    assert desk.turns() == []


def test_a_total_that_changes_between_pages_refuses(desk: Desk) -> None:
    for is_json, pages in ((False, CSV_PAGES), (True, JSON_PAGES)):
        provider = api(47, is_json)
        provider.total = lambda count, page: count + (page == 3)
        with serve(provider) as site, pytest.raises(SenderRefused, match="was 47 and is 48"):
            desk.fetch(sender(site, pages))
    assert desk.turns() == []


def test_a_repeated_page_is_found_by_its_bytes(desk: Desk) -> None:
    provider = api(47)
    pages: dict[int, bytes] = {}

    def repeat(page: int, body: bytes) -> bytes:
        pages[page] = body
        return pages[2] if page == 4 else body

    provider.change = repeat
    with serve(provider) as site, pytest.raises(SenderRefused, match=r"page-0004.csv is .*page-0002.csv once more"):
        desk.fetch(sender(site))
    assert desk.turns() == []


def test_a_record_that_slid_to_the_next_page_is_found_by_its_identity(desk: Desk) -> None:
    """A record came in while we read: page 4 begins with what page 3 ended with, the count is right by chance."""
    provider = api(47)
    provider.change = lambda page, body: body.replace(b"CN000000030A", b"CN000000029A") if page == 4 else body
    with serve(provider) as site, pytest.raises(SenderRefused, match=r"'CN000000029A' stands in .*page-0003"):
        desk.fetch(sender(site))
    assert desk.turns() == []


@pytest.mark.parametrize(("is_json", "cut"), [(False, "text"), (True, "text"), (False, "connection")])
def test_a_broken_page_is_asked_for_again_and_never_stored(desk: Desk, is_json: bool, cut: str) -> None:
    provider = api(47, is_json)
    broken = []

    def spoil(page: int, body: bytes) -> bytes:
        if page == 3 and len(broken) < 2:
            broken.append(page)
            return body[:-9] if is_json else body[: body.rindex(b",")]
        return body

    provider.change = spoil if cut == "text" else provider.change
    with serve(provider) as site:
        if cut == "connection":
            whole = provider(Asked("GET", "/search", {"month": "2021-06", "page": "1", "size": "10"}, {}))
            dropped = Answer(200, whole.body, whole.headers, cut=40)
            inner = provider

            def drop_third(asked: Asked) -> Answer:
                if asked.query["page"] == "3" and len(broken) < 2:
                    broken.append(3)
                    return dropped
                return inner(asked)

            site.answer = drop_third
        desk.fetch(sender(site, JSON_PAGES if is_json else CSV_PAGES))
    [turn] = desk.turns()
    assert len(broken) == 2
    assert len(turn) == 5
    assert desk.pauses == [1.0, 2.0]


def test_a_page_that_stays_broken_ends_as_unavailable(desk: Desk) -> None:
    provider = api(47, is_json=True)
    provider.change = lambda page, body: body[:-3] if page == 2 else body
    with serve(provider) as site, pytest.raises(SenderUnavailable, match="is broken"):
        desk.fetch(sender(site, JSON_PAGES))
    assert desk.turns() == []


def test_a_server_without_total_refuses(desk: Desk) -> None:
    with (
        serve(lambda _asked: Answer(200, b"documentNumber\n")) as site,
        pytest.raises(SenderRefused, match="does not declare a total in X-Total-Count"),
    ):
        desk.fetch(sender(site))


def test_only_changed_pages_make_a_second_turn(desk: Desk) -> None:
    provider = api(47)
    with serve(provider) as site:
        desk.fetch(sender(site))
        assert desk.fetch(sender(site)) == []
        provider.records["2021-06"][25]["title"] = "更正"
        provider.records["2021-06"].append(record(47))
        desk.fetch(sender(site))
        assert desk.fetch(sender(site)) == []
    assert sorted(desk.turns()[1]) == ["2021-06/page-0003.csv", "2021-06/page-0005.csv"]
    assert not [name for name in desk.names() if name.startswith(".")]


def test_a_month_that_shrank_is_withdrawn_and_sent_anew(desk: Desk) -> None:
    """Else the page that is no more would stay beside the new ones."""
    provider = api(47)
    with serve(provider) as site:
        desk.fetch(sender(site))
        provider.records["2021-06"] = provider.records["2021-06"][:38]
        desk.fetch(sender(site))
        assert desk.fetch(sender(site)) == []
        assert len(desk.known()) == 4
    first, gone, anew = whole_turns(desk.spool, FEED)
    assert (len(gone.files), len(gone.withdrawn)) == (0, 5)
    assert {each.sha256 for each in gone.withdrawn} == {each.sha256 for each in first.files}
    assert count_records(desk.bytes_of(anew)) == 38


def test_a_refused_month_does_not_keep_the_others(desk: Desk) -> None:
    provider = Api({"2021-06": [record(n) for n in range(5)], "2021-07": [record(n) for n in range(50, 55)]})
    provider.change = lambda _page, body: body.replace(b"CN000000001A", b"CN000000002A")
    with serve(provider) as site:
        shape = SenderShape(connection="office", path="search", pages=CSV_PAGES)
        asker = PagesSender(SenderAddress.parse(site.address), shape, CSV_PAGES, MONTHS, date(2021, 8, 10))
        with pytest.raises(SenderRefused, match="CN000000002A"):
            desk.fetch(asker)
    assert [sorted(turn) for turn in desk.turns()] == [["2021-07/page-0001.csv"]]


def test_the_contract_of_patent_api_reads_the_real_export_in_pages(desk: Desk, shared: Path) -> None:
    """The real records in pages of ten, as the contract asks for them; every byte comes through."""
    text = (shared / "feeds/patent_api_2021-06/records.csv").read_text(encoding="utf-8")
    lines = list(csv.reader(io.StringIO(text, newline="")))

    def page(asked: Asked) -> Answer:
        some = lines[1:] if asked.query["month"] == "2021-06" else []
        start = (int(asked.query["page"]) - 1) * int(asked.query["size"])
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([lines[0], *some[start : start + int(asked.query["size"])]])
        return Answer(200, text.getvalue().encode(), {"X-Total-Count": str(len(some))})

    with serve(page) as site:
        contract = load_contracts()["patent_api"]
        desk.fetch(sender_for(contract, SenderAddress.parse(site.address), date(2021, 8, 10)))
    [turn] = desk.turns()
    rows = [row for _, body in sorted(turn.items()) for row in list(csv.reader(io.StringIO(body.decode())))[1:]]
    assert len(turn) == 45
    assert rows == lines[1:]
