"""Text as the resolvers compare it: one width, one script, no spaces."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import zhconv

_SPACE = re.compile(r"\s+")
#: Simplification turns these into another word where they stand in names.
_KEPT = "乾於著"


@cache
def _simplified_table() -> dict[int, str]:
    """Traditional characters and their simplified forms, one to one (words are left alone: names are not prose)."""
    characters = (chr(code) for code in range(0x4E00, 0xA000))
    pairs = ((each, zhconv.convert(each, "zh-hans")) for each in characters if each not in _KEPT)
    return {ord(old): new for old, new in pairs if new != old and len(new) == 1}


def simplify(text: str) -> str:
    """Traditional characters as simplified ones."""
    return text.translate(_simplified_table())


def compact(text: str | None) -> str:
    """NFKC (full-width digits, Latin letters, brackets), simplified characters, without any space."""
    return simplify(_SPACE.sub("", unicodedata.normalize("NFKC", text))) if text else ""
