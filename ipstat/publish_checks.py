"""What a publication demands: a passed gate of the same build, and contract, build and `marts` that agree in their
columns.
"""

from __future__ import annotations

import psycopg

from ipstat.errors import RefusedError
from ipstat.marts_contract import Table

MARTS = "marts"


def published_build(connection: psycopg.Connection) -> str | None:
    """The build that `marts` shows now, or None."""
    row = connection.execute(
        "select build_id from publication.published_builds order by published_at desc limit 1"
    ).fetchone()
    return None if row is None else str(row[0])


def latest_gated_build(connection: psycopg.Connection) -> str:
    """The newest build that may be published. Raises RefusedError where there is none, saying what the newest build
    lacks.
    """
    row = connection.execute(
        "select build_id from ops.builds where status = 'gated' and as_of is null and rebuild_of is null"
        " order by started_at desc limit 1"
    ).fetchone()
    if row is not None:
        return str(row[0])
    newest = connection.execute("select build_id, status from ops.builds order by started_at desc limit 1").fetchone()
    if newest is None:
        raise RefusedError("there is no build to publish", "run `ipstat build`, then `ipstat gate`")
    raise RefusedError(f"no build has passed the gate; the newest, {newest[0]}, is {newest[1]}", "run `ipstat gate`")


def check_publishable(connection: psycopg.Connection, build_id: str) -> None:
    """Raise RefusedError unless this very build passed its gate and shows everything known (no --as-of)."""
    row = connection.execute(
        "select status, as_of, rebuild_of from ops.builds where build_id = %s", [build_id]
    ).fetchone()
    if row is None:
        raise RefusedError(f"there is no build {build_id}", "`ipstat status` lists the builds")
    status, as_of, rebuild_of = row
    if rebuild_of is not None:
        raise RefusedError(
            f"build {build_id} makes edition {rebuild_of} again to compare it, and is never published",
            "run `ipstat build` and `ipstat gate`",
        )
    if as_of is not None:
        raise RefusedError(
            f"build {build_id} shows what was known on {as_of} (--as-of): it is for analysis and is never published",
            "run `ipstat build` without --as-of; the analysis stays readable in its own schema",
        )
    failed = connection.execute(
        "select check_name, message from ops.gate_results where build_id = %s and severity = 'stop' and not success"
        " order by check_name",
        [build_id],
    ).fetchall()
    checked = connection.execute("select count(*) from ops.gate_results where build_id = %s", [build_id]).fetchone()
    if status != "gated" or failed or checked == (0,):
        listed = "".join(f"\n  - {name}: {message or 'failed'}" for name, message in failed[:20])
        raise RefusedError(
            f"build {build_id} has not passed its gate (status {status}){listed}",
            "run `ipstat gate`; where it stops, mend what the quality page names",
        )
    if connection.execute("select to_regnamespace(%s)", [f"{MARTS}_{build_id}"]).fetchone() == (None,):
        raise RefusedError(
            f"the tables of build {build_id} were cleared away", "run `ipstat build` and `ipstat gate` again"
        )


def refuse_difference(connection: psycopg.Connection, build_id: str, tables: tuple[Table, ...]) -> None:
    """Raise RefusedError with every difference between contract, build and `marts`."""
    found = differences(connection, f"{MARTS}_{build_id}", tables)
    if found:
        raise RefusedError(
            f"contract, build {build_id} and schema marts disagree; nothing was published:\n  - "
            + "\n  - ".join(found),
            "run `ipstat db migrate` and build again; a missing migration is drafted by `ipstat dev migration NAME`",
        )


def differences(connection: psycopg.Connection, build_schema: str, tables: tuple[Table, ...]) -> list[str]:
    """Each disagreement of contract, build schema and `marts` in tables, columns, types and nullability; empty where
    they agree.
    """
    expected = {
        (table.name, column.name): f"{column.data_type}{'' if column.is_nullable else ' not null'}"
        for table in tables
        for column in table.columns
    }
    places = {"build": _columns(connection, build_schema), "marts": _columns(connection, MARTS)}
    found = []
    for key in sorted({*expected, *places["build"], *places["marts"]}):
        wanted = expected.get(key)
        seen = {place: columns.get(key) for place, columns in places.items()}
        if any(value != wanted for value in seen.values()):
            said = ", ".join(f"{place}: {value or 'absent'}" for place, value in {"contract": wanted, **seen}.items())
            found.append(f"{key[0]}.{key[1]} ({said})")
    return found


def _columns(connection: psycopg.Connection, schema: str) -> dict[tuple[str, str], str]:
    rows = connection.execute(
        "select c.relname, a.attname,"
        " format_type(a.atttypid, a.atttypmod) || case when a.attnotnull then ' not null' else '' end"
        " from pg_class as c join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped"
        " where c.relnamespace = to_regnamespace(%s) and c.relkind in ('r', 'p')",
        [schema],
    ).fetchall()
    return {(table, column): kind for table, column, kind in rows}
