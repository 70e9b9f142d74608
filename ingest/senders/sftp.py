"""An SFTP server, read through sshfs (asyncssh)."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from ingest.senders.errors import SenderError, SenderRefused, SenderUnavailable
from ingest.senders.filesystems import CONNECT_SECONDS, SILENCE_SECONDS, FilesystemSender
from ingest.senders.remote import RemoteFile


class SftpSender(FilesystemSender):
    """An SFTP server. Its host key must be the one of the connection; keys and agents of this machine are not used."""

    def _connect(self) -> Any:
        import asyncssh  # noqa: PLC0415 - loaded for this sender only
        from sshfs import SSHFileSystem  # type: ignore[import-untyped] # noqa: PLC0415

        keys = None
        if text := self.address.options.get("private_key"):
            try:
                keys = [asyncssh.import_private_key(text, self.address.options.get("private_key_passphrase"))]
            except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError):
                mend = "put the whole text of the key (and private_key_passphrase, if it has one) into the connection"
                raise SenderRefused(f"the private key for {self.shown} can't be read", mend) from None
        filesystem = SSHFileSystem(
            self.address.host,
            port=self.address.port or 22,
            username=self.address.user or (),
            password=self.address.password,
            client_keys=keys,
            known_hosts=self._known_hosts(),
            agent_path=None,
            config=None,
            connect_timeout=CONNECT_SECONDS,
            login_timeout=CONNECT_SECONDS,
            keepalive_interval=SILENCE_SECONDS // 4,
            timeout=SILENCE_SECONDS,
            skip_instance_cache=True,
        )
        filesystem.loop.call_soon_threadsafe(filesystem.loop.set_exception_handler, _pass_over_lost_reads)
        return filesystem

    def _read(self, stream: Any, size: int) -> bytes:
        return bytes(stream.read(size, timeout=SILENCE_SECONDS))  # a server that is silent for so long has gone

    def _disconnect(self, filesystem: Any) -> None:
        filesystem.loop.call_soon_threadsafe(filesystem.client.abort)

    def _known_hosts(self) -> Any:
        import asyncssh  # noqa: PLC0415

        given = self.address.options.get("host_key", "").strip()
        if not given:
            if self.address.is_set("no_host_key_check"):
                return None
            raise SenderRefused(
                f"nothing says which host key {self.shown} has",
                f"put host_key (a line of `ssh-keyscan`, without the host) into connection {self.shape.connection};"
                " no_host_key_check=true would trust whoever answers",
            )
        try:
            line = _key_line(given)
            asyncssh.import_public_key(line)  # a list of hosts passes over what is no key
            return asyncssh.import_known_hosts(f"* {line}\n")
        except (ValueError, asyncssh.KeyImportError):
            mend = "write it as `ssh-ed25519 AAAA...`, percent-encoded in a URI"
            raise SenderRefused(f"the host_key of connection {self.shape.connection} is no key", mend) from None

    def _marked(self, path: str, place: str, info: Mapping[str, Any]) -> RemoteFile:
        return RemoteFile(path, place, int(info["size"]), info["mtime"])

    def _known_error(self, error: Exception) -> SenderError | None:
        import asyncssh  # noqa: PLC0415

        if isinstance(error, asyncssh.HostKeyNotVerifiable):
            return SenderRefused(
                f"{self.shown} has another host key than connection {self.shape.connection} says",
                "ask the office whether its server has a new key; if so, put it into the connection",
            )
        if isinstance(error, asyncssh.PermissionDenied | asyncssh.SFTPPermissionDenied):
            return self._no_entry(error)
        if isinstance(error, asyncssh.Error):
            return SenderUnavailable(f"{self.shown} broke off: {self._said(error)}")
        return None


def _pass_over_lost_reads(loop: Any, context: dict[str, Any]) -> None:
    """Reads that were under way when the connection broke fail by themselves; what matters has been raised already."""
    import asyncssh  # noqa: PLC0415

    if not isinstance(context.get("exception"), asyncssh.Error):
        loop.default_exception_handler(context)


def _key_line(text: str) -> str:
    """`ssh-ed25519 AAAA...`; the type is read from the key where it is left out, a blank becomes `+` again."""
    kind, _, rest = text.partition(" ")
    if kind.startswith(("ssh-", "ecdsa-")):
        return f"{kind} {rest.strip().replace(' ', '+')}"
    blob = text.replace(" ", "+")
    raw = base64.b64decode(blob)
    return f"{raw[4 : 4 + int.from_bytes(raw[:4])].decode()} {blob}"
