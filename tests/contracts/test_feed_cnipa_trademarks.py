"""Trademarks come as JSON lines, in which much goes wrong that json.loads would take."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.contracts.conftest import Load


def test_rows_that_hold_land_with_the_unknown_key_kept(load: Load, fixtures: Path) -> None:
    loaded = load("cnipa_trademarks", fixtures / "trademarks_2020-03.jsonl")
    first, second = loaded.rows
    assert loaded.only_batch_counts() == (2, 7, 0)
    assert loaded.report.batches[0].partition_key == "2020-03"
    assert (first["nice_class"], first["is_gi"], first["term_end_date"]) == (11, False, date(2029, 2, 13))
    assert first["address"] == "广东省中山市古镇镇同益工业园1号"
    assert (second["nice_class"], second["status"], second["registration_date"]) == (9, "申请中", None)
    assert second["_extra"] == {"备注": "另案"} and first["_extra"] is None
    assert any("备注" in warning for warning in loaded.report.batches[0].warnings)
    assert first["_known_on"] == date(2020, 3, 10)


def test_every_bad_line_is_told_with_row_column_and_reason(load: Load, fixtures: Path) -> None:
    loaded = load("cnipa_trademarks", fixtures / "trademarks_2020-03.jsonl")
    told = [(fault["source_row"], fault["column_name"], fault["reason_code"]) for fault in loaded.quarantine]
    assert told == [
        (4, "nice_class", "too_large"),
        (5, "国际分类", "not_a_number"),
        (6, "申请号", "duplicate_key"),
        (7, "商标名称", "lone_surrogate"),
        (8, "商标名称", "nul_character"),
        (9, "status", "unknown_code"),
        (10, "filing_date", "not_date"),
    ]
    assert b"NaN" in loaded.quarantine[1]["raw"]
    assert all(str(fault["source_row"]) in fault["message"] for fault in loaded.quarantine[1:5])


def test_the_same_file_twice_is_one_batch(load: Load, fixtures: Path) -> None:
    load("cnipa_trademarks", fixtures / "trademarks_2020-03.jsonl")
    again = load("cnipa_trademarks", fixtures / "trademarks_2020-03.jsonl")
    assert [batch.status for batch in again.report.batches] == ["unchanged"]
    assert len(again.rows) == 2
