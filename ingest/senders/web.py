"""HTTP(S): what all requests share, and plain files under URLs made from the period."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any, Final
from urllib.parse import quote

import httpx

from ingest.calendar import Calendar
from ingest.senders.address import SenderAddress
from ingest.senders.errors import ChangedMeanwhile, SenderRefused, SenderUnavailable
from ingest.senders.patience import Patience
from ingest.senders.remote import Body, Offer, RemoteFile, Sender
from ingest.senders.shape import SenderShape
from ingest.spool import Version

CONNECT_SECONDS: Final = 15.0
SILENCE_SECONDS: Final = 60.0
_BLOCK: Final = 256 * 1024
#: Worth another try, besides 5xx: request timeout, too early, too many requests.
_PASSING: Final = (408, 425, 429)


class WebSender(Sender):
    """Requests with the connection's credentials; answers and failures as ours. Redirects are not followed: they would
    carry credentials to a place that nobody named."""

    def __init__(self, address: SenderAddress, shape: SenderShape) -> None:
        self.address = address
        self.shape = shape
        self.shown = "/".join(part for part in (address.shown, shape.path) if part)
        self._client = self._connect()

    def _connect(self) -> httpx.Client:
        user, password = self.address.user, self.address.password
        headers = {"Accept-Encoding": "identity", "User-Agent": "ipstat"}
        if (name := self.address.options.get("api_key_header")) and password:
            headers[name], password = password, None
        elif password and not user:
            headers["Authorization"], password = f"Bearer {password}", None
        timeout = httpx.Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS)
        verify: Any = True
        if ca_file := self.address.options.get("ca_file"):
            import ssl  # noqa: PLC0415 - only with an authority of one's own

            try:
                verify = ssl.create_default_context(cafile=ca_file)
            except OSError as error:
                raise SenderRefused(f"the ca_file for {self.shown} can't be read: {error}", "mend its path") from None
        auth = (user, password) if user and password is not None else None
        return httpx.Client(headers=headers, auth=auth, timeout=timeout, verify=verify)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def url(self, path: str) -> str:
        """The URL of a path below the sender's; it never holds a credential."""
        return f"{self.shown}/{quote(path)}" if path else self.shown

    @contextmanager
    def request(self, method: str, url: str, **options: Any) -> Iterator[httpx.Response]:
        """The answer, its body unread; raises SenderUnavailable or SenderRefused unless it is 200, 206, 304, 404, 405,
        412, 416 or 501, which the caller understands."""
        with self._translated(url):
            context = self._client.stream(method, url, **options)
            response = context.__enter__()
        try:
            self._raise_for(response, url)
            yield response
        finally:
            response.close()

    def blocks(self, response: httpx.Response) -> Iterator[bytes]:
        """The bytes as they were sent."""
        blocks = response.iter_raw(_BLOCK)
        while True:
            with self._translated(str(response.url)):  # only the reading: a full disk of ours is no fault of the sender
                block = next(blocks, b"")
            if not block:
                return
            yield block

    @contextmanager
    def _translated(self, url: str) -> Iterator[None]:
        try:
            yield
        except httpx.TransportError as error:
            said = f"{type(error).__name__}: {self.address.scrub(str(error))}"
            if "CERTIFICATE_VERIFY_FAILED" in said or "certificate verify failed" in said:
                mend = "ask the office for its certificate authority and name its file in ca_file of the connection"
                raise SenderRefused(f"{self.shown} shows a certificate that nobody we trust signed", mend) from None
            raise SenderUnavailable(f"{url.partition('?')[0]} broke off: {said}") from None

    def _raise_for(self, response: httpx.Response, url: str) -> None:
        status, shown = response.status_code, url.partition("?")[0]
        mend = f"mend connection {self.shape.connection}"
        if status in (200, 206, 304, 404, 405, 412, 416, 501):
            if response.headers.get("content-encoding", "identity") != "identity":
                raise SenderRefused(f"{shown} sends compressed bytes though it was asked not to", "ask the office")
            return
        if status in _PASSING or status >= 500:
            raise SenderUnavailable(f"{shown} answers {status}", retry_after=_retry_after(response))
        if status in (401, 403):
            raise SenderRefused(f"{shown} refuses our login ({status})", f"{mend}: user, password or key")
        if 300 <= status < 400:
            raise SenderRefused(f"{shown} moved ({status})", f"{mend}: write the new address")
        raise SenderRefused(f"{shown} answers {status}", mend)


