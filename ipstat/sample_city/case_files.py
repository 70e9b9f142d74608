"""Feed enforcement_cases: administrative cases with the fields of the public-credit penalty standard, CSV with BOM."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ipstat.sample_city.addresses import addresses
from ipstat.sample_city.cases import COUNTERFEIT, DISPUTE, LAST_DAY, Cases
from ipstat.sample_city.city import City
from ipstat.sample_city.dates import FIRST_MONTH_INDEX, day, formatted, month_label, month_last, months_of, years_of
from ipstat.sample_city.holders import PERSON
from ipstat.sample_city.output import Output
from ipstat.sample_city.places import TOWNS
from ipstat.sample_city.plan import MONTHS
from ipstat.sample_city.randomness import Ints, stream, texts

FEED = "enforcement_cases"
HEADER = (
    "案件编号,案件类别,行政相对人名称,行政相对人类别,统一社会信用代码,行政处罚决定书文号,违法行为类型,违法事实,处罚依据,处罚类别,罚款金额(万元),"
    "没收违法所得、没收非法财物的金额(万元),处罚决定日期,处罚机关,受理日期,立案日期,结案日期,移送日期,移送机关,撤销日期,案发地址,数据更新日期\n"
)
KINDS = ("商标侵权", "假冒专利", "专利侵权纠纷", "地理标志侵权", "其他商标违法")
VIOLATIONS = ("侵犯注册商标专用权", "假冒专利", "专利侵权", "擅自使用地理标志专用标志", "违反商标管理规定")
BASES = (
    "《中华人民共和国商标法》第六十条", "《中华人民共和国专利法》第六十八条", "《中华人民共和国专利法》第六十五条",
    "《地理标志产品保护规定》第二十一条", "《中华人民共和国商标法》第五十二条",
)  # fmt: skip
MERGED_AGENCY = day(2019, 1, 10)  # 市场监督管理局 since the reform of 2018/2019


def _agencies(cases: Cases) -> list[str]:
    out = []
    for kind, town, filed in zip(cases.kind.tolist(), cases.town.tolist(), cases.filed.tolist(), strict=True):
        place = TOWNS[town].name.removesuffix("镇")
        if filed >= MERGED_AGENCY:
            out.append(f"中山市市场监督管理局{place}分局" if town % 3 else "中山市市场监督管理局")
        elif kind in (COUNTERFEIT, DISPUTE):
            out.append("中山市知识产权局")
        else:
            out.append(f"中山市工商行政管理局{place}分局")
    return out


def _states(cases: Cases) -> tuple[Ints, Ints]:
    """Return the case and the day of each update of its record: filing, closing, revocation."""
    rows = np.arange(len(cases))
    days = (
        cases.filed + 3,
        np.where(cases.closed > 0, cases.closed + 4, 0),
        np.where(cases.revoked > 0, cases.revoked + 2, 0),
    )
    case = np.concatenate([rows[column > 0] for column in days])
    updated = np.concatenate([column[column > 0] for column in days])
    keep = (updated >= day(2012, 1, 1)) & (updated <= LAST_DAY)
    order = np.lexsort((case[keep], updated[keep]))
    return case[keep][order], updated[keep][order]


def _money(yuan: Ints) -> list[str]:
    return [f"{value / 10000:.4f}".rstrip("0").rstrip(".") for value in yuan.tolist()]


def _lines(city: City, cases: Cases, case: Ints, updated: Ints) -> list[str]:
    holders, party = city.holders, cases.party[case]
    names = holders.names_on(party, cases.filed[case])
    luck = stream(city.plan.seed, "case rows").random(len(case))
    kinds = np.where(holders.kind[party] == PERSON, 2, holders.sole_trader[party].astype(np.int64))

    def seen(days: Ints) -> list[str]:
        return formatted(np.where(days[case] <= updated, days[case], 0))

    is_open = ~(cases.is_penalised[case] & (cases.decided[case] > 0) & (cases.decided[case] <= updated))
    years = years_of(cases.filed)[case].tolist()
    office = texts(_agencies(cases))[case]
    fine, taken = texts(_money(cases.fine))[case], texts(_money(cases.confiscated))[case]
    fine[is_open], taken[is_open] = "", ""
    document = texts([f"中市监处罚〔{y}〕{n % 100000:05d}号" for y, n in zip(years, case.tolist(), strict=True)])
    document[is_open] = ""
    penalty = np.where(cases.confiscated[case] > 0, "罚款、没收违法所得、没收非法财物", "罚款").astype(object)
    penalty[is_open] = ""
    kind = cases.kind[case]
    where = addresses(holders, party, cases.filed[case], luck, with_postcode=False)
    moved = np.where((cases.transferred[case] > 0) & (cases.transferred[case] <= updated), "中山市公安局", "")
    columns = zip(
        [f"ZSZC{y}{n:06d}" for y, n in zip(years, case.tolist(), strict=True)], texts(list(KINDS))[kind].tolist(),
        names.tolist(), texts(["法人及非法人组织", "个体工商户", "自然人"])[kinds].tolist(),
        holders.credit_code[party].tolist(), document.tolist(), texts(list(VIOLATIONS))[kind].tolist(),
        [f"当事人{VIOLATIONS[k]}的商品{n % 900 + 12}件" for k, n in zip(kind.tolist(), case.tolist(), strict=True)],
        texts(list(BASES))[kind].tolist(), penalty.tolist(), fine.tolist(), taken.tolist(), seen(cases.decided),
        office.tolist(), seen(cases.accepted), seen(cases.filed), seen(cases.closed), seen(cases.transferred),
        moved.tolist(), seen(cases.revoked), where, formatted(updated), strict=True,
    )  # fmt: skip
    return [",".join(row) + "\n" for row in columns]


def write_cases(city: City, output: Output) -> None:
    """Write one file a month with the cases whose record changed; one file is sent A, B, A."""
    case, updated = _states(city.cases)
    lines = _lines(city, city.cases, case, updated)
    edges = np.searchsorted(months_of(updated) - FIRST_MONTH_INDEX, np.arange(MONTHS + 1)).tolist()
    for n in range(MONTHS):
        month = FIRST_MONTH_INDEX + n
        if not city.has_day(month_last(month)):
            continue
        part = lines[edges[n] : edges[n + 1]]
        part += part[: len(part) // 40]  # repeated rows
        content = ("\ufeff" + HEADER + "".join(part)).encode()
        path, on = Path(f"enforcement_{month_label(month)}.csv"), month_last(month) + 11
        first = output.write(FEED, path, content, on)
        if n == 88 and part:
            changed = ("\ufeff" + HEADER + "".join(part[1:])).encode()
            output.resend(FEED, path, changed, on + 6, "corrected: a case reported twice by mistake taken out")
            output.again(FEED, first, on + 9, "deliver", "the first version sent again: the correction was wrong")
        city.progress(FEED, n, MONTHS)
