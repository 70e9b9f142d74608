"""One palette for every publication (PDF, web, Word): blues for data, one red for a mark, greys for the frame."""

from __future__ import annotations

INK = "#1B2733"  # text
MUTED = "#5B6673"  # secondary text; 5.9 : 1 on white
HAIRLINE = "#D5DAE0"  # grid and borders
AXIS = "#7B8794"
PAPER = "#FFFFFF"
PRIMARY = "#0B4F8A"
SECONDARY = "#6BA3CC"
TERTIARY = "#C9D9E6"
ACCENT = "#B5452C"
TEAL = "#2F8F83"
OCHRE = "#D19A2E"
PLUM = "#7D5A87"

# Order of use for kinds; neighbours differ in lightness, so that they part in a grey copy as well.
KINDS = (PRIMARY, SECONDARY, TERTIARY, TEAL, OCHRE, PLUM, "#9AA5B1")
# Six quantile classes in one hue, light to dark.
CLASSES = ("#EDF2F9", "#CADCEC", "#9ABFDE", "#5E9BC9", "#2A73AE", "#0B4F8A")


def _channel(value: int) -> float:
    part = value / 255
    return part / 12.92 if part <= 0.03928 else float(((part + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    """Relative luminance of `#RRGGBB` after WCAG 2.1 (0 black, 1 white)."""
    red, green, blue = (_channel(int(colour[start : start + 2], 16)) for start in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours after WCAG 2.1 (1 to 21)."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def text_on(background: str) -> str:
    """Ink or white, whichever reads better on the background."""
    return INK if contrast(INK, background) >= contrast(PAPER, background) else PAPER
