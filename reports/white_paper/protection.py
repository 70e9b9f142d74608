"""Chapters three to six: use, protection, management, services."""

from __future__ import annotations

from collections.abc import Sequence

from reports import wording
from reports.blocks import Cell, Document, Track
from reports.facts import Fact
from reports.figures import Point, Series, columns, grouped_columns, stacked_columns
from reports.white_paper.reader import Reader

PLEDGE_KINDS = {"patent": "专利", "trademark": "商标", "mixed": "专利商标混合"}
PLEDGES = (
    "ip_pledge_registered_amount_cny_10k",
    "patent_pledge_contract_count",
    "trademark_pledge_contract_count",
    "ip_pledge_mixed_contract_count",
    "ip_pledge_enterprise_count",
    "ip_pledge_outstanding_amount_cny_10k",
    "ip_pledge_loan_disbursed_cny_10k",
)
TRANSFERS = (
    "patent_transfer_event_count",
    "patent_licence_recorded_contract_count",
    "patent_open_licence_declared_count",
    "technology_contract_amount_cny_100m",
    "patent_intensive_value_added_gdp_share_pct",
)
CASES = (
    "trademark_infringement_case_filed_count",
    "trademark_infringement_case_closed_count",
    "patent_administrative_case_filed_count",
    "patent_counterfeit_case_closed_count",
    "gi_infringement_case_closed_count",
    "ip_case_fine_amount_cny_10k",
    "ip_case_transferred_to_police_count",
)
CUSTOMS = (
    "customs_measure_count",
    "customs_detention_lot_count",
    "customs_detention_article_count",
    "customs_detention_value_cny_10k",
    "customs_detention_lot_by_holder_domicile_count",
)


def use(reader: Reader, document: Document) -> None:
    """Chapter three: pledges, transfers and licences."""
    document.heading(1, "第三章　知识产权运用")
    document.heading(2, "一、质押融资")
    if not reader.reported(PLEDGES):
        document.paragraph(empty_sentence(reader, "质押融资", PLEDGES))
    else:
        document.paragraph(reader.sentence(PLEDGES[:4], f"{reader.year}年，全市"), reader.sentence(PLEDGES[4:]))
        _pledge_figures(reader, document)
    document.heading(2, "二、转让、许可与产业化")
    document.paragraph(reader.sentence(TRANSFERS), reader.missing_sentence(TRANSFERS))


def _pledge_figures(reader: Reader, document: Document) -> None:
    code = PLEDGES[0]
    if reader.has(code):
        title = f"{reader.years[0]}—{reader.year}年知识产权质押登记金额"
        note = "金额按合同计一次，登记后的变更另计。"
        document.figure("pledge_amount", title, columns(title, reader.trend(code), "万元"), reader.source([code], note))
    facts = {(fact.row["pledge_kind"], fact.period, fact.column): fact for fact in reader.book.get_series("pledges")}
    rows = []
    for kind, name in PLEDGE_KINDS.items():
        for_kind = [facts.get((kind, str(reader.year), column)) for column in ("contract_count", "amount_cny_10k")]
        before = [facts.get((kind, str(reader.year - 1), column)) for column in ("contract_count", "amount_cny_10k")]
        if any(fact is not None for fact in (*for_kind, *before)):
            cells = [(for_kind[0], 0), (before[0], 1), (for_kind[1], 0), (before[1], 1)]
            texts = [_pledge_text(reader, fact, reader.year - ago) for fact, ago in cells]
            rows.append([Cell(name), *(Cell(text) for text in texts)])
    if rows:
        year = reader.year
        tracks = (
            Track("质押类型", "left", "1fr"),
            Track(f"{year}年合同（项）", "right", "9.6em"),
            Track(f"{year - 1}年合同（项）", "right", "9.6em"),
            Track(f"{year}年金额（万元）", "right", "10.6em"),
            Track(f"{year - 1}年金额（万元）", "right", "10.6em"),
        )
        source = "资料来源：质押融资台账。注：一份合同同时以专利和商标出质的列为混合。"
        document.table("pledges", f"{year}年质押登记按权利类型分", tracks, rows, source)


