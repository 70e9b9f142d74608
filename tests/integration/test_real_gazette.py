"""From the real gazette of 2019-07-09 to its report, by the commands of the README, in an empty home."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
IPSTAT = Path(sys.executable).parent / "ipstat"
Command = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = [pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def gazette_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    """Runs `ipstat` in one home into which the real gazette was ingested, built and gated."""
    files = sorted((ROOT.parent / "shared" / "feeds" / "cnipa_gazette" / "2019-07-09").glob("*.csv"))
    if not files:
        pytest.skip("../shared with the real gazette is not beside this checkout")
    environment = os.environ | {"IPSTAT_HOME": str(tmp_path_factory.mktemp("gazette") / "home"), "COLUMNS": "200"}
    environment.pop("IPSTAT_DATABASE_URL", None)

    def ipstat(*words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [str(IPSTAT), *words], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=500, check=False
        )
        assert not check or done.returncode == 0, done.stdout[-3000:] + done.stderr[-6000:]
        assert "Traceback" not in done.stdout + done.stderr
        return done

    try:
        ipstat("ingest", "cnipa_gazette", *map(str, files), "--known-on", "2019-07-09")
        ipstat("build")
        ipstat("gate")
        yield ipstat
    finally:
        ipstat("db", "stop", check=False)


def test_gazette_report_is_published_from_one_issue(gazette_home: Command) -> None:
    gazette_home("publish", "gazette", "--date", "2019-07-09")
    counts = gazette_home(
        "sql",
        "--format",
        "csv",
        "select patent_kind, count(*) from marts.fct_patents where is_in_city group by 1 order by 1",
    )
    assert counts.stdout.split()[1:] == [
        "design_granted,181",
        "invention_granted,4",
        "invention_published,38",
        "utility_granted,116",
    ]
    whole = gazette_home(
        "sql", "--format", "csv", "select count(*), count(distinct publication_number) from marts.fct_patents"
    )
    assert whole.stdout.split()[1].startswith("36735,")


def test_one_issue_is_not_a_year(gazette_home: Command) -> None:
    refused = gazette_home("publish", "white-paper", "--year", "2019", check=False)
    assert refused.returncode == 1
    said = refused.stdout + refused.stderr
    assert "2019-07-12" in said, "the missing issues are named"
    assert "2019-07-09" not in said.replace("cnipa_gazette/2019-07-09", ""), "the delivered one is not"


def test_each_patent_is_traceable_to_rows_of_the_files(gazette_home: Command) -> None:
    gazette_home("publish", "marts")
    lost = gazette_home(
        "sql",
        "--format",
        "csv",
        "select count(*) from marts.fct_patents p where not exists (select 1 from ops.record_sources s where s.record_key = p.record_key)",
    )
    assert lost.stdout.split()[1] == "0"
    rows = gazette_home(
        "sql",
        "--format",
        "csv",
        "select sum(landed_row_count + quarantined_row_count + header_repeat_count) from ops.batch_files",
    )
    assert rows.stdout.split()[1] == "58188"


def test_ingesting_the_same_files_again_changes_nothing(gazette_home: Command) -> None:
    before = gazette_home("sql", "--format", "csv", "select count(*), max(batch_id) from ops.batches").stdout
    files = sorted((ROOT.parent / "shared" / "feeds" / "cnipa_gazette" / "2019-07-09").glob("*.csv"), reverse=True)
    gazette_home("ingest", "cnipa_gazette", *map(str, files), "--known-on", "2019-07-09")
    assert gazette_home("sql", "--format", "csv", "select count(*), max(batch_id) from ops.batches").stdout == before
    assert gazette_home("sql", "--format", "csv", "select count(*) from ops.deliveries").stdout.split()[1] == "12"
