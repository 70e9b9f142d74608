"""The truth of pledge contracts: patents, marks or both, amounts that count once, releases and changes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ipstat.sample_city.dates import day
from ipstat.sample_city.documents import DESIGN, Documents, next_issue
from ipstat.sample_city.holders import FIRM, Holders
from ipstat.sample_city.lives import CODE, Events, Lives
from ipstat.sample_city.marks import Marks
from ipstat.sample_city.plan import LAST_YEAR, Plan, random_days
from ipstat.sample_city.randomness import scaled, stream

BANKS = (
    "示例银行股份有限公司中山分行", "示例农村商业银行股份有限公司", "示例发展银行中山支行",
    "示例邮政储蓄银行中山市分行",
    "中山示例融资担保有限公司", "示例城市商业银行中山分行",
)  # fmt: skip
FIRST_HALF_2018 = (day(2018, 1, 1), day(2018, 6, 30))
FIRST_HALF_2018_AMOUNT = 23200  # 万元, published
TRADEMARK_ONLY_SHARE = 0.12  # beside the contracts with patents
LAST_DAY = day(LAST_YEAR, 12, 31)


@dataclass(frozen=True)
class Contract:
    """One contract of the office's ledger; amounts in 万元; days are 0 where nothing happened."""

    serial: int
    holder: int
    bank: int
    registered: int
    due: int
    released: int
    changed: int
    secured: int
    disbursed: int
    disbursed_on: int
    secured_after: int
    patents: tuple[int, ...]  # documents
    marks: tuple[int, ...]  # rows of Marks

    @property
    def registration(self) -> str:
        """The number under which the patent office registered the pledge (same form for marks)."""
        year = (np.datetime64(self.registered, "D")).astype(str)[:4]
        return f"Y{year}442000{self.serial:06d}"


class _Rights:
    """Rights in force by firm, found on a day."""

    def __init__(self, holders: Holders, documents: Documents, lives: Lives, marks: Marks) -> None:
        self.lives, self.marks = lives, marks
        grants = (documents.doc_class != 0) & (documents.doc_class != DESIGN) & (documents.holder < len(holders))
        rows = np.flatnonzero(grants & ~documents.is_outside)
        rows = rows[holders.kind[documents.holder[rows]] == FIRM]
        self.rows = rows[np.argsort(documents.holder[rows], kind="stable")]
        self.owner = documents.holder[self.rows]
        self.pledged_until = np.zeros(len(documents), dtype=np.int64)
        self.mark_rows = np.argsort(marks.holder, kind="stable")
        self.mark_owner = marks.holder[self.mark_rows]

    def _is_free(self, row: int, on: int) -> bool:
        is_in_force = self.lives.enter[row] < on and min(self.lives.leave[row], self.lives.term[row]) > on + 200
        return bool(is_in_force and self.pledged_until[row] < on)

    def lead(self, rng: np.random.Generator, on: int) -> int:
        """Return a patent that can be pledged on a day; large owners are drawn more often."""
        for _ in range(60):  # some twentieth of all rows is free on any day: a few dozen draws at most
            for place in rng.integers(0, len(self.rows), 64).tolist():
                if self._is_free(int(self.rows[place]), on):
                    return int(self.rows[place])
        return int(self.rows[np.argmin(self.lives.enter[self.rows])])  # a tiny city: pledged all the same

    def of(self, holder: int, on: int, most: int) -> tuple[int, ...]:
        """Return up to ``most`` free patents of a firm."""
        start, end = np.searchsorted(self.owner, [holder, holder + 1]).tolist()
        rows = self.rows[start:end]
        ok = (self.lives.enter[rows] < on) & (self.lives.leave[rows] > on + 100) & (self.pledged_until[rows] < on)
        return tuple(int(n) for n in rows[ok][:most])

    def marks_of(self, holder: int, on: int, most: int) -> tuple[int, ...]:
        """Return up to ``most`` valid marks of a firm."""
        start, end = np.searchsorted(self.mark_owner, [holder, holder + 1]).tolist()
        rows = self.mark_rows[start:end]
        m = self.marks
        ok = (m.registered[rows] > 0) & (m.registered[rows] < on) & ((m.ended[rows] == 0) | (m.ended[rows] > on))
        return tuple(int(n) for n in rows[ok][:most])