def _pledge_text(reader: Reader, fact: Fact | None, year: int) -> str:
    """A kind without a contract is a zero in a year whose ledger is complete, and unknown otherwise."""
    point = reader.margin_point(fact, reader.city(PLEDGES[0], year), "")
    return wording.MISSING_MARK if point.value is None else point.text


def protection(reader: Reader, document: Document) -> None:
    """Chapter four: administrative enforcement, customs, courts and fast track."""
    document.heading(1, "第四章　知识产权保护")
    document.heading(2, "一、行政保护")
    if not reader.reported(CASES):
        document.paragraph(empty_sentence(reader, "行政执法", CASES))
    else:
        document.paragraph(
            reader.sentence(CASES[:5], f"{reader.year}年，全市"),
            reader.sentence(CASES[5:]),
            reader.missing_sentence(CASES),
        )
        _case_figures(reader, document)
    document.heading(2, "二、海关保护")
    if not reader.reported(CUSTOMS):
        document.paragraph(empty_sentence(reader, "海关保护", CUSTOMS))
    else:
        document.paragraph(
            reader.sentence(CUSTOMS[:4], f"{reader.year}年，本市口岸海关"),
            reader.sentence(CUSTOMS[4:]),
            "一批货物涉及多项权利的只计一批，措施、扣留、件数和案值互不相加[[（见{tab:customs}）]]。",
        )
        _customs(reader, document)
    document.heading(2, "三、司法保护与快速协同保护")
    codes = [code for code in reader.codes("保护") if code not in (*CASES, *CUSTOMS)]
    indicator_table(reader, document, "justice", "司法保护、纠纷调解与快速维权", codes)


def _case_figures(reader: Reader, document: Document) -> None:
    kinds = [
        (code, name)
        for code, name in zip(CASES[1:5], ("商标侵权查处", "专利执法立案", "假冒专利结案", "地理标志查处"), strict=True)
    ]
    shown = [(code, name) for code, name in kinds if reader.has(code)]
    series = [reader.trend(code, name) for code, name in shown if code != "patent_counterfeit_case_closed_count"]
    if len(series) > 1:
        title = f"{reader.years[0]}—{reader.year}年知识产权行政执法案件"
        note = "商标侵权为查处数，专利执法为立案数，地理标志为查处数；口径不同，不相加。"
        figure = grouped_columns(title, series, "件（宗）", height=180)
        document.figure("cases", title, figure, reader.source([code for code, _ in shown], note))
    facts = reader.book.get_series("breakdown.ip_case_fine_amount_cny_10k.penalty_part")
    parts = [name for name in ("罚款", "没收") if any(fact.row["breakdown_code"] == name for fact in facts)]
    if not parts or not reader.has("ip_case_fine_amount_cny_10k"):
        return
    by_key = {(fact.row["breakdown_code"], fact.period): fact for fact in facts}
    rows = []
    for name in parts:
        points = [
            reader.margin_point(
                by_key.get((name, str(year))), reader.city("ip_case_fine_amount_cny_10k", year), str(year)
            )
            for year in reader.years
        ]
        rows.append(Series(name, tuple(points)))
    title = f"{reader.years[0]}—{reader.year}年知识产权行政处罚罚没金额"
    totals = [_one_decimal(point) for point in reader.trend("ip_case_fine_amount_cny_10k").points]
    figure = stacked_columns(title, rows, totals, "万元", height=168)
    document.figure(
        "fines", title, figure, reader.source(["ip_case_fine_amount_cny_10k"], "撤销的处罚决定从撤销年度中减去。")
    )


def _one_decimal(point: Point) -> Point:
    """Amounts on a column are labelled with one decimal; the table prints them in full."""
    return point if point.value is None else Point(point.label, point.value, wording.number(point.value, 1))


