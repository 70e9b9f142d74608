"""Feed honours: awards and recognitions, one workbook a year, and the truth of who holds what on which day."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ipstat.sample_city import anchors
from ipstat.sample_city.dates import day, one
from ipstat.sample_city.documents import DESIGN, INVENTION, Documents
from ipstat.sample_city.holders import FIRM, NEVER, Holders
from ipstat.sample_city.lives import Lives
from ipstat.sample_city.plan import FIRST_YEAR, Plan
from ipstat.sample_city.randomness import Ints, scaled, stream

RECOGNITIONS: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("国家知识产权示范企业", anchors.DEMONSTRATION_ENTERPRISES),
    ("国家知识产权优势企业", anchors.ADVANTAGE_ENTERPRISES),
    ("省知识产权示范企业", anchors.PROVINCIAL_DEMONSTRATION_ENTERPRISES),
)
AWARDS: tuple[tuple[str, int, tuple[int, ...], tuple[str, ...]], ...] = (
    (
        "中国专利奖",
        anchors.OPENING_NATIONAL_AWARDS,
        anchors.NATIONAL_AWARDS,
        ("优秀奖", "优秀奖", "优秀奖", "银奖", "优秀奖", "金奖"),
    ),
    ("广东专利奖", anchors.OPENING_PROVINCIAL_AWARDS, anchors.PROVINCIAL_AWARDS, ("优秀奖", "银奖", "优秀奖", "金奖")),
)
HEADERS = ("荣誉类型", "等级", "年度", "单位名称", "统一社会信用代码", "专利号", "认定日期", "有效期止", "发文日期")
OPENING_YEAR = FIRST_YEAR - 1


@dataclass(frozen=True)
class Honour:
    """One honour: ``document`` is the awarded patent (-1 none); valid days are 0 where there is no end."""

    kind: str
    grade: str
    year: int
    holder: int
    document: int
    valid_from: int
    valid_to: int


@dataclass(frozen=True)
class Honours:
    """All honours in order of year."""

    rows: tuple[Honour, ...]

    def in_force(self, kind: str, on: int) -> list[int]:
        """Return the holders of a kind of honour that is valid on a day."""
        return [h.holder for h in self.rows if h.kind == kind and h.valid_from <= on <= (h.valid_to or NEVER)]


def _recognised(plan: Plan, firms: Ints) -> list[Honour]:
    out: list[Honour] = []
    offset = 0
    for kind, yearly in RECOGNITIONS:
        counts = scaled(np.array(yearly), plan.scale)
        if counts.sum() == 0:
            counts[-1] = 1
        position = offset
        for n, count in enumerate(counts.tolist()):
            year = FIRST_YEAR + n
            for _ in range(count):  # firms take turns, so that nobody holds the same title twice at a time
                holder = int(firms[position % len(firms)])
                out.append(Honour(kind, "", year, holder, -1, day(year, 10, 1), day(year + 3, 9, 30)))
                position += 1
        offset += 37
    return out


def _awarded(plan: Plan, documents: Documents, lives: Lives, rng: np.random.Generator, size: int) -> list[Honour]:
    out: list[Honour] = []
    for kind, opening, yearly, grades in AWARDS:
        counts = scaled(np.array([opening, *yearly]), plan.scale)
        for n, count in enumerate(counts.tolist()):
            year = OPENING_YEAR + n
            given = day(year, 7, 15)
            good = (documents.doc_class == INVENTION) | (documents.doc_class == DESIGN)
            good &= (lives.enter < given - 200) & (lives.leave > given) & (documents.holder < size)
            rows = np.flatnonzero(good & ~documents.is_outside)
            for k, row in enumerate(rng.choice(rows, size=count, replace=False).tolist()):
                grade = grades[(n + k) % len(grades)]
                out.append(Honour(kind, grade, year, int(documents.holder[row]), row, given, 0))
    return out


def make_honours(plan: Plan, holders: Holders, documents: Documents, lives: Lives) -> Honours:
    """Return the honours of all years; awards follow patents in force, recognitions the largest firms in turn."""
    rng = stream(plan.seed, "honours")
    firms = np.flatnonzero((holders.kind == FIRM) & (holders.closed == NEVER) & (holders.established < day(2012, 1, 1)))
    firms = firms[np.argsort(holders.rank[firms] - 3 * holders.size_score[firms], kind="stable")]
    rows = _recognised(plan, firms) + _awarded(plan, documents, lives, rng, len(holders))
    return Honours(tuple(sorted(rows, key=lambda h: (h.year, h.kind, h.holder, h.document))))


def honour_path(year: int) -> Path:
    """Return the file name of a year's list."""
    return Path(f"honours_{year}.xlsx")


def issued_on(honour: Honour) -> str:
    """Return the day of the announcement: a month after the award."""
    return one(honour.valid_from + 30)
