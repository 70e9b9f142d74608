"""Building all models of the sample city: PostgreSQL against DuckDB, and how the time grows with the city.

    python -m benchmarks.build [--scale X] [--small X] [--pairs N] [--work DIR]

The yardstick is DuckDB on the same seeds and models, with the same landing tables. Model time is the time between the
start of the first and the end of the last node, as dbt notes it: its start-up and parsing are not in it. The two
engines alternate. Growth is the exponent e of time ~ rows^e between the two scales, from the medians on PostgreSQL.
Exit code 1 where a limit is missed. Memory is the largest sum of the server's processes (proportional set size).
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psutil
import psycopg

from ipstat import builds, database, intake, pipeline, sample_city, server
from ipstat.dbt_runner import Dbt
from ipstat.settings import Settings
from tests.support import duckdb_build

MOST_OF_DUCKDB = 12.0
MOST_GROWTH = 1.15
SEED = 20260101
YEARS = (2012, 2025)


@dataclass(frozen=True)
class City:
    """A home with a sample city that was built once, and its landing rows in a DuckDB file."""

    settings: Settings
    address: str
    build_id: str
    horizon: str
    row_count: int
    duckdb_path: Path


def prepare(folder: Path, scale: float) -> City:
    """Write, ingest and build a city (addresses and names are resolved then), and carry its sources to DuckDB."""
    settings = Settings(home=folder / "home")
    if not (folder / "city" / "SAMPLE_DATA.json").exists():
        sample_city.write(folder / "city", scale, SEED, YEARS)
    intake.ingest_folder(settings, folder / "city")
    build_id = pipeline.build(settings)
    address = database.url(settings)
    with psycopg.connect(address) as connection:
        found = connection.execute(
            "select builds.horizon_date::text, sum(batches.row_count)::bigint from ops.builds"
            " join ops.build_batches using (build_id) join ops.batches as batches using (batch_id)"
            " where build_id = %s group by 1",
            [build_id],
        ).fetchone()
    if found is None:
        raise RuntimeError(f"build {build_id} has no batches")
    path = folder / "warehouse.duckdb"
    path.unlink(missing_ok=True)
    duckdb_build.carry_sources(address, folder, path)
    return City(settings, address, build_id, found[0], found[1], path)


def postgres_seconds(city: City) -> float:
    """Model time of one more build of the same batches; its schemas are dropped."""
    again = builds.new_build_id()
    with psycopg.connect(city.address, autocommit=True) as connection:
        connection.execute(
            "insert into ops.builds (build_id, horizon_date, code_version, seeds_hash, corrections_hash,"
            " decisions_hash) select %s, horizon_date, code_version, seeds_hash, corrections_hash, decisions_hash"
            " from ops.builds where build_id = %s",
            [again, city.build_id],
        )
        connection.execute(
            "insert into ops.build_batches select %s, batch_id from ops.build_batches where build_id = %s",
            [again, city.build_id],
        )
        variables = {"build_id": again, "as_of": "", "horizon_date": city.horizon}
        work = city.settings.home / "benchmark"
        try:
            Dbt(pipeline.DBT_PROJECT, work, city.address, variables).run_models()
        finally:
            builds.close_build(connection, again, "failed", "a benchmark")
            builds.drop_schemas(connection, [again])
    return model_seconds(work / "target" / "run_results.json")


def duckdb_seconds(city: City) -> float:
    """Model time of the same build on a copy of the DuckDB file."""
    with tempfile.TemporaryDirectory(dir=city.duckdb_path.parent) as scratch:
        copy = Path(scratch) / "warehouse.duckdb"
        copy.write_bytes(city.duckdb_path.read_bytes())
        variables = {"build_id": city.build_id, "as_of": "", "horizon_date": city.horizon}
        failure = duckdb_build.build(copy, Path(scratch), variables)
        if failure:
            raise RuntimeError(failure)
        return model_seconds(Path(scratch) / "target" / "run_results.json")


def model_seconds(run_results: Path) -> float:
    """From the start of the first node to the end of the last one."""
    steps = [
        step
        for result in json.loads(run_results.read_text(encoding="utf-8"))["results"]
        for step in result["timing"]
        if step["name"] == "execute"
    ]
    started = min(datetime.fromisoformat(step["started_at"]) for step in steps)
    ended = max(datetime.fromisoformat(step["completed_at"]) for step in steps)
    return (ended - started).total_seconds()


@contextmanager
def peak_memory(settings: Settings) -> Iterator[list[float]]:
    """The largest sum of the server's processes while the block runs, in MB, as the one item of the list."""
    peak = [0.0]
    done = threading.Event()
    pid = server.running_pid(settings)

    def watch() -> None:
        while pid is not None and not done.wait(0.5):
            total = 0
            for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
                try:
                    total += process.memory_full_info().pss
                except psutil.Error:  # a backend that has just ended
                    continue
            peak[0] = max(peak[0], total / 1e6)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield peak
    finally:
        done.set()
        thread.join()


def measure(folder: Path, scale: float, pairs: int) -> tuple[City, list[float], list[float]]:
    """Prepare a city and build it `pairs` times on each engine; the model times in seconds."""
    folder.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    city = prepare(folder, scale)
    print(f"scale {scale:g}: {city.row_count:,} rows, prepared in {time.monotonic() - started:.0f} s")
    ours, theirs = [], []
    try:
        with peak_memory(city.settings) as peak:
            for _ in range(pairs):
                ours.append(postgres_seconds(city))
                theirs.append(duckdb_seconds(city))
        print(f"  PostgreSQL {_shown(ours)} s, DuckDB {_shown(theirs)} s, server's memory {peak[0]:,.0f} MB")
    finally:
        database.stop(city.settings)
    return city, ours, theirs


def _shown(seconds: list[float]) -> str:
    return " ".join(f"{each:.1f}" for each in seconds)


def main(arguments: list[str] | None = None) -> int:
    """Print times, ratio and growth; 1 where a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--small", type=float, default=0.1)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--work", type=Path, help="keep the cities here, for another run")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="ipstat-bench-") as scratch:
        work = options.work or Path(scratch)
        small, small_times, _ = measure(work / "small", options.small, options.pairs)
        large, times, duckdb_times = measure(work / "large", options.scale, options.pairs)
    ratio = statistics.median(ours / theirs for ours, theirs in zip(times, duckdb_times, strict=True))
    growth = math.log(statistics.median(times) / statistics.median(small_times))
    growth /= math.log(large.row_count / small.row_count)
    print(f"model time: {ratio:.1f} x DuckDB (at most {MOST_OF_DUCKDB:g})")
    print(f"growth from scale {options.small:g} to {options.scale:g}: rows^{growth:.2f} (at most {MOST_GROWTH:g})")
    return int(ratio > MOST_OF_DUCKDB or growth > MOST_GROWTH)


if __name__ == "__main__":
    sys.exit(main())
