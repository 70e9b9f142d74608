"""Feed cnipa_trademarks: JSON lines, one file a month with each mark and class whose record changed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ipstat.sample_city.addresses import addresses
from ipstat.sample_city.city import City
from ipstat.sample_city.dates import FIRST_MONTH_INDEX, anniversary, day, formatted, month_label, month_last, months_of
from ipstat.sample_city.holders import FIRM
from ipstat.sample_city.marks import (
    CANCELLED,
    LAST_DAY,
    PENDING,
    REFUSALS,
    REGISTERED,
    SURRENDERED,
    VOID,
    Marks,
)  # fmt: skip
from ipstat.sample_city.names import name_variant
from ipstat.sample_city.output import Output
from ipstat.sample_city.plan import MONTHS
from ipstat.sample_city.randomness import Ints, stream, texts

FEED = "cnipa_trademarks"
OPENING_DAY = day(2011, 12, 31)
BROKEN_LINE_NEEDS = 1050  # a file this large bears a copy of a line with an impossible date
FILED, GRANTED, REFUSED, RENEWED, ENDED, TRANSFERRED, RENEWED_AGAIN = range(7)
KINDS = ("集体", "证明", "集体", "集体", "证明", "集体", "证明", "集体")
ENDINGS = (CANCELLED, SURRENDERED, VOID)
KEYS = (
    "申请号", "注册号", "国际分类", "商标名称", "商标类型", "是否地理标志", "申请人名称", "申请人地址",
    "统一社会信用代码", "申请日期", "注册公告日期", "专用权开始日期", "专用权结束日期", "状态", "状态日期", "更新日期",
)  # fmt: skip
#: One line; only the class is a number.
LINE = "{{" + ", ".join(f'"{key}": {{}}' if key == "国际分类" else f'"{key}": "{{}}"' for key in KEYS) + "}}\n"


@dataclass(frozen=True)
class Updates:
    """One change of a mark's record: which mark, what, when it happened and when the record was updated."""

    mark: Ints
    kind: Ints
    happened: Ints
    updated: Ints
    month: Ints  # of the file that carries it (0 = the opening file)


def _updates(city: City, marks: Marks) -> Updates:
    rng = stream(city.plan.seed, "trademark updates")
    size = np.arange(len(marks))
    struck = np.where(marks.is_expiry, marks.ended + 190, marks.ended)  # an expired mark is struck off after its grace
    parts = (
        (FILED, marks.filed, marks.filed + rng.integers(1, 26, len(marks))),
        (GRANTED, marks.registered, marks.enter),
        (REFUSED, marks.refused, marks.refused + rng.integers(1, 13, len(marks))),
        (RENEWED, marks.renewed, marks.renewed),
        (ENDED, np.where(marks.ended > 0, struck, 0), np.where(marks.is_expiry, struck + 5, marks.leave)),
        (TRANSFERRED, marks.transferred, marks.transferred + rng.integers(1, 11, len(marks))),
        (RENEWED_AGAIN, marks.renewed_again, marks.renewed_again),
    )
    mark, kind, happened, updated = [], [], [], []
    for code, days, known in parts:
        rows = size[(days > 0) & (days <= LAST_DAY)]
        mark.append(rows)
        kind.append(np.full(len(rows), code))
        happened.append(days[rows])
        updated.append(known[rows])
    columns = [np.concatenate(column) for column in (mark, kind, happened, updated)]
    opening = columns[3] <= OPENING_DAY
    keep = ~opening | (columns[1] == np.where(marks.registered[columns[0]] > OPENING_DAY, FILED, GRANTED))
    keep &= ~opening | (marks.registered[columns[0]] > 0) | (columns[1] == FILED)
    columns = [column[keep] for column in columns]
    columns[3] = np.where(columns[3] <= OPENING_DAY, OPENING_DAY, columns[3])
    month = np.maximum(months_of(columns[3]) - FIRST_MONTH_INDEX + 1, 0)
    late = (rng.random(len(month)) < 0.004) & (month > 0)
    month = np.where(late, month + rng.integers(1, 3, len(month)), month)
    again = np.flatnonzero((rng.random(len(month)) < 0.006) & (month > 0))
    columns = [np.concatenate([column, column[again]]) for column in columns]
    month = np.concatenate([month, month[again] + 1])
    order = np.lexsort((columns[0], columns[3], month))
    order = order[(month[order] <= MONTHS) & (columns[3][order] <= LAST_DAY)]
    mark_, kind_, happened_, updated_ = (column[order] for column in columns)
    return Updates(mark_, kind_, happened_, updated_, month[order])


