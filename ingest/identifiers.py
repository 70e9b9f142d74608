"""Numbers of patents: Chinese application numbers, publication numbers with their kind codes, PCT and WO numbers.

Every rule exists once as data (weights, year ranges, `KIND_RULES`) and is offered twice: as a scalar function for one
value and as a polars step for a whole column. Both give the same answer; a test compares them on every form.

Sources: ZC 0006-2003 (application numbers), ZC 0007-2012 (publication numbers and kind codes).
A number that a spreadsheet destroyed (`2.0193E+12`) is *unknown*: it is flagged and never a reason to lose the row.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, TypeVar

import polars as pl

Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)
ApplicationNumberStatus = Literal["intact", "destroyed", "missing", "check_failed", "malformed"]

#: Weights of the check digit, for the nine-place form (to 2003-09-30) and for the thirteen-place form.
SHORT_WEIGHTS: Final = (2, 3, 4, 5, 6, 7, 8, 9)
LONG_WEIGHTS: Final = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)

_LONG = r"20(?:0[3-9]|[1-9]\d)[12389]\d{7}"
_SHORT = r"(?:8[5-9]|9\d|0[0-3])[12389]\d{5}"
#: Applications of 1985 to 1988 were numbered without a check digit.
_UNCHECKED = r"8[5-8][12389]\d{5}"
_PREFIX = r"^(?:ZL|CN|专利号|申请号|:)+"
_SEPARATORS = r"[\s.。·_\-]"
#: Scientific notation, or the same after it was written out again as digits (serial number zero was never issued).
_DESTROYED = r"^(?:ZL|CN)*\d(?:\.\d+)?E\+?\d+$|^(?:ZL|CN)*(?:19|20)\d{4}0{7}(?:\.0)?$"
#: A number read as a float and printed again (`2019303425038.0`); the true dot stands one place further left.
_FLOAT_TAIL = r"^((?:ZL|CN)?(?:\d{13}|\d{9}))\.0$"
_MISSING = r"^(?:[\-/\\.]*|-1|无|NULL|NONE|NAN|N/A)$"


@dataclass(frozen=True)
class ApplicationNumber:
    """An application number (digits and check digit, no dot), or None where it can't be known, and the reason."""

    number: str | None
    status: ApplicationNumberStatus

    @property
    def right(self) -> str | None:
        """`invention`, `utility` or `design`: PCT inventions (8) and PCT utility models (9) count with 1 and 2."""
        if self.number is None:
            return None
        type_digit = self.number[4] if len(self.number) == 13 else self.number[2]
        return {"1": "invention", "8": "invention", "2": "utility", "9": "utility", "3": "design"}[type_digit]


def check_digit(base: str) -> str:
    """The check digit of 8 or 12 digits: weighted sum modulo 11, where 10 is written X."""
    weights = {8: SHORT_WEIGHTS, 12: LONG_WEIGHTS}.get(len(base))
    if weights is None or not base.isascii() or not base.isdigit():
        raise ValueError(f"{base!r} is neither 8 nor 12 digits, so it has no check digit")
    remainder = sum(int(digit) * weight for digit, weight in zip(base, weights, strict=True)) % 11
    return "X" if remainder == 10 else str(remainder)


def parse_application_number(text: str | None) -> ApplicationNumber:
    """Read an application number in any form: `ZL`, `CN`, dot, spaces, full-width digits, without check digit."""
    value = unicodedata.normalize("NFKC", text or "").strip().upper()
    if re.match(_MISSING, value):
        return ApplicationNumber(None, "missing")
    if re.match(_DESTROYED, value.replace(" ", "")):
        return ApplicationNumber(None, "destroyed")
    value = re.sub(_FLOAT_TAIL, r"\1", value)
    compact = re.sub(_PREFIX, "", re.sub(_SEPARATORS, "", value))
    if not re.fullmatch(rf"(?:{_LONG}|{_SHORT})[\dX]?", compact):
        return ApplicationNumber(None, "malformed")
    base = compact[: 12 if len(compact) >= 12 else 8]
    expected = check_digit(base)
    canonical = base if re.fullmatch(_UNCHECKED, base) else base + expected
    if len(compact) == len(base) or compact[-1] == expected:
        return ApplicationNumber(canonical, "intact")
    return ApplicationNumber(compact, "check_failed")


def narrow(frame: pl.DataFrame | pl.LazyFrame, column: str) -> pl.Expr:
    """The column as text in NFKC. A column in plain ASCII is so already, and that is seen faster than it is made."""
    cells = pl.col(column).cast(pl.String)
    if isinstance(frame, pl.DataFrame) and frame.select((cells.str.len_bytes() == cells.str.len_chars()).all()).item():
        return cells
    return cells.str.normalize("NFKC")


