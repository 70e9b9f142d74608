"""An HTTP server on 127.0.0.1 that misbehaves as told: it drops, truncates, repeats, refuses, and then recovers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Asked:
    """A request as the server saw it."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    """`cut`: so many bytes of the body are sent, then the connection is dropped. `length`: a wrong Content-Length, or
    False for none. `wait`: is called before the rest of the body (after `cut` bytes) is sent, instead of dropping."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    length: int | bool = True
    wait: Callable[[], Any] | None = None


@dataclass
class Site:
    """`answer` decides; `log` holds what was asked. Answers in `first` are given before, one a request."""

    answer: Callable[[Asked], Answer]
    first: list[Answer] = field(default_factory=list)
    log: list[Asked] = field(default_factory=list)
    address: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def asked(self, method: str) -> list[Asked]:
        return [each for each in self.log if each.method == method]


@dataclass
class Files:
    """Answers for files as a good server gives them: HEAD, GET, Range with If-Range, 304, 404."""

    contents: dict[str, bytes]
    etags: dict[str, str] = field(default_factory=dict)
    modified: dict[str, str] = field(default_factory=dict)

    def __call__(self, asked: Asked) -> Answer:
        path = asked.path.lstrip("/")
        if path not in self.contents:
            return Answer(404)
        body = self.contents[path]
        marks = {}
        if etag := self.etags.get(path):
            marks["ETag"] = etag
        if modified := self.modified.get(path):
            marks["Last-Modified"] = modified
        if etag and asked.headers.get("if-none-match") == etag:
            return Answer(304, headers=marks)
        if modified and asked.headers.get("if-modified-since") == modified:
            return Answer(304, headers=marks)
        span = asked.headers.get("range", "")
        if span and asked.headers.get("if-range") in (etag, modified, None):
            start = int(span.removeprefix("bytes=").partition("-")[0])
            if start >= len(body):
                return Answer(416, headers=marks)
            marks["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
            return Answer(206, body[start:], marks)
        return Answer(200, body, marks)


@contextmanager
def serve(answer: Callable[[Asked], Answer], tls: Any = None) -> Iterator[Site]:
    """A running server; `tls` an ssl context for HTTPS."""
    site = Site(answer)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            pass

        def _any(self) -> None:
            parts = urlsplit(self.path)
            query = {key: values[0] for key, values in parse_qs(parts.query).items()}
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {key.lower(): value for key, value in self.headers.items()}
            asked = Asked(self.command, parts.path, query, headers, body)
            with site.lock:
                site.log.append(asked)
                # A planned fault is for the bodies: HEAD is answered well, unless the fault is a mere status.
                given = site.first.pop(0) if site.first and self._fits(site.first[0]) else site.answer(asked)
            self._send(given)

        def _fits(self, fault: Answer) -> bool:
            return self.command != "HEAD" or (fault.cut is None and fault.status >= 400)

        def _send(self, given: Answer) -> None:
            self.send_response(given.status)
            for name, value in given.headers.items():
                self.send_header(name, value)
            if given.status != 304 and given.length is not False:
                size = len(given.body) if given.length is True else given.length
                self.send_header("Content-Length", str(size))
            if given.length is False:
                self.close_connection = True
                self.send_header("Connection", "close")
            self.end_headers()
            if self.command == "HEAD":
                return
            try:
                self.wfile.write(given.body[: given.cut] if given.cut is not None else given.body)
                self.wfile.flush()
                if given.wait is not None and given.cut is not None:
                    given.wait()
                    self.wfile.write(given.body[given.cut :])
                elif given.cut is not None:
                    self.close_connection = True
                    self.connection.shutdown(2)
            except OSError:
                self.close_connection = True

        do_GET = do_HEAD = do_POST = _any  # noqa: N815 - the names that http.server calls

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    site.address = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
