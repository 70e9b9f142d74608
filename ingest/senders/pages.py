"""A paged API with a declared total (HTTP): every page of a period is fetched, the last one too, and counted."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import httpx

from ingest.calendar import Calendar
from ingest.senders.address import SenderAddress
from ingest.senders.errors import SenderRefused, SenderUnavailable
from ingest.senders.patience import Patience
from ingest.senders.remote import Body, Offer, RemoteFile
from ingest.senders.shape import Pages, SenderShape
from ingest.senders.web import WebSender
from ingest.spool import Version, WithdrawnFile

#: A page is read into memory to be counted.
PAGE_LIMIT_BYTES: Final = 64 * 1024 * 1024
_AGAIN: Final = "fetch again; if it stays so, ask the office"


@dataclass(frozen=True)
class Content:
    """What a page holds: the keys (or hashes) of its records, and the total where the body declares it."""

    keys: tuple[str, ...]
    total: int | None


class PagesSender(WebSender):
    """Each period is an offer of its pages. A page has no marks: its bytes are compared with those that we hold."""

    def __init__(
        self,
        address: SenderAddress,
        shape: SenderShape,
        pages: Pages,
        calendar: Calendar,
        today: date,
        encodings: Sequence[str] = ("utf-8",),
    ) -> None:
        super().__init__(address, shape)
        self.pages = pages
        self.periods = tuple(expected.partition_key for expected in calendar.expected(today))
        self.encodings = encodings
        self._totals: dict[str, int] = {}

    def list(self, known: Mapping[str, Version], patience: Patience) -> Sequence[Offer]:
        """The pages of the newest periods, and of those of which we hold none; old pages that are no more are
        replaced with the whole period."""
        newest = set(self.periods[-self.shape.look_back :])
        offers = []
        for period in self.periods:
            held = sorted(path for path in known if path.startswith(self._name(period, None)))
            if period in newest or not held:
                total = patience.run(lambda period=period: self._declared(period))  # type: ignore[misc]
                self._totals[period] = total
                files = self._files(period, total)
                is_shorter = bool(set(held) - {file.path for file in files})
                gone = [WithdrawnFile(path=path, sha256=known[path].sha256) for path in held] if is_shorter else []
                offers.append(Offer(period, files, replaced=tuple(gone)))
        return offers

    def _files(self, period: str, total: int) -> tuple[RemoteFile, ...]:
        last = -(-total // self.pages.page_size)
        numbers = range(self.pages.first, self.pages.first + last)
        return tuple(RemoteFile(self._name(period, number), f"{period}#{number}") for number in numbers)

    def _name(self, period: str, number: int | None) -> str:
        """The file of a page; without a number what the names of all pages of the period begin with."""
        before, _, after = self.pages.name.replace("{partition}", period).partition("{page}")
        return before if number is None else f"{before}{number:04d}{after}"

    def _declared(self, period: str) -> int:
        """The total, from the first page."""
        with self._page(period, self.pages.first) as response:
            if self.pages.total.header:
                return self._header_total(response)
            total = self._content(b"".join(self.blocks(response))).total
            return total if total is not None else self._no_total()

    def look(self, file: RemoteFile) -> RemoteFile:
        """A page has no marks to look at."""
        return file

    @contextmanager
    def open(self, file: RemoteFile, offset: int) -> Iterator[Body]:
        """A page, always from its start."""
        period, _, number = file.place.partition("#")
        with self._page(period, int(number)) as response:
            if self.pages.total.header:
                self._same_total(period, self._header_total(response), file)
            length = response.headers.get("content-length", "")
            yield Body(0, self.blocks(response), int(length) if length.isdigit() else None)

    @contextmanager
    def _page(self, period: str, number: int) -> Iterator[httpx.Response]:
        pages = self.pages
        sent: dict[str, Any] = {key: value.replace("{partition}", period) for key, value in pages.parameters.items()}
        sent[pages.page] = number
        if pages.size:
            sent[pages.size] = pages.page_size
        how = {"params": sent} if pages.method == "GET" else {"json": sent}
        with self.request(pages.method, self.shown, **how) as response:
            if response.status_code != 200:
                mend = f"mend the address of connection {self.shape.connection} or sender.path of the contract"
                raise SenderRefused(f"{self.shown} answers {response.status_code} to page {number} of {period}", mend)
            yield response

    def check(self, file: RemoteFile, path: Path) -> None:
        """A page can be read to its end and declares the same total."""
        content = self._content(path.read_bytes(), file.path)
        if content.total is not None:
            self._same_total(file.place.partition("#")[0], content.total, file)

    def check_offer(self, offer: Offer, paths: Mapping[str, Path]) -> None:
        """All pages together hold as many records as declared, none of them twice."""
        seen: dict[str, str] = {}
        hashes: dict[str, str] = {}
        count = 0
        for path, place in paths.items():
            body = place.read_bytes()
            digest = hashlib.sha256(body).hexdigest()
            if digest in hashes:
                raise SenderRefused(f"{self.shown}: {path} is {hashes[digest]} once more", _AGAIN)
            hashes[digest] = path
            keys = self._content(body, path).keys
            count += len(keys)
            for key in keys:
                if self.pages.identity and key in seen:
                    message = f"{self.shown}: {self.pages.identity} {key!r} stands in {seen[key]} and in {path}"
                    raise SenderRefused(message, _AGAIN)
                seen[key] = path
        total = self._totals[offer.name]
        if count != total:
            message = f"{self.shown}: {len(paths)} pages of {offer.name} hold {count:,} records, {total:,} are declared"
            raise SenderRefused(message, _AGAIN)

    def _content(self, body: bytes, name: str = "a page") -> Content:
        """Raises SenderUnavailable for a page that is broken: it is asked for again."""
        if len(body) > PAGE_LIMIT_BYTES:
            raise SenderRefused(f"{self.shown}: {name} has {len(body):,} bytes", "ask for smaller pages (page_size)")
        try:
            if self.pages.format == "json":
                return self._json(json.loads(body))
            text = self._decoded(body)
            if self.pages.format == "jsonl":
                records = [json.loads(line) for line in text.splitlines() if line.strip()]
                return Content(tuple(self._key(record) for record in records), None)
            return self._csv(text)
        except (ValueError, LookupError, TypeError, csv.Error) as error:
            raise SenderUnavailable(f"{self.shown}: {name} is broken ({type(error).__name__}: {error})") from None

    def _decoded(self, body: bytes) -> str:
        for encoding in self.encodings:
            try:
                return body.decode(encoding).removeprefix("\ufeff")
            except UnicodeDecodeError:
                continue
        raise ValueError(f"it is not {' or '.join(self.encodings)}")

    def _csv(self, text: str) -> Content:
        header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
        if uneven := next((row for row in rows if row and len(row) != len(header)), None):
            raise ValueError(f"a row has {len(uneven)} cells under {len(header)} headers")
        kept = [row for row in rows if row]
        if self.pages.identity is None:
            return Content(tuple(_hash(row) for row in kept), None)
        column = header.index(self.pages.identity)
        return Content(tuple(row[column] for row in kept), None)

    def _json(self, document: Any) -> Content:
        records = _at(document, self.pages.records or "")
        if not isinstance(records, list):
            raise TypeError(f"{self.pages.records} is no list")
        total = int(_at(document, self.pages.total.field)) if self.pages.total.field else None
        return Content(tuple(self._key(record) for record in records), total)

    def _key(self, record: Any) -> str:
        return str(record[self.pages.identity]) if self.pages.identity else _hash(record)

    def _header_total(self, response: httpx.Response) -> int:
        text = response.headers.get(self.pages.total.header or "", "")
        return int(text) if text.isdigit() else self._no_total()

    def _no_total(self) -> int:
        where = self.pages.total.header or self.pages.total.field
        raise SenderRefused(f"{self.shown} does not declare a total in {where}", "mend pages.total of the contract")

    def _same_total(self, period: str, total: int, file: RemoteFile) -> None:
        if total != (first := self._totals[period]):
            message = f"{self.shown}: the total of {period} was {first:,} and is {total:,} at {file.path}"
            raise SenderRefused(message, _AGAIN)


def _at(document: Any, path: str) -> Any:
    for name in path.split("."):
        document = document[name]
    return document


def _hash(record: Any) -> str:
    return hashlib.sha256(json.dumps(record, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
