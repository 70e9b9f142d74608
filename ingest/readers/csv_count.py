"""The second count of the rows of a CSV file: other code than the reader's, on the raw bytes, before any decoding.

UTF-8 and GB18030 never use the bytes of quote, delimiter and line end inside another character.
"""

from __future__ import annotations

from pathlib import Path

from ingest.encoding import BLOCK_BYTES
from ingest.readers.csv_records import is_blank


def count_records(path: Path) -> int:
    """Records that are not blank, title lines and header included, by splitting the bytes at quotes and lines."""
    count, carry = 0, b""
    with path.open("rb") as stream:
        while block := stream.read(BLOCK_BYTES):
            counted, carry = _count_records(carry + block)
            count += counted
    return count + (not is_blank(carry))


def _count_records(block: bytes) -> tuple[int, bytes]:
    """(non-blank records that end in the block, bytes of the one that does not)."""
    outside = block
    if b'"' in block:
        # Even pieces lie outside quotes. A quoted piece is one byte here, so that its line ends do not count.
        pieces = block.split(b'"')
        pieces[1::2] = [b"Q" if piece.strip() else b"" for piece in pieces[1::2]]
        if len(pieces) % 2 == 0:  # the block ends inside quotes
            whole = b"".join(pieces[:-1])
            if b"\n" not in whole:
                return 0, block
            cut = _end_of_last_record(block)
            return (_count_records(block[:cut])[0], block[cut:]) if cut else (0, block)
        outside = b"".join(pieces)
    lines = outside.split(b"\n")
    cut = _end_of_last_record(block) if lines[-1] else len(block)
    return sum(not is_blank(line) for line in lines[:-1]), block[cut:]


def _end_of_last_record(block: bytes) -> int:
    """The position after the last line end before which the quotes are balanced; 0 where there is none."""
    position = len(block)
    while (position := block.rfind(b"\n", 0, position)) >= 0:
        if block.count(b'"', 0, position) % 2 == 0:
            return position + 1
    return 0
