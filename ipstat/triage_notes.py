"""The notes that Airflow shows beside a DAG: what it does, and what to do when one of its tasks fails (Markdown)."""

from __future__ import annotations

INGEST = """
**{title}**, from {owner} ({cadence}).
Asked for at the sender's connection `{connection}`, path `{path}`.

When a task fails, its log ends with what is wrong and the mend. `ipstat fetch {feed}` runs all four steps by hand
(the sender's address in `AIRFLOW_CONN_...`); `ipstat status` shows feeds, builds and locks.

- **fetch**: the sender did not answer for all tries, or refused. A wrong address or password: mend the Airflow
  connection `{connection}`, then clear the task.
- **archive**: the disk or the database. Whole turns wait in the spool and nothing is lost: free the disk, clear
  the task.
- **load**: a fault of ours, or the database. Nothing half-loaded stays; clear the task after the mend.
- **check**: a file was refused, or is over its quarantine budget. The log names file, row, column and mend.
  Ask the sender for a new file, or write a correction (ingest/corrections), and run this DAG again.
- **the run without a task**: it took longer than its limit, or its worker was killed too often. Clear the run.

`check` is skipped where nothing is new since the published build.
The sender delivers late: trigger this DAG once the file is there.
A past period again, from the archive alone: trigger with the param `partition_key`, or
`airflow backfill create --dag-id ingest_{feed}` with the due days. More in docs/triage.md.
"""

BUILD = """
Builds, checks and publishes the warehouse when a feed has news and every `ingest_*` run has ended.

- **wait_for_ingests**: a feed's run did not end for hours. Look at that run; `ipstat status` says who holds a lock.
- **build**: a model failed; the log names it and its schemas stay for a look. By hand: `ipstat build`.
  Clear the task after the mend.
- **gate**: a stop check refused the build and **nothing was published**. By hand: `ipstat gate --build ID`; the
  quality page explains each check. Mend the feed (its news builds again), or enter a dated waiver in
  `expectations/waivers.yml` and trigger this DAG.
- **publish_marts**: the columns differ from the contract, or the database. The log names table and column:
  `ipstat db migrate`, then clear the task. By hand: `ipstat publish marts`.

A build of the command line and one of Airflow exclude each other: Airflow waits, the command line ends with exit
code 75 (or waits with `--wait`). More in docs/triage.md.
"""

PUBLISH = """
The white paper and the rankings of the newest complete year, whenever the marts have changed; skipped while no year
is complete. With the param `year` it fails where that year is refused.

- **publish_annual**: the log names the missing deliveries, or the build without a passed gate.
  By hand: `ipstat publish white-paper --year Y` says the same. After the mend trigger this DAG again.

More in docs/triage.md.
"""

FRESHNESS = """
Compares what the calendars expect (`ops.expected_deliveries`) with what came: one alert for each late delivery,
closed when it is there.

- **check_freshness**: the database or a receiver of alerts did not answer; clear the task.
- **an alert about a late delivery**: ask the sender, then trigger `ingest_<feed>`. By hand: `ipstat status`.

More in docs/triage.md.
"""
