"""Encodings: found from the bytes, refused where the text would be nonsense."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest import encoding
from ingest.encoding import find_encoding, text_blocks
from ingest.readers import FileRefused

CHINESE = "一种灯具，中山市明辉照明电器有限公司，广东省中山市古镇镇同兴路1号，外观设计专利权人变更登记\n" * 10
TRADITIONAL = "一種燈具，臺北市信義區電器股份有限公司，專利權人變更登記，發明專利說明書與圖式\n" * 10
JAPANESE = "これは特許の公報です。発明の名称、出願人の氏名又は名称、東京都千代田区霞が関三丁目\n" * 10
KOREAN = "특허청 공보 발명의 명칭 출원인 서울특별시 강남구 테헤란로 등록특허 설명\n" * 10
FRENCH = "Société Générale d'Électricité, née à Orléans, très élevée, où était l'été dernier\n" * 10


def read_all(path: Path, accepted: tuple[str, ...] = ("utf-8", "gb18030")) -> str:
    found = find_encoding(path, accepted)
    return b"".join(text for _, text in text_blocks(path, found)).decode()


def refusal(path: Path, data: bytes, accepted: tuple[str, ...] = ("utf-8", "gb18030")) -> FileRefused:
    path.write_bytes(data)
    with pytest.raises(FileRefused) as caught:
        read_all(path, accepted)
    return caught.value


@pytest.mark.parametrize("name", ["utf-8", "utf-8-sig", "gb18030"])
def test_accepted_encodings_are_found(tmp_path: Path, name: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(CHINESE.encode(name))
    assert find_encoding(path, ("utf-8", "gb18030")) == name
    assert read_all(path) == CHINESE


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (TRADITIONAL, "big5"),
        (JAPANESE, "shift-jis"),
        (JAPANESE, "euc-jp"),
        (KOREAN, "euc-kr"),
        (FRENCH, "latin-1"),
        (CHINESE, "utf-16-le"),
        (CHINESE, "utf-16"),
    ],
)
def test_other_encodings_are_refused_with_a_mend(tmp_path: Path, text: str, name: str) -> None:
    error = refusal(tmp_path / "x.csv", text.encode(name, errors="ignore"))
    assert error.reason_code in ("wrong_encoding", "line_too_long")
    assert error.row == 1
    assert "UTF-8 or GB18030" in error.mend


def test_gb18030_is_refused_where_the_contract_wants_utf_8(tmp_path: Path) -> None:
    error = refusal(tmp_path / "x.csv", b"a\n" + CHINESE.encode("gb18030"), accepted=("utf-8",))
    assert (error.reason_code, error.row) == ("wrong_encoding", 2)


def test_damaged_utf_8_is_refused_with_the_line_of_the_damage(tmp_path: Path) -> None:
    data = bytearray(CHINESE.encode())
    data[len(data) // 2] = 0xFF
    line = bytes(data[: len(data) // 2]).count(b"\n") + 1
    error = refusal(tmp_path / "x.csv", bytes(data))
    assert (error.reason_code, error.row) == ("wrong_encoding", line)


def test_file_that_changes_its_encoding_on_the_way_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "BLOCK_BYTES", 2000)
    error = refusal(tmp_path / "x.csv", CHINESE.encode("gb18030") * 5 + CHINESE.encode("utf-8") * 5)
    assert error.reason_code == "wrong_encoding"
    assert error.row is not None
    assert error.row > 20


@pytest.mark.parametrize("data", [b"", b"  \r\n \n"])
def test_empty_files_are_refused(tmp_path: Path, data: bytes) -> None:
    assert refusal(tmp_path / "x.csv", data).reason_code == "empty_file"


@pytest.mark.parametrize("magic", [b"PK\x03\x04xx", b"\x1f\x8bxx", b"%PDF-1.4", b"\xd0\xcf\x11\xe0xx"])
def test_other_formats_are_named(tmp_path: Path, magic: bytes) -> None:
    assert refusal(tmp_path / "x.csv", magic).reason_code == "wrong_format"


def test_lines_that_end_with_cr_alone_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "x.csv", b"a,b\r1,2\r").reason_code == "line_ends"


def test_a_line_without_end_is_refused_before_it_fills_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoding, "BLOCK_BYTES", 1000)
    monkeypatch.setattr(encoding, "LINE_LIMIT", 5000)
    error = refusal(tmp_path / "x.csv", b"a,b\n" + b"x" * 20_000)
    assert (error.reason_code, error.row) == ("line_too_long", 2)
