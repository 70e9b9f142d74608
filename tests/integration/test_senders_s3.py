"""S3, against a moto server on 127.0.0.1: keys, multi-part objects, versions that change in the middle."""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.senders import s3
from ingest.senders.address import SenderAddress
from ingest.senders.errors import SenderRefused, SenderUnavailable
from ingest.senders.s3 import S3Sender
from ingest.senders.shape import SenderShape
from tests.support.senders_http import Answer
from tests.support.senders_http import serve as serve_http
from tests.support.senders_s3 import BUCKET, Store, serve
from tests.support.senders_spool import Desk

SHAPE = SenderShape(connection="customs", path="lots", pattern=("**/*.csv",))
PART = 5 * 1024 * 1024
CONTENT = random.Random(5).randbytes(2 * PART + 12_345)


@pytest.fixture(scope="module")
def running() -> Iterator[Store]:
    with serve() as store:
        yield store


@pytest.fixture
def store(running: Store) -> Iterator[Store]:
    yield running
    running.check_keys(False)
    for each in running.client.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        running.client.delete_object(Bucket=BUCKET, Key=each["Key"])


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "spool")


def put(store: Store, name: str, content: bytes) -> None:
    store.client.put_object(Bucket=BUCKET, Key=f"out/lots/{name}", Body=content)


def put_in_parts(store: Store, name: str, content: bytes) -> str:
    where = {"Bucket": BUCKET, "Key": f"out/lots/{name}"}
    upload = store.client.create_multipart_upload(**where)["UploadId"]
    parts = []
    for number, start in enumerate(range(0, len(content), PART), 1):
        body = content[start : start + PART]
        made = store.client.upload_part(**where, UploadId=upload, PartNumber=number, Body=body)
        parts.append({"PartNumber": number, "ETag": made["ETag"]})
    done = store.client.complete_multipart_upload(**where, UploadId=upload, MultipartUpload={"Parts": parts})
    return str(done["ETag"])


def sender(store: Store, **options: Any) -> S3Sender:
    return S3Sender(SenderAddress.parse(store.address(**options)), SHAPE)


def test_objects_come_whole_below_the_prefix_only(desk: Desk, store: Store) -> None:
    put(store, "a.csv", b"1")
    put(store, "2025-02/b.csv", b"")
    put(store, "c.csv.tmp", b"half")
    store.client.put_object(Bucket=BUCKET, Key="out/lots-of-others/d.csv", Body=b"theirs")
    [turn] = desk.fetch(sender(store))
    assert desk.turns() == [{"2025-02/b.csv": b"", "a.csv": b"1"}]
    assert turn.files[1].source == f"s3://{BUCKET}/out/lots/a.csv"


def test_a_multi_part_object_comes_whole_with_its_etag(desk: Desk, store: Store) -> None:
    etag = put_in_parts(store, "big.csv", CONTENT)
    [turn] = desk.fetch(sender(store))
    assert desk.turns() == [{"big.csv": CONTENT}]
    assert "-3" in etag
    assert turn.files[0].etag == etag


def test_the_etag_decides_what_is_new_and_a_b_a_are_three(desk: Desk, store: Store) -> None:
    for content in (b"A", b"B", b"A"):
        put(store, "a.csv", content)
        desk.fetch(sender(store))
        assert desk.fetch(sender(store)) == []
    assert desk.turns() == [{"a.csv": b"A"}, {"a.csv": b"B"}, {"a.csv": b"A"}]


def test_the_same_bytes_uploaded_again_are_not_fetched_again(desk: Desk, store: Store) -> None:
    put(store, "a.csv", b"A")
    desk.fetch(sender(store))
    put(store, "a.csv", b"A")
    assert desk.fetch(sender(store)) == []


