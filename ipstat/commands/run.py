"""`ipstat run` and `ipstat sample-city`: everything at once, and the feeds of an invented city."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Annotated

import psycopg
import typer

from ingest.contract import load_contracts
from ipstat import database, failures, headlines, intake, steps
from ipstat.commands.common import Session, WaitOption, as_table, echo, open_session
from ipstat.commands.publications import describe
from ipstat.console import Tell
from ipstat.delivery_plan import MARK_NAME, feeds_of, unknown_folders
from ipstat.errors import FeedRefusedError, UsageError
from ipstat.headlines import Headline
from ipstat.settings import Settings

DEFAULT_SCALE = 0.02
DEFAULT_SEED = 20260101
FIRST_YEAR, LAST_YEAR = 2012, 2025

ScaleOption = Annotated[float, typer.Option("--scale", min=0.001, max=10, help="1 is as large as the real city.")]
SeedOption = Annotated[int, typer.Option("--seed", help="Equal seeds give equal bytes.")]
FromOption = Annotated[int, typer.Option("--from-year", min=FIRST_YEAR, max=LAST_YEAR, help="First year of the feeds.")]
ToOption = Annotated[int, typer.Option("--to-year", min=FIRST_YEAR, max=LAST_YEAR, help="Last year of the feeds.")]


def sample_city_command(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="A new folder.")],
    scale: ScaleOption = DEFAULT_SCALE,
    seed: SeedOption = DEFAULT_SEED,
    from_year: FromOption = FIRST_YEAR,
    to_year: ToOption = LAST_YEAR,
) -> None:
    """Write the feeds of an invented city, each in its sender's format, with faults and with the truth beside them.

    Example: ipstat sample-city --scale 0.02 --seed 7 --out city
    """
    session = open_session("sample-city")
    _write_city(session, out, scale, seed, (from_year, to_year))
    echo(str(out))


def run_command(
    sample_city: Annotated[bool, typer.Option("--sample-city", help="On the feeds of an invented city.")] = False,
    input_dir: Annotated[
        Path | None, typer.Option("--input", metavar="DIR", help="A folder with one folder for each feed.")
    ] = None,
    scale: ScaleOption = DEFAULT_SCALE,
    seed: SeedOption = DEFAULT_SEED,
    from_year: FromOption = FIRST_YEAR,
    to_year: ToOption = LAST_YEAR,
    wait: WaitOption = False,
) -> None:
    """Everything: ingest, build, gate, publish marts and the white paper of the last complete year.

    Examples: ipstat run --sample-city --scale 0.02; ipstat run --input feeds
    """
    if sample_city == (input_dir is not None):
        raise UsageError("name the input", "either --sample-city or --input DIR")
    session = open_session("run")
    settings = session.settings
    if input_dir is None:
        input_dir = settings.sample_city_dir
        ensure_city(session, input_dir, scale, seed, (from_year, to_year))
    _ingest(session, input_dir, wait)
    build_id = _build_and_publish(session, wait)
    _finish(session, build_id, wait)


def ensure_city(session: Session, folder: Path, scale: float, seed: int, years: tuple[int, int]) -> None:
    """Write the home's sample city, or take the one that is there if it is the same city."""
    mark = folder / MARK_NAME
    if not mark.exists():
        fresh = folder.with_name(f"{folder.name}.new")
        for path in (folder, fresh):
            shutil.rmtree(path, ignore_errors=True)  # what a killed run left half-written: the mark is written last
        _write_city(session, fresh, scale, seed, years, shown=folder)
        fresh.rename(folder)  # whoever fetches meanwhile finds no city rather than half of one
        return
    there = json.loads(mark.read_text(encoding="utf-8"))
    if (there["scale"], there["seed"], tuple(there["years"])) != (scale, seed, years):
        raise UsageError(
            f"this home holds another sample city (--scale {there['scale']} --seed {there['seed']}"
            f" --from-year {there['years'][0]} --to-year {there['years'][1]})",
            "choose another IPSTAT_HOME, or run with the same options",
        )


def _write_city(
    session: Session, out: Path, scale: float, seed: int, years: tuple[int, int], shown: Path | None = None
) -> None:
    from ipstat import sample_city as city  # noqa: PLC0415 - left out of the production image

    with session.reporter.step("writing the sample city", scale=scale, seed=seed) as tell:
        try:
            done = city.write(out, scale, seed, years, lambda feed, n, total: tell(f"{feed} ({n} of {total})"))
        except (ValueError, FileExistsError) as error:
            raise UsageError(str(error)) from error
    session.reporter.say(
        f"sample city (示例数据): {done.file_count} files, {done.byte_count / 1e6:.1f} MB in {shown or out}"
    )


