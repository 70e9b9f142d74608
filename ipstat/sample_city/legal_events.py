"""Feed cnipa_legal_events: the shape of the real file designs_2013.csv (22 header names, 24 cells, the last two JSON).

``legal_events_2011.csv`` holds the rights in force at the end of 2011; then one file a month with each right that had
an event announced in the month, and all its events so far, newest first, as the provider's pages show them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ipstat.sample_city.addresses import addresses
from ipstat.sample_city.city import City
from ipstat.sample_city.dates import FIRST_MONTH_INDEX, formatted, month_label, month_last, months_of
from ipstat.sample_city.documents import DESIGN
from ipstat.sample_city.gazette import party_cells
from ipstat.sample_city.lives import CODE, CODES, Events, join
from ipstat.sample_city.numbers import application_texts
from ipstat.sample_city.output import Output
from ipstat.sample_city.plan import MONTHS
from ipstat.sample_city.pledges import BANKS, pledge_events
from ipstat.sample_city.randomness import Ints, Texts, stream, texts

FEED = "cnipa_legal_events"
BROKEN_LINE_NEEDS = 1200
PLEDGE_CODES = ("PE01", "PC01", "PM01")
HEADER = (
    "公开公告号,专利名称,发明人,代理人,代理机构,法律状态,法律状态信息,申请号,LOC分类号,申请日,授权日,预估到期日,标当前申请专利权人,"
    "当前申请专利权人,标原始申请专利权人,原始申请专利权人,Docdb申请专利权人,信息描述,page,外部链接,image_urls,picturesavepath\n"
)
TYPES = {
    "CF01": "专利权的终止", "CX01": "专利权的终止", "AV01": "专利权的主动放弃", "AR01": "避免重复授予专利权",
    "IW01": "专利权的无效宣告", "RR01": "权利的恢复", "TR01": "专利申请权、专利权的转移",
    "CP01": "专利权人的姓名或者名称、地址的变更", "CP02": "专利权人的姓名或者名称、地址的变更",
    "CP03": "专利权人的姓名或者名称、地址的变更", "EE01": "专利实施许可合同备案的生效、变更及注销",
    "EC01": "专利实施许可合同备案的生效、变更及注销", "PP01": "专利权的保全及其解除", "PD01": "专利权的保全及其解除",
    "DD01": "文件的公告送达", "PE01": "专利权质押合同登记的生效、变更及注销",
    "PC01": "专利权质押合同登记的生效、变更及注销", "PM01": "专利权质押合同登记的生效、变更及注销",
}  # fmt: skip
#: First line of an event's text, and its closing lines; {m} class, {f} filing day, {g} grant day, {e} effective day.
HEAD = "{title}\\n主分类号:{m}\\n申请日:{f}\\n授权公告日:{g}"
TEXTS = {
    "CF01": "未缴年费专利权终止" + HEAD[7:] + "\\n终止日期:{e}",
    "CX01": "专利权有效期届满" + HEAD[7:] + "\\n终止日期:{e}",
    "AV01": "专利权的主动放弃" + HEAD[7:] + "\\n放弃生效日:{e}",
    "AR01": "避免重复授予专利权" + HEAD[7:] + "\\n放弃生效日:{e}",
    "IW01": "专利权全部无效" + HEAD[7:] + "\\n无效宣告决定号:{n}\\n无效宣告决定日:{e}",
    "RR01": "权利的恢复" + HEAD[7:] + "\\n原决定:未缴年费专利权终止\\n恢复日期:{e}",
    "PP01": "专利权的保全" + HEAD[7:] + "\\n登记生效日:{e}",
    "PD01": "专利权保全的解除" + HEAD[7:] + "\\n解除日:{e}",
    "DD01": "文件的公告送达\\n主分类号:{m}\\n收件人:{a}\\n文件名称:缴费通知书",
    "EE01": "专利实施许可合同备案的生效\\n主分类号:{m}\\n合同备案号:{n}\\n让与人:{a}\\n受让人:{b}\\n申请日:{f}"
            "\\n授权公告日:{g}\\n许可种类:普通许可\\n备案日期:{e}",
    "EC01": "专利实施许可合同备案的注销\\n主分类号:{m}\\n合同备案号:{n}\\n让与人:{a}\\n受让人:{b}\\n解除日:{e}",
    "TR01": "专利权的转移\\n主分类号:{m}\\n登记生效日:{e}\\n变更事项:专利权人\\n变更前:{a}\\n变更后:{b}\\n变更事项:地址"
            "\\n变更前:{c}\\n变更后:{d}",
    "CP01": "专利权人的姓名或者名称的变更\\n主分类号:{m}\\n变更事项:专利权人\\n变更前:{a}\\n变更后:{b}",
    "CP02": "专利权人的地址的变更\\n主分类号:{m}\\n变更事项:地址\\n变更前:{c}\\n变更后:{d}",
    "CP03": "专利权人的姓名或者名称、地址的变更\\n主分类号:{m}\\n变更事项:专利权人\\n变更前:{a}\\n变更后:{b}"
            "\\n变更事项:地址\\n变更前:{c}\\n变更后:{d}",
    "PE01": "专利权质押合同登记的生效\\n主分类号:{m}\\n登记号:{n}\\n登记生效日:{e}\\n出质人:{a}\\n质权人:{b}"
            "\\n申请日:{f}\\n授权公告日:{g}",
    "PC01": "专利权质押合同登记的注销\\n主分类号:{m}\\n登记号:{n}\\n解除日:{e}\\n出质人:{a}\\n质权人:{b}",
    "PM01": "专利权质押合同登记的变更\\n主分类号:{m}\\n登记号:{n}\\n变更日:{e}\\n变更事项:质权人"
            "\\n变更前:{a}\\n变更后:{b}",
}  # fmt: skip


def _serials(city: City, events: Events) -> list[str]:
    """Return numbers of licence contracts, of decisions on invalidity and of pledge registrations."""
    rows = zip(events.code.tolist(), events.other.tolist(), events.document.tolist(), strict=True)
    return [_serial(city, CODES[code], other, document) for code, other, document in rows]


def _serial(city: City, code: str, other: int, document: int) -> str:
    if code in ("EE01", "EC01"):
        return f"X{2013 + other % 12}440000{other:06d}"
    if code in PLEDGE_CODES:
        return city.contracts[other].registration
    return f"{30000 + document % 30000}"


def _spaced(address: str) -> str:
    return f"{address[:6]} {address[6:]}" if address[:6].isdigit() else address


def _place_texts(city: City, holder: Ints, days: Ints) -> list[str]:
    size = len(city.holders)
    inside = holder < size
    found = city.outside_addresses[np.where(inside, 0, holder - size)]
    rows = np.flatnonzero(inside)
    found[rows] = addresses(city.holders, holder[rows], days[rows], np.full(len(rows), 0.5))
    return [_spaced(text) for text in found.tolist()]


def _parties(city: City, events: Events) -> tuple[list[str], list[str], list[str], list[str]]:
    """Return owner before and after, address before and after, of each event (as far as its text names them)."""
    owner = city.documents.holder[events.document]
    moved = (events.code == CODE["TR01"]) & (events.other >= 0)
    after = np.where(moved, events.other, owner)
    licence = (events.code == CODE["EE01"]) | (events.code == CODE["EC01"])
    before_day, after_day = events.announced - 400, events.announced
    before = city.holder_names(owner, np.where(moved, after_day, before_day))
    partner = city.holder_names(np.where(licence, (owner * 7 + 11) % len(city.holders), after), after_day)
    for code in PLEDGE_CODES:
        rows = np.flatnonzero(events.code == CODE[code])
        banks = [city.contracts[n].bank for n in events.other[rows].tolist()]
        partner[rows] = [BANKS[(bank + (code == "PM01")) % len(BANKS)] for bank in banks]
        before[rows] = [BANKS[bank] for bank in banks] if code == "PM01" else before[rows]
    return (
        list(before), list(partner), _place_texts(city, owner, np.where(moved, after_day, before_day)),
        _place_texts(city, after, after_day),
    )  # fmt: skip


def event_texts(city: City, events: Events) -> list[str]:
    """Return the three JSON strings of each event."""
    documents, document = city.documents, events.document
    applications = application_texts(city.numbers, document)
    announced, effective = formatted(events.announced, "."), formatted(events.effective, "")
    filing, grant = formatted(documents.filing[document], ""), formatted(documents.issue[document], "")
    before, after, place_before, place_after = _parties(city, events)
    main = main_classes(city, document).tolist()
    rows = zip(events.code.tolist(), applications, announced, effective, filing, grant, main,
               _serials(city, events), before, after, place_before, place_after, strict=True)  # fmt: skip
    heads = [f'" 事务数据类型 {TYPES[code]}", "' for code in CODES]
    bodies = [TEXTS[code] for code in CODES]
    return [
        f'"申请（专利）号 {app}", "事务数据公告日 {on}{heads[code][1:]}'
        + bodies[code].format(m=m, f=f, g=g, e=e, n=n, a=a, b=b, c=c, d=d)
        + '"'
        for code, app, on, e, f, g, m, n, a, b, c, d in rows
    ]


def main_classes(city: City, document: Ints) -> Texts:
    """Return the bare main class of each document: LOC for designs, IPC for the others."""
    pool = city.documents.pool[document]
    is_design = city.documents.doc_class[document] == DESIGN
    found: Texts = np.where(is_design, city.pools.loc_main[pool], city.pools.ipc_main[pool])
    return found


def _records(city: City, document: Ints, events: list[str]) -> list[str]:
    """Return the lines of some rights; ``events`` are the ready JSON strings of each one's list."""
    documents = city.documents
    application = application_texts(city.numbers, document)
    filing, grant = formatted(documents.filing[document], "."), formatted(documents.issue[document], ".")
    pool, is_design = documents.pool[document], documents.doc_class[document] == DESIGN
    title = np.where(is_design, city.pools.design_titles[pool], city.pools.technical_titles[pool]).tolist()
    people = [t.rstrip(";").replace(";??", ";\u2002") for t in city.inventors[documents.inventor[document]].tolist()]
    owners = [t.replace(";??", ";\u2002") for t in party_cells(city, document)]
    size = len(city.holders)
    owner = documents.holder[document]
    where = city.outside_addresses[np.where(owner < size, 0, owner - size)]
    own = np.flatnonzero(owner < size)
    where[own] = addresses(
        city.holders, owner[own], documents.filing[document[own]] + 30, documents.luck[document[own]]
    )
    rows = zip(city.numbers.publication[document].tolist(), title, people, application,
               main_classes(city, document).tolist(), filing, grant, owners, where.tolist(), is_design.tolist(), events,
               strict=True)  # fmt: skip
    return [_line(row) for row in rows]


