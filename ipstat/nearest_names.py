"""The register's names that are nearest to a name: shown to a reviewer, never used as a rule.

Of real names that differ by one character nearly all are two firms (see reports/METHODS.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import psycopg

from ingest.names import normalise_name

_MOST_EDITS = 3


@dataclass(frozen=True)
class RegisterEntry:
    """An enterprise of the register under one of its names, and how many edits its name is away from the one asked
    for.
    """

    uscc: str
    enterprise_name: str
    town_name: str | None
    last_seen_on: object
    distance: int


def nearest_entries(connection: psycopg.Connection, name: str, count: int = 5) -> list[RegisterEntry]:
    """The entries of the register with the nearest normalised names: at most three edits away, nearest first."""
    wanted = normalise_name(name)
    rows = connection.execute(
        "select landed.uscc, landed.enterprise_name, max(landed.town_name), max(landed._known_on)"
        " from landing.enterprise_register as landed"
        " join ops.batches as batch on batch.batch_id = landed._batch_id and batch.status = 'active'"
        " group by landed.uscc, landed.enterprise_name"
    ).fetchall()
    near = []
    for uscc, enterprise_name, town, seen in rows:
        distance = edit_distance(wanted, normalise_name(enterprise_name), _MOST_EDITS)
        if distance <= _MOST_EDITS:
            near.append(RegisterEntry(uscc, enterprise_name, town, seen, distance))
    return sorted(near, key=lambda entry: (entry.distance, entry.uscc, entry.enterprise_name))[:count]


def edit_distance(one: str, other: str, most: int) -> int:
    """Insertions, deletions and changes of a character that turn one text into the other; `most` + 1 where it takes
    more.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    row = list(range(len(other) + 1))
    for number, character in enumerate(one, start=1):
        before, row = row, [number]
        for place, wanted in enumerate(other):
            row.append(min(before[place] + (character != wanted), before[place + 1] + 1, row[place] + 1))
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
