"""Front matter, key points and chapter one: the year at a glance."""

from __future__ import annotations

from typing import Any

from reports import wording
from reports.blocks import Cell, Document, Track
from reports.figures import Point, Progress, progress_chart, stacked_columns
from reports.white_paper.gathering import GRANT_KINDS
from reports.white_paper.reader import Reader

KIND_NAMES = ("发明专利", "实用新型", "外观设计")
CARDS = (
    ("patent_all_grant_count", "专利授权量"),
    ("patent_invention_grant_count", "发明专利授权量"),
    ("patent_invention_valid_count", "有效发明专利拥有量"),
    ("patent_pct_application_count", "PCT国际专利申请量"),
    ("trademark_registration_count", "商标注册量"),
    ("trademark_valid_count", "有效注册商标量"),
    ("ip_pledge_registered_amount_cny_10k", "知识产权质押登记金额"),
    ("trademark_infringement_case_closed_count", "商标侵权案件查处数"),
)
MAIN_INDICATORS = (
    "patent_all_application_count",
    "patent_invention_application_count",
    "patent_all_grant_count",
    "patent_invention_grant_count",
    "patent_invention_valid_count",
    "patent_pct_application_count",
    "trademark_application_count",
    "trademark_registration_count",
    "trademark_valid_count",
    "trademark_madrid_valid_count",
    "ip_pledge_registered_amount_cny_10k",
    "patent_pledge_contract_count",
    "trademark_infringement_case_closed_count",
    "patent_administrative_case_filed_count",
    "ip_case_fine_amount_cny_10k",
    "customs_detention_lot_count",
)
EDITORIAL_NOTES = (
    (
        "口径",
        "专利授权按授权公告日和公告文本第一专利权人地址归属；有效量为截至年末、以当时已公开信息为准的数量，发布后不再追溯调整。"
        "商标按类计件，一件商标核定n个类别计n件。专利申请量只取自部门统计报表，不由公报推算。"
        "质押金额按合同计一次，与权利件数无关。海关措施（次）、扣留（批）、货物（件）和案值分别统计，互不相加。",
    ),
    (
        "地域",
        "镇街数据按现行区划列出，以前年度的数据按同一区划归并；地址不能确定镇街的列为“未能确定镇街”，"
        "各镇街与该项之和等于全市。",
    ),
    (
        "符号",
        "“—”表示无可比数或不计算；“暂无数据”表示未收到数据或尚无统计规则，不是零；"
        "“*”为初步数，“†”为不完整期间的部分数，“‡”为估计数。部分数据因四舍五入，分项与合计可能略有出入。",
    ),
    (
        "修订",
        "初步数核实后在下一版更正，并列出更正前后的数值和原因；已发布的版本不再改动。"
        "本书文字只陈述数据所示的变化，不对原因作推断。",
    ),
)


def front_matter(reader: Reader) -> list[dict[str, Any]]:
    """编者说明: scope, cut-off, revisions, and the mark of synthetic input."""
    document = Document()
    year = reader.year
    document.heading(1, "编者说明")
    if reader.book.is_sample:
        document.paragraph(
            "本册全部数据由合成的示例资料生成，用于检验统计流程，不是真实统计，不代表任何机构或企业的实际情况。"
        )
    for head, text in (
        (
            "报告期",
            f"本白皮书反映{year}年1月1日至12月31日的情况；“年末”指{year}年12月31日。"
            f"数据截止日期为{_as_of(reader)}，此后公布的信息不计入本版。",
        ),
        *EDITORIAL_NOTES,
    ):
        document.heading(2, head, is_listed=False)
        document.paragraph(text)
    return document.resolved()


def _as_of(reader: Reader) -> str:
    year, month, day = (int(part) for part in reader.book.as_of.split("-"))
    return wording.chinese_date(year, month, day)


def key_points(reader: Reader, document: Document) -> None:
    """要点速览: one sentence each on creation, use, protection and the towns."""
    document.heading(1, "要点速览")
    document.points(
        [
            reader.sentence(["patent_all_grant_count", "patent_invention_grant_count"], "专利创造："),
            reader.sentence(["patent_invention_valid_count", "patent_pct_application_count"], "专利质量与布局："),
            reader.sentence(["trademark_registration_count", "trademark_valid_count"], "商标："),
            reader.sentence(["ip_pledge_registered_amount_cny_10k", "patent_pledge_contract_count"], "质押融资："),
            reader.sentence(
                ["trademark_infringement_case_closed_count", "patent_administrative_case_filed_count"], "行政保护："
            ),
            reader.sentence(["customs_measure_count", "customs_detention_lot_count"], "海关保护："),
            _leading_towns(reader),
        ]
    )
    document.cards([reader.card(code, label) for code, label in CARDS])
    document.note(f"注：卡片折线为{reader.years[0]}—{reader.year}年走势，各自独立定标；存量指标与上年末比较。")


