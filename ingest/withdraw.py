"""A sender takes a file back: its rows leave the active batch of its partition. Nothing is deleted."""

from __future__ import annotations

from ingest.batches import retract_batch
from ingest.loader import Loader
from ingest.plan import base_name, batch_files
from ingest.report import BatchResult

REASON = "withdrawn by its sender"


def withdraw(loader: Loader, sha256: str, file_name: str, partition_key: str | None) -> list[BatchResult]:
    """End what these bytes brought: a batch of other files too is made again without them, a batch of them alone is
    retracted. Bytes that are in no active batch (superseded since, or refused) change nothing.

    What the file had superseded does not come back by itself: the sender sends it again. `partition_key` narrows where
    the same bytes serve several periods, `file_name` where they lie in one period under two names.
    """
    rows = loader.connection.execute(
        "select b.batch_id, b.partition_key, array_agg(f.file_name) from ops.batches b"
        " join ops.batch_files f using (batch_id) join ops.deliveries d using (delivery_id)"
        " where b.feed = %(feed)s and b.status = 'active' and %(sha256)s in (f.sha256, d.sha256)"
        " and (%(key)s::text is null or b.partition_key = %(key)s) group by 1, 2 order by 1",
        {"feed": loader.contract.feed, "sha256": sha256, "key": partition_key},
    ).fetchall()
    results: list[BatchResult] = []
    for batch_id, key, names in rows:
        gone = [name for name in names if base_name(name) == file_name] or names
        rest = [v for v in batch_files(loader.connection, loader.contract, batch_id, key) if v.source_name not in gone]
        if rest:
            made, _ = loader.load({key: rest}, reason=f"{REASON}: {', '.join(gone)}", is_forced=True)
            results += made
        else:
            retract_batch(loader.connection, batch_id, REASON, loader.recorded_by)
    return results
