"""An SFTP server (asyncssh) on 127.0.0.1 over a folder; it can drop the connection and let a file grow while it is read."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncssh


@dataclass
class Drop:
    """`before_read(offset)` is called before each block; the connection is dropped where it returns True."""

    folder: Path
    user: str
    password: str
    host_key: str
    port: int = 0
    before_read: Callable[[int], bool] = lambda _offset: False
    read_offsets: list[int] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)

    def address(self, password: str | None = None, host_key: str | None = "", options: str = "") -> str:
        key = self.host_key if host_key == "" else host_key
        query = f"?host_key={quote(key)}" if key else "?"
        secret = quote(self.password if password is None else password, safe="")
        return f"sftp://{self.user}:{secret}@127.0.0.1:{self.port}/out{query}{options}"


@contextmanager
def serve(folder: Path, user: str = "office", password: str = "s3cret/with:signs") -> Iterator[Drop]:
    """A running server that shows `folder` as its root."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    public = " ".join(key.export_public_key().decode().split()[:2])
    drop = Drop(folder, user, password, public)

    class Guard(asyncssh.SSHServer):
        def connection_made(self, conn: Any) -> None:
            links.append(conn)

        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, username: str, given: str) -> bool:
            return (username, given) == (user, password)

    class Shelf(asyncssh.SFTPServer):
        def __init__(self, channel: Any) -> None:
            super().__init__(channel, chroot=str(folder).encode())
            self.link = channel.get_connection()

        def open(self, path: bytes, pflags: int, attrs: Any) -> Any:
            drop.opened.append(path.decode())
            return super().open(path, pflags, attrs)

        def read(self, file_obj: Any, offset: int, size: int) -> bytes:
            drop.read_offsets.append(offset)
            if drop.before_read(offset):
                self.link.abort()
            return super().read(file_obj, offset, size)

    loop = asyncio.new_event_loop()
    started, ended = threading.Event(), asyncio.Event()
    links: list[Any] = []

    async def run() -> None:
        server = await asyncssh.listen(
            "127.0.0.1", 0, server_factory=Guard, server_host_keys=[key], sftp_factory=Shelf, allow_scp=False
        )
        drop.port = server.sockets[0].getsockname()[1]
        started.set()
        await ended.wait()
        server.close()
        for link in links:
            link.abort()
        await server.wait_closed()
        await asyncio.sleep(0.01)

    def work() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(run())
        loop.close()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    assert started.wait(10)
    try:
        yield drop
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(5)