def make_pledges(
    plan: Plan, holders: Holders, documents: Documents, lives: Lives, marks: Marks
) -> tuple[Contract, ...]:
    """Return the contracts in order of registration; no patent is pledged twice at a time."""
    rng = stream(plan.seed, "pledges")
    rights = _Rights(holders, documents, lives, marks)
    days = random_days(plan.monthly["pledge_contracts"], rng)
    extra = random_days(scaled(plan.monthly["pledge_contracts"], TRADEMARK_ONLY_SHARE), rng)
    both = np.concatenate([days, extra])
    only_marks = np.arange(len(both)) >= len(days)
    out: list[Contract] = []
    for n in np.lexsort((only_marks, both)).tolist():
        contract = _contract(rng, rights, documents, len(out) + 1, int(both[n]), bool(only_marks[n]))
        rights.pledged_until[list(contract.patents)] = contract.released or contract.due
        out.append(contract)
    return _tied(out)


def _contract(
    rng: np.random.Generator, rights: _Rights, documents: Documents, serial: int, on: int, only_marks: bool
) -> Contract:
    lead = rights.lead(rng, on)
    holder = int(documents.holder[lead])
    most = int(rng.integers(1, 7))
    wants_marks = only_marks or rng.random() < 0.1
    own_marks = rights.marks_of(holder, on, int(rng.integers(1, 4))) if wants_marks else ()
    patents = () if only_marks and own_marks else tuple(dict.fromkeys((lead, *rights.of(holder, on, most))))
    secured = max(50, round(float(np.exp(rng.normal(6.1, 0.75))) / 10) * 10)
    released = on + int(rng.integers(250, 1000)) if rng.random() < 0.8 else 0
    changed = on + int(rng.integers(60, 220)) if rng.random() < 0.06 else 0
    return Contract(
        serial=serial, holder=holder, bank=int(rng.integers(0, len(BANKS))), registered=on,
        due=on + 365 * int(rng.integers(1, 4)), released=released, changed=changed, secured=secured,
        disbursed=round(secured * float(rng.uniform(0.5, 1.0)) / 10) * 10, disbursed_on=on + int(rng.integers(1, 20)),
        secured_after=round(secured * 1.2 / 10) * 10 if changed else 0, patents=patents, marks=own_marks,
    )  # fmt: skip


def _tied(contracts: list[Contract]) -> tuple[Contract, ...]:
    """Scale the amounts of the first half of 2018 to the published sum at the published mean a contract."""
    rows = [
        n for n, c in enumerate(contracts) if FIRST_HALF_2018[0] <= c.registered <= FIRST_HALF_2018[1] and c.patents
    ]
    if not rows:
        return tuple(contracts)
    goal = round(FIRST_HALF_2018_AMOUNT * len(rows) / 35 / 10) * 10
    total = sum(contracts[n].secured for n in rows)
    amounts = [max(10, int(contracts[n].secured * goal / total / 10) * 10) for n in rows]
    amounts[int(np.argmax(amounts))] += goal - sum(amounts)
    for n, amount in zip(rows, amounts, strict=True):
        old = contracts[n]
        after = round(amount * 1.2 / 10) * 10 if old.changed else 0
        contracts[n] = Contract(**{**vars(old), "secured": amount, "secured_after": after,
                                   "disbursed": round(amount * 0.8 / 10) * 10})  # fmt: skip
    return tuple(contracts)


def pledge_events(contracts: tuple[Contract, ...]) -> Events:
    """Return PE01, PC01 and PM01 of every pledged patent; ``other`` is the contract's place in the tuple."""
    rows: list[tuple[int, int, int, int, int]] = []
    for n, contract in enumerate(contracts):
        steps = (("PE01", contract.registered), ("PM01", contract.changed), ("PC01", contract.released))
        for code, on in steps:
            known = int(next_issue(np.array([on + 14]))[0])
            if on and known <= LAST_DAY:
                rows += [(document, CODE[code], known, on, n) for document in contract.patents]
    table = np.array(rows, dtype=np.int64).reshape(-1, 5)
    return Events(*(table[:, column].copy() for column in range(5)))
