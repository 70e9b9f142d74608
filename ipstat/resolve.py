"""Addresses and names of the pinned batches, resolved once and kept in `ops.resolved_addresses` and
`ops.resolved_names`.

The models join them by md5 of the landing text. Which landing columns hold addresses or names of parties is said by
the contracts (`role: address`, `role: party_name`); a list column is resolved part by part.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from ingest import names
from ingest.contract import Contract
from ingest.places import Gazetteer

_CHUNK = 20_000


def resolve_build(
    connection: psycopg.Connection,
    build_id: str,
    contracts: Iterable[Contract],
    seeds_dir: Path,
    pseudonym_key: bytes,
    on_progress: Callable[[str, int], None] | None = None,
) -> tuple[int, int]:
    """Resolve what this build's batches hold and no earlier build resolved with the same rules; (addresses, names).

    `on_progress` is called with "addresses" or "names" and the number resolved so far.
    """
    listed = list(contracts)
    tell = on_progress or (lambda _what, _count: None)
    gazetteer = Gazetteer.from_seeds(seeds_dir)
    addresses = _resolve(
        connection,
        _texts(connection, build_id, listed, "address"),
        _Target("ops.resolved_addresses", "address_hash", str(gazetteer.version), _ADDRESS_COLUMNS),
        lambda text: _address_row(gazetteer, text),
        lambda count: tell("addresses", count),
    )
    # Another key makes other pseudonyms, so the key is part of the version (as a fingerprint that does not reveal it).
    fingerprint = hmac.new(pseudonym_key, b"resolver version", hashlib.sha256).hexdigest()[:12]
    found = _resolve(
        connection,
        _texts(connection, build_id, listed, "party_name"),
        _Target("ops.resolved_names", "name_hash", f"{names.RESOLVER_VERSION}-{fingerprint}", _NAME_COLUMNS),
        lambda text: _name_row(text, pseudonym_key),
        lambda count: tell("names", count),
    )
    return addresses, found


_ADDRESS_COLUMNS = (
    "address_hash",
    "address",
    "place_code",
    "village_code",
    "confidence",
    "reason",
    "is_in_city",
    "is_boundary_ambiguous",
    "resolver_version",
)
_NAME_COLUMNS = (
    "name_hash",
    "name",
    "written_name",
    "normalised_name",
    "head_name",
    "has_city_prefix",
    "applicant_type",
    "is_natural_person",
    "published_name",
    "resolver_version",
)


class _Target:
    """A table of results: its key, the version that this run writes, and its columns (the version last)."""

    def __init__(self, table: str, key: str, version: str, columns: tuple[str, ...]) -> None:
        self.table = sql.Identifier(*table.split("."))
        self.key = sql.Identifier(key)
        self.version = version
        self.columns = columns


def _address_row(gazetteer: Gazetteer, text: str) -> tuple[Any, ...]:
    place = gazetteer.resolve(text)
    flags = (place.is_in_city, place.is_boundary_ambiguous)
    return (text, place.place_code, place.village_code, place.confidence, place.reason, *flags)


def _name_row(text: str, key: bytes) -> tuple[Any, ...]:
    is_person = names.is_natural_person(text)
    published = names.pseudonym(text, key) if is_person else text
    forms = (names.written_name(text), names.normalise_name(text), names.head_office_name(text))
    return (text, *forms, names.has_city_prefix(text), names.classify_applicant(text), is_person, published)


def _texts(
    connection: psycopg.Connection, build_id: str, contracts: list[Contract], role: str
) -> sql.Composable | None:
    """A query of the distinct texts in the columns of this role, or None where no contract has one."""
    parts = []
    for contract in contracts:
        for name in contract.columns_with_role(role):
            column = sql.Identifier("landed", name)
            if contract.column_by_name[name].base_type == "list":
                column_sql = sql.SQL(
                    "trim(part) from {table} as landed cross join unnest(string_to_array({column}, ';')) as part"
                )
            else:
                column_sql = sql.SQL("{column} from {table} as landed")
            parts.append(
                sql.SQL("select ").format()
                + column_sql.format(column=column, table=sql.Identifier("landing", contract.feed))
                + sql.SQL(
                    " join ops.build_batches as pinned on pinned.batch_id = landed._batch_id and pinned.build_id = {}"
                ).format(sql.Literal(build_id))
            )
    if not parts:
        return None
    return sql.SQL("select distinct text from ({}) as texts (text) where text <> ''").format(
        sql.SQL(" union all ").join(parts)
    )


def _resolve(
    connection: psycopg.Connection,
    texts: sql.Composable | None,
    target: _Target,
    row_of: Callable[[str], tuple[Any, ...]],
    on_count: Callable[[int], None],
) -> int:
    """Resolve the texts that the table lacks in this version, chunk by chunk, all in one transaction."""
    if texts is None:
        return 0
    with connection.transaction():
        connection.execute(
            sql.SQL(
                "create temporary table unresolved on commit drop as select text from ({}) as wanted"
                " where not exists (select from {} as known where known.{} = md5(wanted.text)"
                " and known.resolver_version = {})"
            ).format(texts, target.table, target.key, sql.Literal(target.version))
        )
        count = 0
        with connection.cursor(name="unresolved_texts") as cursor:
            cursor.execute('select text from unresolved order by text collate "C"')
            while chunk := cursor.fetchmany(_CHUNK):
                count += _store(connection, target, (row_of(text) for (text,) in chunk))
                on_count(count)
        connection.execute("drop table unresolved")
    return count


def _store(connection: psycopg.Connection, target: _Target, rows: Iterator[tuple[Any, ...]]) -> int:
    columns = sql.SQL(", ").join(map(sql.Identifier, target.columns))
    connection.execute("drop table if exists pg_temp.resolved")
    connection.execute(sql.SQL("create temporary table resolved (like {}) on commit drop").format(target.table))
    count = 0
    with connection.cursor() as cursor, cursor.copy(sql.SQL("copy resolved ({}) from stdin").format(columns)) as copy:
        for row in rows:
            copy.write_row((hashlib.md5(row[0].encode(), usedforsecurity=False).hexdigest(), *row, target.version))
            count += 1
    updates = sql.SQL(", ").join(
        sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in target.columns[1:]
    )
    connection.execute(
        sql.SQL("insert into {} ({}) select {} from resolved on conflict ({}) do update set {}").format(
            target.table, columns, columns, target.key, updates
        )
    )
    return count
