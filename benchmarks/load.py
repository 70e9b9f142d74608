"""Loading a million gazette rows: against bare COPY, against `DataFrame.to_sql`, and memory at five million.

    python -m benchmarks.load [--rows N] [--pairs N] [--no-memory]

All checks, hashes and provenance are on. The yardstick is `COPY` of the very rows that the load made (UTF-8, with the
provenance columns) into a table like the landing table. The two alternate, and the median of the pairs counts, so that
a noisy machine disturbs both alike. Exit code 1 where a limit is missed.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import psycopg

from ingest.contract import CONTRACTS_DIR, Contract, load_contract
from ingest.ddl import render_landing_sql
from ingest.load import ingest
from ingest.stream import landing_columns

LEAST_OF_COPY = 0.4
LEAST_OF_TO_SQL = 3.0
MOST_MEMORY = 1.3
ISSUE = date(2019, 7, 9)
FILE_NAME = "CN_patent_utility_new.csv"
BLOCK = 100_000


def write_gazette(path: Path, rows: int, encoding: str = "gb18030") -> None:
    """A clean gazette file of so many rows (utility models; every number, name and address is made up)."""
    header = (
        "item,name,authorization_notice_id,authorized_announcement_date,filing_id,filing_date,patentee,designer,address"
    )
    with path.open("wb") as stream:
        stream.write(f"{header},Int.Cl.\n".encode(encoding))
        for start in range(0, rows, BLOCK):
            text = _block(start, min(BLOCK, rows - start)).write_csv(include_header=False)
            stream.write(text.encode(encoding))


def _block(start: int, count: int) -> pl.DataFrame:
    rng = np.random.default_rng(start)
    towns = np.array(["小榄镇", "古镇镇", "东凤镇", "南头镇", "坦洲镇", "三乡镇", "火炬开发区", "石岐区"])
    things = np.array(
        ["一种灯具散热结构", "一种便于安装的智能锁", "一种红木家具加工用打磨装置", "一种燃气热水器点火组件"]
    )
    firms = np.array(["中山市明辉照明电器有限公司", "广东恒达五金制品有限公司", "中山市佳宁智能科技股份有限公司"])
    classes = np.array(["F21K9/232(2016.01)I;??F21V29/70(2015.01)I", "E05B47/00(2006.01)I", "B24B29/02(2006.01)I;"])
    number = np.arange(start, start + count)
    people = np.array(["张某某;??李某", "王某", "陈某某;??黄某某;??周某"])
    frame = pl.DataFrame(
        {
            "item": number + 1,
            "thing": things[rng.integers(0, things.size, count)],
            "number": 200_000_000 + number,
            "day": np.full(count, "2019.07.09"),
            "serial": number % 9_000_000 + 1_000_000,
            "filed": np.full(count, "2018.11.") + (rng.integers(10, 29, count)).astype(str),
            "firm": firms[rng.integers(0, firms.size, count)],
            "people": people[rng.integers(0, people.size, count)],
            "town": towns[rng.integers(0, towns.size, count)],
            "house": rng.integers(1, 400, count),
            "class": classes[rng.integers(0, classes.size, count)],
        }
    )
    base = pl.concat_str(pl.lit("20182"), pl.col("serial"))
    weights = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
    total = pl.sum_horizontal(base.str.slice(i, 1).cast(pl.Int64) * weight for i, weight in enumerate(weights)) % 11
    return frame.select(
        "item",
        pl.concat_str("thing", pl.lit("（"), "item", pl.lit("）")),
        pl.format("CN{}U", "number"),
        "day",
        pl.concat_str(base, total.cast(pl.String).replace("10", "X")),
        "filed",
        "firm",
        "people",
        pl.format("528400广东省中山市{}工业大道{}号", "town", "house"),
        "class",
    )


@contextmanager
def warehouse(folder: Path) -> Iterator[str]:
    """An embedded server with a migrated database, with the settings of production."""
    from ipstat import database
    from ipstat.settings import Settings

    settings = Settings(home=folder / "home", pseudonym_key_text="benchmark")
    try:
        address = database.ensure_ready(settings)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(
                render_landing_sql({"cnipa_gazette": load_contract(CONTRACTS_DIR / "cnipa_gazette.yml")})
            )
        yield address
    finally:
        database.stop(settings)


def load_once(address: str, archive: Path, path: Path) -> float:
    """Seconds of one whole load, from the file's path to the committed batch."""
    contract = load_contract(CONTRACTS_DIR / "cnipa_gazette.yml")
    with psycopg.connect(address) as connection:
        start = time.perf_counter()
        report = ingest(connection, archive, contract, [path], ISSUE, "benchmark")
        seconds = time.perf_counter() - start
    if report.rejected or report.quarantined_count or not report.row_count:
        raise RuntimeError(f"the load is not clean: {report}")
    return seconds


