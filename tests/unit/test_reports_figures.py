"""The figure kit: accessible, deterministic, honest about missing values; golden files hold the look."""

import xml.etree.ElementTree as ET
from decimal import Decimal
from pathlib import Path

import pytest

from reports import figures
from reports.blocks import ContentError, Document
from reports.svg import palette, scales
from reports.svg.tiles import _readable_edges

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "figures"
YEARS = range(2019, 2026)


def points(*values: int | None) -> tuple[figures.Point, ...]:
    """Points labelled by year; None is not reported."""
    return tuple(
        figures.Point(
            str(year), None if value is None else Decimal(value), "暂无数据" if value is None else f"{value:,}"
        )
        for year, value in zip(YEARS, values, strict=False)
    )


INVENTIONS = figures.Series("发明", points(899, 1100, 1300, None, 1700, 1872, 2100))
DESIGNS = figures.Series("外观设计", points(15000, 16000, 17000, None, 14000, 12000, 11000))
TOTALS = points(15899, 17100, 18300, None, 15700, 13872, 13100)


def town_points(basis: str) -> dict[str, figures.Point]:
    """A value for every town but one."""
    tiles = figures.read_tiles(basis)
    return {
        tile.town_code: figures.Point(tile.short_name, Decimal(index * 37), f"{index * 37:,}")
        for index, tile in enumerate(tiles)
        if tile.short_name != "三角"
    }