def _line(record: tuple[str, str, str, str, str, str, str, str, str, bool, str]) -> str:
    publication, title, people, application, main, filing, grant, owners, where, is_design, events = record
    person, scheme, brief = ("设计人", "LOC Cl.", "简要说明") if is_design else ("发明人", "Int.Cl.", "摘要")
    text = f"本专利的名称：{title}。"
    head = (
        f'{{"授权公告号": "{publication}", "{person}": "{people}", "代理人": -1, "专利代理机构": -1, '
        f'"申请号": "{application}", "{scheme}": "{main}", "申请日": "{filing}", "授权公告日": "{grant}", '
        f'"{brief}": "{text}", "专利权人": "{owners}", "地址": "{where}"}}'
    ).replace('"', '""')
    bodies = events.replace('"', '""')
    cell = f'"{title}"' if "," in title else title
    note = f'"{text}"' if "," in text else text
    return (
        f"{publication},{cell},{people},-1,-1,法律状态,法律状态信息,{application},{main},{filing},{grant},预估到期日,标当前申请专利权人,"
        f"当前申请专利权人,标原始申请专利权人,原始申请专利权人,Docdb申请专利权人,{note},page,外部链接,[],picturesavepath,"
        f'"{head}","[{bodies}]"\n'
    )


def _grant_texts(city: City, document: Ints) -> list[str]:
    applications = application_texts(city.numbers, document)
    days = formatted(city.documents.issue[document], ".")
    return [
        f'"申请（专利）号 {app}", "事务数据公告日 {on} 事务数据类型 授权", "授权"'
        for app, on in zip(applications, days, strict=True)
    ]


