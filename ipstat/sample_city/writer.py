"""Write a whole sample city: every feed's files, the delivery plan, the mark that all of it is invented, the truth."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from ipstat.sample_city.case_files import write_cases
from ipstat.sample_city.city import City, Progress, make_city
from ipstat.sample_city.customs_files import write_customs
from ipstat.sample_city.dates import day, one
from ipstat.sample_city.documents import CLASS_SERIES
from ipstat.sample_city.exchange import write_exchange
from ipstat.sample_city.families import write_families
from ipstat.sample_city.gazette import write_gazette
from ipstat.sample_city.legal_events import write_legal_events
from ipstat.sample_city.output import Output
from ipstat.sample_city.patent_api import write_patent_api
from ipstat.sample_city.plan import FIRST_YEAR, LAST_YEAR
from ipstat.sample_city.pledge_files import write_pledge_ledger, write_pledge_registrations
from ipstat.sample_city.references import (
    write_economic_accounts,
    write_honours,
    write_plan_targets,
    write_population,
)  # fmt: skip
from ipstat.sample_city.register import write_register
from ipstat.sample_city.return_files import write_returns
from ipstat.sample_city.totals import write_official_totals
from ipstat.sample_city.trademarks import write_trademarks
from ipstat.sample_city.truth import write_truth

Writer = Callable[[City, Output], None]
FEEDS: tuple[tuple[str, Writer], ...] = (
    ("cnipa_gazette", write_gazette),
    ("enterprise_register", write_register),
    ("cnipa_legal_events", write_legal_events),
    ("cnipa_trademarks", write_trademarks),
    ("cnipa_exchange", write_exchange),
    ("patent_api", write_patent_api),
    ("enforcement_cases", write_cases),
    ("customs_lots", write_customs),
    ("pledge_registrations", write_pledge_registrations),
    ("pledge_ledger", write_pledge_ledger),
    ("department_returns", write_returns),
    ("population", write_population),
    ("economic_accounts", write_economic_accounts),
    ("honours", write_honours),
    ("official_totals", write_official_totals),
    ("plan_targets", write_plan_targets),
    ("patent_families", write_families),
)
MARK = "示例数据"


@dataclass(frozen=True)
class SampleCity:
    """What was written: files and bytes, deliveries by feed, and the true counts of each year at this scale."""

    root: str
    scale: float
    seed: int
    years: tuple[int, int]
    file_count: int
    byte_count: int
    delivery_count_by_feed: dict[str, int]
    grant_count_by_year: dict[int, int]
    valid_invention_count_by_year: dict[int, int]
    valid_mark_count_by_year: dict[int, int]


def _quiet(feed: str, done: int, total: int) -> None:
    del feed, done, total


def write(
    out: Path,
    scale: float = 1.0,
    seed: int = 20260101,
    years: tuple[int, int] = (FIRST_YEAR, LAST_YEAR),
    on_progress: Progress | None = None,
) -> SampleCity:
    """Write raw files of all feeds below ``out`` in their senders' formats.

    ``scale`` 1 is as large as the real city and meets the plan's baselines; other scales shrink counts in proportion.
    ``years`` (both inclusive, within 2012-2025) limits the files, not the story. Equal arguments give equal bytes.
    Raises ValueError for an impossible scale or year, FileExistsError when ``out`` holds anything already.
    """
    if not 0 < scale <= 10:
        raise ValueError(f"scale {scale} is outside 0 < scale <= 10")
    if not FIRST_YEAR <= years[0] <= years[1] <= LAST_YEAR:
        raise ValueError(f"years {years} must lie in {FIRST_YEAR} to {LAST_YEAR}, first year first")
    if out.exists() and any(out.iterdir()):
        raise FileExistsError(f"{out} is not empty: name a new folder or remove it")
    out.mkdir(parents=True, exist_ok=True)
    city = make_city(scale, seed, years, on_progress or _quiet)
    output = Output(out)
    for _, writer in FEEDS:
        writer(city, output)
    write_truth(city, output)
    output.write_plan()
    summary = _summary(city, output)
    _write_mark(out, summary)
    return summary


def _summary(city: City, output: Output) -> SampleCity:
    span = range(city.years[0], city.years[1] + 1)
    inventions = city.documents.doc_class == CLASS_SERIES.index("invention_grants")
    return SampleCity(
        root=str(output.root),
        scale=city.plan.scale,
        seed=city.plan.seed,
        years=city.years,
        file_count=output.file_count,
        byte_count=output.byte_count,
        delivery_count_by_feed=dict(sorted(Counter(d.feed for d in output.deliveries).items())),
        grant_count_by_year={
            y: sum(city.plan.total(name, f"{y}-01", f"{y}-12") for name in CLASS_SERIES[1:]) for y in span
        },
        valid_invention_count_by_year={y: city.lives.stock(inventions, day(y, 12, 31)) for y in span},
        valid_mark_count_by_year={y: city.marks.stock(day(y, 12, 31)) for y in span},
    )


def _write_mark(out: Path, summary: SampleCity) -> None:
    """Write SAMPLE_DATA.json, by which everything made from these files is marked as sample data."""
    content = asdict(summary) | {"root": "."}
    text = {
        "mark": MARK,
        "说明": "本目录全部文件均为程序生成的虚构示例数据，不含任何真实企业、个人、专利或商标的信息。",
        "description": (
            "Everything in this folder is invented by a program. Names, numbers, addresses and events belong to "
            "nobody; "
            "the population figures are the city's published ones and are not scaled."
        ),
        "made_for": one(day(LAST_YEAR, 12, 31)),
        **content,
    }
    (out / "SAMPLE_DATA.json").write_text(json.dumps(text, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
