"""The SFTP drop: senders log in with their key, see only their own folder, and put files into it.

A file appears under its name when the sender has closed it: until then, and after a lost connection, its bytes lie
under a hidden name that the pipeline never takes. Nothing but SFTP is offered (no shell, no forwarding), and no links.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from pathlib import Path
from typing import Any

import asyncssh

PREFIX = ".upload-"
_NAME = re.compile(r"^[a-z][a-z0-9_-]{0,31}$")
_WRITING = os.O_WRONLY | os.O_RDWR


def _env_path(name: str, default: str) -> Path:
    return Path(os.environ.get(name, default))


class Door(asyncssh.SSHServer):
    """Who may come in: a login whose public key lies in `<senders>/<login>.pub`."""

    def __init__(self, senders: Path) -> None:
        self.senders = senders
        self.connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Keep the connection: the keys are set on it at login."""
        self.connection = conn

    def begin_auth(self, username: str) -> bool:
        """Read the sender's keys; without a file every key is refused."""
        keys = self.senders / f"{username}.pub"
        if self.connection is not None and _NAME.match(username) and keys.is_file():
            self.connection.set_authorized_keys(str(keys))
        return True

    def password_auth_supported(self) -> bool:
        """Keys only."""
        return False


class Drop(asyncssh.SFTPServer):
    """One sender's folder, as if it were the whole disk."""

    def __init__(self, channel: asyncssh.SSHServerChannel, root: Path) -> None:
        folder = root / str(channel.get_extra_info("username"))
        folder.mkdir(mode=0o750, exist_ok=True)
        super().__init__(channel, chroot=os.fsencode(folder))
        self._uploads: dict[Any, tuple[str, str]] = {}

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> Any:
        """Open for reading as usual; a file to write gets a hidden name until it is closed."""
        if not pflags & (asyncssh.FXF_WRITE | asyncssh.FXF_APPEND):
            return super().open(path, pflags, attrs)
        if pflags & asyncssh.FXF_APPEND:
            raise asyncssh.SFTPPermissionDenied("files are sent whole: appending is not offered")
        folder, _, name = path.rpartition(b"/")
        if name.startswith(b"."):
            raise asyncssh.SFTPPermissionDenied("names that begin with a dot are the drop's own")
        hidden = (folder + b"/" if folder else b"") + PREFIX.encode() + name
        whole = os.fsdecode(self.map_path(path))
        partial = os.fsdecode(self.map_path(hidden))
        if pflags & asyncssh.FXF_EXCL and Path(whole).exists():
            raise asyncssh.SFTPFailure("the file exists")
        flags = asyncssh.FXF_WRITE | asyncssh.FXF_CREAT | asyncssh.FXF_TRUNC
        opened = super().open(hidden, flags, asyncssh.SFTPAttrs(permissions=0o640))
        self._uploads[opened] = (partial, whole)
        return opened

    def open56(self, path: bytes, desired_access: int, flags: int, attrs: asyncssh.SFTPAttrs) -> Any:
        """Newer protocol versions are not offered, so this is never asked for."""
        raise asyncssh.SFTPOpUnsupported("use version 3 of the protocol")

    def close(self, file_obj: Any) -> None:
        """The sender has closed the file: now it is there. After a lost connection its partial bytes are removed."""
        upload = self._uploads.pop(file_obj, None)
        if upload is not None:
            os.fsync(file_obj.fileno())
        file_obj.close()
        if upload is None:
            return
        partial, whole = upload
        if self.channel.is_closing() or self.channel.get_connection().is_closed():
            Path(partial).unlink(missing_ok=True)
        else:
            Path(partial).replace(whole)

    def symlink(self, _oldpath: bytes, _newpath: bytes) -> None:
        """A link could lead out of the folder."""
        raise asyncssh.SFTPPermissionDenied("links are not offered")

    def link(self, _oldpath: bytes, _newpath: bytes) -> None:
        """See `symlink`."""
        raise asyncssh.SFTPPermissionDenied("links are not offered")


def host_key(folder: Path) -> Path:
    """The server's own key, made once in a folder that only its owner may read."""
    path = folder / "host_key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = folder / "host_key.partial"
        partial.unlink(missing_ok=True)
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
            handle.write(asyncssh.generate_private_key("ssh-ed25519").export_private_key())
        partial.rename(path)
    return path


async def serve(host: str, port: int, root: Path, senders: Path, keys: Path) -> asyncssh.SSHAcceptor:
    """Listen; the returned server is closed by the caller."""
    for left in root.rglob(f"{PREFIX}*"):  # of a killed drop
        left.unlink(missing_ok=True)
    return await asyncssh.create_server(
        lambda: Door(senders),
        host,
        port,
        server_host_keys=[str(host_key(keys))],
        sftp_factory=lambda channel: Drop(channel, root),
        sftp_version=3,
        allow_scp=False,
        agent_forwarding=False,
        x11_forwarding=False,
        login_timeout=30,
        keepalive_interval=30,
    )


async def main() -> None:
    """Serve until the container is stopped."""
    server = await serve(
        os.environ.get("SFTP_LISTEN", "0.0.0.0"),  # noqa: S104 - inside the container
        int(os.environ.get("SFTP_PORT", "2222")),
        _env_path("SFTP_ROOT", "/srv/drop"),
        _env_path("SFTP_SENDERS", "/etc/ipstat/senders"),
        _env_path("SFTP_KEYS", "/srv/sftp"),
    )
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    sys.stderr.write("the drop is open\n")
    await stopped.wait()
    server.close()
    await server.wait_closed()


if __name__ == "__main__":
    os.umask(0o027)
    asyncio.run(main())
