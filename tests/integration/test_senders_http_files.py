"""Plain files over HTTP(S), against a server on 127.0.0.1 that drops, truncates, refuses and changes its files."""

from __future__ import annotations

import hashlib
import logging
import random
import ssl
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from ingest.calendar import Calendar
from ingest.senders import collect
from ingest.senders.address import SenderAddress
from ingest.senders.errors import SenderRefused, SenderUnavailable
from ingest.senders.shape import SenderShape
from ingest.senders.web import FilesSender
from tests.support.senders_http import Answer, Asked, Files, Site, serve
from tests.support.senders_spool import Desk

MONTHS = Calendar(kind="monthly", first=date(2025, 1, 1), due_day=5)
TODAY = date(2025, 4, 6)  # January to March are due
SHAPE = SenderShape(connection="office", path="drop", files=("{partition}.csv",))
CONTENT = random.Random(7).randbytes(700_000)
SECRET = "p4ss-w0rd-of-the-office"


def sender(site: Site, shape: SenderShape = SHAPE, login: str = "", options: str = "") -> FilesSender:
    scheme, _, rest = site.address.partition("://")
    address = SenderAddress.parse(f"{scheme}://{login}{rest}{options}")
    return FilesSender(address, shape, MONTHS, TODAY)


def files(**contents: bytes) -> Files:
    named = {f"drop/{name.replace('_', '-').removeprefix('m')}.csv": body for name, body in contents.items()}
    etags = {name: f'"{hashlib.sha256(body).hexdigest()[:12]}"' for name, body in named.items()}
    return Files(named, etags)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "spool")


def test_due_periods_are_asked_for_and_the_one_that_is_not_there_is_left(desk: Desk) -> None:
    with serve(files(m2025_01=b"a", m2025_03=CONTENT, m2025_04=b"not due yet")) as site:
        desk.fetch(sender(site))
    assert desk.turns() == [{"2025-01.csv": b"a", "2025-03.csv": CONTENT}]
    assert {asked.path for asked in site.log} == {"/drop/2025-01.csv", "/drop/2025-02.csv", "/drop/2025-03.csv"}


def test_dropped_download_resumes_where_it_stopped(desk: Desk) -> None:
    answers = files(m2025_01=CONTENT)
    with serve(answers) as site:
        etag = answers.etags["drop/2025-01.csv"]
        site.first += [Answer(200, CONTENT, {"ETag": etag}, cut=300_000)]
        desk.fetch(sender(site))
    assert desk.turns() == [{"2025-01.csv": CONTENT}]
    ranges = [asked.headers.get("range") for asked in site.asked("GET")]
    assert len(ranges) == 2
    assert ranges[0] is None
    begun = int(str(ranges[1]).removeprefix("bytes=").removesuffix("-"))
    assert 0 < begun <= 300_000
    assert site.asked("GET")[1].headers["if-range"] == etag


def test_a_truncated_body_is_never_a_file(desk: Desk) -> None:
    """The server closes in good order, only too early: Content-Length tells."""
    answers = files(m2025_01=CONTENT)
    with serve(answers) as site:
        short = Answer(200, CONTENT[:1000], {"ETag": answers.etags["drop/2025-01.csv"]}, length=len(CONTENT), cut=1000)
        site.first += [short] * 40
        with pytest.raises(SenderUnavailable):
            desk.fetch(sender(site))
        assert desk.turns() == []
        assert desk.names()[0].startswith(".partial-")
        site.first.clear()
        desk.fetch(sender(site))
    assert desk.turns() == [{"2025-01.csv": CONTENT}]


def test_a_version_that_changes_in_the_middle_is_read_from_its_start(desk: Desk) -> None:
    other = random.Random(8).randbytes(650_000)
    answers = files(m2025_01=CONTENT)
    with serve(answers) as site:
        old = answers.etags["drop/2025-01.csv"]
        site.first += [Answer(200, CONTENT, {"ETag": old}, cut=300_000)]

        def change() -> None:
            answers.contents["drop/2025-01.csv"] = other
            answers.etags["drop/2025-01.csv"] = '"new"'

        desk.on_pause = change
        turns = desk.fetch(sender(site))
    assert desk.turns() == [{"2025-01.csv": other}]
    assert turns[0].files[0].etag == '"new"'


