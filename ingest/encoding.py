"""Which encoding a text file has, found from its bytes, and whether the text is plausible in it.

Big5, Shift-JIS, EUC-KR and Latin files decode as GB18030 without an error, as other characters. So a text that decodes
must also look like Chinese text: characters of GB 2312 in the main, and among them the frequent ones.
"""

from __future__ import annotations

import codecs
import functools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ingest.readers import FileRefused

BLOCK_BYTES: Final = 8 * 1024 * 1024
LINE_LIMIT: Final = 64 * 1024 * 1024
#: Characters looked at in each block.
SAMPLE_CHARACTERS: Final = 32_768
#: Most characters outside GB 2312 in Chinese text (rare names, Greek letters, symbols have two per cent).
OUTSIDE_LIMIT: Final = 0.15
#: Least share of frequent characters; Chinese registers have 0.3 to 0.5, Korean read as GB 18030 has 0.04.
FREQUENT_LIMIT: Final = 0.10
#: The most frequent characters of Chinese prose, of addresses and of the registers' fields.
FREQUENT: Final = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
    "公司限市省区路号州山广东江苏浙海北京县镇村街道技术装置系统及其设备电子机械科研究院有工业园厂商标类权利申请日期名称发明实用新型外观"
    "计设湖南河安徽福建四川深圳中山东莞佛苏杭宁波天津重庆华金新光高李王张刘陈杨黄赵吴周某数理控制结构加材料水气车灯具五家居锁造品信息"
)

_ASCII: Final = re.compile("[\x00-\x7f]+")
_MAGIC: Final = {
    b"PK\x03\x04": "a zip archive or an Excel workbook",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word file",
    b"\x1f\x8b": "a gzip archive",
    b"%PDF": "a PDF file",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7z archive",
}
_RESEND = "ask the sender for the file again, as text in UTF-8 or GB18030"


def find_encoding(path: Path, accepted: tuple[str, ...]) -> str:
    """`utf-8-sig`, `utf-8` or `gb18030`; raises FileRefused for an empty file, another format or no accepted encoding.

    The whole file is tried as UTF-8 first: other text is practically never valid UTF-8.
    """
    with path.open("rb") as stream:
        head = stream.read(4096)
    if not head.strip():
        raise FileRefused("empty_file", "the file is empty", "ask the sender for the file again")
    for magic, kind in _MAGIC.items():
        if head.startswith(magic):
            raise FileRefused("wrong_format", f"the file is {kind}, not text", "deliver the text file itself")
    if b"\r" in head and b"\n" not in head:
        raise FileRefused("line_ends", "lines end with CR alone", "save the file with LF or CRLF line ends", row=1)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise FileRefused("wrong_encoding", "the file is in UTF-16 (`Unicode text`)", _RESEND, row=1)
    fault = utf8_fault(path)
    if fault is None:
        return "utf-8-sig" if head.startswith(codecs.BOM_UTF8) else "utf-8"
    if "gb18030" in accepted and not head.startswith(codecs.BOM_UTF8) and not fault.is_utf8_before:
        return "gb18030"
    if fault.is_at_end:
        raise FileRefused(
            "half_written",
            f"the file ends in the middle of a character in line {fault.line}",
            "ask the sender for the complete file",
            row=fault.line,
        )
    raise FileRefused("wrong_encoding", f"line {fault.line} is not valid UTF-8", _RESEND, row=fault.line)


@dataclass(frozen=True)
class Utf8Fault:
    """Where a file stops to be UTF-8.

    `is_utf8_before`: what stands before has Chinese characters in UTF-8, so the file is a damaged one of that encoding.
    `is_at_end`: moreover only its last character is cut.
    """

    line: int
    is_utf8_before: bool
    is_at_end: bool


