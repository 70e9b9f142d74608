"""Chapter seven: the towns - map, ranking, table, and half a page for each."""

from __future__ import annotations

from decimal import Decimal

from reports import wording
from reports.blocks import Cell, Document, Track, table_spec
from reports.facts import Fact
from reports.figures import TILE_NOTE, Series, line_chart, ranked_bars, read_tiles, stacked_columns, tile_map
from reports.white_paper.gathering import GRANT_KINDS
from reports.white_paper.overview import KIND_NAMES
from reports.white_paper.reader import Reader, change_phrase, unit_in_text

PROFILE_HEIGHT = 330
IMAGE_WIDTH = 228
_GRANTS = "patent_all_grant_count"
_STOCK = "patent_invention_valid_count"
_TABLE_CODES = (*GRANT_KINDS, _GRANTS)
_STOCK_CODES = (_STOCK, "trademark_registration_count", "trademark_valid_count")
_PROFILE_CODES = (_GRANTS, *GRANT_KINDS, *_STOCK_CODES, "trademark_infringement_case_closed_count")


def town_names(reader: Reader) -> dict[str, str]:
    """Name by code of today's towns, in their official order."""
    return {row[0]["text"]: row[1]["text"] for row in reader.book.tables["towns"].rows}


def towns(reader: Reader, document: Document) -> None:
    """The chapter: distribution of grants, ranking by stock, table, profiles."""
    names = town_names(reader)
    year = reader.year
    document.heading(1, "第七章　镇街知识产权发展")
    document.paragraph(
        _leaders(reader, names, _GRANTS, f"{year}年专利授权量"),
        _leaders(reader, names, _STOCK, f"{year}年末有效发明专利拥有量"),
        _unassigned(reader),
        "各镇街专利授权量的分布见{fig:town_map}，有效发明专利拥有量的位次见{fig:town_stock}。",
    )
    tiles = {tile.town_code for tile in read_tiles("now")}
    values = {code: reader.point(reader.town(_GRANTS, code), name) for code, name in names.items() if code in tiles}
    changes = {code: _growth(reader, reader.town(_GRANTS, code)) for code in values}
    title = f"{year}年各镇街专利授权量"
    figure = tile_map(title, values, "件", changes=changes)
    document.figure("town_map", title, figure, reader.source([_GRANTS], TILE_NOTE))
    title = f"{year}年末各镇街有效发明专利拥有量"
    points = [reader.point(reader.town(_STOCK, code), name) for code, name in names.items()]
    document.figure("town_stock", title, ranked_bars(title, points, "件", row=11.6), reader.source([_STOCK]))
    _table(reader, document, names)
    document.page_break()
    document.heading(2, "镇街概览", is_listed=True)
    for code, name in names.items():
        _profile(reader, document, code, name)


def _leaders(reader: Reader, names: dict[str, str], code: str, lead: str) -> str:
    known = [(fact.number, town, fact) for town in names if (fact := reader.town(code, town)) and fact.number]
    known.sort(key=lambda item: (-item[0], item[1]))
    if len(known) < 5:
        return ""
    known = [item for item in known if item[0] >= known[4][0]]  # a tie at the fifth place is never cut
    parts = [f"{names[town]}{fact.formatted}件" for _, town, fact in known]
    total = reader.city(code)
    top = wording.share(sum((value for value, _, _ in known), Decimal(0)), None if total is None else total.number)
    return f"{lead}居前五位的是{wording.enumerate_names(parts)}，合计占全市{top}。"


def _unassigned(reader: Reader) -> str:
    fact = reader.town(_GRANTS, "unassigned")
    return f"地址不能确定镇街的授权{fact.formatted}件。" if fact is not None and fact.number else ""


def _growth(reader: Reader, fact: Fact | None) -> str:
    growth = None if fact is None else reader.book.facts.get(f"{fact.fact_id}.growth")
    return "" if growth is None or growth.number is None else wording.signed(growth.number, 1)