def _ingest(session: Session, folder: Path, wait: bool) -> None:
    """The steps of each feed in their order, with the folder as the sender; what is refused is told of all feeds."""
    settings, reporter = session.settings, session.reporter
    feeds, address = feeds_of(folder, load_contracts()), intake.folder_address(folder)
    loaded = []
    with reporter.step("ingesting") as tell:
        for feed in feeds:
            with failures.watch(settings, "ingest", feed):
                steps.fetch(settings, feed, address, is_waiting=wait, tell=_prefixed(tell, feed))
                steps.archive(settings, feed, is_waiting=wait, tell=_prefixed(tell, feed))
                loaded.append(steps.load(settings, feed, is_waiting=wait, tell=_prefixed(tell, feed)))
    refused = [f"{each.feed} {item}" for each in loaded for item in each.refused]
    files, rows = sum(each.delivery_count for each in loaded), sum(each.row_count for each in loaded)
    quarantined = sum(each.quarantined_count for each in loaded)
    reporter.say(f"ingested {files} deliveries: {rows} rows, {quarantined} quarantined, {len(refused)} refused")
    for item in refused[:20]:
        reporter.say(f"  refused: {item}")
    for name in unknown_folders(folder, feeds):
        reporter.say(f"  not read: {name} is named like no feed")
    _check(session, feeds, wait)


def _prefixed(tell: Tell, feed: str) -> Tell:
    return lambda text: tell(text if text.startswith(feed) else f"{feed} {text}")


def _check(session: Session, feeds: list[str], wait: bool) -> None:
    """Check every feed before anything is said, so that all that must be mended is named at once."""
    faults: list[FeedRefusedError] = []
    with session.reporter.step("checking feeds") as tell:
        for feed in feeds:
            try:
                with failures.watch(session.settings, "check", feed):
                    steps.check(session.settings, feed, is_waiting=wait, tell=tell)
            except FeedRefusedError as error:
                faults.append(error)
    if faults:
        raise FeedRefusedError("\n".join(fault.message for fault in faults), faults[0].mend)


def _build_and_publish(session: Session, wait: bool) -> str:
    settings = session.settings
    with session.reporter.step("building") as tell, failures.watch(settings, "build"):
        build_id = steps.build(settings, is_waiting=wait, tell=tell)
    with session.reporter.step("checking") as tell, failures.watch(settings, "gate"):
        verdict = steps.gate(settings, build_id, is_waiting=wait, tell=tell)
    checks = verdict.result.checks
    session.reporter.say(f"build {build_id}: {sum(c.success for c in checks)} of {len(checks)} checks passed")
    with session.reporter.step("publishing marts") as tell, failures.watch(settings, "publish_marts"):
        done = steps.publish_marts(settings, build_id, is_waiting=wait, tell=tell)
    session.reporter.say(f"marts: {describe(done)}")
    session.reporter.say(f"quality page: {verdict.page}")
    return build_id


def _finish(session: Session, build_id: str, wait: bool) -> None:
    settings = session.settings
    with session.reporter.step("white paper") as tell, failures.watch(settings, "publish_annual"):
        path = steps.publish_annual(settings, build_id, is_waiting=wait, tell=tell)
    if path is None:
        session.reporter.say("no year is complete, so there is no white paper; `ipstat status` names what is missing")
        return
    edition = Path(path)
    with psycopg.connect(database.ensure_ready(settings)) as connection:
        year = headlines.last_complete_year(connection, build_id) or 0
        found = headlines.read_headlines(connection, edition, year)
        is_sample = intake.is_sample_data(connection)
    echo(summary(settings, edition, year, found, is_sample))


def summary(settings: Settings, edition: Path, year: int, found: list[Headline], is_sample: bool) -> str:
    """Where the outputs lie, and the headline numbers."""
    mark = " 示例数据" if is_sample else ""
    files = sorted(path for path in edition.rglob("*") if path.is_file() and path.suffix in {".pdf", ".csv", ".xlsx"})
    lines = [f"{year}{mark}", ""]
    lines.append(
        as_table(["指标", "indicator", "数值", "单位"], [[h.name_zh, h.name_en, h.value, h.unit] for h in found])
    )
    lines += ["", *(str(path) for path in files), f"{edition}/facts.json"]
    lines.append(f'database: `ipstat db url`, `ipstat sql "select ..."`; everything lies in {settings.home}')
    return "\n".join(lines)