def _leading_towns(reader: Reader) -> str:
    names = {row[0]["text"]: row[1]["text"] for row in reader.book.tables["towns"].rows}
    facts = [(fact.number, code, fact) for code in names if (fact := reader.town("patent_all_grant_count", code))]
    known = sorted(((value, code, fact) for value, code, fact in facts if value), key=lambda item: (-item[0], item[1]))
    if len(known) < 3:
        return ""
    # A tie at the third place is never cut.
    parts = [f"{names[code]}{fact.formatted}件" for value, code, fact in known if value >= known[2][0]]
    return f"镇街：专利授权量居前三位的是{wording.enumerate_names(parts)}。"


def overview(reader: Reader, document: Document) -> None:
    """Chapter one: structure of the grants, the main indicators and the plan."""
    year = reader.year
    document.heading(1, "第一章　总体概况")
    document.paragraph(
        reader.sentence(["patent_all_grant_count"], f"{year}年，全市"),
        _kinds_sentence(reader),
        reader.sentence(["patent_invention_valid_count", "trademark_valid_count"], f"截至{year}年末，全市"),
        "近七年专利授权量的构成见{fig:grant_kinds}，主要指标见{tab:main}。",
    )
    kinds = [reader.trend(code, name) for code, name in zip(GRANT_KINDS, KIND_NAMES, strict=True)]
    title = f"{reader.years[0]}—{year}年专利授权量构成"
    figure = stacked_columns(title, kinds, reader.trend("patent_all_grant_count").points, "件", height=178)
    document.figure("grant_kinds", title, figure, reader.source(GRANT_KINDS))
    document.heading(2, "一、主要指标")
    _main_table(reader, document)
    document.heading(2, "二、“十四五”规划指标进展")
    _plan(reader, document)


def _kinds_sentence(reader: Reader) -> str:
    total = reader.city("patent_all_grant_count")
    parts = []
    for code, name in zip(GRANT_KINDS, KIND_NAMES, strict=True):
        fact = reader.city(code)
        if fact is not None and fact.number is not None and total is not None:
            parts.append(f"{name}{fact.formatted}件，占{wording.share(fact.number, total.number)}")
    return f"其中，{'；'.join(parts)}。" if parts else ""


def _main_table(reader: Reader, document: Document) -> None:
    rows = reader.yearly_rows(MAIN_INDICATORS)
    tracks = (
        Track("指标", "left", "1fr"),
        Track("单位", "center", "5em"),
        Track(f"{reader.year}年", "right", "7.5em"),
        Track(f"{reader.year - 1}年", "right", "7.5em"),
        Track("增减（%）", "right", "6em"),
    )
    note = "存量指标为年末数，与上年末比较；流量指标与上年同期比较。"
    document.table(
        "main", f"{reader.year}年知识产权主要指标", tracks, rows, reader.source(MAIN_INDICATORS, note), size=8, inset=3
    )


def _plan(reader: Reader, document: Document) -> None:
    """Baseline against the reporting year; the plan has no numeric target but a yearly duty, and none is invented."""
    table = reader.book.tables["plan"]
    progress, rows = [], []
    for code_cell, name_cell, kind_cell, base_cell in table.rows:
        code, name = code_cell["text"], name_cell["text"]
        now, base = reader.city(code), reader.book.get(base_cell["fact"])
        rows.append(
            [Cell(name), Cell(reader.entry(code, "unit")), Cell(kind_cell["text"]), reader.cell(base), reader.cell(now)]
        )
        if now is not None and now.number is not None and base.number:
            unit = reader.entry(code, "unit").partition("（")[0]
            points = [Point(str(fact.period), fact.number, f"{fact.formatted}{unit}") for fact in (base, now)]
            progress.append(Progress(name, points[0], points[1], None))
    lead = "《中山市知识产权事业发展“十四五”规划》提出的指标多为方向性要求，除年度任务外没有数值目标。"
    if progress:
        document.paragraph(lead, "规划写明基期数的指标与报告期数的对照见{fig:plan}，全部指标见{tab:plan}。")
        title = f"规划基期（2020年）与{reader.year}年对照"
        note = f"注：各行独立定标，基期数取自规划原文；规划未设数值目标的不画目标线。{_scale_note(reader)}"
        document.figure("plan", title, progress_chart(title, progress, row=22), note)
    else:
        document.paragraph(lead, "各指标情况见{tab:plan}。")
    tracks = (
        Track("指标", "left", "1fr"),
        Track("单位", "center", "5em"),
        Track("规划目标类型", "left", "9em"),
        Track("规划基期值", "right", "7em"),
        Track(f"{reader.year}年", "right", "7.5em"),
    )
    note = f"注：规划基期值取自规划原文，“—”为规划未给出；本表不推算目标值。{_scale_note(reader)}"
    document.table("plan", "“十四五”规划指标进展", tracks, rows, note, size=8, inset=2.5)


def _scale_note(reader: Reader) -> str:
    """The plan's baselines are the real city's; a sample city is of any size."""
    return "示例城市的规模与真实城市不同，不能与规划基期数比较。" if reader.book.is_sample else ""
