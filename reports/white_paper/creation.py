"""Chapter two: creation - patents, trademarks, geographical indications."""

from __future__ import annotations

from reports.blocks import Cell, Document, Track
from reports.class_names import class_names
from reports.figures import Series, grouped_columns, heat_map, line_chart, ranked_bars, stacked_columns
from reports.white_paper.reader import Reader

APPLICANT_NAMES = {
    "enterprise": "企业",
    "university": "高等院校",
    "research_institute": "科研机构",
    "institution": "事业单位",
    "government": "机关",
    "individual": "个人",
    "other": "其他",
    "unknown": "未能确定",
}
OTHER_CODES = (
    "trademark_madrid_application_count",
    "trademark_madrid_valid_count",
    "trademark_collective_certification_valid_count",
    "gi_trademark_valid_count",
    "gi_product_protected_count",
    "gi_special_mark_user_count",
    "layout_design_certificate_count",
    "patent_award_national_cumulative_count",
    "patent_award_provincial_cumulative_count",
)


def creation(reader: Reader, document: Document) -> None:
    """The chapter, section by section."""
    document.heading(1, "第二章　知识产权创造")
    document.heading(2, "一、专利申请与授权")
    _applications(reader, document)
    _applicants(reader, document)
    document.heading(2, "二、有效专利")
    _stock(reader, document)
    document.heading(2, "三、技术领域与产品类别")
    _classes(reader, document)
    document.heading(2, "四、商标")
    _trademarks(reader, document)
    document.heading(2, "五、地理标志与其他")
    document.paragraph(reader.sentence(OTHER_CODES), reader.missing_sentence(OTHER_CODES))


def _applications(reader: Reader, document: Document) -> None:
    codes = ["patent_all_application_count", "patent_invention_application_count", "patent_pct_application_count"]
    grants = ["patent_invention_grant_count", "patent_utility_grant_count", "patent_design_grant_count"]
    document.paragraph(
        reader.sentence(codes, f"{reader.year}年，全市"),
        reader.sentence(grants),
        reader.missing_sentence(codes),
    )
    pair = ["patent_invention_application_count", "patent_invention_grant_count"]
    if len(reader.reported(pair)) == 2:
        title = f"{reader.years[0]}—{reader.year}年发明专利申请量与授权量"
        series = [reader.trend(pair[0], "申请量"), reader.trend(pair[1], "授权量")]
        note = "申请与授权不是同一批专利，不能以二者之比作为授权率。"
        document.figure("applications", title, line_chart(title, series, "件", height=165), reader.source(pair, note))


def _applicants(reader: Reader, document: Document) -> None:
    facts = reader.book.get_series("applicants")
    kinds = [kind for kind in APPLICANT_NAMES if any(fact.row["applicant_type"] == kind for fact in facts)]
    by_key = {(fact.row["applicant_type"], fact.period): fact for fact in facts}
    now = {kind: by_key.get((kind, str(reader.year))) for kind in kinds}
    total = reader.city("patent_invention_grant_count")
    if not any(fact and fact.number for fact in now.values()) or total is None or not total.number:
        return
    rows = []
    for kind in kinds:
        points = [
            reader.margin_point(
                by_key.get((kind, str(year))), reader.city("patent_invention_grant_count", year), str(year)
            )
            for year in reader.years
        ]
        rows.append(Series(APPLICANT_NAMES[kind], tuple(points)))
    shares = [f"{APPLICANT_NAMES[kind]}{fact.formatted}件" for kind, fact in now.items() if fact and fact.number]
    document.paragraph(f"按第一专利权人类型分，发明专利授权量中{'、'.join(shares)}（{{fig:applicants}}）。")
    title = f"{reader.years[0]}—{reader.year}年发明专利授权量按专利权人类型分"
    figure = stacked_columns(title, rows, reader.trend("patent_invention_grant_count").points, "件", height=185)
    document.figure("applicants", title, figure, reader.source(["patent_invention_grant_count"]))