def _customs(reader: Reader, document: Document) -> None:
    series = [reader.trend(code, name) for code, name in zip(CUSTOMS[:2], ("措施（次）", "扣留（批）"), strict=True)]
    if len(reader.reported(CUSTOMS[:2])) == 2:
        title = f"{reader.years[0]}—{reader.year}年海关知识产权保护措施与扣留批次"
        figure = grouped_columns(title, series, "次、批", height=172)
        document.figure("customs", title, figure, reader.source(CUSTOMS[:2]))
    indicator_table(reader, document, "customs", "海关知识产权保护情况", CUSTOMS)


def management(reader: Reader, document: Document) -> None:
    """Chapter five: demonstration and certified enterprises, funds, inspections."""
    document.heading(1, "第五章　知识产权管理")
    codes = reader.codes("管理")
    honours = [
        "ip_demonstration_enterprise_national_count",
        "ip_advantage_enterprise_national_count",
        "ip_demonstration_enterprise_provincial_count",
        "ip_management_certified_cumulative_count",
    ]
    document.paragraph(reader.sentence(honours, f"截至{reader.year}年末，全市"), "各项管理指标见{tab:management}。")
    pair = (
        ("ip_demonstration_enterprise_national_count", "示范企业"),
        ("ip_advantage_enterprise_national_count", "优势企业"),
    )
    title = f"{reader.years[0]}—{reader.year}年末国家知识产权示范企业与优势企业"
    _pair_figure(reader, document, "honours", title, pair, "家")
    indicator_table(reader, document, "management", "知识产权管理情况", codes)


def services(reader: Reader, document: Document) -> None:
    """Chapter six: agencies, windows, training."""
    document.heading(1, "第六章　知识产权服务")
    lead = ["patent_agency_count", "patent_attorney_practising_count", "ip_service_station_count"]
    document.paragraph(reader.sentence(lead, f"截至{reader.year}年末，全市"), "各项服务指标见{tab:services}。")
    pair = (("ip_training_session_count", "培训（场）"), ("ip_service_station_count", "维权服务工作站（个）"))
    title = f"{reader.years[0]}—{reader.year}年知识产权培训与维权服务工作站"
    _pair_figure(reader, document, "services", title, pair, "场、个")
    indicator_table(reader, document, "services", "知识产权服务情况", reader.codes("服务"))


def _pair_figure(
    reader: Reader, document: Document, name: str, title: str, pair: Sequence[tuple[str, str]], unit: str
) -> None:
    """Two indicators side by side over the years, where both have a number this year."""
    codes = [code for code, _ in pair]
    if len(reader.reported(codes)) == len(codes):
        series = [reader.trend(code, label) for code, label in pair]
        document.figure(name, title, grouped_columns(title, series, unit), reader.source(codes))


def indicator_table(reader: Reader, document: Document, name: str, title: str, codes: Sequence[str]) -> None:
    """A table of the codes with a number this year; those without are named in its note."""
    shown = reader.reported(codes)
    rows = reader.yearly_rows(shown)
    tracks = (
        Track("指标", "left", "1fr"),
        Track("单位", "center", "5em"),
        Track(f"{reader.year}年", "right", "7em"),
        Track(f"{reader.year - 1}年", "right", "7em"),
        Track("增减（%）", "right", "6em"),
    )
    has_percent = any(reader.entry(code, "unit") == "%" for code in shown)
    note = "单位为%的指标，增减为百分点。" if has_percent else ""
    # What is missing stands in the note: a sentence after the table could be left alone on the next page.
    note += reader.missing_sentence(codes)
    if not rows:
        rows = [[Cell(wording.NO_DATA), Cell(""), Cell(""), Cell(""), Cell("")]]
    document.table(name, f"{reader.year}年{title}", tracks, rows, reader.source(shown, note))


def empty_sentence(reader: Reader, subject: str, codes: Sequence[str]) -> str:
    """What a section says whose feed was never delivered."""
    feeds = reader.source(codes).removeprefix("资料来源：").removesuffix("。")
    return f"截至本版数据截止日期，未收到{subject}的资料（{feeds}），本节暂无数据，不作估计。"
