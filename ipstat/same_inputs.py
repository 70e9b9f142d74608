"""Whether a build would give what the newest finished one gave: then it need not be built again."""

from __future__ import annotations

from datetime import date

import psycopg

from ipstat.builds import LAYERS, Inputs, horizon_date


def find_build(
    connection: psycopg.Connection, inputs: Inputs, as_of: date | None, dated_feeds: list[str]
) -> str | None:
    """The newest finished build (built or gated) of the same `as_of`, if it was made from exactly these inputs: code,
    seeds, corrections, decisions, key of the pseudonyms, horizon and batches; and if its schemas are still there.

    A build that failed, died, was refused or was cleared away is never found.
    """
    row = connection.execute(
        "select build_id, horizon_date, code_version, seeds_hash, corrections_hash, decisions_hash, pseudonym_key_hash"
        " from ops.builds where status in ('built', 'gated') and as_of is not distinct from %s and rebuild_of is null"
        " order by started_at desc limit 1",
        [as_of],
    ).fetchone()
    if row is None or inputs.pseudonym_key_hash is None:
        return None
    build_id, *made_from = row
    wanted = [
        as_of or horizon_date(connection, dated_feeds),
        inputs.code_version,
        inputs.seeds_hash,
        inputs.corrections_hash,
        inputs.decisions_hash,
        inputs.pseudonym_key_hash,
    ]
    if made_from != wanted or not _has_same_batches(connection, build_id) or not _is_there(connection, build_id):
        return None
    return str(build_id)


def _has_same_batches(connection: psycopg.Connection, build_id: str) -> bool:
    row = connection.execute(
        "with pinned as (select batch_id from ops.build_batches where build_id = %s),"
        " active as (select batch_id from ops.batches where status = 'active')"
        " select not exists (table pinned except table active) and not exists (table active except table pinned)",
        [build_id],
    ).fetchone()
    return row == (True,)


def _is_there(connection: psycopg.Connection, build_id: str) -> bool:
    names = [f"{layer}_{build_id}" for layer in LAYERS]
    query = "select bool_and(to_regnamespace(name) is not null) from unnest(%s::text[]) as name"
    return connection.execute(query, [names]).fetchone() == (True,)
