"""Run PostgreSQL's programs when we are root.

PostgreSQL refuses to run as root, so its programs run as another uid: the owner of the data folder, else the owner
of the home, else `nobody`. The home or the environment may lie below folders that this uid may not enter (`mktemp
-d` and `/root` have mode 0700). We never change the permissions of folders that are not ours: the programs keep one
right of root instead, CAP_DAC_READ_SEARCH (enter and read, never write), as an ambient capability, and only where
it is needed.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import stat
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ipstat.errors import DatabaseError

_PR_SET_KEEPCAPS = 8
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAP_DAC_READ_SEARCH = 2
_CAPABILITY_VERSION_3 = 0x20080522
_FALLBACK_UID = 65534


@dataclass(frozen=True)
class ServerUser:
    """The uid and gid of PostgreSQL's programs; `is_switched` says that they differ from ours."""

    uid: int
    gid: int
    is_switched: bool


def server_user(home: Path, data_dir: Path) -> ServerUser:
    """Choose the user of the server: ourselves, or (as root) the owner of the data, of the home, or `nobody`."""
    if os.geteuid() != 0:
        return ServerUser(os.geteuid(), os.getegid(), False)
    for folder in (data_dir, home):
        if folder.exists() and folder.stat().st_uid != 0 and has_name(folder.stat().st_uid):
            return ServerUser(folder.stat().st_uid, folder.stat().st_gid, True)
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        return ServerUser(_FALLBACK_UID, _FALLBACK_UID, True)
    return ServerUser(entry.pw_uid, entry.pw_gid, True)


def has_name(uid: int) -> bool:
    """Whether the machine knows a user of this uid; initdb insists on it."""
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def closed_folder(path: Path, user: ServerUser) -> Path | None:
    """The first folder on the way to `path` that the user may not enter by its mode, or None."""
    resolved = path.resolve()
    for folder in [*reversed(resolved.parents), resolved]:
        if not folder.is_dir():
            continue
        status = folder.stat()
        if status.st_uid == user.uid:
            bit = stat.S_IXUSR
        elif status.st_gid == user.gid:
            bit = stat.S_IXGRP
        else:
            bit = stat.S_IXOTH
        if not status.st_mode & bit:
            return folder
    return None


def holds_read_search() -> bool:
    """Whether this process may pass CAP_DAC_READ_SEARCH on (Linux with the capability permitted)."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return False
    values = {
        name: int(value, 16)
        for name, _, value in (line.partition(":") for line in lines)
        if name in ("CapPrm", "CapBnd")
    }
    mask = 1 << _CAP_DAC_READ_SEARCH
    return bool(values.get("CapPrm", 0) & mask) and bool(values.get("CapBnd", 0) & mask)


def demotion(user: ServerUser, paths: list[Path]) -> Callable[[], None] | None:
    """The function that turns a forked child into the server's user, or None where nothing has to change.

    Raises DatabaseError naming the folder that the user can't enter, where the system gives us no way round it.
    """
    if not user.is_switched:
        return None
    closed = next((folder for folder in (closed_folder(path, user) for path in paths) if folder is not None), None)
    if closed is None:
        return lambda: _switch(user, keep_read_search=False)
    if not holds_read_search():
        raise DatabaseError(
            f"PostgreSQL can't run as root, and its user (uid {user.uid}) may not enter {closed}",
            f"run as an ordinary user, set IPSTAT_HOME to a folder that this uid can reach, or chmod o+x {closed}",
        )
    return lambda: _switch(user, keep_read_search=True)


def _switch(user: ServerUser, keep_read_search: bool) -> None:
    """In the child, between fork and exec: become the user; an error ends the child with a message of subprocess."""
    libc = ctypes.CDLL(None, use_errno=True)
    if keep_read_search and libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_KEEPCAPS)")
    os.setgroups([])
    os.setresgid(user.gid, user.gid, user.gid)
    os.setresuid(user.uid, user.uid, user.uid)
    os.umask(0o077)
    if not keep_read_search:
        return
    mask = 1 << _CAP_DAC_READ_SEARCH
    header = ctypes.create_string_buffer(struct.pack("Ii", _CAPABILITY_VERSION_3, 0))
    # Two triples (effective, permitted, inheritable): the low 32 capabilities, then the high ones.
    data = ctypes.create_string_buffer(struct.pack("6I", mask, mask, mask, 0, 0, 0))
    if libc.capset(header, data) != 0:
        raise OSError(ctypes.get_errno(), "capset")
    if libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_READ_SEARCH, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_CAP_AMBIENT_RAISE)")
