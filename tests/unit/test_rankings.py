"""Ranks, ties, writers and the rules that the reviewed definitions must keep."""

import io
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from reports.facts import FactBook
from reports.rankings import RankedBoard, Ranking, add_to_book, load_definitions, write_csv, write_workbook
from reports.rankings.definitions import DEFINITIONS_PATH, Definitions, Measure
from reports.rankings.facts import change_text
from reports.rankings.rank import competition_ranks, order_rows

VALID = Measure(code="invention_valid_count", name_zh="年末有效发明专利量", unit="件", weight=Decimal(1))
GRANTS = Measure(code="invention_grant_count", name_zh="当年发明专利授权量", unit="件", weight=Decimal(1))


def row(name: str, valid: int, grants: int) -> dict[str, Any]:
    return {
        "enterprise_key": f"key-{name}",
        "uscc": "91442000MA4UN0000X",
        "enterprise_name": name,
        "town_code": "442000105",
        "town_name": "古镇镇",
        "invention_valid_count": valid,
        "invention_grant_count": grants,
    }


def ranking() -> Ranking:
    rows = order_rows(
        [row("乙公司", 5, 2), row("甲公司", 6, 1), row("丙公司", 3, 0), row("丁公司", 9, 4), row("戊公司", 0, 0)],
        (VALID, GRANTS),
        {"key-丁公司": 3, "key-甲公司": 2},
    )
    return Ranking(2019, 1, (RankedBoard("patent_innovation", "专利创新企业排行榜", "说明", (VALID, GRANTS), rows),))


def test_equal_scores_share_a_rank_and_the_next_one_skips() -> None:
    board = ranking().board("patent_innovation")
    assert [(r.rank, r.enterprise_name, r.score) for r in board.rows] == [
        (1, "丁公司", 13),
        (2, "乙公司", 7),
        (2, "甲公司", 7),
        (4, "丙公司", 3),
    ]


@pytest.mark.parametrize(
    ("scores", "ranks"),
    [([], []), ([5], [1]), ([9, 9, 7], [1, 1, 3]), ([3, 3, 3], [1, 1, 1]), ([4, 3, 3, 2, 2, 1], [1, 2, 2, 4, 4, 6])],
)
def test_competition_ranks(scores: list[int], ranks: list[int]) -> None:
    assert competition_ranks([Decimal(score) for score in scores]) == ranks


def test_scores_are_never_rounded_before_they_are_compared() -> None:
    third = VALID.model_copy(update={"weight": Decimal("0.3333")})
    rows = order_rows([row("甲", 3, 0), row("乙", 0, 1)], (third, GRANTS), {})
    assert [(r.enterprise_name, r.score, r.rank) for r in rows] == [("乙", 1, 1), ("甲", Decimal("0.9999"), 2)]


def test_unsorted_scores_are_refused() -> None:
    with pytest.raises(ValueError, match="sorted"):
        competition_ranks([Decimal(1), Decimal(2)])


def test_a_tie_is_never_cut() -> None:
    assert [r.enterprise_name for r in ranking().board("patent_innovation").top(2)] == ["丁公司", "乙公司", "甲公司"]


def test_change_of_rank_is_told() -> None:
    assert [change_text(r) for r in ranking().board("patent_innovation").rows] == ["▲2", "新进", "—", "新进"]


@pytest.mark.parametrize("code", ["patent_application_count", "utility_grant_count", "design_grant_count"])
def test_no_measure_counts_what_filing_buys(code: str) -> None:
    content = yaml.safe_load(DEFINITIONS_PATH.read_text(encoding="utf-8"))
    content["boards"][0]["measures"][0]["code"] = code
    with pytest.raises(ValidationError, match="no ranking counts"):
        Definitions.model_validate(content)


def test_committed_definitions_are_the_two_boards_of_version_1() -> None:
    definitions = load_definitions()
    assert definitions.version == 1
    assert {board.title_zh: [m.code for m in board.measures] for board in definitions.boards} == {
        "专利创新企业排行榜": ["invention_valid_count", "invention_grant_count"],
        "品牌企业排行榜": ["trademark_valid_count"],
    }


def test_csv_opens_in_a_spreadsheet(tmp_path: Path) -> None:
    board = ranking().board("patent_innovation")
    write_csv(board, tmp_path / "a.csv", is_sample=False)
    content = (tmp_path / "a.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    lines = content.decode("utf-8-sig").split("\r\n")
    assert (
        lines[0]
        == "位次,上年位次,企业名称,统一社会信用代码,所在镇街,年末有效发明专利量（件）,当年发明专利授权量（件）,得分"
    )
    assert lines[1] == "1,3,丁公司,91442000MA4UN0000X,古镇镇,9,4,13"
    assert lines[2] == "2,新进,乙公司,91442000MA4UN0000X,古镇镇,5,2,7"
    write_csv(board, tmp_path / "b.csv", is_sample=True)
    marked = (tmp_path / "b.csv").read_text(encoding="utf-8-sig").splitlines()
    assert all(line.endswith(("数据说明", "示例数据")) for line in marked)


def test_a_name_can_not_become_a_formula(tmp_path: Path) -> None:
    rows = order_rows([row("=HYPERLINK(1)", 1, 0)], (VALID, GRANTS), {})
    board = RankedBoard("patent_innovation", "榜", "", (VALID, GRANTS), rows)
    write_csv(board, tmp_path / "a.csv", is_sample=False)
    assert ",'=HYPERLINK(1)," in (tmp_path / "a.csv").read_text(encoding="utf-8-sig")
    write_workbook(Ranking(2019, 1, (board,)), tmp_path / "a.xlsx", is_sample=False)
    sheet = zipfile.ZipFile(tmp_path / "a.xlsx").read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet


def test_workbook_is_the_same_twice_and_marks_sample_data(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_workbook(ranking(), tmp_path / name, is_sample=True)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    files = zipfile.ZipFile(io.BytesIO((tmp_path / "a.xlsx").read_bytes()))
    assert "2019-12-31" in files.read("docProps/core.xml").decode()
    assert "示例数据" in files.read("docProps/core.xml").decode()
    assert "2019年专利创新企业排行榜（示例数据）" in files.read("xl/sharedStrings.xml").decode()


def test_facts_file_holds_each_printed_count() -> None:
    book = FactBook("white-paper", "2019", "2019-12-31", is_sample=False)
    add_to_book(ranking(), book, limit=3)
    table = book.tables["ranking.patent_innovation"]
    assert [[book.cell_text(cell) for cell in line] for line in table.rows] == [
        ["1", "▲2", "丁公司", "古镇镇", "9", "4"],
        ["2", "新进", "乙公司", "古镇镇", "5", "2"],
        ["2", "—", "甲公司", "古镇镇", "6", "1"],
    ]
    assert "fct_patents" in book.queries["ranking_patent_innovation"]
    assert book.to_json()
