"""What an edition was made from: the provenance of one build and the manifest that pins it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg


class EditionError(RuntimeError):
    """An edition can't be made or is damaged; the message names the folder or file and the mend."""


@dataclass(frozen=True)
class GateVerdict:
    """One check of the gate as an edition remembers it: no time, no observed value."""

    check_name: str
    layer: str
    severity: str
    success: bool


@dataclass(frozen=True)
class Provenance:
    """What the numbers of one build came from; equal inputs give an equal provenance whatever the build id."""

    code_version: str
    seeds_hash: str
    corrections_hash: str
    decisions_hash: str
    batch_ids: tuple[int, ...]
    gate_status: str
    gate: tuple[GateVerdict, ...]


def read_provenance(connection: psycopg.Connection[Any], build_id: str) -> Provenance:
    """Provenance of `build_id` from `ops.builds`, `ops.build_batches` and `ops.gate_results`.

    Raises `EditionError` if the build is unknown or has not passed its gate.
    """
    build = connection.execute(
        "select code_version, seeds_hash, corrections_hash, decisions_hash, status from ops.builds where build_id = %s",
        (build_id,),
    ).fetchone()
    if build is None:
        raise EditionError(f"build {build_id} is not in ops.builds; run `ipstat build` first")
    if build[4] != "gated":
        raise EditionError(
            f"build {build_id} is '{build[4]}', not 'gated': an edition needs a passed gate; run `ipstat gate`"
        )
    batches = connection.execute(
        "select batch_id from ops.build_batches where build_id = %s order by batch_id", (build_id,)
    ).fetchall()
    gate = connection.execute(
        "select check_name, layer, severity, success from ops.gate_results where build_id = %s order by check_name",
        (build_id,),
    ).fetchall()
    return Provenance(
        code_version=str(build[0] or ""),
        seeds_hash=str(build[1] or ""),
        corrections_hash=str(build[2] or ""),
        decisions_hash=str(build[3] or ""),
        batch_ids=tuple(int(row[0]) for row in batches),
        gate_status=str(build[4]),
        gate=tuple(GateVerdict(str(r[0]), str(r[1]), str(r[2]), bool(r[3])) for r in gate),
    )


def sha256_of(path: Path) -> str:
    """SHA-256 of a file as 64 hex digits, read in blocks."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def make_manifest(publication: str, period: str, provenance: Provenance, outputs: Mapping[str, str]) -> dict[str, Any]:
    """The manifest as a JSON-ready dict; `outputs` maps each file name to its SHA-256."""
    return {
        "publication": publication,
        "period": period,
        "code_version": provenance.code_version,
        "batch_ids": list(provenance.batch_ids),
        "seeds_hash": provenance.seeds_hash,
        "corrections_hash": provenance.corrections_hash,
        "decisions_hash": provenance.decisions_hash,
        "gate": {
            "status": provenance.gate_status,
            "checks": [
                {"check": g.check_name, "layer": g.layer, "severity": g.severity, "success": g.success}
                for g in provenance.gate
            ],
        },
        "outputs": dict(sorted(outputs.items())),
    }


def manifest_bytes(manifest: Mapping[str, Any]) -> bytes:
    """Canonical bytes of a manifest (sorted keys, UTF-8, one newline at the end)."""
    return (json.dumps(manifest, ensure_ascii=False, sort_keys=True, indent=2) + "\n").encode("utf-8")