def with_application_number(frame: Frame, column: str) -> Frame:
    """Add `application_number` (text, null where unknown) and `application_number_status` from a text column.

    The same rules as `parse_application_number`. Steps are columns, not one nested expression: polars evaluates a
    repeated part again for each use, which is thirty times slower here.
    """
    value = narrow(frame, column).fill_null("").str.strip_chars().str.to_uppercase()
    unspaced = pl.col("_value").str.replace_all(" ", "", literal=True)
    compact = pl.col("_value").str.replace(_FLOAT_TAIL, "$1").str.replace_all(_SEPARATORS, "").str.replace(_PREFIX, "")
    well_formed = rf"^(?:(?:{_LONG})|(?:{_SHORT}))[0-9X]?$"
    base_length = pl.when(pl.col("_number").str.len_bytes() >= 12).then(12).otherwise(8)
    given = pl.col("_number").str.slice(pl.col("_base").str.len_bytes())
    is_unchecked = pl.col("_base").str.contains(rf"^{_UNCHECKED}$")
    canonical = pl.when(is_unchecked).then("_base").otherwise(pl.col("_base") + pl.col("_check"))
    check_holds = (given == "") | (given == pl.col("_check"))
    status = (
        pl.when(pl.col("_value").str.contains(_MISSING))
        .then(pl.lit("missing"))
        .when(unspaced.str.contains(_DESTROYED))
        .then(pl.lit("destroyed"))
        .when(compact.str.contains(well_formed))
        .then(pl.lit("intact"))
        .otherwise(pl.lit("malformed"))
    )
    intact = pl.col("application_number_status") == "intact"
    return (
        frame.with_columns(value.alias("_value"))
        .with_columns(status.alias("application_number_status"))
        .with_columns(pl.when(intact).then(compact).alias("_number"))
        .with_columns(pl.col("_number").str.slice(0, base_length).alias("_base"))
        .with_columns(pl.col("_base").cast(pl.Int64, strict=False).alias("_digits"))
        .with_columns(_check_digit_expression("_digits", "_base").alias("_check"))
        .with_columns(check_holds.alias("_check_holds"))
        .with_columns(
            pl.when("_check_holds").then(canonical).otherwise("_number").alias("application_number"),
            pl.when(intact & ~pl.col("_check_holds"))
            .then(pl.lit("check_failed"))
            .otherwise("application_number_status")
            .alias("application_number_status"),
        )
        .drop("_value", "_number", "_base", "_digits", "_check", "_check_holds")
    )