def _with_repeats(lines: list[str], rng: np.random.Generator, is_large: bool) -> str:
    """Repeat some records (as the real file does for one in ten), and the header line in long files."""
    broken = [lines[3].replace(",", ",,", 1)] if len(lines) >= BROKEN_LINE_NEEDS else []  # cells shifted to the right
    again = [lines[n] for n in np.flatnonzero(rng.random(len(lines)) < 0.02).tolist()]
    body = lines + again + broken
    if is_large:
        body[len(body) // 2 : len(body) // 2] = [HEADER]
        body[len(body) * 3 // 4 : len(body) * 3 // 4] = [HEADER]
    return HEADER + "".join(body)


def write_legal_events(city: City, output: Output) -> None:
    """Write the opening file and one file for each month."""
    rng = stream(city.plan.seed, "legal events")
    opening = np.flatnonzero(city.documents.is_opening)
    lines = _records(city, opening, _grant_texts(city, opening))
    output.write(FEED, Path("legal_events_2011.csv"), _with_repeats(lines, rng, True).encode(), 15355)
    events = join([city.lives.events, pledge_events(city.contracts)])
    order = np.lexsort((events.code, -events.announced, events.document))
    events = events.taken(order)
    ready = texts(event_texts(city, events))
    month = months_of(events.announced) - FIRST_MONTH_INDEX
    by_month = np.argsort(month, kind="stable")
    edges = np.searchsorted(month[by_month], np.arange(MONTHS + 1)).tolist()
    starts = np.searchsorted(events.document, np.arange(len(city.documents) + 1))
    for n in range(MONTHS):
        label = month_label(FIRST_MONTH_INDEX + n)
        if not city.has_day(month_last(FIRST_MONTH_INDEX + n)):
            continue
        document = np.unique(events.document[by_month[edges[n] : edges[n + 1]]])
        grants = _grant_texts(city, document)
        lists = [
            ", ".join([*(ready[k] for k in range(starts[d], starts[d + 1]) if month[k] <= n), grant])
            for d, grant in zip(document.tolist(), grants, strict=True)
        ]
        content = _with_repeats(_records(city, document, lists), rng, len(document) > 2000)
        output.write(FEED, Path(f"legal_events_{label}.csv"), content.encode(), month_last(FIRST_MONTH_INDEX + n) + 9)
        city.progress(FEED, n, MONTHS)
