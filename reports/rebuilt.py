"""A frozen edition read back, and what was made again from its manifest held against it, hash by hash."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reports.editions import MANIFEST_NAME, check_edition
from reports.provenance import EditionError, sha256_of

_PINNED = ("code_version", "seeds_hash", "corrections_hash", "decisions_hash")


@dataclass(frozen=True)
class FrozenEdition:
    """What the manifest of an edition's folder says."""

    path: Path
    publication: str
    period: str
    manifest_hash: str
    batch_ids: tuple[int, ...]
    pinned: Mapping[str, str]
    gate: Mapping[str, Any]
    outputs: Mapping[str, str]


@dataclass(frozen=True)
class Comparison:
    """Files of an edition and of what was made again: equal ones, and each difference in words."""

    equal: tuple[str, ...]
    differences: tuple[str, ...]


def read_edition(folder: Path) -> FrozenEdition:
    """The manifest of an undamaged edition. Raises EditionError for a folder that is none, or is damaged."""
    path = folder / MANIFEST_NAME
    if not path.is_file():
        raise EditionError(f"{folder} is no edition: it has no {MANIFEST_NAME}; `ipstat publish` prints their folders")
    try:
        manifest = json.loads(path.read_bytes())
        edition = FrozenEdition(
            path=folder,
            publication=str(manifest["publication"]),
            period=str(manifest["period"]),
            manifest_hash=sha256_of(path),
            batch_ids=tuple(int(each) for each in manifest["batch_ids"]),
            pinned={name: str(manifest[name]) for name in _PINNED},
            gate=dict(manifest["gate"]),
            outputs={str(name): str(digest) for name, digest in manifest["outputs"].items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise EditionError(f"{path} can't be read ({error!r}): restore the folder from a backup") from error
    check_edition(folder)
    return edition


def pinned_differences(edition: FrozenEdition, now: Mapping[str, str]) -> list[str]:
    """Inputs that are no longer those of the edition, each with the pinned and the present value."""
    return [
        f"{name.removesuffix('_hash').replace('_', ' ')}: the edition pins {_short(edition.pinned[name])},"
        f" now it is {_short(now[name])}"
        for name in _PINNED
        if name in now and now[name] != edition.pinned[name]
    ]


def compare_outputs(edition: FrozenEdition, folder: Path, gate: Mapping[str, Any]) -> Comparison:
    """Hold the files below `folder` and the gate's verdict of the new build against the edition."""
    made = {path.relative_to(folder).as_posix(): sha256_of(path) for path in folder.rglob("*") if path.is_file()}
    differences = []
    for name in sorted({*edition.outputs, *made}):
        published, again = edition.outputs.get(name), made.get(name)
        if published == again:
            continue
        if again is None:
            differences.append(f"{name}: published, not made again")
        elif published is None:
            differences.append(f"{name}: made now, never published")
        else:
            differences.append(f"{name}: published {_short(published)}, made again {_short(again)}")
    if gate != edition.gate:
        differences.append(f"the gate's verdict: {_gate_difference(edition.gate, gate)}")
    equal = tuple(sorted(name for name, digest in edition.outputs.items() if made.get(name) == digest))
    return Comparison(equal, tuple(differences))


def _gate_difference(published: Mapping[str, Any], again: Mapping[str, Any]) -> str:
    """The checks that only one verdict has, or that ended otherwise."""
    old, new = ({check["check"]: check["success"] for check in verdict["checks"]} for verdict in (published, again))
    names = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
    return f"{published['status']} then, {again['status']} now; {', '.join(names[:10]) or 'the same checks'}"


def _short(digest: str) -> str:
    return f"{digest[:12]}..." if len(digest) == 64 else digest
