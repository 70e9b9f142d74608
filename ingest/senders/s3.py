"""A bucket of S3 or of a server that speaks like it, read through s3fs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ingest.senders.errors import ChangedMeanwhile, SenderError, SenderRefused, SenderUnavailable
from ingest.senders.filesystems import CONNECT_SECONDS, SILENCE_SECONDS, FilesystemSender
from ingest.senders.remote import RemoteFile

#: Each block is a request for a range.
S3_BLOCK: Final = 8 * 1024 * 1024


class S3Sender(FilesystemSender):
    """A bucket of S3 or of a server that speaks like it (`endpoint_url`)."""

    block = S3_BLOCK

    def _base(self) -> str:
        return self.address.host + self.address.path

    def _connect(self) -> Any:
        from s3fs import S3FileSystem  # type: ignore[import-untyped] # noqa: PLC0415 - loaded for this sender only

        options = self.address.options
        if self.address.user is None and not self.address.is_set("anon"):
            raise SenderRefused(
                f"{self.shown} has no key",
                f"write s3://key:secret@bucket into connection {self.shape.connection}, or add anon=true",
            )
        endpoint = {"endpoint_url": options["endpoint_url"]} if "endpoint_url" in options else {}
        region = {"region_name": options["region_name"]} if "region_name" in options else {}
        filesystem = S3FileSystem(
            anon=self.address.user is None,
            key=self.address.user,
            secret=self.address.password,
            client_kwargs={**endpoint, **region, **({"verify": options["ca_file"]} if "ca_file" in options else {})},
            config_kwargs={
                "connect_timeout": CONNECT_SECONDS,
                "read_timeout": SILENCE_SECONDS,
                "retries": {"max_attempts": 0},
            },
            skip_instance_cache=True,
        )
        filesystem.retries = 1  # our own loop is patient, and knows when it is not worth it
        return filesystem

    def _marked(self, path: str, place: str, info: Mapping[str, Any]) -> RemoteFile:
        etag = str(info["ETag"]) if info.get("ETag") else None
        return RemoteFile(path, place, int(info["size"]), info.get("LastModified"), etag)

    def _open(self, file: RemoteFile) -> Any:
        return self._fresh().open(file.place, "rb", cache_type="none", block_size=S3_BLOCK)

    def _known_error(self, error: Exception) -> SenderError | None:
        from botocore.exceptions import (  # type: ignore[import-untyped] # noqa: PLC0415
            BotoCoreError,
            ClientError,
        )

        cause = error.__cause__ if isinstance(error.__cause__, ClientError) else error
        if type(error).__name__ == "FileExpired":
            return ChangedMeanwhile(f"a file of {self.shown} changed while it was read")
        if isinstance(cause, ClientError):
            status = int(cause.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
            if status in (401, 403):
                return self._no_entry(error)
            if 400 <= status < 500 and status not in (408, 409, 412, 416, 425, 429):
                return SenderRefused(f"{self.shown} refuses: {self._said(error)}", "mend the connection")
            return SenderUnavailable(f"{self.shown} broke off: {self._said(error)}")
        if isinstance(error, BotoCoreError) or type(error).__module__.startswith(("aiohttp", "aiobotocore")):
            return SenderUnavailable(f"{self.shown} broke off: {self._said(error)}")
        return None