def _stock(reader: Reader, document: Document) -> None:
    codes = ["patent_invention_valid_count", "patent_utility_valid_count", "patent_design_valid_count"]
    rates = ["patent_invention_valid_per_10k_population", "patent_invention_high_value_count"]
    document.paragraph(
        reader.sentence(codes, f"截至{reader.year}年末，全市"), reader.sentence(rates), reader.missing_sentence(rates)
    )
    if reader.has(codes[0]):
        title = f"{reader.years[0]}—{reader.year}年末有效发明专利拥有量"
        figure = line_chart(title, [reader.trend(codes[0])], "件", height=150, area=True)
        note = "各年末数均以当年末已公开信息为准，不追溯调整。"
        document.figure("valid_inventions", title, figure, reader.source([codes[0]], note))


def _classes(reader: Reader, document: Document) -> None:
    names = class_names()
    ipc = reader.book.get_series("classes.ipc")
    if ipc:
        by_key = {(fact.row["class_code"], fact.period): fact for fact in ipc}
        sections = [code for scheme, code in names if scheme == "ipc"]
        rows = []
        for code in sections:
            points = [
                reader.margin_point(
                    by_key.get((code, str(year))), reader.city("patent_invention_grant_count", year), str(year)
                )
                for year in reader.years
            ]
            rows.append(Series(f"{code} {names['ipc', code]}", tuple(points)))
        title = f"{reader.years[0]}—{reader.year}年发明专利授权量的技术领域分布（国际专利分类部）"
        document.paragraph("发明专利授权量按主分类号所属国际专利分类（IPC）部的分布见{fig:ipc}。")
        note = "资料来源：专利公报。注：按公告文本的主分类号归部，单位：件。"
        document.figure("ipc", title, heat_map(title, rows, "件"), note)
    _designs(reader, document)


def _designs(reader: Reader, document: Document) -> None:
    facts = [fact for fact in reader.book.get_series("classes.loc") if fact.period == str(reader.year)]
    facts.sort(key=lambda fact: (-(fact.number or 0), fact.row["class_code"]))
    if not facts:
        return
    points = [reader.point(fact, fact.label) for fact in facts[:10]]
    first = facts[0]
    document.paragraph(
        f"外观设计授权量最多的洛迦诺分类为{first.label[3:]}类，{first.formatted}件；前十类见{{fig:loc}}。"
    )
    title = f"{reader.year}年外观设计授权量前十位的产品类别（洛迦诺分类）"
    note = "资料来源：专利公报。注：按公告文本的主分类号归类，单位：件。"
    document.figure("loc", title, ranked_bars(title, points, "件"), note)


def _trademarks(reader: Reader, document: Document) -> None:
    codes = ["trademark_application_count", "trademark_registration_count", "trademark_valid_count"]
    document.paragraph(reader.sentence(codes, f"{reader.year}年，全市"), reader.missing_sentence(codes))
    if len(reader.reported(codes[:2])) == 2:
        title = f"{reader.years[0]}—{reader.year}年商标申请量与注册量"
        series = [reader.trend(codes[0], "申请量"), reader.trend(codes[1], "注册量")]
        note = "商标按类计件。"
        document.figure(
            "trademarks", title, grouped_columns(title, series, "件", height=172), reader.source(codes[:2], note)
        )
    names = class_names()
    facts = reader.book.get_series("breakdown.trademark_registration_count.nice_class")
    now = [fact for fact in facts if fact.period == str(reader.year) and fact.number]
    now.sort(key=lambda fact: (-(fact.number or 0), fact.row["breakdown_code"]))
    if now:
        rows = []
        for rank, fact in enumerate(now[:10], start=1):
            code = fact.row["breakdown_code"]
            share = float((fact.number or 0) / (now[0].number or 1))
            name = f"第{code}类　{names.get(('nice', code), '')}"
            rows.append([Cell(str(rank)), Cell(name), Cell(fact.marked, bar=share, strong=rank <= 3)])
        tracks = (
            Track("位次", "center", "4em"),
            Track("尼斯分类", "left", "1fr"),
            Track("注册量（件）", "left", "14em"),
        )
        source = reader.source(["trademark_registration_count"])
        document.table("nice", f"{reader.year}年商标注册量前十位的商品和服务类别", tracks, rows, source)
