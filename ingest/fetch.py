"""From what an operator names (files, folders) or a sender sent, zips too, to the single files that readers read.

A member of a zip is read from a copy in a scratch folder; what is archived and received is the zip. Nothing is ever
written outside that folder, whatever a member is called, and no more than the limits allow is unpacked.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from ingest.calendar import period_end
from ingest.contract import Contract, PartitionRule
from ingest.readers import FileRefused, SourceFile

MEMBER_LIMIT: Final = 100_000
#: Unpacked bytes of one zip, and how much larger than the zip that may be (text shrinks to a twentieth at best).
UNPACKED_LIMIT: Final = 8 * 1024**3
RATIO_LIMIT: Final = 200
RATIO_FREE_BYTES: Final = 64 * 1024**2
_BLOCK: Final = 1024 * 1024
_RESEND: Final = "ask the sender for the archive again"


@dataclass(frozen=True)
class Incoming:
    """One file to load; `place` is its path as text, which names its partition."""

    source: SourceFile
    place: str


@dataclass(frozen=True)
class Refusal:
    """A path that was refused before anything was received."""

    source_name: str
    error: FileRefused


@dataclass(frozen=True)
class Named:
    """What the named paths hold: files to receive, paths refused, files of folders that no contract asks for."""

    files: tuple[Path, ...]
    refused: tuple[Refusal, ...]
    ignored: tuple[str, ...]


def named_files(paths: Sequence[Path], contract: Contract) -> Named:
    """The files behind `paths`. A file that is named itself is always taken; in folders the suffix decides."""
    files: list[Path] = []
    refused: list[Refusal] = []
    ignored: list[str] = []
    for path, is_named in _files(paths):
        if not path.is_file():
            error = FileRefused("missing_file", f"there is no file {path.name}", "check the path")
            refused.append(Refusal(path.name, error))
        elif is_named or is_wanted(path.name, contract):
            files.append(path)
        else:
            ignored.append(path.name)
    return Named(tuple(dict.fromkeys(files)), tuple(refused), tuple(ignored))


def is_wanted(file_name: str, contract: Contract) -> bool:
    """Whether a file has a suffix of the feed, or is a zip."""
    suffix = PurePosixPath(file_name).suffix.lower()
    return suffix == ".zip" or suffix in contract.file.suffixes


def unpack(
    archived: Path, file_name: str, place: str, contract: Contract, scratch: Path
) -> tuple[list[Incoming], list[str]]:
    """The files to load of one archived delivery, and the members of a zip that no contract asks for.

    Raises FileRefused for a zip that can't be unpacked; nothing of it is loaded.
    """
    if PurePosixPath(file_name).suffix.lower() != ".zip":
        return [Incoming(SourceFile(archived, file_name, file_name), place)], []
    if not zipfile.is_zipfile(archived):
        raise FileRefused("broken_zip", f"{file_name} is not a whole zip archive", _RESEND)
    return _members(archived, file_name, place, contract, scratch)


def _files(paths: Sequence[Path]) -> Iterator[tuple[Path, bool]]:
    for path in paths:
        if path.is_dir():
            hidden = (each for each in sorted(path.rglob("*")) if each.is_file() and not each.name.startswith("."))
            yield from ((each, False) for each in hidden)
        else:
            yield path, True


def _members(
    archived: Path, file_name: str, place: str, contract: Contract, scratch: Path
) -> tuple[list[Incoming], list[str]]:
    """Unpack the members of a zip that the contract reads; raises FileRefused for the whole zip."""
    members: list[Incoming] = []
    ignored: list[str] = []
    folder = scratch / f"unpacked-{len(list(scratch.iterdir()))}"
    folder.mkdir()
    try:
        with zipfile.ZipFile(archived) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            _refuse_bomb(archived, file_name, infos)
            left = UNPACKED_LIMIT
            for number, info in enumerate(infos):
                inner = _member_name(info)
                if PurePosixPath(inner).suffix.lower() not in contract.file.suffixes:
                    ignored.append(f"{file_name}!{inner}")
                    continue
                copy = folder / str(number)
                left -= _unpack(archive, info, copy, left)
                source = SourceFile(copy, f"{file_name}!{inner}", PurePosixPath(inner).name)
                members.append(Incoming(source, f"{place}/{inner}"))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise FileRefused("broken_zip", f"{file_name} can't be unpacked: {error}", _RESEND) from error
    return members, ignored


def restore(archived: Path, source_name: str, scratch: Path) -> Path:
    """The bytes behind a `source_name` from its archived delivery: the file itself, or the member of the zip."""
    _, separator, inner = source_name.partition("!")
    if not separator:
        return archived
    with zipfile.ZipFile(archived) as archive:
        info = next(info for info in archive.infolist() if not info.is_dir() and _member_name(info) == inner)
        copy = scratch / f"restored-{len(list(scratch.iterdir()))}"
        _unpack(archive, info, copy, UNPACKED_LIMIT)
    return copy


def _refuse_bomb(path: Path, file_name: str, infos: list[zipfile.ZipInfo]) -> None:
    declared = sum(info.file_size for info in infos)
    limit = max(RATIO_FREE_BYTES, path.stat().st_size * RATIO_LIMIT)
    if len(infos) > MEMBER_LIMIT or declared > min(UNPACKED_LIMIT, limit):
        message = f"{file_name} would unpack to {declared / 1024**2:,.0f} MB in {len(infos):,} files (a zip bomb?)"
        raise FileRefused("zip_bomb", message, "unpack it by hand, look at it, and deliver the files themselves")


def _member_name(info: zipfile.ZipInfo) -> str:
    """The member's path; a name without the UTF-8 flag is read as GB18030, in which Chinese senders write it."""
    name = info.filename
    if not info.flag_bits & 0x800:
        try:
            name = name.encode("cp437").decode("gb18030")
        except UnicodeError:
            name = info.filename
    name = name.replace("\\", "/")
    is_link = (info.external_attr >> 16) & 0o170000 == 0o120000
    if name.startswith("/") or ".." in PurePosixPath(name).parts or re.match(r"^[A-Za-z]:", name) or is_link:
        raise FileRefused(
            "unsafe_name", f"a member is called {name!r}, which leads out of the archive", _RESEND, column=None
        )
    if name.lower().endswith(".zip"):
        raise FileRefused("nested_zip", f"the member {name!r} is a zip itself", "deliver the inner zip by itself")
    if info.flag_bits & 0x1:
        raise FileRefused(
            "encrypted_zip", f"the member {name!r} is encrypted", "ask the sender for it without password"
        )
    return name


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, copy: Path, left: int) -> int:
    """Write one member (its checksum is checked at the end) and return its bytes; what is declared does not count."""
    written = 0
    with archive.open(info) as stream, copy.open("wb") as target:
        while block := stream.read(_BLOCK):
            written += len(block)
            if written > left or written > info.file_size:
                raise FileRefused("zip_bomb", f"{info.filename!r} unpacks to more than it declares", _RESEND)
            target.write(block)
    return written


def partition_of(place: str, contract: Contract) -> str | None:
    """The partition key that a file's name, its folder or the zip it came in names, the nearest first; else None.

    Folders further up are not asked: a working folder may carry a date of its own (`2026-11-22/inbox/...`).
    Raises FileRefused for a match that is no period (`2019-13-45`).
    """
    rule = contract.delivery.partition
    parts = PurePosixPath(place.replace("!", "/")).parts
    near = [part for part in parts[:-2] if part.lower().endswith(".zip")] + list(parts[-2:])
    for part in reversed(near):
        matches = list(re.finditer(rule.pattern, part))
        if matches:
            return _key(matches[-1], rule, part)
    return None


def _key(match: re.Match[str], rule: PartitionRule, part: str) -> str:
    groups = match.groupdict()
    key = groups.get("key") or "-".join(groups[name] for name in ("year", "month", "day") if groups.get(name))
    try:
        period_end(key, rule.period)
    except ValueError:
        message = f"{part!r} names {key!r}, which is no {rule.period}"
        raise FileRefused("impossible_period", message, "rename the file or the folder") from None
    return key
