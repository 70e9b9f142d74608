"""Blocks: numbering, references, optional parts, table shapes."""

import pytest

from reports.blocks import Cell, ContentError, Document, Track, table_spec
from reports.figures import cover_motif


def test_references_become_the_numbers_of_figures_and_tables() -> None:
    document = Document()
    document.paragraph("见{fig:second}和{tab:first}。")
    document.figure("first", "一", cover_motif())
    document.figure("second", "二", cover_motif())
    document.table("first", "表", [Track("甲")], [[Cell("1")]])
    assert document.resolved()[0]["text"] == "见图2和表1。"


def test_a_reference_without_a_target_is_refused_unless_it_is_optional() -> None:
    document = Document()
    document.paragraph("见{fig:absent}。")
    with pytest.raises(ContentError, match="fig:absent"):
        document.resolved()
    optional = Document()
    optional.paragraph("持平[[（{fig:absent}）]]。")
    assert optional.resolved()[0]["text"] == "持平。"


def test_a_name_is_used_once() -> None:
    document = Document()
    document.figure("one", "一", cover_motif())
    with pytest.raises(ContentError, match="twice"):
        document.figure("one", "二", cover_motif())


def test_a_row_needs_a_cell_for_every_head() -> None:
    with pytest.raises(ContentError, match="1 cells under 2 heads"):
        table_spec([Track("甲"), Track("乙")], [[Cell("1")]])


def test_only_long_tables_may_break() -> None:
    document = Document()
    document.table("short", "短", [Track("甲")], [[Cell("1")]] * 36)
    document.table("long", "长", [Track("甲")], [[Cell("1")]] * 37)
    assert [block["breakable"] for block in document.resolved()] == [False, True]


def test_empty_paragraphs_are_left_out() -> None:
    document = Document()
    document.paragraph("", "")
    assert document.resolved() == []