def forget(address: str) -> None:
    """Empty landing and the batches, so that the next load begins like the first."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("truncate landing.cnipa_gazette")
        connection.execute("truncate ops.batches, ops.batch_files, ops.quarantine cascade")
        connection.execute("checkpoint" if _is_superuser(connection) else "select 1")


def _is_superuser(connection: psycopg.Connection) -> bool:
    row = connection.execute("select rolsuper from pg_roles where rolname = current_user").fetchone()
    return row is not None and bool(row[0])


def copy_once(address: str, rows: Path, contract: Contract) -> float:
    """Seconds of a bare COPY of the landed rows, committed, into a logged table like the landing table."""
    columns = ", ".join([*landing_columns(contract), "_recorded_at"])
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("drop table if exists landing.bare_copy")
        connection.execute("create table landing.bare_copy (like landing.cnipa_gazette including all)")
        start = time.perf_counter()
        command = f"copy landing.bare_copy ({columns}) from stdin (format csv)"
        with rows.open("rb") as stream, connection.cursor().copy(command) as copy:
            while block := stream.read(1024 * 1024):
                copy.write(block)
        seconds = time.perf_counter() - start
        connection.execute("drop table landing.bare_copy")
    return seconds


def export_rows(address: str, target: Path, contract: Contract) -> None:
    """The landed rows as CSV in UTF-8, with provenance."""
    columns = ", ".join([*landing_columns(contract), "_recorded_at"])
    command = f"copy landing.cnipa_gazette ({columns}) to stdout (format csv)"
    with (
        psycopg.connect(address) as connection,
        target.open("wb") as stream,
        connection.cursor().copy(command) as copy,
    ):
        for block in copy:
            stream.write(block)


def to_sql_once(address: str, path: Path) -> float:
    """Seconds of what a script would do: read the file with pandas and write it with `DataFrame.to_sql`."""
    import pandas as pd
    import sqlalchemy

    engine = sqlalchemy.create_engine(address)
    start = time.perf_counter()
    frame = pd.read_csv(path, encoding="gb18030", dtype=str, keep_default_na=False)
    frame.to_sql("to_sql", engine, schema="landing", if_exists="replace", index=False, chunksize=50_000)
    seconds = time.perf_counter() - start
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("drop table landing.to_sql"))
    engine.dispose()
    return seconds


def peak_memory(address: str, archive: Path, path: Path) -> float:
    """Peak resident memory (MB) of a load in a process of its own."""
    code = (
        "import resource, sys; from pathlib import Path; from benchmarks.load import load_once;"
        "load_once(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]));"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, address, str(archive), str(path)], check=True, capture_output=True, text=True
    )
    return float(done.stdout)


def speed(address: str, folder: Path, rows: int, pairs: int, to_sql_pairs: int) -> dict[str, float]:
    """Ratios of speed, medians of paired runs."""
    contract = load_contract(CONTRACTS_DIR / "cnipa_gazette.yml")
    source, exported = folder / FILE_NAME, folder / "rows.csv"
    write_gazette(source, rows)
    load_once(address, folder / "archive", source)
    export_rows(address, exported, contract)
    loads, copies, to_sqls = [], [], []
    for number in range(pairs):
        forget(address)
        copies.append(copy_once(address, exported, contract))
        loads.append(load_once(address, folder / "archive", source))
        if number < to_sql_pairs:
            to_sqls.append(to_sql_once(address, source))
    return {
        "rows": rows,
        "load_rows_per_second": rows / statistics.median(loads),
        "copy_rows_per_second": rows / statistics.median(copies),
        "of_copy": statistics.median(copy / load for copy, load in zip(copies, loads, strict=True)),
        "of_to_sql": statistics.median(slow / load for slow, load in zip(to_sqls, loads, strict=False)),
    }


def memory(address: str, folder: Path, small: int, large: int) -> dict[str, float]:
    """Peak memory of a small and a ten times larger load, and their ratio."""
    peaks = {}
    for rows in (small, large):
        forget(address)
        path = folder / str(rows) / FILE_NAME
        path.parent.mkdir()
        write_gazette(path, rows)
        peaks[rows] = peak_memory(address, folder / "archive", path)
        path.unlink()
    return {f"peak_mb_{rows}": peak for rows, peak in peaks.items()} | {"memory_ratio": peaks[large] / peaks[small]}


def main(arguments: list[str] | None = None) -> int:
    """Run, print one JSON object, and return 1 where a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--to-sql-pairs", type=int, default=5)
    parser.add_argument("--no-memory", action="store_true")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="ipstat-bench-") as name, warehouse(Path(name)) as address:
        results = speed(address, Path(name), options.rows, options.pairs, options.to_sql_pairs)
        if not options.no_memory:
            results |= memory(address, Path(name), options.rows // 2, options.rows * 5)
    print(json.dumps({key: round(value, 3) for key, value in results.items()}, indent=2))
    missed = [
        text
        for text, holds in (
            (f"load >= {LEAST_OF_COPY} x COPY", results["of_copy"] >= LEAST_OF_COPY),
            (f"load >= {LEAST_OF_TO_SQL} x to_sql", results["of_to_sql"] >= LEAST_OF_TO_SQL),
            (f"memory <= {MOST_MEMORY} x", results.get("memory_ratio", 0.0) <= MOST_MEMORY),
        )
        if not holds
    ]
    for text in missed:
        print(f"missed: {text}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