def _check_digit_expression(digits: str, base: str) -> pl.Expr:
    """The check digit of 8 or 12 digits, by arithmetic on integers (twelve slices of text are ten times slower)."""

    def weighted(weights: tuple[int, ...]) -> pl.Expr:
        places = zip(range(len(weights) - 1, -1, -1), weights, strict=True)
        return pl.sum_horizontal((pl.col(digits) // 10**place % 10) * weight for place, weight in places) % 11

    long, short = (weighted(weights).cast(pl.String).replace("10", "X") for weights in (LONG_WEIGHTS, SHORT_WEIGHTS))
    return pl.when(pl.col(base).str.len_bytes() == 12).then(long).otherwise(short)


# --- publication numbers ---------------------------------------------------------------------------------------------

#: Until this day B, U and S were examined or published applications; from it every patent announced is a grant.
FIRST_GRANT_KINDS: Final = date(1993, 1, 1)
#: The last issue with C, Y and D (bare) was that of 2010-03-31; B, U and S are the grants from this issue on.
FIRST_NEW_KINDS: Final = date(2010, 4, 7)


@dataclass(frozen=True)
class KindRule:
    """One reading of a kind code, valid for publication dates in [valid_from, valid_to)."""

    pattern: str
    patent_kind: str
    is_correction: bool = False
    valid_from: date | None = None
    valid_to: date | None = None

    def holds_on(self, day: date | None) -> bool:
        """Whether the rule applies on `day`; a document without a date is read as one of the present system."""
        if day is None:
            return self.valid_from is not None or self.valid_to is None
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)


#: First match wins. `invention_examined`, `utility_published` and `design_published` (before 1993) are no grants and no
#: published inventions: they are outside the four counted kinds. A code that matches nothing is unknown, never guessed.
KIND_RULES: Final = (
    KindRule("A[89]", "invention_published", is_correction=True),
    KindRule("B[89]|C[1-9]", "invention_granted", is_correction=True),
    KindRule("U[89]|Y[1-9]", "utility_granted", is_correction=True),
    KindRule("S[1-9]|D[1-9]", "design_granted", is_correction=True),
    KindRule("A", "invention_published"),
    KindRule("B", "invention_examined", valid_to=FIRST_GRANT_KINDS),
    KindRule("U", "utility_published", valid_to=FIRST_GRANT_KINDS),
    KindRule("S", "design_published", valid_to=FIRST_GRANT_KINDS),
    KindRule("B", "invention_granted", valid_from=FIRST_GRANT_KINDS),
    KindRule("U", "utility_granted", valid_from=FIRST_GRANT_KINDS),
    KindRule("S", "design_granted", valid_from=FIRST_GRANT_KINDS),
    KindRule("C", "invention_granted", valid_from=FIRST_GRANT_KINDS, valid_to=FIRST_NEW_KINDS),
    KindRule("Y", "utility_granted", valid_from=FIRST_GRANT_KINDS, valid_to=FIRST_NEW_KINDS),
    KindRule("D", "design_granted", valid_from=FIRST_GRANT_KINDS, valid_to=FIRST_NEW_KINDS),
)
COUNTED_KINDS: Final = ("invention_published", "invention_granted", "utility_granted", "design_granted")
GRANT_KINDS: Final = COUNTED_KINDS[1:]

# Publications of 1985 to 1988 carry the eight digits of their application.
_PUBLICATION = r"^(?:CN)?(\d{7}|8[5-8]\d{6}|\d{9})([A-Z]\d?)$"


@dataclass(frozen=True)
class PublicationNumber:
    """A publication number as `CN` + digits + kind code, and what that code means on its date."""

    publication_number: str
    kind_code: str
    patent_kind: str | None
    is_correction: bool


def classify_kind(kind_code: str, publication_date: date | None) -> tuple[str | None, bool]:
    """(patent_kind, is_correction) of a kind code on a date; (None, False) for a code that is unknown then."""
    for rule in KIND_RULES:
        if re.fullmatch(rule.pattern, kind_code) and rule.holds_on(publication_date):
            return rule.patent_kind, rule.is_correction
    return None, False


def parse_publication_number(text: str | None, publication_date: date | None) -> PublicationNumber | None:
    """Read a publication number; None where the text has not the form of one."""
    compact = re.sub(r"[\s.]", "", unicodedata.normalize("NFKC", text or "")).upper()
    match = re.match(_PUBLICATION, compact)
    if match is None:
        return None
    patent_kind, is_correction = classify_kind(match[2], publication_date)
    return PublicationNumber(f"CN{match[1]}{match[2]}", match[2], patent_kind, is_correction)


def with_publication_number(frame: Frame, column: str, date_column: str | None = None) -> Frame:
    """Add `publication_number`, `kind_code`, `patent_kind` (null where unreadable or unknown) and `is_correction`.

    `date_column` (of type Date) is that of the document's own publication; None where the file does not say it. The
    same rules as `parse_publication_number`.
    """
    compact = narrow(frame, column).str.replace_all(r"[\s.]", "").str.to_uppercase()
    patent_kind: pl.Expr = pl.lit(None, dtype=pl.String)
    is_correction: pl.Expr = pl.lit(False)
    for rule in reversed(KIND_RULES):
        applies = pl.col("kind_code").str.contains(f"^(?:{rule.pattern})$") & _holds_on_expression(rule, date_column)
        patent_kind = pl.when(applies).then(pl.lit(rule.patent_kind)).otherwise(patent_kind)
        is_correction = pl.when(applies).then(pl.lit(rule.is_correction)).otherwise(is_correction)
    return (
        frame.with_columns(compact.str.extract_groups(_PUBLICATION).alias("_parts"))
        .with_columns(pl.col("_parts").struct.field("2").alias("kind_code"))
        .with_columns(
            (pl.lit("CN") + pl.col("_parts").struct.field("1") + pl.col("kind_code")).alias("publication_number"),
            patent_kind.alias("patent_kind"),
            is_correction.alias("is_correction"),
        )
        .drop("_parts")
    )


def _holds_on_expression(rule: KindRule, date_column: str | None) -> pl.Expr:
    if date_column is None:
        return pl.lit(rule.holds_on(None))
    within = pl.lit(True)
    if rule.valid_from is not None:
        within = within & (pl.col(date_column) >= rule.valid_from)
    if rule.valid_to is not None:
        within = within & (pl.col(date_column) < rule.valid_to)
    return within.fill_null(rule.holds_on(None))


# --- PCT and WO numbers ----------------------------------------------------------------------------------------------


def _full_year(digits: str) -> str:
    """A year of two digits belongs to 1978 (the first PCT application) to 2077."""
    if len(digits) == 4:
        return digits
    return ("19" if int(digits) >= 78 else "20") + digits


def parse_pct_number(text: str | None) -> str | None:
    """`PCT/CC YYYY/NNNNNN` as `PCT/CCYYYY/NNNNNN`; the older form with two-digit year and five digits is widened."""
    compact = re.sub(r"\s", "", unicodedata.normalize("NFKC", text or "")).upper()
    match = re.fullmatch(r"PCT/?([A-Z]{2})(\d{4}|\d{2})/(\d{5,6})", compact)
    return f"PCT/{match[1]}{_full_year(match[2])}/{match[3].zfill(6)}" if match else None


def parse_wo_number(text: str | None) -> str | None:
    """`WO YYYY/NNNNNN` (also `WO03012345A1`) as `WOYYYY/NNNNNN`."""
    compact = re.sub(r"\s", "", unicodedata.normalize("NFKC", text or "")).upper()
    match = re.fullmatch(r"WO((?:19|20)\d{2}(?=/?\d{6}(?!\d))|\d{2})/?(\d{5,6})(?:[A-Z]\d?)?", compact)
    return f"WO{_full_year(match[1])}/{match[2].zfill(6)}" if match else None
