"""Chapter eight: industries and enterprises; chapter nine: what the data show, and what the editors still owe."""

from __future__ import annotations

from decimal import Decimal

from reports import wording
from reports.blocks import Cell, Document, Track
from reports.facts import Fact, Table
from reports.figures import Series, heat_map, ranked_bars
from reports.white_paper.gathering import GRANT_KINDS
from reports.white_paper.overview import MAIN_INDICATORS
from reports.white_paper.reader import Reader

_STOCK = "patent_invention_valid_count"
_BAR_COLUMN = 4  # what the board ranks by, after rank, change, name and town
RANKINGS = (
    ("ranking.patent_innovation", "二、专利创新企业排行榜", "专利创新企业排行榜"),
    ("ranking.brand", "三、品牌企业排行榜", "品牌企业排行榜"),
)


def industry(reader: Reader, document: Document) -> None:
    """The chapter: clusters, then the two rankings."""
    document.heading(1, "第八章　产业与企业")
    document.heading(2, "一、重点产业集群")
    _clusters(reader, document)
    for name, head, title in RANKINGS:
        document.heading(2, head)
        table = reader.book.tables.get(name)
        if table is None or not table.rows:
            document.paragraph(f"本年度没有可列入{title}的企业数据。")
        else:
            _ranking(reader, document, name, table)


def _clusters(reader: Reader, document: Document) -> None:
    clusters = [(row[0]["text"], row[1]["text"]) for row in reader.book.tables["clusters"].rows]
    facts = [(name, reader.book.facts.get(f"{_STOCK}.{reader.year}.{code}")) for code, name in clusters]
    known = [(name, fact) for name, fact in facts if fact is not None and fact.number is not None]
    if not known:
        document.paragraph("本年度暂无按产业分的专利数据。")
        return
    known.sort(key=lambda item: (-(item[1].number or Decimal(0)), item[0]))
    leaders = [f"{name}{fact.formatted}件" for name, fact in known[:3]]
    document.paragraph(
        f"截至{reader.year}年末，按国际专利分类与产业对照，有效发明专利拥有量居前三位的重点产业是"
        f"{wording.enumerate_names(leaders)}（{{fig:clusters}}）。各产业历年发明专利授权量见{{fig:cluster_years}}。"
    )
    note = "专利分类与产业的对照表为暂行对照，一件专利可按权重分属多个产业。"
    title = f"{reader.year}年末重点产业有效发明专利拥有量"
    points = [reader.point(fact, name) for name, fact in known]
    document.figure("clusters", title, ranked_bars(title, points, "件"), reader.source([_STOCK], note))
    code = GRANT_KINDS[0]
    rows = []
    for cluster, name in clusters:
        points = []
        for year in reader.years:
            fact = reader.book.facts.get(f"{code}.{year}.{cluster}")
            points.append(reader.margin_point(fact, reader.city(code, year), str(year)))
        if any(point.value for point in points):
            rows.append(Series(name, tuple(points)))
    title = f"{reader.years[0]}—{reader.year}年重点产业发明专利授权量"
    document.figure("cluster_years", title, heat_map(title, rows, "件"), reader.source([code], "单位：件。"))


def _ranking(reader: Reader, document: Document, name: str, table: Table) -> None:
    """A board as the facts file has it, its first measure drawn as bars."""
    highest = max((_number(reader, row[_BAR_COLUMN]) for row in table.rows), default=Decimal(0))
    rows = []
    for number, row in enumerate(table.rows):
        cells = []
        for index, cell in enumerate(row):
            is_bar = index == _BAR_COLUMN and highest > 0
            share = float(_number(reader, cell) / highest) if is_bar else None
            is_strong = number < 3 and index in (0, _BAR_COLUMN)
            cells.append(Cell(reader.book.cell_text(cell), strong=is_strong, bar=share))
        rows.append(cells)
    tracks = [Track(column.label, column.align, column.width) for column in table.columns]
    tracks[_BAR_COLUMN] = Track(table.columns[_BAR_COLUMN].label, "left", "9.6em")
    for index in range(_BAR_COLUMN + 1, len(tracks)):
        tracks[index] = Track(table.columns[index].label, "right", "7em")
    document.table(name.replace(".", "_"), table.title, tracks, rows, f"注：{reader.book.texts.get(name, '')}", size=8)


def _number(reader: Reader, cell: object) -> Decimal:
    fact = reader.book.facts.get(cell["fact"]) if isinstance(cell, dict) and "fact" in cell else None
    return Decimal(0) if fact is None or fact.number is None else fact.number


def outlook(reader: Reader, document: Document) -> None:
    """Chapter nine: only what the figures show; judgements and outlook are a signed editor's text, which is not
    computed.
    """
    document.heading(1, "第九章　问题与展望")
    document.paragraph(
        "本章只列出数据所示的下降和缺口，不推断原因；问题分析与工作展望须由编写单位署名撰写，本版未收到编者稿件，不以文字替代。"
    )
    document.heading(2, "一、比上年下降的主要指标")
    fallen = [code for code in MAIN_INDICATORS if _falls(reader, code)]
    if fallen:
        document.points([reader.sentence([code]) for code in fallen])
    else:
        document.paragraph("表列主要指标中，没有比上年下降的指标。")
    document.heading(2, "二、尚无数据的指标")
    document.paragraph("下列指标已列入指标目录，本年度未收到数据或统计规则尚在制定，按领域列出。")
    for area in ("创造", "运用", "保护", "管理", "服务", "环境"):
        names = [reader.entry(code, "name") for code in reader.codes(area) if not reader.has(code)]
        if names:
            document.paragraph(f"{area}：{'、'.join(names)}。")


def _falls(reader: Reader, code: str) -> bool:
    fact: Fact | None = reader.city(code)
    growth = None if fact is None else reader.book.facts.get(f"{fact.fact_id}.growth")
    return growth is not None and growth.number is not None and wording.round_half_away(growth.number, 1) < 0