def _table(reader: Reader, document: Document, names: dict[str, str]) -> None:
    rows = []
    for code, name in {**names, "unassigned": "未能确定镇街", "442000": "全市"}.items():
        strong = code == "442000"
        grants = [reader.cell(reader.town(indicator, code), strong=strong) for indicator in _TABLE_CODES]
        growth = reader.growth_cell(reader.town(_GRANTS, code))
        stocks = [reader.cell(reader.town(indicator, code), strong=strong) for indicator in _STOCK_CODES]
        rows.append([Cell(name, strong=strong), *grants, growth, *stocks])
    heads = (
        "发明授权",
        "实用新型授权",
        "外观设计授权",
        "授权合计",
        "合计增减（%）",
        "有效发明",
        "商标注册",
        "有效商标",
    )
    tracks = (Track("镇街", "left", "1fr"), *(Track(head, "right", "5.2em") for head in heads))
    note = "单位：件；有效量为年末数。各镇街与“未能确定镇街”之和等于全市。"
    title = f"{reader.year}年各镇街知识产权主要指标"
    document.table("towns", title, tracks, rows, reader.source([*_TABLE_CODES, *_STOCK_CODES], note), size=8, inset=2.6)


def _profile(reader: Reader, document: Document, code: str, name: str) -> None:
    year = reader.year
    series = [
        Series(kind, tuple(reader.point(reader.town(indicator, code, y), str(y)) for y in reader.years))
        for indicator, kind in zip(GRANT_KINDS, KIND_NAMES, strict=True)
    ]
    totals = [reader.point(reader.town(_GRANTS, code, y), str(y)) for y in reader.years]
    title = f"{name}{reader.years[0]}—{year}年专利授权量构成"
    figure = stacked_columns(title, series, totals, "件", height=168, width=IMAGE_WIDTH)
    rows = []
    for indicator in _PROFILE_CODES:
        fact = reader.town(indicator, code)
        rank = None if fact is None else reader.book.facts.get(f"{fact.fact_id}.rank")
        cells = [Cell(reader.entry(indicator, "name")), reader.cell(fact, strong=True), reader.growth_cell(fact)]
        rows.append([*cells, reader.cell(rank)])
    tracks = (
        Track("指标", "left", "1fr"),
        Track("数值", "right", "4.6em"),
        Track("增减%", "right", "4.6em"),
        Track("位次", "right", "3.4em"),
    )
    table = table_spec(tracks, rows, 7.5, 4.4)
    sentences = _profile_sentences(reader, code, name)
    stock = [reader.point(reader.town(_STOCK, code, y), str(y)) for y in reader.years]
    title = f"{name}{reader.years[0]}—{year}年末有效发明专利拥有量"
    line = line_chart(title, [Series("", tuple(stock))], "件", height=112, width=IMAGE_WIDTH, area=True)
    figures = (("专利授权量构成", figure), ("年末有效发明专利拥有量", line))
    document.town(name, sentences, table, figures, image_width=IMAGE_WIDTH, height=PROFILE_HEIGHT)


def _profile_sentences(reader: Reader, code: str, name: str) -> list[str]:
    """One paragraph on grants and stock, one on trademarks and cases; what was not reported is left out."""
    paragraphs = []
    for lead, indicators in (
        (f"{reader.year}年，{name}", ((_GRANTS, "专利授权量"), (_STOCK, "年末有效发明专利拥有量"))),
        ("", (("trademark_registration_count", "商标注册量"), ("trademark_valid_count", "年末有效注册商标量"))),
    ):
        clauses = [clause for indicator, label in indicators if (clause := _clause(reader, code, indicator, label))]
        if clauses:
            paragraphs.append(f"{lead}{'；'.join(clauses)}。")
    return paragraphs or [f"{name}本年度暂无数据。"]


def _clause(reader: Reader, code: str, indicator: str, label: str) -> str:
    now, before = reader.town(indicator, code), reader.town(indicator, code, reader.year - 1)
    if now is None or now.number is None:
        return ""
    share = reader.book.facts.get(f"{now.fact_id}.share")
    rank = reader.book.facts.get(f"{now.fact_id}.rank")
    place = ""
    if share is not None and rank is not None and share.number is not None:
        place = f"，占全市{share.formatted}%，居镇街第{rank.formatted}位"
    change = change_phrase(now, before, is_stock=reader.entry(indicator, "additivity").startswith("S"))
    return f"{label}{now.formatted}{unit_in_text(now.unit)}，{change}{place}"
