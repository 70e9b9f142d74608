"""Editions: a publication frozen with its facts and a manifest, so that it can be compared and rebuilt.

An edition is a folder `editions/<publication>-<period>-<n>/` with every output, the facts file and `manifest.json`.
The manifest pins what the numbers came from (code version, batch ids, hashes of seeds, corrections and review
decisions, the gate's verdict, the SHA-256 of each output). It has no clock, no build id and no edition number: building
the same inputs again gives the same manifest, and publishing an equal manifest returns the existing edition and writes
nothing.

A folder appears by one rename of a complete, flushed temporary folder; its row in `publication.editions` follows under
the same advisory lock. A process killed at any moment leaves a temporary folder (removed by the next run) or a complete
folder without its row (adopted by the next run), never half an edition.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from reports.provenance import EditionError, make_manifest, manifest_bytes, read_provenance, sha256_of

__all__ = ["Edition", "EditionError", "check_edition", "copy_edition", "freeze"]

MANIFEST_NAME = "manifest.json"
_NAME = re.compile(r"^[a-z][a-z0-9-]*$")
_PERIOD = re.compile(r"^[0-9]{4}(-[0-9]{2}){0,2}$")


@dataclass(frozen=True)
class Edition:
    """A frozen edition: `path` is its folder; `is_new` says whether this call wrote it."""

    publication: str
    period: str
    number: int
    manifest_hash: str
    path: Path
    is_new: bool


def freeze(
    connection: psycopg.Connection[Any],
    editions_dir: Path,
    publication: str,
    period: str,
    build_id: str,
    outputs_dir: Path,
    *,
    created_by: str = "pipeline",
    out: Path | None = None,
) -> Edition:
    """Freeze the files under `outputs_dir` as an edition of `publication` for `period` (YYYY, YYYY-MM or YYYY-MM-DD).

    An edition with an equal manifest is returned unchanged (`is_new` false); otherwise number n + 1 is made as a draft.
    `out` copies the edition's files there. `connection` must not be inside a transaction that the caller wants to
    keep apart: this function commits. Raises `EditionError` (unknown or ungated build, no outputs, damaged edition).
    """
    if not _NAME.match(publication) or not _PERIOD.match(period):
        raise EditionError(f"'{publication}-{period}' is no edition name: lower-case letters, then YYYY[-MM[-DD]]")
    files = _list_files(outputs_dir)
    if not files:
        raise EditionError(f"{outputs_dir} holds no output to freeze")
    editions_dir.mkdir(parents=True, exist_ok=True)
    with connection.transaction():
        connection.execute(
            "select pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"edition:{publication}-{period}",)
        )
        _remove_leftovers(editions_dir, publication, period)
        provenance = read_provenance(connection, build_id)
        hashes = {name: sha256_of(outputs_dir / name) for name in files}
        content = manifest_bytes(make_manifest(publication, period, provenance, hashes))
        manifest_hash = hashlib.sha256(content).hexdigest()
        existing = _existing_editions(editions_dir, publication, period)
        _adopt(connection, editions_dir, publication, period, build_id, existing, created_by)
        _check_registered(connection, publication, period, existing)
        same = [number for number, digest in existing.items() if digest == manifest_hash]
        if same:
            edition = Edition(
                publication, period, same[0], manifest_hash, _folder(editions_dir, publication, period, same[0]), False
            )
            check_edition(edition.path)
        else:
            number = max(existing, default=0) + 1
            folder = _folder(editions_dir, publication, period, number)
            _write_folder(folder, outputs_dir, files, content)
            _insert_row(connection, publication, period, number, manifest_hash, folder, build_id, created_by)
            edition = Edition(publication, period, number, manifest_hash, folder, True)
    if out is not None:
        copy_edition(edition, out)
    return edition


def check_edition(folder: Path) -> None:
    """Raise `EditionError` naming each file of the edition in `folder` that is missing or differs from its manifest."""
    manifest = json.loads((folder / MANIFEST_NAME).read_bytes())
    bad = [
        name
        for name, digest in manifest["outputs"].items()
        if not (folder / name).is_file() or sha256_of(folder / name) != digest
    ]
    if bad:
        raise EditionError(
            f"edition {folder.name} is damaged: {', '.join(bad)} missing or changed since it was frozen; "
            "restore the folder from a backup (an edition is never overwritten)"
        )


def copy_edition(edition: Edition, out: Path) -> None:
    """Copy all files of an edition into the folder `out` (made if missing); a folder of that name is refused."""
    out.mkdir(parents=True, exist_ok=True)
    for name in _list_files(edition.path):
        target = out / name
        if target.is_dir():
            raise EditionError(f"{target} is a folder; choose another --out")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(edition.path / name, target)


def _folder(editions_dir: Path, publication: str, period: str, number: int) -> Path:
    return editions_dir / f"{publication}-{period}-{number}"


def _list_files(folder: Path) -> Sequence[str]:
    if not folder.is_dir():
        raise EditionError(f"{folder} is not a folder with outputs")
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def _existing_editions(editions_dir: Path, publication: str, period: str) -> dict[int, str]:
    """Edition number -> SHA-256 of its manifest, for the complete folders of this publication and period."""
    pattern = re.compile(rf"^{re.escape(publication)}-{re.escape(period)}-([1-9][0-9]*)$")
    found: dict[int, str] = {}
    for folder in editions_dir.iterdir():
        match = pattern.match(folder.name)
        if match and folder.is_dir():
            manifest = folder / MANIFEST_NAME
            if not manifest.is_file():
                raise EditionError(f"edition {folder.name} has no {MANIFEST_NAME}: restore the folder from a backup")
            found[int(match.group(1))] = sha256_of(manifest)
    return dict(sorted(found.items()))


def _check_registered(
    connection: psycopg.Connection[Any], publication: str, period: str, existing: Mapping[int, str]
) -> None:
    """Each registered edition must still lie in its folder: a number is never given twice."""
    rows = connection.execute(
        "select edition_number, manifest_hash from publication.editions where publication = %s and period = %s",
        (publication, period),
    ).fetchall()
    for number, digest in rows:
        if existing.get(int(number)) != digest:
            raise EditionError(
                f"edition {publication}-{period}-{number} is registered but its folder is missing or its manifest was "
                "changed; restore the folder from a backup before publishing again"
            )


def _adopt(
    connection: psycopg.Connection[Any],
    editions_dir: Path,
    publication: str,
    period: str,
    build_id: str,
    existing: Mapping[int, str],
    created_by: str,
) -> None:
    """Register complete folders whose row is missing (the process died between rename and commit)."""
    rows = connection.execute(
        "select edition_number from publication.editions where publication = %s and period = %s", (publication, period)
    ).fetchall()
    known = {int(row[0]) for row in rows}
    for number, digest in existing.items():
        if number not in known:
            folder = _folder(editions_dir, publication, period, number)
            check_edition(folder)
            _insert_row(connection, publication, period, number, digest, folder, build_id, created_by)


def _insert_row(
    connection: psycopg.Connection[Any],
    publication: str,
    period: str,
    number: int,
    manifest_hash: str,
    folder: Path,
    build_id: str,
    created_by: str,
) -> None:
    connection.execute(
        "insert into publication.editions (publication, period, edition_number, manifest_hash, path, build_id, state,"
        " state_by, state_at, created_at) values (%s, %s, %s, %s, %s, %s, 'draft', %s, now(), now())",
        (publication, period, number, manifest_hash, str(folder), build_id, created_by),
    )


def _remove_leftovers(editions_dir: Path, publication: str, period: str) -> None:
    """Remove temporary folders of a killed run; safe under the advisory lock of this publication and period."""
    pattern = re.compile(rf"^\.making-{re.escape(publication)}-{re.escape(period)}-[1-9][0-9]*$")
    for folder in list(editions_dir.iterdir()):
        if pattern.match(folder.name):
            shutil.rmtree(folder)


def _write_folder(folder: Path, outputs_dir: Path, files: Sequence[str], manifest: bytes) -> None:
    """Copy, flush to disk, then rename: the name appears only with complete content."""
    temporary = folder.parent / f".making-{folder.name}"
    for name in files:
        if name == MANIFEST_NAME:
            raise EditionError(f"an output may not be named {MANIFEST_NAME}")
        target = temporary / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(outputs_dir / name, target)
        _flush(target)
    (temporary / MANIFEST_NAME).write_bytes(manifest)
    _flush(temporary / MANIFEST_NAME)
    _flush(temporary)
    temporary.rename(folder)
    _flush(folder.parent)


def _flush(path: Path) -> None:
    """fsync a file or folder, so that a rename never becomes durable before the bytes it names."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
