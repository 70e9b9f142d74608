"""The SFTP drop with a real client: keys only, one's own folder only, whole files only."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncssh
import pytest

from tests.support.rehearse import ROOT

_SPEC = importlib.util.spec_from_file_location("sftp_drop", ROOT / "deploy" / "sftp_drop.py")
assert _SPEC is not None
assert _SPEC.loader is not None
sftp_drop = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(sftp_drop)


@asynccontextmanager
async def drop(folder: Path) -> AsyncIterator[tuple[int, asyncssh.SSHKey]]:
    """A running drop with one sender, `customs`: port and the sender's key."""
    for name in ("drop", "senders"):
        (folder / name).mkdir(exist_ok=True)
    key = asyncssh.generate_private_key("ssh-ed25519")
    (folder / "senders" / "customs.pub").write_bytes(key.export_public_key())
    server = await sftp_drop.serve("127.0.0.1", 0, folder / "drop", folder / "senders", folder / "keys")
    try:
        yield server.get_port(), key
    finally:
        server.close()
        await server.wait_closed()


def connect(port: int, key: asyncssh.SSHKey, user: str = "customs") -> asyncssh.connection._SSHClientConnectionOptions:
    return asyncssh.connect("127.0.0.1", port, username=user, client_keys=[key], known_hosts=None, config=[])


def test_a_file_is_there_once_it_is_closed_and_never_half(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with drop(tmp_path) as (port, key):
            place = tmp_path / "drop" / "customs"
            async with connect(port, key) as connection, connection.start_sftp_client() as client:
                await client.makedirs("lots/2025-03")
                async with client.open("lots/2025-03/lots.csv", "wb") as handle:
                    await handle.write(b"a,b\n1,2\n")
                    assert not (place / "lots/2025-03/lots.csv").exists()
                assert (place / "lots/2025-03/lots.csv").read_bytes() == b"a,b\n1,2\n"
                assert set(await client.listdir("lots/2025-03")) - {".", ".."} == {"lots.csv"}
                handle = await client.open("lots/2025-03/lots.csv", "wb")
                await handle.write(b"only the first part of a corr")
                connection.abort()
            for _ in range(100):
                if not list(place.rglob(f"{sftp_drop.PREFIX}*")):
                    break
                await asyncio.sleep(0.05)
            assert [path.name for path in place.rglob("*") if path.is_file()] == ["lots.csv"]
            assert (place / "lots/2025-03/lots.csv").read_bytes() == b"a,b\n1,2\n", "the old file stays whole"

    asyncio.run(scenario())


def test_a_sender_sees_nothing_but_its_folder(tmp_path: Path) -> None:
    async def scenario() -> None:
        (tmp_path / "drop" / "cnipa").mkdir(parents=True)
        (tmp_path / "drop" / "cnipa" / "other.csv").write_text("secret", encoding="ascii")
        async with drop(tmp_path) as (port, key), connect(port, key) as connection:
            async with connection.start_sftp_client() as client:
                assert set(await client.listdir("/")) <= {".", ".."}
                for path in ("../cnipa/other.csv", "/etc/passwd", "../../senders/customs.pub"):
                    with pytest.raises(asyncssh.SFTPNoSuchFile):
                        await client.open(path, "rb")
                with pytest.raises(asyncssh.SFTPError):
                    await client.symlink("/etc/passwd", "link")
                with pytest.raises(asyncssh.SFTPError):
                    await client.open("a.csv", "ab")
                with pytest.raises(asyncssh.SFTPError):
                    await client.open(".upload-x", "wb")
            with pytest.raises(asyncssh.Error):
                await connection.run("id", check=True)
            with pytest.raises(asyncssh.Error):
                await connection.open_connection("127.0.0.1", port)

    asyncio.run(scenario())


def test_only_known_keys_enter_and_the_server_keeps_its_own(tmp_path: Path) -> None:
    async def scenario() -> bytes:
        async with drop(tmp_path) as (port, key):
            stranger = asyncssh.generate_private_key("ssh-ed25519")
            for given, user in ((stranger, "customs"), (key, "cnipa"), (key, "../senders/customs")):
                with pytest.raises(asyncssh.PermissionDenied):
                    await connect(port, given, user)
            with pytest.raises(asyncssh.PermissionDenied):
                await asyncssh.connect(
                    "127.0.0.1",
                    port,
                    username="customs",
                    password="guess",
                    client_keys=None,
                    known_hosts=None,
                    config=[],
                )
            async with connect(port, key) as connection:
                host = connection.get_server_host_key()
                assert host is not None
                return host.export_public_key()

    first = asyncio.run(scenario())
    assert asyncio.run(scenario()) == first
    assert (tmp_path / "keys" / "host_key").stat().st_mode & 0o777 == 0o600