def utf8_fault(path: Path) -> Utf8Fault | None:
    """The first byte that is not UTF-8, or None; reads the file in blocks."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines = 1
    is_utf8 = False
    with path.open("rb") as stream:
        while block := stream.read(BLOCK_BYTES):
            try:
                text = decoder.decode(block)
            except UnicodeDecodeError as error:
                before = bytes(error.object[: error.start])
                is_utf8 = is_utf8 or _has_hanzi(before.decode("utf-8"))
                return Utf8Fault(lines + before.count(b"\n"), is_utf8, is_at_end=False)
            is_utf8 = is_utf8 or _has_hanzi(text)
            lines += block.count(b"\n")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return Utf8Fault(lines, is_utf8, is_at_end=is_utf8)
    return None


def _has_hanzi(text: str) -> bool:
    """Whether at least four Chinese characters are there; fewer may be chance in another encoding."""
    return not text.isascii() and re.search("(?:[\u4e00-\u9fff].*?){4}", text, re.DOTALL) is not None


def text_blocks(path: Path, encoding: str) -> Iterator[tuple[bytes, bytes]]:
    """(raw bytes, the same as UTF-8) in blocks that end at a line end, the last as it is; no byte order mark.

    Raises FileRefused with the line where the bytes are not of the encoding, or are, but read as nonsense.
    """
    line = 1
    carry = b""
    with path.open("rb") as stream:
        if encoding == "utf-8-sig":
            stream.seek(len(codecs.BOM_UTF8))
        while block := stream.read(BLOCK_BYTES):
            # In UTF-8 and GB18030 the byte 0x0A is always a line end, never a part of a character.
            head, separator, tail = block.rpartition(b"\n")
            raw, carry = (carry + head + separator, tail) if separator else (b"", carry + block)
            if len(carry) > LINE_LIMIT:
                line += raw.count(b"\n")
                message = f"line {line} is longer than {LINE_LIMIT >> 20} MB"
                raise FileRefused("line_too_long", message, _RESEND, row=line)
            if raw:
                yield raw, _as_utf8(raw, encoding, line)
                line += raw.count(b"\n")
    if carry:
        yield carry, _as_utf8(carry, encoding, line)


def _as_utf8(raw: bytes, encoding: str, first_line: int) -> bytes:
    if encoding != "gb18030":
        return raw
    try:
        text = raw.decode("gb18030")
    except UnicodeDecodeError as error:
        line = first_line + raw.count(b"\n", 0, error.start)
        if error.end >= len(raw) and "incomplete" in error.reason:
            message = f"the file ends in the middle of a character in line {line}"
            raise FileRefused("half_written", message, "ask the sender for the complete file", row=line) from None
        message = f"line {line} is neither UTF-8 nor GB18030"
        raise FileRefused("wrong_encoding", message, _RESEND, row=line) from None
    samples = {text[:SAMPLE_CHARACTERS], text[-SAMPLE_CHARACTERS:]}
    for sample in samples:
        if reason := implausibility(sample):
            message = f"from line {first_line} on the text reads as nonsense in GB18030 ({reason}): another encoding"
            raise FileRefused("wrong_encoding", message, _RESEND, row=first_line)
    return text.encode("utf-8")


def implausibility(text: str) -> str | None:
    """Why a text that was decoded as GB18030 can't be meant so, or None."""
    counts = Counter(_ASCII.sub("", text))
    total = counts.total()
    if total < 4:
        return None
    outside = sum(count for character, count in counts.items() if not _is_gb2312(character)) / total
    if outside > (OUTSIDE_LIMIT if total >= 20 else 0.5):
        return f"{outside:.0%} of the characters are outside GB 2312"
    hanzi = {character: count for character, count in counts.items() if "\u4e00" <= character <= "\u9fff"}
    in_all = sum(hanzi.values())
    frequent = sum(count for character, count in hanzi.items() if character in FREQUENT)
    if in_all >= 200 and frequent / in_all < FREQUENT_LIMIT:
        return f"only {frequent / in_all:.0%} of the characters are frequent ones"
    return None


@functools.cache
def _is_gb2312(character: str) -> bool:
    code = character.encode("gb18030", errors="replace")
    return len(code) == 2 and code[0] >= 0xA1 and code[1] >= 0xA1
