"""The white paper from a synthetic build: one facts file, the same bytes twice, refusal of an incomplete year."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import psycopg
import pypdf
import pytest

from ipstat import database
from ipstat.settings import Settings
from reports import white_paper
from reports.collect import run
from reports.completeness import IncompletePeriodError, year_coverage
from reports.facts import FactBook, read_facts
from reports.white_paper.publish import render
from tests.conftest import clone
from tests.support import sample_marts
from tests.support.fonts import shared_fonts_dir

YEAR = 2025


@dataclass(frozen=True)
class Published:
    """A published sample: the database, the build, the files and the PDF's text by page."""

    url: str
    build: sample_marts.SampleBuild
    paper: white_paper.WhitePaper
    book: FactBook
    pages: tuple[str, ...]

    @property
    def text(self) -> str:
        return "".join("".join(self.pages).split())


@pytest.fixture(scope="module")
def sample_url(server_settings: Settings) -> Iterator[str]:
    """A database of this module with a sample build of a complete 2025."""
    name = f"white_paper_{secrets.token_hex(4)}"
    url = clone(server_settings, name)
    with psycopg.connect(url) as connection:
        sample_marts.make_sample_build(connection, YEAR)
    yield url
    with psycopg.connect(database.with_database(url, "postgres"), autocommit=True) as connection:
        connection.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", (name,))
        connection.execute(f"drop database {name}")


@pytest.fixture(scope="module")
def published(sample_url: str, tmp_path_factory: pytest.TempPathFactory) -> Published:
    """The sample's white paper, marked as made from synthetic data."""
    out = tmp_path_factory.mktemp("white-paper")
    with psycopg.connect(sample_url) as connection:
        paper = white_paper.publish(connection, sample_marts.BUILD_ID, YEAR, out, shared_fonts_dir(), True)
    reader = pypdf.PdfReader(paper.pdf)
    pages = tuple(page.extract_text() for page in reader.pages)
    build = sample_marts.SampleBuild(sample_marts.BUILD_ID, YEAR)
    return Published(sample_url, build, paper, read_facts(paper.facts), pages)


def test_every_number_of_the_facts_file_comes_from_its_query(published: Published) -> None:
    book = published.book
    answers: dict[tuple[str, str], list[dict[str, object]]] = {}
    checked = 0
    with psycopg.connect(published.url) as connection:
        for fact in book.facts.values():
            if fact.query is None:
                continue
            key = (fact.query, json.dumps(fact.parameters, sort_keys=True))
            if key not in answers:
                answers[key] = run(connection, published.build.schema, book.queries[fact.query], fact.parameters)
            rows = [r for r in answers[key] if all(str(r[name]) == text for name, text in fact.row.items())]
            assert len(rows) == 1, fact.fact_id
            value = rows[0][str(fact.column)]
            assert fact.number == (None if value is None else Decimal(str(value))), fact.fact_id
            checked += 1
    assert checked > 2000
    assert all(fact.query or fact.derived_from or fact.formula for fact in book.facts.values())


def test_headline_numbers_are_printed_as_the_marts_have_them(published: Published) -> None:
    with psycopg.connect(published.url) as connection:
        rows = connection.execute(
            f"select indicator_code, value from {published.build.schema}.fct_indicator_values"
            " where town_code = '442000' and period_start = %s and applicant_type = 'ALL' and industry_code = 'ALL'"
            " and breakdown_type = 'ALL' and indicator_code = any(%s)",
            (
                f"{YEAR}-01-01",
                [
                    "patent_all_grant_count",
                    "patent_invention_valid_count",
                    "trademark_valid_count",
                    "customs_measure_count",
                ],
            ),
        ).fetchall()
    assert len(rows) == 4
    for code, value in rows:
        assert f"{int(value):,}" in published.text, code


def test_outline_figures_and_contents(published: Published) -> None:
    headings = [
        *("编者说明", "目录", "图表目录", "要点速览", "第一章总体概况", "第二章知识产权创造", "第三章知识产权运用"),
        *("第四章知识产权保护", "第五章知识产权管理", "第六章知识产权服务", "第七章镇街知识产权发展"),
        *("第八章产业与企业", "第九章问题与展望", "附录一统计表", "附录二方法说明", "附录三指标解释"),
        *("附录四数据来源与覆盖", "附录五镇街代码与沿革"),
    ]
    positions = [published.text.find(heading) for heading in headings]
    assert -1 not in positions
    assert len(published.paper.figures) >= 12
    names = {path.stem for path in published.paper.figures}
    assert {"grant_kinds", "town_map", "clusters", "cases", "customs", "pledge_amount", "plan"} <= names
    for title in ("专利创新企业排行榜", "品牌企业排行榜"):
        assert f"{YEAR}年{title}" in published.text


def test_no_sentence_gives_a_reason(published: Published) -> None:
    for word in ("主要因", "由于", "受益于", "带动", "得益于", "导致"):
        assert word not in published.text


def test_a_sample_is_marked_on_every_page_and_in_the_metadata(published: Published) -> None:
    assert all("示例数据" in page for page in published.pages)
    metadata = pypdf.PdfReader(published.paper.pdf).metadata
    assert metadata is not None
    assert "示例数据" in str(metadata.title)
    assert "示例数据" in str(metadata["/Keywords"])


def test_the_pdf_is_tagged_archivable_and_dated_by_its_data(published: Published) -> None:
    reader = pypdf.PdfReader(published.paper.pdf)
    assert "/StructTreeRoot" in reader.trailer["/Root"]
    xmp = reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in xmp
    assert "<pdfuaid:part>1</pdfuaid:part>" in xmp
    assert str(reader.metadata["/CreationDate"]).startswith("D:20260115")