def _statuses(marks: Marks, updates: Updates) -> tuple[list[str], Ints]:
    ending = texts(list(ENDINGS))[marks.ending[updates.mark]]
    ending = np.where(marks.is_expiry[updates.mark], SURRENDERED, ending)
    refused = texts(list(REFUSALS))[(marks.name[updates.mark] % 5 == 0).astype(np.int64)]
    kind = updates.kind
    status = np.select([kind == FILED, kind == REFUSED, kind == ENDED], [texts([PENDING] * len(kind)), refused, ending],
                       REGISTERED)  # fmt: skip
    since = np.where(
        (kind == RENEWED) | (kind == RENEWED_AGAIN) | (kind == TRANSFERRED),
        marks.registered[updates.mark],
        updates.happened,
    )
    return list(status), since


def _lines(city: City, marks: Marks, updates: Updates, file_number: int) -> list[str]:
    rng = stream(city.plan.seed, f"trademark cells {file_number}")
    mark, kind, size = updates.mark, updates.kind, len(updates.mark)
    is_moved = (marks.transferred[mark] > 0) & (marks.transferred[mark] <= updates.happened)
    owner = np.where(is_moved, marks.new_holder[mark], marks.holder[mark])
    names = city.holders.names_on(owner, updates.happened)
    misspelt = np.flatnonzero((rng.random(size) < 0.015) & (city.holders.kind[owner] == FIRM))
    names[misspelt] = [name_variant(name, n % 6) for n, name in enumerate(names[misspelt].tolist())]
    codes = np.where(rng.random(size) < 0.92, city.holders.credit_code[owner], "")
    where = addresses(city.holders, owner, updates.happened, rng.random(size), with_postcode=False)
    status, since = _statuses(marks, updates)
    registered = np.where((kind == FILED) | (kind == REFUSED), 0, marks.registered[mark])
    is_renewed = (marks.renewed[mark] > 0) & (marks.renewed[mark] <= updates.happened)
    again = (marks.renewed_again[mark] > 0) & (marks.renewed_again[mark] <= updates.happened)
    end = anniversary(marks.expires[mark] + 1, 10 * (is_renewed.astype(np.int64) + again)) - 1
    types = texts([*KINDS, "一般"])[marks.gi_rank[mark]]
    yes = texts(["否", "是"])[marks.is_gi[mark].astype(np.int64)].tolist()
    number = marks.application[mark].tolist()
    on, ends = formatted(registered), formatted(np.where(registered > 0, end, 0))
    columns = zip(number, [n if d else "" for n, d in zip(number, on, strict=True)], marks.nice_class[mark].tolist(),
                  city.mark_names[marks.name[mark]].tolist(), types.tolist(), yes, names.tolist(), where,
                  codes.tolist(), formatted(marks.filed[mark]), on, on, ends, status, formatted(since),
                  formatted(updates.updated), strict=True)  # fmt: skip
    return [LINE.format(*row) for row in columns]


def write_trademarks(city: City, output: Output) -> None:
    """Write the opening file (marks in force or pending at the end of 2011) and one file a month."""
    marks = city.marks
    updates = _updates(city, marks)
    edges = np.searchsorted(updates.month, np.arange(MONTHS + 2)).tolist()
    for n in range(MONTHS + 1):
        month = FIRST_MONTH_INDEX + n - 1
        if n and not city.has_day(month_last(month)):
            continue
        part = slice(edges[n], edges[n + 1])
        chunk = Updates(updates.mark[part], updates.kind[part], updates.happened[part], updates.updated[part],
                        updates.month[part])  # fmt: skip
        lines = _lines(city, marks, chunk, n)
        if len(lines) >= BROKEN_LINE_NEEDS:
            lines.append(lines[7].replace('"申请日期": "', '"申请日期": "2011-02-30 ', 1))
        content = "".join(lines).encode()
        output.write(FEED, Path(f"trademarks_{month_label(month)}.jsonl"), content, month_last(month) + 10)
        city.progress(FEED, n, MONTHS)
