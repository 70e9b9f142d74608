"""Annexes: seven years of figures, methods, definitions, sources and coverage, town codes."""

from __future__ import annotations

from reports import wording
from reports.blocks import Cell, Document, Track
from reports.white_paper.reader import Reader

AREAS = ("创造", "运用", "保护", "管理", "服务", "环境")
METHODS = (
    (
        "一、三个时间",
        "有效时间是权利在法律上成立或终止的时间，认知时间是主管机关将其公开的时间，记录时间是本系统收到的时间。"
        "年末有效量按“截至年末、以当时已公开信息为准”计算，即有效时点与认知时点均为年末；"
        "权利终止的公告通常晚于生效日，按生效日另算的数值在此后十六个月内均为初步数，本书不采用。",
    ),
    (
        "二、专利",
        "授权量按授权公告日统计，只计首次授权公告文献，更正文献和部分无效文献不重复计数；申请公布不是申请，也不是授权。"
        "归属地按公告文本第一专利权人地址确定。保护期届满、未缴年费终止、放弃、全部无效以及恢复均按公告计入有效量的增减。"
        "同日申请的发明和实用新型按两件授权计，实用新型自发明授权公告日起不再有效。",
    ),
    (
        "三、专利申请量",
        "专利申请量、PCT国际专利申请量和马德里商标国际注册等无公开微观数据的指标，取自部门统计报表；空白不是零，未报即为暂无数据。",
    ),
    (
        "四、商标",
        "商标按类计件。有效量含续展宽展期（参数，尚未核实）；撤销、注销和部分类别撤销按类扣减；马德里国际注册按件计，不乘类别数和指定国家数。",
    ),
    (
        "五、质押",
        "质押登记金额为担保金额，一份主合同只计一次；登记后的金额变更、注销和实际放款分别统计。一份合同同时以专利和商标出质的，列为混合。",
    ),
    (
        "六、行政执法与海关",
        "受理、立案、结案、移送按各自日期统计；罚款与没收分列；撤销的处罚决定在撤销时减去，不改动以前年度。"
        "海关数据按关区统计，与货物查获地和权利人所在地不同；涉本市权利人的批次另列。",
    ),
    (
        "七、产业",
        "专利按国际专利分类或洛迦诺分类与《国民经济行业分类》（GB/T 4754—2017）的对照归入产业，对照表为暂行，"
        "一件专利各产业权重之和为1。",
    ),
    (
        "八、排行榜",
        "排行榜的对象为本市企业法人，计分只用有效发明专利、当年发明专利授权和有效注册商标，不使用申请量、实用新型和外观设计授权量；"
        "未取整得分相同的企业并列同一位次。",
    ),
    (
        "九、增速与取整",
        "增速只在两期数据均完整时计算；上年为零时不计算；百分比之间的变动用百分点表示。"
        "所有运算用精确十进制，只在印刷时四舍五入，逢五远离零进位，文字中的增速保留一位小数。",
    ),
    (
        "十、未核实事项",
        "以下为参数，默认值待官方文本核实：镇街区划变更的启用日；商标续展宽展期计入有效量；专利分类与产业的对照；商标统计年度的起止日。",
    ),
)


def annexes(reader: Reader, document: Document) -> None:
    """All annexes in order."""
    document.heading(1, "附录一　统计表")
    document.paragraph(
        "本附录列出有数据的全部指标近七年数值；表头不列表号、制定机关和批准文号，因其须以登记的批准文件为准。"
    )
    for area in AREAS:
        _statistics(reader, document, area)
    document.heading(1, "附录二　方法说明")
    for head, text in METHODS:
        document.heading(2, head, is_listed=False)
        document.paragraph(text)
    document.heading(1, "附录三　指标解释")
    _definitions(reader, document)
    document.heading(1, "附录四　数据来源与覆盖")
    _coverage(reader, document)
    document.heading(1, "附录五　镇街代码与沿革")
    _town_codes(reader, document)


def _statistics(reader: Reader, document: Document, area: str) -> None:
    codes = [code for code in reader.codes(area) if any(_has(reader, code, year) for year in reader.years)]
    if not codes:
        return
    rows = [
        [
            Cell(reader.entry(code, "name")),
            Cell(reader.entry(code, "unit")),
            *(_year_cell(reader, code, year) for year in reader.years),
        ]
        for code in codes
    ]
    years = tuple(Track(str(year), "right", "auto") for year in reader.years)
    tracks = (Track("指标", "left", "1fr"), Track("单位", "center", "auto"), *years)
    title = f"{reader.years[0]}—{reader.year}年知识产权{area}主要数据"
    document.table(f"annex_{AREAS.index(area)}", title, tracks, rows, reader.source(codes), size=7, inset=3.2)


def _has(reader: Reader, code: str, year: int) -> bool:
    fact = reader.city(code, year)
    return fact is not None and fact.number is not None


def _year_cell(reader: Reader, code: str, year: int) -> Cell:
    fact = reader.city(code, year)
    return Cell(wording.MISSING_MARK if fact is None or fact.number is None else fact.marked)


def _definitions(reader: Reader, document: Document) -> None:
    rows = []
    for area in AREAS:
        for code in reader.codes(area):
            if reader.has(code):
                cells = [reader.entry(code, "name"), reader.entry(code, "unit"), reader.entry(code, "definition")]
                rows.append([Cell(text) for text in cells])
    tracks = (Track("指标", "left", "14em"), Track("单位", "center", "5em"), Track("解释", "left", "1fr"))
    document.table("definitions", "本书所列指标的解释", tracks, rows, size=7.5, inset=3.6)


def _coverage(reader: Reader, document: Document) -> None:
    table = reader.book.tables["coverage"]
    rows = [[Cell(cell["text"]) for cell in row] for row in table.rows]
    tracks = tuple(
        Track(column.label, column.align, width)
        for column, width in zip(table.columns, ("1fr", "7em", "7em", "14em"), strict=True)
    )
    document.paragraph(
        f"{reader.year}年各数据来源应收与实收批次如下。年度白皮书要求各来源本年度全部到齐，缺任何一批都不出版；"
        "未启用的来源不在表内，相应章节已注明。"
    )
    note = "注：公报按期（每周二、周五），企业登记快照按年，其余按月。"
    document.table("coverage", f"{reader.year}年数据来源与覆盖", tracks, rows, note)


def _town_codes(reader: Reader, document: Document) -> None:
    table = reader.book.tables["town_history"]
    rows = [[Cell(cell["text"] or wording.MISSING_MARK) for cell in row] for row in table.rows]
    widths = ("8em", "1fr", "8em", "8em", "8em")
    tracks = tuple(
        Track(column.label, column.align, width) for column, width in zip(table.columns, widths, strict=True)
    )
    note = "资料来源：国家统计局统计用区划代码。注：区划变更启用日为参数，尚未核实；“—”为沿用或现行。"
    document.table("town_codes", "镇街统计代码与沿革", tracks, rows, note, size=7.5, inset=3)
