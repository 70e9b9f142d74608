"""Feeds pledge_registrations (CSV, no amounts) and pledge_ledger (the office's workbooks, with amounts)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ipstat.sample_city.addresses import addresses
from ipstat.sample_city.city import City
from ipstat.sample_city.dates import FIRST_MONTH_INDEX, formatted, month_label, month_last, months_of, one
from ipstat.sample_city.documents import DESIGN
from ipstat.sample_city.lives import CODES
from ipstat.sample_city.numbers import application_texts
from ipstat.sample_city.output import Output, csv_cell
from ipstat.sample_city.places import TOWNS
from ipstat.sample_city.plan import MONTHS
from ipstat.sample_city.pledges import BANKS, LAST_DAY, Contract, pledge_events
from ipstat.sample_city.randomness import stream, texts
from ipstat.sample_city.register import town_names
from ipstat.sample_city.workbook import Cell, Sheet, grouped_header

REGISTRATIONS, LEDGER = "pledge_registrations", "pledge_ledger"
HEADER = "事务类型,专利号,登记号,生效日期,公告日,出质人,出质人地址,质权人,发明名称,变更事项,变更前,变更后\n"
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("合同编号", ()), ("登记号", ()), ("登记日期", ()), ("出质人", ("名称", "统一社会信用代码", "镇街")),
    ("质权人", ()),
    ("金额（万元）", ("担保金额", "放款金额")), ("日期", ("放款日期", "到期日期", "注销日期", "变更日期")),
    ("变更后金额（万元）", ()), ("权利", ("专利号", "商标注册号")), ("台账日期", ()),
)  # fmt: skip


def _registration_lines(city: City) -> tuple[list[str], list[int]]:
    events = pledge_events(city.contracts)
    events = events.taken(np.lexsort((events.document, events.code, events.announced)))
    document, size = events.document, len(events.document)
    pool, is_design = city.documents.pool[document], city.documents.doc_class[document] == DESIGN
    titles = np.where(is_design, city.pools.design_titles[pool], city.pools.technical_titles[pool]).tolist()
    owner = city.documents.holder[document]
    names = city.holders.names_on(owner, events.announced).tolist()
    where = addresses(city.holders, owner, events.announced, np.full(size, 0.5), with_postcode=False)
    contracts = [city.contracts[n] for n in events.other.tolist()]
    codes = texts(list(CODES))[events.code].tolist()
    columns = zip(codes, application_texts(city.numbers, document, "dot"), formatted(events.effective),
                  formatted(events.announced), names, where, titles, contracts, strict=True)  # fmt: skip
    lines = []
    for code, number, effective, announced, name, place, title, contract in columns:
        before, after = (BANKS[contract.bank], BANKS[(contract.bank + 1) % len(BANKS)]) if code == "PM01" else ("", "")
        item = "质权人" if code == "PM01" else ""
        lines.append(f"{code},{number},{contract.registration},{effective},{announced},{name},{place},"
                     f"{BANKS[contract.bank]},{csv_cell(title)},{item},{before},{after}\n")  # fmt: skip
    return lines, (months_of(events.announced) - FIRST_MONTH_INDEX).tolist()


def write_pledge_registrations(city: City, output: Output) -> None:
    """Write one CSV file (GB18030) a month; some rows come again a month later."""
    lines, months = _registration_lines(city)
    rng = stream(city.plan.seed, "pledge registrations")
    again = rng.random(len(lines)) < 0.02
    by_month: list[list[str]] = [[] for _ in range(MONTHS + 1)]
    for line, month, is_repeated in zip(lines, months, again.tolist(), strict=True):
        by_month[month].append(line)
        if is_repeated:
            by_month[month + 1].append(line)
    for n in range(MONTHS):
        month = FIRST_MONTH_INDEX + n
        if city.has_day(month_last(month)):
            path = Path(f"{REGISTRATIONS}_{month_label(month)}.csv")
            output.write(REGISTRATIONS, path, (HEADER + "".join(by_month[n])).encode("gb18030"), month_last(month) + 12)


def _town(city: City, contract: Contract, on: int) -> str:
    town = city.holders.towns_on(np.array([contract.holder]), np.array([on]))
    if contract.serial % 61 == 0:
        return ""  # the town is missing
    if contract.serial % 43 == 0:
        return TOWNS[int(town[0])].name  # the old name, also after 2021
    return str(town_names(town, on)[0])


def _ledger_row(city: City, contract: Contract, on: int) -> list[Cell]:
    def until(day_number: int) -> str:
        return one(day_number) if 0 < day_number <= on else ""

    name = str(city.holders.names_on(np.array([contract.holder]), np.array([contract.registered]))[0])
    patents = application_texts(city.numbers, np.array(contract.patents, dtype=np.int64), "dot")
    is_changed = 0 < contract.changed <= on
    return [
        f"ZSZY{one(contract.registered)[:4]}{contract.serial:05d}", contract.registration, one(contract.registered),
        name, str(city.holders.credit_code[contract.holder]), _town(city, contract, on), BANKS[contract.bank],
        contract.secured, contract.disbursed if contract.disbursed_on <= on else None, until(contract.disbursed_on),
        one(contract.due), until(contract.released), until(contract.changed),
        contract.secured_after if is_changed else None, "、".join("ZL" + number for number in patents),
        "、".join(str(int(city.marks.application[n])) for n in contract.marks), one(on),
    ]  # fmt: skip


def write_pledge_ledger(city: City, output: Output) -> None:
    """Write one workbook a month with the contracts that were registered, paid out, changed or released in it."""
    wanted: dict[int, set[int]] = {}
    for n, contract in enumerate(city.contracts):
        for on in (contract.registered, contract.disbursed_on, contract.changed, contract.released):
            if 0 < on <= LAST_DAY:
                wanted.setdefault(int(months_of(np.array([on]))[0]), set()).add(n)
    for n in range(MONTHS):
        month = FIRST_MONTH_INDEX + n
        if not city.has_day(month_last(month)):
            continue
        sheet = Sheet("质押台账")
        grouped_header(sheet, f"知识产权质押融资台账（{month_label(month)}）", GROUPS)
        for place in sorted(wanted.get(month, set())):
            sheet.rows.append(_ledger_row(city, city.contracts[place], month_last(month)))
        path, on = Path(f"{LEDGER}_{month_label(month)}.xlsx"), month_last(month) + 13
        first = output.write(LEDGER, path, sheet.to_bytes(), on)
        if n == 100:
            output.again(
                LEDGER, first, on + 2, "withdraw", "withdrawn by the sender: a contract was missing its amount"
            )
            output.again(LEDGER, first, on + 30, "deliver", "sent again unchanged: the amount was right")