def test_rendering_twice_gives_the_same_bytes(published: Published, tmp_path: Path) -> None:
    with psycopg.connect(published.url) as connection:
        again = white_paper.publish(connection, sample_marts.BUILD_ID, YEAR, tmp_path, shared_fonts_dir(), True)
    assert again.facts.read_bytes() == published.paper.facts.read_bytes()
    assert again.pdf.read_bytes() == published.paper.pdf.read_bytes()
    assert [path.read_bytes() for path in again.figures] == [path.read_bytes() for path in published.paper.figures]


def test_the_paper_prints_what_the_facts_file_says(published: Published, tmp_path: Path) -> None:
    """Rendering needs the facts file alone: a changed fact is a changed page."""
    content = json.loads(published.paper.facts.read_text(encoding="utf-8"))
    content["facts"][f"patent_all_grant_count.{YEAR}.442000"].update(value="987654", formatted="987,654")
    changed = tmp_path / "facts.json"
    changed.write_text(json.dumps(content), encoding="utf-8")
    paper = render(changed, tmp_path, shared_fonts_dir())
    text = "".join(page.extract_text() for page in pypdf.PdfReader(paper.pdf).pages)
    assert "987,654" in text
    assert "987,654" not in published.text


def test_facts_hold_no_build_id_and_no_path(published: Published, tmp_path: Path) -> None:
    text = published.paper.facts.read_text(encoding="utf-8")
    assert sample_marts.BUILD_ID not in text
    assert str(tmp_path.parent) not in text


def test_real_data_carry_no_sample_mark(published: Published, tmp_path: Path) -> None:
    with psycopg.connect(published.url) as connection:
        paper = white_paper.publish(connection, sample_marts.BUILD_ID, YEAR, tmp_path, shared_fonts_dir(), False)
    reader = pypdf.PdfReader(paper.pdf)
    assert all("示例数据" not in page.extract_text() for page in reader.pages)
    assert "示例" not in str(reader.metadata)


def test_an_incomplete_year_is_refused_by_name_of_each_missing_delivery(sample_url: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with psycopg.connect(sample_url) as connection:
        connection.execute(
            "delete from ops.build_batches where batch_id in (select batch_id from ops.batches"
            " where (feed = 'cnipa_gazette' and partition_key in ('2025-03-04', '2025-07-08'))"
            " or (feed = 'customs_lots' and partition_key = '2025-12'))"
        )
        with pytest.raises(IncompletePeriodError) as refusal:
            white_paper.publish(connection, sample_marts.BUILD_ID, YEAR, out, shared_fonts_dir(), True)
        connection.rollback()
    assert refusal.value.missing == {"cnipa_gazette": ("2025-03-04", "2025-07-08"), "customs_lots": ("2025-12",)}
    message = str(refusal.value)
    assert "2 of 104 expected deliveries are missing: 2025-03-04, 2025-07-08" in message
    assert "缺2期专利公报：2025-03-04、2025-07-08" in message
    assert not out.exists()


def test_a_year_without_a_calendar_is_refused(sample_url: str, tmp_path: Path) -> None:
    with psycopg.connect(sample_url) as connection, pytest.raises(IncompletePeriodError, match="2031年没有交付日历"):
        white_paper.publish(connection, sample_marts.BUILD_ID, 2031, tmp_path / "out", shared_fonts_dir(), True)


def test_a_chapter_whose_feed_was_never_delivered_says_so(sample_url: str, tmp_path: Path) -> None:
    with psycopg.connect(sample_url) as connection:
        connection.execute(
            "delete from ops.build_batches where batch_id in"
            " (select batch_id from ops.batches where feed = 'customs_lots')"
        )
        connection.execute(
            f"update marts_{sample_marts.BUILD_ID}.fct_indicator_values set value = null, value_status = 'not_reported'"
            " where indicator_code like 'customs\\_%%'"
        )
        assert "customs_lots" not in {item.feed for item in year_coverage(connection, sample_marts.BUILD_ID, YEAR)}
        paper = white_paper.publish(connection, sample_marts.BUILD_ID, YEAR, tmp_path, shared_fonts_dir(), True)
        connection.rollback()
    text = "".join("".join(page.extract_text() for page in pypdf.PdfReader(paper.pdf).pages).split())
    assert "未收到海关保护的资料（海关知识产权保护批次" in text
    assert "本节暂无数据，不作估计" in text
    assert "customs" not in {path.stem for path in paper.figures}


def test_a_partial_earlier_year_is_marked_and_has_no_growth(sample_url: str, tmp_path: Path) -> None:
    with psycopg.connect(sample_url) as connection:
        connection.execute(
            f"update marts_{sample_marts.BUILD_ID}.fct_indicator_values set value_status = 'partial', coverage_pct = 90"
            " where indicator_code = 'patent_all_grant_count' and period_start = '2024-01-01'"
        )
        paper = white_paper.publish(connection, sample_marts.BUILD_ID, YEAR, tmp_path, shared_fonts_dir(), True)
        connection.rollback()
    book = read_facts(paper.facts)
    growth = book.get(f"patent_all_grant_count.{YEAR}.442000.growth")
    assert growth.number is None
    text = "".join("".join(page.extract_text() for page in pypdf.PdfReader(paper.pdf).pages).split())
    assert "上年同期数据不完整，不计算同比" in text
    before = book.get("patent_all_grant_count.2024.442000")
    assert before.marked.endswith("†")
    assert before.marked in text
