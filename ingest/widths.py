"""One width for the same character: the tables behind the normalisation of cells and headers."""

from __future__ import annotations

from typing import Final

_FULL_WIDTH: Final = (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
#: Spaces that are no U+0020: no-break, en, em, thin ..., ideographic.
_SPACES: Final = (0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)
#: Characters without width that only copying brings in: zero-width spaces and joiners, the byte order mark.
_INVISIBLE: Final = (0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF)
#: What is replaced in every cell that lands.
REPLACED: Final = {
    **{chr(code): chr(code - 0xFEE0) for code in _FULL_WIDTH},
    **{chr(code): " " for code in _SPACES},
    **{chr(code): "" for code in _INVISIBLE},
}
_TABLE: Final = str.maketrans(REPLACED)
_PLAIN: Final = str.maketrans("（）：", "():", " ")


def normalise_text(text: str) -> str:
    """Full-width digits and Latin letters narrow, every space plain, nothing at the ends."""
    return text.strip() if text.isascii() else text.translate(_TABLE).strip()


def plain_header(header: str) -> str:
    """A header for comparison: without spaces, widths of characters and of brackets, and case."""
    return normalise_text(header).translate(_PLAIN).casefold()
