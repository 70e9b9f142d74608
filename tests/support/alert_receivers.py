"""Receivers of alerts on 127.0.0.1: a webhook that fails as told, a mail server that refuses, encrypts or wants a login."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

HANG = "hang"


@dataclass
class Webhook:
    """What came in. `answers` are used up one a request: a status, or HANG (no answer); then 200."""

    url: str = ""
    answers: list[int | str] = field(default_factory=list)
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def contents(self) -> list[dict[str, Any]]:
        """The bodies of all requests, also of those that were not answered with 200."""
        return [json.loads(body) for _, body in self.requests]


@contextmanager
def webhook(*answers: int | str, hang_seconds: float = 3.0) -> Iterator[Webhook]:
    """A running receiver."""
    state = Webhook(answers=list(answers))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            state.requests.append((dict(self.headers), body))
            answer = state.answers.pop(0) if state.answers else 200
            if isinstance(answer, str):
                time.sleep(hang_seconds)
                return
            self.send_response(answer)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}/hooks/k3y-of-the-office-chat?access_token=t0p-secret-token"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Mailbox:
    """What came in. `refusals` are used up one a mail (`550 no such user`); `bad` addresses are refused always."""

    port: int = 0
    refusals: list[str] = field(default_factory=list)
    bad: set[str] = field(default_factory=set)
    mails: list[EmailMessage] = field(default_factory=list)
    receivers: list[list[str]] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    was_encrypted: list[bool] = field(default_factory=list)

    async def handle_RCPT(
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take an address or refuse it."""
        del server, session, options
        if address in self.bad:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:
        """Take a mail or refuse it."""
        del server
        if self.refusals:
            return self.refusals.pop(0)
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.receivers.append(list(envelope.rcpt_tos))
        self.was_encrypted.append(session.ssl is not None)
        return "250 OK"


@contextmanager
def mail_server(*refusals: str, password: str | None = None, tls: Any = None) -> Iterator[Mailbox]:
    """A running mail server; with `password` it wants the login ipstat/<password>, `tls` makes it offer STARTTLS."""
    box = Mailbox(refusals=list(refusals))

    def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        box.logins.append(data.login.decode())
        return AuthResult(success=data.password.decode() == password, handled=False)

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        box.port = probe.getsockname()[1]
    controller = Controller(
        box,
        hostname="127.0.0.1",
        port=box.port,
        tls_context=tls,
        authenticator=authenticate if password else None,
        auth_required=password is not None,
        auth_require_tls=tls is not None,
    )
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
