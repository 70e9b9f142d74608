"""Addresses of senders: each form that Airflow gives, and no credential in any text."""

from __future__ import annotations

import json

import pytest

from ingest.senders.address import SenderAddress
from ingest.senders.errors import SenderRefused

SECRET = "p@ss/w:rd?&%#"


@pytest.mark.parametrize(("uri", "expected"), [
    ("folder:///data/in", ("folder", "", None, "/data/in", None, None)),
    ("file:///data/in/", ("folder", "", None, "/data/in", None, None)),
    ("folder:///data%2Fin", ("folder", "", None, "/data/in", None, None)),
    ("sftp://me:p%40ss%2Fw%3Ard%3F%26%25%23@host:2222/out", ("sftp", "host", 2222, "/out", "me", SECRET)),
    ("s3://key:a%2Fb@bucket/pre/fix", ("s3", "bucket", None, "/pre/fix", "key", "a/b")),
    ("https://:token@api.example:8443/v1", ("https", "api.example", 8443, "/v1", None, "token")),
    ("http://me:x@api.example/https", ("https", "api.example", None, "", "me", "x")),
    ("http://https://me:x@api.example/v1", ("https", "api.example", None, "/v1", "me", "x")),
])  # fmt: skip
def test_uris_are_read(uri: str, expected: tuple[object, ...]) -> None:
    found = SenderAddress.parse(uri)
    assert (found.scheme, found.host, found.port, found.path, found.user, found.password) == expected


def test_the_json_of_airflow_is_read() -> None:
    given = {
        "conn_type": "sftp",
        "host": "host",
        "login": "me",
        "password": SECRET,
        "port": "22",
        "schema": "out",
        "extra": {"host_key": "ssh-ed25519 AAAA", "no_host_key_check": False},
    }
    for extra in (given["extra"], json.dumps(given["extra"])):
        found = SenderAddress.parse(json.dumps({**given, "extra": extra}))
        assert (found.scheme, found.port, found.path, found.password) == ("sftp", 22, "/out", SECRET)
        assert found.options["host_key"] == "ssh-ed25519 AAAA"
        assert not found.is_set("no_host_key_check")


@pytest.mark.parametrize("uri", [
    "sftp://me:p%40ss%2Fw%3Ard%3F%26%25%23@host:2222/out?host_key=ssh-ed25519+AAAA%2B%2F%3D",
    "folder:///data/in/deep",
    "s3://key:secret@bucket/pre?endpoint_url=http%3A%2F%2F127.0.0.1%3A9000&region_name=us-east-1",
    "https://me:secret@api.example:8443/v1/base",
])  # fmt: skip
def test_what_airflow_makes_of_an_address_means_the_same(uri: str) -> None:
    """DAGs hand over `Connection.get_uri()`, which quotes in its own way."""
    from airflow.sdk import Connection

    again = Connection.from_uri(uri, conn_id="office").get_uri()
    assert SenderAddress.parse(again) == SenderAddress.parse(uri)


def test_nested_extra_of_airflow_is_read() -> None:
    from airflow.sdk import Connection

    extra = json.dumps({"host_key": "ssh-ed25519 AAAA", "no_host_key_check": True})
    made = Connection(conn_id="x", conn_type="sftp", host="host", login="me", password=SECRET, extra=extra)
    found = SenderAddress.parse(made.get_uri())
    assert found.is_set("no_host_key_check")
    assert found.password == SECRET


def test_no_text_of_an_address_holds_a_credential() -> None:
    found = SenderAddress.parse("sftp://someuser:hunter22@host/out?private_key=BEGINKEY&private_key_passphrase=phrase9")
    texts = [repr(found), str(found), f"{found}", found.shown, f"{[found]}", f"{ {'a': found} }"]
    for secret in ("someuser", "hunter22", "BEGINKEY", "phrase9"):
        assert not [text for text in texts if secret in text]
        assert secret not in found.scrub(f"Login of someuser with hunter22 failed ({secret})")


@pytest.mark.parametrize("uri", [
    "", "hunter22", "ftp://me:hunter22@host/", "folder://host/hunter22", "folder:///", "sftp:///hunter22",
    "sftp://me:hunter22@host:nan/", "{hunter22", '{"conn_type": "sftp", "host": "h", "extra": "hunter22"}',
    "sftp://me:hunter22@host/?hostkey=x",
])  # fmt: skip
def test_a_wrong_address_is_refused_without_being_shown(uri: str) -> None:
    with pytest.raises(SenderRefused) as caught:
        SenderAddress.parse(uri)
    assert "hunter22" not in str(caught.value)
    assert caught.value.mend