def test_if_range_of_a_server_that_ignores_it_begins_anew(desk: Desk) -> None:
    """A server without ranges answers 200 with everything: nothing is appended to the old bytes."""

    class Plain(Files):
        def __call__(self, asked: Asked) -> Answer:
            without = {key: value for key, value in asked.headers.items() if key != "range"}
            return super().__call__(Asked(asked.method, asked.path, asked.query, without))

    plain = files(m2025_01=CONTENT)
    answers = Plain(plain.contents, plain.etags)
    with serve(answers) as site:
        site.first += [Answer(200, CONTENT, {"ETag": answers.etags["drop/2025-01.csv"]}, cut=300_000)]
        desk.fetch(sender(site))
    assert desk.turns() == [{"2025-01.csv": CONTENT}]


@pytest.mark.parametrize(("status", "headers", "pause"), [
    (429, {"Retry-After": "7"}, 7.0),
    (429, {"Retry-After": "86400"}, 30.0),
    (429, {}, 1.0),
    (500, {}, 1.0),
    (503, {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
])  # fmt: skip
def test_a_busy_server_is_asked_again_after_a_pause(
    desk: Desk, status: int, headers: dict[str, str], pause: float
) -> None:
    with serve(files(m2025_01=CONTENT)) as site:
        site.first += [Answer(status, headers=headers), Answer(status, headers=headers)]
        desk.fetch(sender(site))
    assert desk.turns() == [{"2025-01.csv": CONTENT}]
    assert desk.pauses[0] == pause
    assert len(desk.pauses) == 2


def test_a_server_that_never_recovers_ends_as_unavailable_after_few_attempts(desk: Desk) -> None:
    with serve(lambda _asked: Answer(500)) as site, pytest.raises(SenderUnavailable, match="500"):
        desk.fetch(sender(site))
    assert len(site.log) == 4
    assert desk.pauses == [1.0, 2.0, 4.0]
    assert desk.turns() == []


def test_nobody_listens_ends_as_unavailable(desk: Desk) -> None:
    with serve(files()) as site:
        pass
    with pytest.raises(SenderUnavailable, match="broke off"):
        desk.fetch(sender(site))


def test_what_we_hold_is_asked_for_by_its_etag_and_not_fetched_again(desk: Desk) -> None:
    with serve(files(m2025_01=b"a", m2025_02=b"b")) as site:
        desk.fetch(sender(site))
        got = len(site.asked("GET"))
        assert desk.fetch(sender(site)) == []
        assert len(site.asked("GET")) == got
        assert {a.headers.get("if-none-match") for a in site.log[-3:]} - {None}
    assert len(desk.turns()) == 1
    assert not [name for name in desk.names() if name.startswith(".")]


def test_without_etag_size_and_time_decide(desk: Desk) -> None:
    old, new = "Mon, 03 Mar 2025 08:00:00 GMT", "Tue, 04 Mar 2025 08:00:00 GMT"
    answers = Files({"drop/2025-01.csv": b"one"}, modified={"drop/2025-01.csv": old})
    with serve(answers) as site:
        desk.fetch(sender(site))
        assert desk.fetch(sender(site)) == []
        assert site.log[-3].headers["if-modified-since"] == old
        answers.contents["drop/2025-01.csv"], answers.modified["drop/2025-01.csv"] = b"two", new
        desk.fetch(sender(site))
    assert desk.turns() == [{"2025-01.csv": b"one"}, {"2025-01.csv": b"two"}]


def test_a_file_changed_within_the_second_of_the_fetch_is_compared_byte_by_byte(desk: Desk) -> None:
    """A clock of whole seconds can't tell the two versions: the marks are equal, the bytes are not."""
    now = (datetime.now(UTC) + timedelta(seconds=1)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    answers = Files({"drop/2025-01.csv": b"one"}, modified={"drop/2025-01.csv": now})
    with serve(answers):
        pass
    with serve(lambda asked: answers(Asked(asked.method, asked.path, asked.query, {}))) as site:
        desk.fetch(sender(site))
        answers.contents["drop/2025-01.csv"] = b"two"
        desk.fetch(sender(site))
        assert desk.fetch(sender(site)) == []
    assert desk.turns() == [{"2025-01.csv": b"one"}, {"2025-01.csv": b"two"}]


def test_a_b_a_are_three_turns_although_the_third_has_the_marks_of_the_first(desk: Desk) -> None:
    answers = files(m2025_01=b"A")
    with serve(answers) as site:
        for content in (b"A", b"B", b"A"):
            again = files(m2025_01=content)
            answers.contents, answers.etags = again.contents, again.etags
            desk.fetch(sender(site))
            assert desk.fetch(sender(site)) == []  # the same once more brings nothing
    assert desk.turns() == [{"2025-01.csv": b"A"}, {"2025-01.csv": b"B"}, {"2025-01.csv": b"A"}]


def test_old_periods_are_only_asked_for_what_they_lack(desk: Desk) -> None:
    shape = SHAPE.model_copy(update={"look_back": 1})
    with serve(files(m2025_01=b"a", m2025_03=b"c")) as site:
        desk.fetch(sender(site, shape))
        site.log.clear()
        desk.fetch(sender(site, shape))
    assert [asked.path for asked in site.log] == ["/drop/2025-02.csv", "/drop/2025-03.csv"]


def test_a_server_without_head_is_asked_with_get(desk: Desk) -> None:
    answers = files(m2025_01=CONTENT)
    with serve(lambda asked: Answer(405) if asked.method == "HEAD" else answers(asked)) as site:
        desk.fetch(sender(site))
        assert desk.fetch(sender(site)) == []
    assert desk.turns() == [{"2025-01.csv": CONTENT}]


def test_a_body_of_unknown_length_is_refused(desk: Desk) -> None:
    with (
        serve(lambda _asked: Answer(200, b"half", {"ETag": '"x"'}, length=False)) as site,
        pytest.raises(SenderRefused, match="does not say how long"),
    ):
        desk.fetch(sender(site))
    assert desk.turns() == []


@pytest.mark.parametrize(("status", "says"), [(401, "login"), (403, "login"), (302, "moved"), (400, "answers 400")])
def test_a_refusal_is_not_repeated(desk: Desk, status: int, says: str) -> None:
    moved = {"Location": "http://127.0.0.1:9/elsewhere"}
    with (
        serve(lambda _asked: Answer(status, headers=moved)) as site,
        pytest.raises(SenderRefused, match=says) as caught,
    ):
        desk.fetch(sender(site))
    assert len(site.log) == 1
    assert "office" in caught.value.mend
    assert desk.pauses == []


@pytest.mark.parametrize(("login", "options", "header", "value"), [
    (f"me:{SECRET}@", "", "authorization", "Basic bWU6cDRzcy13MHJkLW9mLXRoZS1vZmZpY2U="),
    (f":{SECRET}@", "", "authorization", f"Bearer {SECRET}"),
    (f":{SECRET}@", "/?api_key_header=X-Api-Key", "x-api-key", SECRET),
])  # fmt: skip
def test_credentials_are_sent_and_shown_nowhere(
    desk: Desk, caplog: pytest.LogCaptureFixture, login: str, options: str, header: str, value: str
) -> None:
    caplog.set_level(logging.DEBUG)
    answers = files(m2025_01=b"a")

    def guarded(asked: Asked) -> Answer:
        return answers(asked) if asked.headers.get(header) == value else Answer(401)

    with serve(guarded) as site:
        asker = sender(site, login=login, options=options)
        said = [repr(asker.address), str(asker.address), asker.shown]
        desk.fetch(asker)
        assert desk.turns() == [{"2025-01.csv": b"a"}]
        with pytest.raises(SenderRefused) as refused:
            desk.fetch(sender(site, login="me:wrong-one@"))
        answers.contents.clear()
        site.first += [Answer(500)] * 9
        with pytest.raises(SenderUnavailable) as unavailable:
            desk.fetch(sender(site, login=login, options=options))
    said += [str(refused.value), repr(refused.value), repr(unavailable.value), caplog.text, desk.all_text()]
    assert not [text for text in said if SECRET in text or "wrong-one" in text or value in text]
    assert all(SECRET not in asked.path and SECRET not in str(asked.query) for asked in site.log)


def test_a_fetch_killed_just_before_the_turn_gets_its_name_makes_it_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with serve(files(m2025_01=b"a", m2025_02=CONTENT)) as site:
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(collect, "finish_turn", killed)
            desk.fetch(sender(site))
        [partial] = desk.names()
        [turn] = desk.fetch(sender(site))
    assert partial == f".partial-{turn.turn_id}"
    assert desk.turns() == [{"2025-01.csv": b"a", "2025-02.csv": CONTENT}]


def _certificate(folder: Path) -> Path:
    """A certificate for 127.0.0.1 that only this test's authority file knows."""
    from ipaddress import ip_address

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "office")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 7, now - timedelta(days=1), now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "office.pem"
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    plain = serialization.NoEncryption()
    path.write_bytes(pem + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return path


def test_https_trusts_only_known_authorities(desk: Desk, tmp_path: Path) -> None:
    certificate = _certificate(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    with serve(files(m2025_01=CONTENT), tls) as site:
        with pytest.raises(SenderRefused, match="certificate"):
            desk.fetch(sender(site))
        assert site.log == []
        desk.fetch(sender(site, options=f"/?ca_file={certificate}"))
    assert desk.turns() == [{"2025-01.csv": CONTENT}]
