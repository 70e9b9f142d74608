"""Static OFL fonts for every publication, taken from pinned wheels so that a machine without Chinese fonts prints
the same bytes.

Typst and the SVG renderer need static weights: Regular comes as a static file; Bold is cut once from the variable
font with fontTools and kept in a cache folder that the caller names. Every file is checked by SHA-256 at each use.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

SANS = "Noto Sans SC"
SERIF = "Noto Serif SC"


class FontError(RuntimeError):
    """A font file is missing or is not the reviewed one; the message names the file and the mend."""


class MissingGlyphError(ValueError):
    """A string holds a character that no font of the publication can draw; the message names the string and the
    character.
    """


@dataclass(frozen=True)
class FontSource:
    """One font file: the wheel's module and path, the file name in the cache, and both SHA-256 sums."""

    file_name: str
    module: str
    path_in_module: str
    source_sha256: str
    weight: int | None  # None: copied as it is; a number: cut from the variable font at this weight
    sha256: str


# The sums of cut files hold for the pinned fontTools; a new version is taken in by reviewing the output and changing
# the sum here.
SOURCES: tuple[FontSource, ...] = (
    FontSource(
        file_name="NotoSansSC-Regular.otf",
        module="pylopdf_fonts_zh_cn",
        path_in_module="NotoSansSC-Regular.otf",
        source_sha256="faa6c9df652116dde789d351359f3d7e5d2285a2b2a1f04a2d7244df706d5ea9",
        weight=None,
        sha256="faa6c9df652116dde789d351359f3d7e5d2285a2b2a1f04a2d7244df706d5ea9",
    ),
    FontSource(
        file_name="NotoSerifSC-Regular.otf",
        module="pylopdf_fonts_zh_cn",
        path_in_module="NotoSerifSC-Regular.otf",
        source_sha256="e8f396decc1f0963a016a989c3d8852e863d1350996f573860a80767c83a1cd3",
        weight=None,
        sha256="e8f396decc1f0963a016a989c3d8852e863d1350996f573860a80767c83a1cd3",
    ),
    FontSource(
        file_name="NotoSansSC-Bold.ttf",
        module="justmytype_intl_cjk",
        path_in_module="fonts/ofl/notosanssc/NotoSansSC[wght].ttf",
        source_sha256="a3041811a78c361b1de50f953c805e0244951c21c5bd412f7232ef0d899af0da",
        weight=700,
        sha256="8c347cbab488be9cda57350887e4d0d6d0f4ffd533aa5d6a3bfdae249b5da880",
    ),
)


@dataclass(frozen=True)
class FontSet:
    """The checked fonts of one cache folder. `files` maps file name to path; all files carry the same character
    repertoire.
    """

    folder: Path
    files: Mapping[str, Path]
    _repertoire: frozenset[int] = field(repr=False)

    def missing(self, text: str) -> list[str]:
        """The characters of `text`, in order of first use, that at least one of the fonts cannot draw (line breaks
        are allowed).
        """
        return [char for char in dict.fromkeys(text) if char not in "\n\t" and ord(char) not in self._repertoire]

    def require_glyphs(self, texts: Iterable[tuple[str, str]]) -> None:
        """Raise MissingGlyphError for the first ten (place, text) pairs with a character outside the repertoire."""
        faults = [(place, text, lost) for place, text in texts if (lost := self.missing(text))]
        if faults:
            lines = [
                f"{place}: {text!r} holds {' '.join(f'U+{ord(char):04X}' for char in lost)}"
                for place, text, lost in faults[:10]
            ]
            raise MissingGlyphError(
                f"no glyph in the publication's fonts for {'; '.join(lines)}. "
                "Correct the record (ingest/corrections) or extend SOURCES."
            )


def prepare(folder: Path) -> FontSet:
    """Make (once) and check the fonts in `folder`; about ten seconds the first time, a tenth of a second afterwards.

    Raises FontError if a wheel is not installed or a file does not have the reviewed SHA-256.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, Path] = {}
    for source in SOURCES:
        target = folder / source.file_name
        if not (target.is_file() and _sha256(target) == source.sha256):
            _make(source, target)
        files[source.file_name] = target
    return FontSet(folder, files, _common_repertoire(tuple(files.values())))


def _make(source: FontSource, target: Path) -> None:
    origin = _locate(source)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".font-")
    os.close(handle)
    temporary = Path(name)
    try:
        if source.weight is None:
            temporary.write_bytes(origin.read_bytes())
        else:
            _cut(origin, source.weight, temporary)
        found = _sha256(temporary)
        if found != source.sha256:
            raise FontError(
                f"{source.file_name}: SHA-256 {found} instead of {source.sha256}. "
                "Install the pinned fonttools and font wheels (make setup)."
            )
        temporary.chmod(0o644)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _locate(source: FontSource) -> Path:
    spec = importlib.util.find_spec(source.module)
    if spec is None or not spec.submodule_search_locations:
        raise FontError(f"{source.file_name}: the Python package {source.module} is not installed. Run make setup.")
    origin = Path(next(iter(spec.submodule_search_locations))) / source.path_in_module
    if not origin.is_file() or _sha256(origin) != source.source_sha256:
        raise FontError(
            f"{origin.name}: not the reviewed file of {source.module}. Install the pinned version (make setup)."
        )
    return origin


def _cut(origin: Path, weight: int, target: Path) -> None:
    """Write the static instance at `weight`; the time stamp of the source is kept so that the bytes depend on the
    inputs alone.
    """
    font = TTFont(origin, recalcTimestamp=False)
    static = instancer.instantiateVariableFont(font, {"wght": weight}, updateFontNames=True, inplace=True)
    static.save(target)


@lru_cache(maxsize=4)
def _common_repertoire(paths: tuple[Path, ...]) -> frozenset[int]:
    repertoires = []
    for path in paths:
        with TTFont(path, lazy=True) as font:
            repertoires.append(frozenset(font.getBestCmap()))
    return frozenset.intersection(*repertoires)


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
