"""The pages of the report on one gazette issue, written from its fact book alone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from reports.blocks import Card, Cell, Document, Track
from reports.class_names import class_names
from reports.facts import Fact, FactBook
from reports.figures import TILE_NOTE, Point, ranked_bars, read_tiles, tile_map
from reports.gazette.gather import KIND_NAMES, KINDS
from reports.rankings.rank import competition_ranks
from reports.wording import chinese_date, enumerate_names, number, share

ONE_ISSUE = "数据仅含一期公报"
SOURCE = "资料来源：国家知识产权局专利公报（一期）。"
ENTERPRISE_RANKS = 15
CLASS_ROWS = 8
#: Points: the map and the figures of classes share a page.
MAP_WIDTH = 335
#: Until this day the towns of before the mergers are drawn (day unverified; a parameter of the geography).
LAST_DAY_OF_OLD_TOWNS = date(2020, 12, 31)
APPLICANTS = {
    "enterprise": "企业", "university": "高等院校", "research_institute": "科研机构", "institution": "事业单位",
    "government": "机关", "individual": "个人", "other": "其他", "unknown": "未能确定",
}  # fmt: skip


def compose(book: FactBook) -> Document:
    """Two to four pages: summary, towns, technology, applicants, notes."""
    document = Document()
    issue = date.fromisoformat(book.period)
    day = chinese_date(issue.year, issue.month, issue.day)
    document.heading(1, f"{day}专利公报中山市简报")
    document.points(_points(book, day))
    document.cards([_card(book, kind) for kind in KINDS])
    _kinds(book, document)
    _notes(book, document, day)
    document.page_break()
    _towns(book, document, issue)
    _classes(book, document)
    _applicants(book, document)
    return document


def _points(book: FactBook, day: str) -> list[str]:
    total, grants = book.get("totals.city_document_count"), book.get("totals.city_grant_count")
    published = book.get("kinds.invention_published.city_count")
    kinds = [f"{KIND_NAMES[kind].removesuffix('授权')}{_city(book, kind).formatted}件" for kind in KINDS[:3]]
    leaders = _leading_towns(book, 3)
    return [
        f"{ONE_ISSUE}（{day}），不代表当月、当年数量，不计算增速，也不由公报推算申请量。",
        f"本期公报中地址在本市的文献{total.formatted}件，其中专利授权{grants.formatted}件"
        f"（{'、'.join(kinds)}），发明专利申请公布{published.formatted}件。发明专利申请公布不是授权。",
        f"授权量居前的镇街为{enumerate_names(leaders)}。" if leaders else "",
    ]


def _city(book: FactBook, kind: str) -> Fact:
    return book.get(f"kinds.{kind}.city_count")


def _card(book: FactBook, kind: str) -> Card:
    count, part = _city(book, kind), book.get(f"kinds.{kind}.share")
    change = f"{part.formatted}%" if part.number is not None else part.formatted
    return Card(KIND_NAMES[kind], count.formatted, "件", count.number is not None, "占全国同类", change, None)


def _kinds(book: FactBook, document: Document) -> None:
    document.heading(2, "一、本期公报概况")
    rows = [
        [
            Cell(KIND_NAMES[kind]),
            Cell(book.get(f"kinds.{kind}.document_count").formatted),
            Cell(_city(book, kind).formatted, strong=True),
            Cell(book.get(f"kinds.{kind}.share").formatted),
        ]
        for kind in KINDS
    ]
    columns = (Track("种类", "left", "1fr"), Track("全国（件）"), Track("本市（件）"), Track("本市占比（%）"))
    document.table("kinds", "本期公报文献按种类", columns, rows, SOURCE)


def _leading_towns(book: FactBook, count: int) -> list[str]:
    """`古镇镇（86件）` of the first towns; towns that tie with the last one are named too."""
    rows = [
        (book.get(row[1]["fact"]), row[0]["text"])
        for row in book.tables["towns"].rows
        if "unassigned" not in row[1]["fact"]
    ]
    known = [(fact.number, name, fact.formatted) for fact, name in rows if fact.number]
    ranks = competition_ranks([value for value, _, _ in known])
    return [f"{name}（{text}件）" for rank, (_, name, text) in zip(ranks, known, strict=True) if rank <= count]


def _towns(book: FactBook, document: Document, issue: date) -> None:
    document.heading(2, "三、镇街分布")
    basis = "then" if issue <= LAST_DAY_OF_OLD_TOWNS else "now"
    names = {row[0]["text"]: row[1]["text"] for row in book.tables["town_codes"].rows}
    tiles = {tile.town_code for tile in read_tiles(basis)}
    values = {
        code: _point(book.get(f"towns.{code}.all_granted"), name) for code, name in names.items() if code in tiles
    }
    unassigned = book.facts.get("towns.unassigned.all_granted")
    document.paragraph(
        "本期专利授权按第一专利权人在公告文献中的地址归入镇街，镇街名称和范围以公告日为准（{fig:town_map}、{tab:towns}）。",
        f"另有{unassigned.formatted}件授权的地址未写明镇街，单列。" if unassigned and unassigned.number else "",
    )
    title = "本期专利授权的镇街分布"
    figure = tile_map(title, values, "件", town_basis=basis)
    document.figure("town_map", title, figure, f"{SOURCE}{TILE_NOTE}", width=MAP_WIDTH)


def _point(fact: Fact, label: str) -> Point:
    return Point(label, fact.number, fact.formatted)


def _classes(book: FactBook, document: Document) -> None:
    document.heading(2, "四、产品与技术类别")
    names = class_names()
    figures = []
    captions = {"loc": "外观设计授权：洛迦诺分类大类", "ipc": "发明和实用新型授权：国际专利分类部"}
    for scheme in ("loc", "ipc"):
        facts = _cut(book.get_series(f"classes.{scheme}"), CLASS_ROWS)
        if not facts:
            continue
        points = [
            _point(fact, f"{fact.row['class_code']} {names.get((scheme, fact.row['class_code']), '未列名类别')}")
            for fact in facts
        ]
        figure = ranked_bars(captions[scheme], points, "件", width=214, row=13)
        figures.append((f"classes_{scheme}", captions[scheme], figure, SOURCE))
    if not figures:
        document.paragraph("本期本市授权没有分类号。")
        return
    references = "、".join(f"{{fig:{name}}}" for name, _, _, _ in figures)
    document.paragraph(
        f"按公告的主分类号统计（{references}）。", _subclass_sentence(book, "loc"), _subclass_sentence(book, "ipc")
    )
    document.columns(figures, 214)


def _subclass_sentence(book: FactBook, scheme: str) -> str:
    facts = _cut(book.get_series(f"subclasses.{scheme}"), 3)
    if not facts:
        return ""
    listed = "、".join(f"{fact.row['subclass_code']}（{fact.formatted}件）" for fact in facts)
    what = "外观设计授权较多的洛迦诺小类" if scheme == "loc" else "发明和实用新型授权较多的国际专利分类小类"
    return f"{what}为{listed}。"


def _cut(facts: tuple[Fact, ...], limit: int) -> list[Fact]:
    """The facts of the first `limit` ranks of a series in falling order; who ties with the last is in."""
    ranks = competition_ranks([fact.number or Decimal(0) for fact in facts])
    return [fact for rank, fact in zip(ranks, facts, strict=True) if rank <= limit]


def _applicants(book: FactBook, document: Document) -> None:
    document.heading(2, "五、专利权人和镇街分列")
    total = book.get("totals.city_grant_count").number
    found = {fact.row["applicant_type"]: fact for fact in book.get_series("applicants")}
    parts = [
        f"{name}{found[code].formatted}件，占{share(found[code].number, total)}"
        for code, name in APPLICANTS.items()
        if code in found
    ]
    document.paragraph(f"本市授权按第一专利权人的类型分：{'；'.join(parts)}。" if parts else "本期没有本市授权。")
    _town_table(book, document)
    everyone = book.get_series("enterprises")
    if not everyone:
        return
    shown = _shown_enterprises(everyone)
    ranks = competition_ranks([fact.number or Decimal(0) for fact in everyone])[: len(shown)]
    highest = everyone[0].number or Decimal(1)
    rows = []
    for rank, fact in zip(ranks, shown, strict=True):
        name = fact.row["applicant_name"]
        bar = float((fact.number or Decimal(0)) / highest)
        kinds = [Cell(book.get(f"enterprises.{name}.{kind}").formatted) for kind in KINDS[:3]]
        rows.append([Cell(str(rank), strong=rank <= 3), Cell(name), Cell(fact.formatted, rank <= 3, bar), *kinds])
    columns = (
        Track("位次", "center"),
        Track("企业名称（公告文献所载）", "left", "1fr"),
        Track("授权量（件）", "left", "9.5em"),
        Track("发明"),
        Track("实用新型"),
        Track("外观设计"),
    )
    cut = (
        f"列出位次在前{number(Decimal(ranks[-1]))}位及并列的企业，其余{len(everyone) - len(shown)}家未列。"
        if len(shown) < len(everyone)
        else ""
    )
    note = f"{SOURCE}{cut}并列者位次相同。按第一专利权人的名称统计，不是年度排行。"
    document.table("enterprises", "本期授权较多的企业", columns, rows, note, inset=3.4)


def _town_table(book: FactBook, document: Document) -> None:
    table = book.tables["towns"]
    rows = [[Cell(book.cell_text(cell), strong=index == 1) for index, cell in enumerate(row)] for row in table.rows]
    rows.append(
        [Cell("全市", strong=True), Cell(book.get("totals.city_grant_count").formatted, strong=True)]
        + [Cell(_city(book, kind).formatted, strong=True) for kind in KINDS]
    )
    columns = [Track(column.label, column.align, column.width) for column in table.columns]
    document.table("towns", f"{table.title}（件）", columns, rows, f"{SOURCE}发明申请公布不计入合计。", inset=3.1)


def _shown_enterprises(facts: tuple[Fact, ...]) -> list[Fact]:
    """The first ranks without cutting a tie: if the tie at the limit is too long for the page, it is left out whole."""
    ranks = competition_ranks([fact.number or Decimal(0) for fact in facts])
    shown = [fact for rank, fact in zip(ranks, facts, strict=True) if rank <= ENTERPRISE_RANKS]
    if len(shown) > ENTERPRISE_RANKS + 5:
        smallest = shown[-1].number
        return [fact for fact in shown if fact.number != smallest] or shown[:1]
    return shown


def _notes(book: FactBook, document: Document, day: str) -> None:
    document.heading(2, "二、读数说明")
    files, rows = book.get("files.file_count"), book.get("files.row_count")
    total, city = book.get("totals.document_count"), book.get("totals.city_document_count")
    quarantined = book.get("files.quarantined_count")
    town_share = book.get("town_share")
    known = book.get("totals.city_with_number_count")
    sentences = [
        f"{ONE_ISSUE}：{day}一期，{files.formatted}个文件，{rows.formatted}行，合并重复后为{total.formatted}件文献"
        + (f"，另有{quarantined.formatted}行因不合约定被隔离" if quarantined.number else "")
        + "。专利公报每周二、周五出版，由一期不能得出月度或年度数。",
        "授权按公告日、公告文献中第一专利权人的地址统计；发明专利申请公布（A类文献）不是授权；更正文献不重复计数。",
        _other_date_note(book),
        _conflict_note(book),
        f"本市文献{city.formatted}件中，申请号完好的{known.formatted}件，其余申请号在来源文件中已损坏，"
        "按公告号识别，不影响计数。",
        f"本市文献中{town_share.formatted}%能够确定镇街。" if town_share.number is not None else "",
        "自然人姓名和地址不予列出。",
    ]
    for index, sentence in enumerate([sentence for sentence in sentences if sentence], 1):
        document.paragraph(f"{index}．{sentence}")


def _other_date_note(book: FactBook) -> str:
    count = book.get("totals.other_date_count")
    if not count.number:
        return ""
    rows = [[cell["text"] for cell in row] for row in book.tables["other_dates"].rows]
    days = sorted({row[0] for row in rows})
    named = "、".join(chinese_date(*(int(part) for part in day.split("-"))) for day in days[:3])
    own = [f"{row[1]}（{row[2]}，{row[0]}）" for row in rows if row[3] == "是"]
    text = f"有{count.formatted}件文献所载公告日为{named}{'等' if len(days) > 3 else ''}，随本期文件送达，归入本期"
    city = book.get("totals.city_other_date_count")
    return (
        f"{text}，其中本市{city.formatted}件：{'、'.join(own[:5])}{'等' if len(own) > 5 else ''}。"
        if own
        else f"{text}。"
    )


def _conflict_note(book: FactBook) -> str:
    count = book.get("totals.kind_conflict_count")
    if not count.number:
        return ""
    return f"有{count.formatted}件文献的种类代码与所在文件的类别不一致，以公告号的种类代码为准。"