def test_an_object_that_changes_in_the_middle_is_read_from_its_start(
    desk: Desk, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, "a.csv", CONTENT)
    other = random.Random(6).randbytes(len(CONTENT))
    monkeypatch.setattr(S3Sender, "block", PART)
    reads = S3Sender._blocks
    changes = iter([other])

    def blocks(self: S3Sender, *arguments: Any) -> Iterator[bytes]:
        for block in reads(self, *arguments):
            yield block
            if new := next(changes, None):
                put(store, "a.csv", new)

    monkeypatch.setattr(S3Sender, "_blocks", blocks)
    desk.fetch(sender(store))
    assert desk.turns() == [{"a.csv": other}]
    assert len(desk.pauses) == 1


def test_a_broken_download_is_resumed_by_the_next_fetch(
    desk: Desk, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, "a.csv", CONTENT)
    monkeypatch.setattr(S3Sender, "block", PART)
    reads = S3Sender._blocks
    begun: list[int] = []
    broken = [True]

    def blocks(self: S3Sender, file: Any, stream: Any, offset: int) -> Iterator[bytes]:
        begun.append(offset)
        yield next(reads(self, file, stream, offset))
        if broken[0]:
            raise SenderUnavailable("the line is cut")
        yield from reads(self, file, stream, offset + PART)

    monkeypatch.setattr(S3Sender, "_blocks", blocks)
    desk.attempts = 1
    with pytest.raises(SenderUnavailable):
        desk.fetch(sender(store))
    [partial] = desk.names()
    broken[0] = False
    [turn] = desk.fetch(sender(store))
    assert begun == [0, PART]
    assert partial == f".partial-{turn.turn_id}"
    assert desk.turns() == [{"a.csv": CONTENT}]


def test_wrong_keys_are_refused_once_and_shown_nowhere(
    desk: Desk, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    put(store, "a.csv", b"1")
    store.check_keys(True)
    said = []
    for options in ({"secret": "wr0ng/secret+1"}, {"key": "AKIANOBODY0000000000"}):
        with pytest.raises(SenderRefused, match="lets us in no further") as caught:
            desk.fetch(sender(store, **options))
        said += [str(caught.value), repr(caught.value)]
    assert desk.pauses == []
    desk.fetch(sender(store))
    assert desk.turns() == [{"a.csv": b"1"}]
    said += [caplog.text, desk.all_text(), repr(sender(store).address)]
    secrets = (store.secret, store.key, "wr0ng/secret+1", "AKIANOBODY0000000000")
    assert not [(text, secret) for text in said for secret in secrets if secret in text]


@pytest.mark.parametrize("bucket", ["office", "nosuchbucket"])
def test_a_missing_prefix_or_bucket_is_named(desk: Desk, store: Store, bucket: str) -> None:
    with pytest.raises(SenderRefused, match=f"no folder s3://{bucket}/out/lots"):
        desk.fetch(sender(store, bucket=bucket))


def test_without_a_key_nothing_of_this_machine_is_used(
    desk: Desk, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", store.key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", store.secret)
    with pytest.raises(SenderRefused, match="has no key"):
        desk.fetch(S3Sender(SenderAddress.parse(f"s3://{BUCKET}/out?endpoint_url={store.url}"), SHAPE))


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_server_that_fails_or_is_busy_ends_as_unavailable(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.setattr(s3, "SILENCE_SECONDS", 5)
    desk.attempts = 2
    with serve_http(lambda _asked: Answer(status, b"")) as site, pytest.raises(SenderUnavailable):
        desk.fetch(S3Sender(SenderAddress.parse(f"s3://k:s@{BUCKET}/out?endpoint_url={site.address}"), SHAPE))
    assert len(desk.pauses) == 1


def test_nobody_listens_ends_as_unavailable(desk: Desk) -> None:
    desk.attempts = 2
    with pytest.raises(SenderUnavailable):
        desk.fetch(S3Sender(SenderAddress.parse(f"s3://k:s@{BUCKET}/out?endpoint_url=http://127.0.0.1:9"), SHAPE))
