"""The feed of family members abroad: what lands, what is quarantined, and which day each row became known."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.contracts.conftest import Load


def test_members_land_with_their_grant_and_their_known_day(load: Load, fixtures: Path) -> None:
    loaded = load("patent_families", fixtures / "patent_families_2024.csv")
    assert loaded.only_batch_counts() == (3, 4, 0)
    assert loaded.report.batches[0].partition_key == "2024"
    first, second, last = loaded.rows
    assert (first["publication_number"], first["patent_kind"]) == ("CN110000001B", "invention_granted")
    assert (first["member_country_code"], first["granted_date"], first["ended_date"]) == ("US", date(2023, 11, 7), None)
    assert second["granted_date"] is None, "an application abroad is no grant"
    assert last["ended_date"] == date(2024, 12, 1)
    assert [row["_known_on"] for row in loaded.rows] == [date(2024, 1, 15), date(2024, 2, 20), date(2024, 12, 20)]


def test_a_row_that_breaks_the_contract_is_quarantined_with_its_reason(load: Load, fixtures: Path) -> None:
    faults = load("patent_families", fixtures / "patent_families_2024.csv").quarantine
    assert [(fault["source_row"], fault["column_name"], fault["reason_code"]) for fault in faults] == [
        (4, "member_country_code", "pattern"),
        (5, "granted_date", "not_date"),
        (6, "member_publication_number", "missing_value"),
        (7, "publication_number", "missing_value"),
    ]
    assert "灯具".encode() in faults[3]["raw"]


def test_an_old_document_keeps_its_kind_whatever_the_day_of_the_record(load: Load, tmp_path: Path) -> None:
    path = tmp_path / "patent_families_2015.csv"
    path.write_text(
        "公开公告号,同族公开号,同族国家地区,同族授权日,同族失效日,数据日期\nCN100376798C,JP4000001B2,JP,2009-05-31,2015-05-07,2015-06-21\n",
        "utf-8",
    )
    (row,) = load("patent_families", path).rows
    assert (row["patent_kind"], row["kind_code"]) == ("invention_granted", "C")


def test_a_file_without_the_member_column_is_refused(load: Load, tmp_path: Path) -> None:
    path = tmp_path / "patent_families_2024.csv"
    path.write_text(
        "公开公告号,同族国家地区,同族授权日,同族失效日,数据日期\nCN110000001B,US,2023-11-07,,2024-01-15\n", "utf-8"
    )
    (rejected,) = load("patent_families", path).report.rejected
    assert (rejected.reason_code, rejected.column_name) == ("missing_column", "同族公开号")