FIGURES = {
    "stacked_columns": lambda: figures.stacked_columns("授权量", [INVENTIONS, DESIGNS], TOTALS, "件"),
    "columns": lambda: figures.columns("授权量", INVENTIONS, "件"),
    "grouped_columns": lambda: figures.grouped_columns("授权量", [INVENTIONS, DESIGNS], "件"),
    "line_chart": lambda: figures.line_chart("授权量", [INVENTIONS], "件", area=True),
    "sparkline": lambda: figures.sparkline("授权量", INVENTIONS.points),
    "ranked_bars": lambda: figures.ranked_bars("授权量", INVENTIONS.points, "件"),
    "heat_map": lambda: figures.heat_map("授权量", [INVENTIONS, DESIGNS], "件"),
    "tile_map_now": lambda: figures.tile_map("授权量", town_points("now"), "件", changes={"442000118": "+25.0%"}),
    "tile_map_then": lambda: figures.tile_map("授权量", town_points("then"), "件", town_basis="then"),
    "progress_chart": lambda: figures.progress_chart(
        "进展",
        [
            figures.Progress(
                "示范企业", figures.Point("2020", Decimal(9), "9家"), figures.Point("2025", Decimal(14), "14家"), None
            )
        ],
    ),
    "cover_motif": figures.cover_motif,
}


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_figure_is_that_of_the_golden_file(name: str) -> None:
    drawn = FIGURES[name]()
    assert drawn.svg == FIGURES[name]().svg
    assert drawn.svg == (GOLDEN / f"{name}.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_figure_is_well_formed_and_accessible(name: str) -> None:
    drawn = FIGURES[name]()
    root = ET.fromstring(drawn.svg)
    assert root.attrib["role"] == "img"
    assert root.findtext("{http://www.w3.org/2000/svg}desc") == drawn.alt != ""
    width = float(root.attrib["width"])
    for text in root.iter("{http://www.w3.org/2000/svg}text"):
        assert 0 <= float(text.attrib["x"]) <= width


def test_alternative_text_holds_every_value() -> None:
    alt = figures.columns("发明专利授权量", INVENTIONS, "件").alt
    assert "2019899" in alt.replace("：", "")
    assert "2022暂无数据" in alt
    assert "单位：件" in alt


def test_a_missing_value_is_hatched_and_never_a_zero() -> None:
    svg = figures.columns("授权量", INVENTIONS, "件").svg
    assert svg.count('fill="url(#hatch)"') == 1
    assert ">暂无<" in svg
    whole = figures.Series("", points(1, 2, 3))
    assert "hatch" not in figures.columns("授权量", whole, "件").svg


def test_a_line_does_not_bridge_a_gap() -> None:
    assert figures.line_chart("授权量", [INVENTIONS], "件").svg.count("<polyline") == 2


def test_the_map_has_23_towns_now_and_24_then_and_hatches_missing_ones() -> None:
    assert len(figures.read_tiles("now")) == 23
    assert len(figures.read_tiles("then")) == 24
    for basis in ("now", "then"):
        places = {(tile.row, tile.column) for tile in figures.read_tiles(basis)}
        assert len(places) == len(figures.read_tiles(basis))
    drawn = figures.tile_map("授权量", town_points("now"), "件")
    assert drawn.svg.count('fill="url(#hatch)"') == 2  # the town and the key
    assert "三角暂无数据" in drawn.alt
    assert figures.TILE_NOTE in drawn.alt


def test_the_map_refuses_a_town_of_another_time() -> None:
    values = {"442000104": figures.Point("东升", Decimal(1), "1")}
    with pytest.raises(figures.FigureError, match="442000104"):
        figures.tile_map("授权量", values, "件")
    assert "东升1" in figures.tile_map("授权量", values, "件", town_basis="then").alt


def test_the_key_of_a_map_leaves_out_limits_whose_labels_would_touch() -> None:
    edges = [Decimal(value) for value in (4_415, 8_830, 13_245, 17_661, 35_322, 44_152, 48_568)]
    kept = _readable_edges(edges, 25.0)
    assert [kept[0], kept[-1]] == [(0, edges[0]), (6, edges[6])]
    assert len(kept) < len(edges)
    assert _readable_edges([Decimal(value) for value in range(7)], 25.0) == [(n, Decimal(n)) for n in range(7)]


def test_quantile_classes_are_six_and_keep_ties_together() -> None:
    classes = scales.quantile_classes([Decimal(value) for value in range(1, 25)])
    assert len(classes.bounds) == 5
    sizes = [sum(1 for value in range(1, 25) if classes.index(Decimal(value)) == index) for index in range(6)]
    assert sizes == [4, 4, 4, 4, 4, 4]
    tied = scales.quantile_classes([Decimal(5)] * 20 + [Decimal(9)])
    assert tied.index(Decimal(5)) != tied.index(Decimal(9))
    assert scales.quantile_classes([Decimal(3)] * 4).bounds == ()


def test_axes_end_above_the_values_in_round_steps() -> None:
    axis = scales.axis([Decimal(35_998)], "件")
    assert axis.labels == ("0", "1", "2", "3", "4")
    assert axis.unit == "万件"
    assert scales.axis([Decimal(35_998)], "万元").unit == "亿元"
    assert scales.axis([Decimal(2)], "件").labels == ("0", "1", "2")
    assert scales.axis([None], "件").labels == ("0", "1")


@pytest.mark.parametrize("background", [*palette.CLASSES, palette.PRIMARY])
def test_text_on_every_colour_of_a_map_can_be_read(background: str) -> None:
    assert palette.contrast(palette.text_on(background), background) >= 4.5


@pytest.mark.parametrize("ink", [palette.INK, palette.MUTED, palette.PRIMARY, palette.ACCENT])
def test_text_on_paper_can_be_read(ink: str) -> None:
    assert palette.contrast(ink, palette.PAPER) >= 4.5


def test_series_of_other_labels_are_refused() -> None:
    with pytest.raises(figures.FigureError, match="other labels"):
        figures.grouped_columns("授权量", [INVENTIONS, figures.Series("短", points(1, 2))], "件")
    with pytest.raises(figures.FigureError, match="at least one"):
        figures.line_chart("授权量", [], "件")


def test_a_figure_without_alternative_text_is_refused() -> None:
    drawn = figures.cover_motif()
    bare = figures.Figure(drawn.svg, "  ", drawn.width, drawn.height)
    with pytest.raises(ContentError, match="alternative text"):
        Document().figure("bare", "图", bare)


def test_names_in_labels_are_escaped() -> None:
    drawn = figures.ranked_bars("榜", [figures.Point("A&B<公司>", Decimal(1), "1")], "件")
    assert ET.fromstring(drawn.svg) is not None
    assert "A&amp;B&lt;公司&gt;" in drawn.svg
