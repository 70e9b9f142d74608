"""The `origin.sender` block of a contract: whom to ask and for what. The address is the connection's, never here."""

from __future__ import annotations

import re
from typing import Literal, Self

from pydantic import Field, model_validator

from ingest.calendar import Calendar
from ingest.columns import Model, Texts


class Total(Model):
    """Where a page declares how many records there are in all: a response header, or a field of the JSON (`a.b`)."""

    header: str | None = None
    field: str | None = None

    @model_validator(mode="after")
    def _hold_together(self) -> Self:
        if (self.header is None) == (self.field is None):
            raise ValueError("pages.total is a header or a field, one of them")
        return self


class Pages(Model):
    """A paged API (HTTP). `{partition}` in `parameters` and `name` is the period, `{page}` in `name` the page.

    `page` and `size` are the names of the parameters that carry the page's number (from `first`) and `page_size`.
    Parameters go into the query of a GET and the JSON body of a POST. `records`: the list of records in JSON pages.
    `identity`: the field or column that no two records share.
    """

    name: str
    method: Literal["GET", "POST"] = "GET"
    page: str = "page"
    first: int = 1
    size: str | None = None
    page_size: int = Field(ge=1)
    parameters: dict[str, str] = Field(default_factory=dict)
    format: Literal["csv", "jsonl", "json"]
    total: Total
    records: str | None = None
    identity: str | None = None

    @model_validator(mode="after")
    def _hold_together(self) -> Self:
        if "{page}" not in self.name:
            raise ValueError("pages.name needs {page}, so that each page is a file of its own")
        if (self.format == "json") != (self.records is not None):
            raise ValueError("pages.records belongs to format: json")
        if self.total.field is not None and self.format != "json":
            raise ValueError("pages.total.field belongs to format: json; CSV and JSON lines need total.header")
        return self


class SenderShape(Model):
    """Whom to ask for a feed's files, and for which.

    `connection`: id of the Airflow connection. `path`: folder, key prefix or URL path below the connection's address.
    `pattern`: globs over the paths below it, case ignored, `**` for any folders (folder, SFTP, S3). HTTP lists
    nothing: it is asked for `files` (URL paths with `{partition}`) or `pages` of each period that `calendar` (else
    the feed's) makes due; a period that was fetched is asked again while it is one of the newest `look_back`.
    """

    connection: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    path: str = ""
    pattern: Texts = ("**",)
    files: Texts = ()
    pages: Pages | None = None
    calendar: Calendar | None = None
    look_back: int = Field(default=3, ge=1)

    @model_validator(mode="after")
    def _hold_together(self) -> Self:
        if self.files and self.pages is not None:
            raise ValueError("sender: `files` or `pages`, not both")
        if any("{partition}" not in template for template in self.files):
            raise ValueError("sender.files: each template needs {partition}")
        if any(part in ("", ".", "..") for part in self.path.split("/")) and self.path:
            raise ValueError("sender.path is relative, without empty parts")
        return self

    @property
    def variable(self) -> str:
        """The environment variable that holds the connection outside Airflow (and inside, where it is set)."""
        return f"AIRFLOW_CONN_{self.connection.upper()}"


def glob_regex(pattern: str) -> re.Pattern[str]:
    """A glob over relative paths as a regular expression: `*` and `?` stay within a folder, `**` does not."""
    out = ""
    for token in re.findall(r"\*\*/|\*\*|\*|\?|[^*?]+", pattern):
        out += {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}.get(token) or re.escape(token)
    return re.compile(out, re.IGNORECASE)
