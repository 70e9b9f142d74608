"""Feed patent_api: another provider's monthly export, with a leading index column and without addresses."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

import numpy as np

from ipstat.sample_city.city import City
from ipstat.sample_city.dates import FIRST_MONTH_INDEX, formatted, month_first, month_label, month_last
from ipstat.sample_city.documents import DESIGN, PUBLISHED
from ipstat.sample_city.gazette import party_cells
from ipstat.sample_city.holders import FIRM, RESEARCH, UNIVERSITY
from ipstat.sample_city.legal_events import main_classes
from ipstat.sample_city.numbers import application_texts
from ipstat.sample_city.output import Output
from ipstat.sample_city.plan import MONTHS
from ipstat.sample_city.randomness import Ints, stream

FEED = "patent_api"
HEADER = (
    "", "id", "rank", "loc", "legalStatus", "currentStatus", "type", "title", "applicant", "applicationDate", "mainIpc",
    "applicationNumber", "documentNumber", "documentDate", "inventor", "applicantType", "ipc", "cpc", "imagePath",
    "summary",
)  # fmt: skip
TYPES = ("发明公开", "发明授权", "实用新型", "外观设计")
LAST_MONTHS = 6
MOST_RECORDS = 450


def _rows(city: City, rows: Ints) -> list[tuple[str, ...]]:
    documents, size = city.documents, len(city.holders)
    owner = documents.holder[rows]
    kinds = np.where(owner < size, city.holders.kind[np.where(owner < size, owner, 0)], FIRM).tolist()
    names = {FIRM: "企业", UNIVERSITY: "学校", RESEARCH: "科研院所"}
    published = documents.doc_class[rows] == PUBLISHED
    in_examination = stream(city.plan.seed, f"patent api {rows[:1]}").random(len(rows)) < 0.12
    is_design = documents.doc_class[rows] == DESIGN
    pool = documents.pool[rows]
    titles = np.where(is_design, city.pools.design_titles[pool], city.pools.technical_titles[pool]).tolist()
    main = main_classes(city, rows).tolist()
    symbols = [
        "; ".join(part.split("(")[0].lstrip("?") for part in cell.strip().split(";") if part.strip("? "))
        for cell in city.pools.ipc_cells[pool].tolist()
    ]
    people = [t.rstrip(";").replace(";??", "; ").replace(";\u2002", "; ") for t in
              city.inventors[documents.inventor[rows]].tolist()]  # fmt: skip
    owners_of = [t.replace(";??", "; ") for t in party_cells(city, rows)]
    columns = zip(city.numbers.publication[rows].tolist(), titles, owners_of,
                  formatted(documents.filing[rows]), main, application_texts(city.numbers, rows, "country"),
                  formatted(documents.issue[rows]), people, symbols, documents.doc_class[rows].tolist(),
                  published.tolist(), in_examination.tolist(), kinds, strict=True)  # fmt: skip
    out: list[tuple[str, ...]] = []
    for number, title, owners, filed, cls, app, on, who, ipc, kind, is_open, is_examined, holder in columns:
        status = ("实质审查" if is_examined else "公开") if is_open else "授权"
        legal = status if is_open else "有效专利"
        loc, symbol, rest = (cls, "", "") if kind == DESIGN else ("0", cls, ipc)
        out.append((number, "0", loc, legal, status, TYPES[kind], title, owners, filed, symbol, app, number, on, who,
                    names.get(holder, "其他"), rest, "", f"/CN/sample/{app[2:14]}.jpg",
                    f"示例数据：{title}。\n（本摘要为虚构）"))  # fmt: skip
    return out


def write_patent_api(city: City, output: Output) -> None:
    """Write the exports of the last months: a sample of the month's documents, of the city and of others."""
    months = [n for n in range(MONTHS) if city.has_day(month_last(FIRST_MONTH_INDEX + n))][-LAST_MONTHS:]
    rng = stream(city.plan.seed, "patent api")
    for n in months:
        month = FIRST_MONTH_INDEX + n
        documents = city.documents
        inside = (documents.issue >= month_first(month)) & (documents.issue <= month_last(month))
        rows = np.flatnonzero(inside & ~documents.is_opening)
        rows = np.sort(rng.permutation(rows)[:MOST_RECORDS])
        text = StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows((str(k), *row) for k, row in enumerate(_rows(city, rows)))
        output.write(FEED, Path(month_label(month)) / "records.csv", text.getvalue().encode(), month_last(month) + 3)
