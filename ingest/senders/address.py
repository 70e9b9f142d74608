"""Where a sender is reached, from an Airflow connection: as URI, or as Airflow's JSON of the environment.

Credentials come from here only. They are in no `repr`, and `shown` is the form for messages, logs and turns.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from ingest.senders.errors import SenderRefused

SCHEMES: Final = {
    "folder": "folder", "file": "folder", "http": "http", "https": "https", "sftp": "sftp", "s3": "s3",
}  # fmt: skip
FORMS: Final = (
    "folder:///dir, sftp://user:password@host:port/dir?host_key=..., s3://key:secret@bucket/prefix?endpoint_url=...,"
    " https://user:password@host:port/base"
)
#: What may follow the `?` (Airflow: the connection's extra).
OPTIONS: Final = (
    "host_key", "no_host_key_check", "private_key", "private_key_passphrase", "endpoint_url", "region_name", "anon",
    "ca_file", "api_key_header",
)  # fmt: skip
_SECRET_OPTIONS: Final = ("private_key", "private_key_passphrase")
_EXTRA_KEY: Final = "__extra__"
_HIDDEN: Final = "***"


@dataclass(frozen=True, repr=False)
class SenderAddress:
    """A parsed address. `path` begins with `/` or is empty; `options` are those of `OPTIONS` that were given."""

    scheme: str
    host: str
    port: int | None
    path: str
    user: str | None = None
    password: str | None = None
    options: dict[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, uri: str) -> Self:
        """The address behind a URI or Airflow's JSON; raises SenderRefused, without the text, where it is neither."""
        text = uri.strip()
        return cls._from_json(text) if text.startswith("{") else cls._from_uri(text)

    @classmethod
    def _from_uri(cls, uri: str) -> Self:
        outer, _, rest = uri.partition("://")
        if rest.partition("://")[0] == "https":  # Airflow's form of a host that is written with its protocol
            outer, uri = "https", rest
        try:
            parts = urlsplit(uri)
            port = parts.port
        except ValueError:
            raise SenderRefused("the address of a sender is no URI", f"write one of {FORMS}") from None
        path = unquote(parts.path)  # Airflow quotes the slashes inside, too
        if outer == "http" and path == "/https":  # Airflow's form of an HTTP connection with the schema https
            outer, path = "https", ""
        user = unquote(parts.username) if parts.username else None
        password = unquote(parts.password) if parts.password else None
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        if _EXTRA_KEY in options:
            options |= _extra(options.pop(_EXTRA_KEY))
        return cls._checked(outer, unquote(parts.hostname or ""), port, path, user, password, options)

    @classmethod
    def _from_json(cls, text: str) -> Self:
        try:
            given: dict[str, Any] = json.loads(text)
            port = int(given["port"]) if given.get("port") else None
        except (ValueError, TypeError):
            raise SenderRefused("the connection of a sender is broken JSON", f"write it anew, or as {FORMS}") from None
        options = _extra(given.get("extra") or {})
        scheme, host = str(given.get("conn_type") or ""), str(given.get("host") or "")
        if "://" in host:
            scheme, _, host = host.partition("://")
        path = str(given.get("schema") or "")
        if scheme == "http" and path == "https":
            scheme, path = "https", ""
        path = f"/{path.removeprefix('/')}" if path else ""
        return cls._checked(scheme, host, port, path, given.get("login"), given.get("password"), options)

    @classmethod
    def _checked(
        cls,
        scheme: str,
        host: str,
        port: int | None,
        path: str,
        user: str | None,
        password: str | None,
        options: dict[str, Any],
    ) -> Self:
        known = SCHEMES.get(scheme.lower())
        if known is None:  # the text is not shown: it may be a password in the wrong place
            raise SenderRefused("the address of a sender has no known scheme", f"write one of {FORMS}")
        if (known == "folder") != (not host) or (known == "folder" and not path.strip("/")):
            raise SenderRefused(f"the {known} address of a sender names no place", f"write one of {FORMS}")
        if unknown := sorted(set(options) - set(OPTIONS)):
            mend = f"known options: {', '.join(OPTIONS)}"
            raise SenderRefused(f"the address {known}://{host} has unknown options: {', '.join(unknown)}", mend)
        kept = {name: str(value) for name, value in options.items() if value is not None}
        return cls(known, host, port, path.rstrip("/"), user or None, password or None, kept)

    @property
    def shown(self) -> str:
        """The address without credentials and options."""
        port = f":{self.port}" if self.port else ""
        return f"{self.scheme}://{self.host}{port}{self.path}"

    def is_set(self, option: str) -> bool:
        """Whether an option says yes."""
        return self.options.get(option, "").lower() in ("1", "true", "yes")

    def scrub(self, text: str) -> str:
        """A foreign message without our credentials."""
        secrets = [self.password, self.user, *(self.options.get(name) for name in _SECRET_OPTIONS)]
        for secret in sorted(filter(None, secrets), key=len, reverse=True):
            text = text.replace(secret, _HIDDEN)
        return text

    def __repr__(self) -> str:
        return f"SenderAddress({self.shown})"


def _extra(extra: object) -> dict[str, Any]:
    """Airflow's extra: a mapping, or its JSON."""
    try:
        return dict(json.loads(extra)) if isinstance(extra, str) else dict(extra)  # type: ignore[call-overload]
    except (ValueError, TypeError):
        raise SenderRefused("the extra of a sender's connection is no JSON object", "write it anew") from None
