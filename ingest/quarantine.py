"""What was not landed: rows in `ops.quarantine`, files in `ops.rejected_files`; nothing is dropped in silence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg

from ingest.readers import FileRefused
from ingest.report import RejectedFile
from ingest.stream import Job, Quarantined

Connection = psycopg.Connection[Any]


def open_quarantine(connection: Connection) -> None:
    """Make the transaction's own list: rows go to `ops.quarantine` only when their batch is made."""
    connection.execute(
        "create temporary table pending_quarantine (batch_id bigint, feed text, source_file text, source_row bigint,"
        " column_name text, reason_code text, message text, raw bytea) on commit drop"
    )


def hold(connection: Connection, feed: str, rows: Sequence[Quarantined]) -> None:
    """Add rows to the transaction's list."""
    if not rows:
        return
    with (
        connection.cursor() as cursor,
        cursor.copy("copy pending_quarantine from stdin (format binary)") as copy,
    ):
        copy.set_types(["int8", "text", "text", "int8", "text", "text", "text", "bytea"])
        for row in rows:
            name = row.job.source.source_name
            # The message shows the cell, and text can't hold NUL; the raw bytes can.
            message = row.message.replace("\0", "\N{SYMBOL FOR NULL}")
            copy.write_row(
                (row.job.batch_id, feed, name, row.source_row, row.column, row.reason_code, message, row.raw)
            )


def forget(connection: Connection, job: Job) -> None:
    """Take back the held rows of a file that was refused."""
    connection.execute(
        "delete from pending_quarantine where batch_id = %s and source_file = %s",
        [job.batch_id, job.source.source_name],
    )


def held_counts(connection: Connection) -> dict[tuple[int, str], int]:
    """Held rows by batch and file."""
    rows = connection.execute("select batch_id, source_file, count(*) from pending_quarantine group by 1, 2").fetchall()
    return {(int(batch), str(name)): int(count) for batch, name, count in rows}


def settle(connection: Connection, batches: Sequence[int]) -> None:
    """Move the held rows of the batches that were made to `ops.quarantine`, in order of file and row."""
    connection.execute(
        "insert into ops.quarantine (batch_id, feed, source_file, source_row, column_name, reason_code, message, raw)"
        " select * from pending_quarantine where batch_id = any(%s) order by batch_id, source_file, source_row",
        [list(batches)],
    )


def reject(
    connection: Connection,
    feed: str,
    name: str,
    error: FileRefused,
    delivery_id: int | None,
    sha256: str | None,
    partition_key: str | None = None,
) -> RejectedFile:
    """Note a refused file in `ops.rejected_files` and return what is told to the operator.

    A file of a delivery that is refused again for the same reason (a killed load that is finished, a reload) is noted
    once.
    """
    clean = [text.replace("\0", "\N{SYMBOL FOR NULL}") for text in (name, error.message, error.mend)]
    column = error.column.replace("\0", "\N{SYMBOL FOR NULL}") if error.column else None
    connection.execute(
        "insert into ops.rejected_files (delivery_id, feed, file_name, sha256, source_row, column_name, reason_code,"
        " message, mend, partition_key) select %(delivery)s::bigint, %(feed)s, %(name)s, %(sha256)s, %(row)s,"
        " %(column)s, %(code)s, %(message)s, %(mend)s, %(key)s where not exists (select from ops.rejected_files"
        " where delivery_id = %(delivery)s and file_name = %(name)s and reason_code = %(code)s"
        " and partition_key is not distinct from %(key)s)",
        {
            "delivery": delivery_id,
            "feed": feed,
            "name": clean[0],
            "sha256": sha256,
            "row": error.row,
            "column": column,
            "code": error.reason_code,
            "message": clean[1],
            "mend": clean[2],
            "key": partition_key,
        },
    )
    return RejectedFile(clean[0], error.reason_code, clean[1], clean[2], error.row, column)
