"""The revision triangle from what was published: values in force, means, and reasons that are the inputs' difference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from ipstat.commands.revisions import changes, means
from ipstat.errors import RefusedError
from ipstat.revision_reasons import feeds_of
from ipstat.revisions import Margin, read_triangle

GRANTS = "patent_invention_grant_count"
RATE = "patent_invention_valid_per_10k_population"
KEY = {
    "series": "published",
    "industry_code": "ALL",
    "applicant_type": "ALL",
    "breakdown_type": "ALL",
    "breakdown_code": "ALL",
    "counting_basis": "first",
}


@dataclass
class Office:
    """Builds, their batches, and what they published, written by hand."""

    connection: psycopg.Connection[Any]
    count: int = 0

    def batch(self, feed: str, partition: str, digest: str = "a", **columns: Any) -> int:
        """A batch of one file; an equal digest is equal bytes."""
        row = {
            "feed": feed,
            "partition_key": partition,
            "contract_version": 1,
            "parser_version": "1",
            "content_hash": digest * 64,
            "known_on": partition,
            "recorded_by": "tester",
            "status": "superseded",
        } | columns
        batch_id: int = self._insert("ops.batches", row, "batch_id")
        delivery = {
            "feed": feed,
            "file_name": "a.csv",
            "source_path": "a.csv",
            "sha256": digest * 64,
            "size_bytes": 1,
            "archive_path": "x",
        }
        delivery_id = self._insert("ops.deliveries", delivery, "delivery_id")
        self.connection.execute(
            "insert into ops.batch_files values (%s, %s, 'a.csv', %s, 1, 1, 0, 0)", [batch_id, delivery_id, digest * 64]
        )
        return batch_id

    def publish(self, batches: list[int], horizon: str, **inputs: str) -> str:
        """A build of these batches, published an hour after the one before."""
        self.count += 1
        build_id = f"b2026010{self.count}t000000aaaa"
        row = {
            "build_id": build_id,
            "horizon_date": horizon,
            "code_version": "1",
            "seeds_hash": "1" * 64,
            "corrections_hash": "2" * 64,
            "decisions_hash": "3" * 64,
            "status": "gated",
        } | inputs
        self._insert("ops.builds", row, "build_id")
        for batch in batches:
            self.connection.execute("insert into ops.build_batches values (%s, %s)", [build_id, batch])
        self.connection.execute(
            "insert into publication.published_builds values (%s, %s, 'tester')", [build_id, self.moment]
        )
        return build_id

    @property
    def moment(self) -> str:
        """When the newest publication took place."""
        return f"2026-01-0{self.count} 08:00:00+08"

    def value(self, period: str, value: str | None, status: str = "reported", code: str = GRANTS, **more: Any) -> None:
        """What the newest publication brought for a year."""
        row = {
            "build_id": f"b2026010{self.count}t000000aaaa",
            "published_at": self.moment,
            "indicator_code": code,
            "indicator_version": 1,
            "period_type": "year",
            "period_start": f"{period}-01-01",
            "period_end": f"{period}-12-31",
            "town_code": "442000",
            "town_key": "442000",
            "town_basis": "now",
            "industry_basis": "ipc_mapping",
            "value": value,
            "value_status": status,
        }
        self._insert("publication.indicator_values", row | KEY | more, "build_id")

    def withdraw(self, period: str) -> None:
        """The newest publication has no such row any more."""
        key = KEY | {"indicator_code": GRANTS, "period_type": "year", "period_start": f"{period}-01-01"}
        key |= {"town_code": "442000", "town_basis": "now", "industry_basis": "ipc_mapping"}
        row = {
            "build_id": f"b2026010{self.count}t000000aaaa",
            "published_at": self.moment,
            "table_name": "fct_indicator_values",
            "record_key": Jsonb(key),
            "change_kind": "delete",
        }
        self._insert("publication.changes", row, "change_id")

    def _insert(self, table: str, row: dict[str, Any], returning: str) -> Any:
        marks = ", ".join(["%s"] * len(row))
        statement = f"insert into {table} ({', '.join(row)}) values ({marks}) returning {returning}"
        found = self.connection.execute(statement.encode(), list(row.values())).fetchone()
        assert found is not None
        return found[0]


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with psycopg.connect(database_url) as connection:
        yield Office(connection)


def expect(office: Office, feed: str, partition: str) -> None:
    office.connection.execute(
        "insert into ops.expected_deliveries values (%s, %s, %s, %s, %s)", [feed, *[partition] * 4]
    )


def test_triangle_means_and_reasons_of_a_late_delivery_and_a_correction(office: Office) -> None:
    """2018: 90 (an issue is missing), 100 with it, 98 after a correction. 2019: 50, then 50, then 51.

    Mean revision (8 + 1) / 2 = 4.5, absolute the same; from the first whole value (-2 + 1) / 2 = -0.5 and 1.5.
    """
    for day in ("2018-03-06", "2018-03-09", "2019-03-08"):
        expect(office, "cnipa_gazette", day)
    first = office.batch("cnipa_gazette", "2018-03-06")
    later = office.batch("cnipa_gazette", "2019-03-08")
    other = office.batch("population", "2019-01-01", contract_version=4)
    office.publish([first, later, other], "2019-12-31")
    office.value("2018", "90", "partial")
    office.value("2019", "50")
    late = office.batch("cnipa_gazette", "2018-03-09", "b")
    office.publish([first, later, other, late], "2019-12-31")
    office.value("2018", "100")
    mended = office.batch("cnipa_gazette", "2018-03-06", "c", reason="the sender's second file")
    read_again = office.batch("population", "2019-01-01", contract_version=5)
    office.publish([mended, later, read_again, late], "2019-12-31", seeds_hash="9" * 64)
    office.value("2018", "98")
    office.value("2019", "51")
    triangle = read_triangle(office.connection, Margin(GRANTS))
    assert [[None if cell is None else cell.value for cell in row.cells] for row in triangle.rows] == [
        [90, 100, 98],
        [50, 50, 51],
    ]
    seeds = "seeds changed: 11111111 to 99999999"
    assert [(change.revision, change.reasons) for row in triangle.rows for change in row.changes] == [
        (Decimal(10), (f"late delivery: cnipa_gazette 2018-03-09 (batch {late})",)),
        (
            Decimal(-2),
            (f"correction: cnipa_gazette 2018-03-06 (batch {mended} for {first}: the sender's second file)", seeds),
        ),
        # The grants of 2019 do not rest on the population, and no issue of theirs changed.
        (
            Decimal(1),
            (f"correction: cnipa_gazette 2018-03-06 (batch {mended} for {first}: the sender's second file)", seeds),
        ),
    ]
    whole = triangle.summary(is_finished=True)
    assert (whole.period_count, whole.mean_revision, whole.mean_absolute_revision) == (
        2,
        Decimal("-0.5"),
        Decimal("1.5"),
    )
    assert means(triangle) == [
        "all values: 2 period(s), 2 revised, mean revision +4.5, mean absolute revision 4.5",
        "from the first whole value: 2 period(s), 2 revised, mean revision -0.5, mean absolute revision 1.5",
    ]
    assert changes(triangle)[:2] == [
        "2018, 2026-01-02 08:00:00: 90 partial to 100 (+10)",
        f"  late delivery: cnipa_gazette 2018-03-09 (batch {late})",
    ]


def test_a_new_delivery_is_later_knowledge_of_a_past_period(office: Office) -> None:
    for day in ("2018-03-06", "2020-08-04"):
        expect(office, "cnipa_legal_events", day)
    first = office.batch("cnipa_legal_events", "2018-03-06")
    office.publish([first], "2018-12-31")
    office.value("2018", "10", code="patent_invention_valid_count", series="restated")
    office.value("2020", "7", "partial", code="patent_invention_valid_count", series="restated")
    second = office.batch("cnipa_legal_events", "2020-08-04")
    office.publish([first, second], "2020-12-31", decisions_hash="4" * 64, code_version="2")
    office.value("2018", "9", code="patent_invention_valid_count", series="restated", indicator_version=2)
    office.value("2020", "8", code="patent_invention_valid_count", series="restated")
    triangle = read_triangle(office.connection, Margin("patent_invention_valid_count", series="restated"))
    others = ("code changed: 1 to 2", "review decisions changed: 33333333 to 44444444")
    assert [change.reasons for row in triangle.rows for change in row.changes] == [
        ("definition version 1 to 2", f"known later: cnipa_legal_events 2020-08-04 (batch {second})", *others),
        (f"new delivery: cnipa_legal_events 2020-08-04 (batch {second})", *others),
    ]


def test_retraction_reading_again_and_a_denominator_of_another_vintage_are_told_apart(office: Office) -> None:
    kept = office.batch("cnipa_gazette", "2018-03-06")
    gone = office.batch("cnipa_gazette", "2018-03-09", reason="retracted by tester: a test file", status="retracted")
    people = office.batch("population", "2018-12-31", parser_version="1")
    office.publish([kept, gone, people], "2019-12-31")
    office.value("2018", "24.03", code=RATE, denominator="331.00", denominator_known_on="2019-03-01")
    people_again = office.batch("population", "2018-12-31", parser_version="2")
    office.publish([kept, people_again], "2019-12-31")
    office.value("2018", "18.13", code=RATE, denominator="438.73", denominator_known_on="2021-05-11")
    (row,) = read_triangle(office.connection, Margin(RATE)).rows
    assert "cnipa_gazette" in feeds_of(RATE)
    assert row.changes[0].reasons[0] == "denominator 331 (known 2019-03-01) to 438.73 (known 2021-05-11)"
    assert (
        f"retraction: cnipa_gazette 2018-03-09 (batch {gone}: retracted by tester: a test file)"
        in row.changes[0].reasons
    )
    again = f"read again with another parser or contract: population 2018-12-31 (batch {people_again} for {people})"
    assert (again in row.changes[0].reasons) is ("population" in feeds_of(RATE))


def test_a_build_published_again_and_a_value_withdrawn_are_vintages(office: Office) -> None:
    batch = office.batch("cnipa_gazette", "2018-03-06")
    office.publish([batch], "2019-12-31")
    office.value("2017", "5")
    office.value("2018", "10")
    office.publish([batch], "2019-12-31", code_version="2")
    office.value("2018", "12")
    office.withdraw("2017")
    office.publish([batch], "2019-12-31", code_version="3")
    office.value("2017", "6")
    triangle = read_triangle(office.connection, Margin(GRANTS))
    assert [[None if cell is None else cell.value for cell in row.cells] for row in triangle.rows] == [
        [5, None, 6],
        [10, 12, 12],
    ]
    assert triangle.rows[0].changes[0].reasons == ("withdrawn", "code changed: 1 to 2")
    assert [change.revision for change in triangle.rows[0].changes] == [None]
    assert triangle.summary().mean_revision == Decimal("1.5")


def test_what_was_never_published_is_refused_naming_what_there_is(office: Office) -> None:
    office.publish([office.batch("cnipa_gazette", "2018-03-06")], "2019-12-31")
    office.value("2018", "10")
    with pytest.raises(RefusedError, match="of this indicator there is: published by year"):
        read_triangle(office.connection, Margin(GRANTS, period_type="month"))
    with pytest.raises(RefusedError, match="there is: nothing"):
        read_triangle(office.connection, Margin("no_such_indicator"))
