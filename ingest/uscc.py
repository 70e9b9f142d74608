"""Unified social credit codes (GB 32100-2015) with the organisation code inside them (GB 11714-1997).

python-stdnum is not used: it rejects valid codes whose first eight characters hold a letter.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUES: Final = {character: value for value, character in enumerate(ALPHABET)}
_WEIGHTS: Final = tuple(pow(3, position, 31) for position in range(17))
_ORGANISATION_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True)
class UsccVerdict:
    """A code as 18 characters, or None, with the first rule that it breaks (empty when it is valid)."""

    code: str | None
    fault: str

    @property
    def is_valid(self) -> bool:
        """Whether the code keeps every rule."""
        return self.code is not None


def check_character(body: str) -> str:
    """The 18th character of the first 17: (31 - weighted sum mod 31) mod 31."""
    return ALPHABET[(31 - sum(_VALUES[c] * w for c, w in zip(body, _WEIGHTS, strict=True)) % 31) % 31]


def organisation_check_character(body: str) -> str:
    """The check character of an organisation code's first eight: 11 - weighted sum mod 11, 10 as X and 11 as 0."""
    total = sum(_ORGANISATION_ALPHABET.index(c) * w for c, w in zip(body, _ORGANISATION_WEIGHTS, strict=True))
    check = 11 - total % 11
    return {10: "X", 11: "0"}.get(check, str(check))


def parse_uscc(text: str | None) -> UsccVerdict:
    """Read a code (full-width characters, spaces and lower case are mended) and name the rule it breaks, if any."""
    code = "".join(unicodedata.normalize("NFKC", text or "").split()).upper()
    if not code:
        return UsccVerdict(None, "missing")
    if len(code) != 18:
        return UsccVerdict(None, "wrong length")
    if any(character not in _VALUES for character in code):
        return UsccVerdict(None, "illegal character")
    if code[16] != organisation_check_character(code[8:16]):
        return UsccVerdict(None, "wrong organisation code check")
    if code[17] != check_character(code[:17]):
        return UsccVerdict(None, "wrong check character")
    return UsccVerdict(code, "")