class FilesSender(WebSender):
    """Files under URLs that `sender.files` makes from each period: asked for with the marks that we hold."""

    def __init__(self, address: SenderAddress, shape: SenderShape, calendar: Calendar, today: date) -> None:
        super().__init__(address, shape)
        self.periods = tuple(expected.partition_key for expected in calendar.expected(today))

    def list(self, known: Mapping[str, Version], patience: Patience) -> Sequence[Offer]:
        """One offer: of all due periods the files that are there; an old period is asked for only what it lacks."""
        newest = set(self.periods[-self.shape.look_back :])
        paths = [(t.replace("{partition}", key), key) for key in self.periods for t in self.shape.files]
        asked = [path for path, key in paths if key in newest or path not in known]
        found = [patience.run(lambda path=path: self._ask(path, known.get(path))) for path in asked]  # type: ignore[misc]
        files = tuple(file for file in found if file is not None)
        return [Offer(self.shown, files)] if files else []

    def look(self, file: RemoteFile) -> RemoteFile:
        """The file's marks now."""
        found = self._ask(file.path, None)
        if found is None:
            raise ChangedMeanwhile(f"{file.place} is gone")
        return found

    def _ask(self, path: str, version: Version | None) -> RemoteFile | None:
        """HEAD with the marks that we hold; GET without reading where the server knows no HEAD."""
        url, headers = self.url(path), _conditions(version)
        for method in ("HEAD", "GET"):
            with self.request(method, url, headers=headers) as response:
                if response.status_code in (405, 501):
                    continue
                if response.status_code == 404:
                    return None
                if response.status_code == 304 and version is not None:
                    return RemoteFile(path, url, version.size_bytes, version.modified_at, version.etag)
                return _described(path, url, response)
        raise SenderRefused(f"{url} answers neither HEAD nor GET", f"mend connection {self.shape.connection}")

    @contextmanager
    def open(self, file: RemoteFile, offset: int) -> Iterator[Body]:
        """GET, from `offset` on only if the version is still the same (If-Range)."""
        headers = {"Range": f"bytes={offset}-", "If-Range": _validator(file)} if offset and _validator(file) else {}
        with self.request("GET", file.place, headers=headers) as response:
            if response.status_code in (404, 412, 416):
                raise ChangedMeanwhile(f"{file.place} changed while it was read ({response.status_code})")
            start, total = _range(response)
            if file.etag and response.headers.get("etag", file.etag) != file.etag:
                raise ChangedMeanwhile(f"{file.place} changed while it was read")
            if total is None and response.headers.get("transfer-encoding", "") != "chunked":
                mend = "ask the office for Content-Length; without it a broken download looks like a whole one"
                raise SenderRefused(f"{file.place} does not say how long it is", mend)
            yield Body(start, self.blocks(response), total)


def _conditions(version: Version | None) -> dict[str, str]:
    if version is None:
        return {}
    if version.etag:
        return {"If-None-Match": version.etag}
    return {"If-Modified-Since": _http_date(version.modified_at)} if version.modified_at else {}


def _validator(file: RemoteFile) -> str:
    """What If-Range accepts: a strong etag, or the date."""
    if file.etag and not file.etag.startswith("W/"):
        return file.etag
    return _http_date(file.modified_at) if file.modified_at else ""


def _http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _described(path: str, url: str, response: httpx.Response) -> RemoteFile:
    """The marks that an answer's headers give."""
    length = response.headers.get("content-length", "")
    modified_at = _date(response.headers.get("last-modified"))
    size = int(length) if length.isdigit() else None
    return RemoteFile(path, url, size, modified_at, response.headers.get("etag"))


def _range(response: httpx.Response) -> tuple[int, int | None]:
    """Where the body begins and how long the whole file is; raises SenderUnavailable for a senseless answer."""
    if response.status_code == 206:
        match = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", response.headers.get("content-range", ""))
        if match is None:
            raise SenderUnavailable(f"{response.url} sends a part without saying which")
        return int(match[1]), int(match[2])
    length = response.headers.get("content-length", "")
    return 0, int(length) if length.isdigit() else None


def _date(text: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC) if text else None
    except ValueError:
        return None


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds, given as such or as a date."""
    text = response.headers.get("retry-after", "")
    if text.isdigit():
        return float(text)
    moment = _date(text)
    return (moment - datetime.now(UTC)).total_seconds() if moment else None
