"""Named derivations: computed landing columns. A contract names the step and the columns that it reads, code is here.

A step takes the typed frame (all columns of the contract that have a header, constants and earlier outputs) and returns
it with its outputs added or replaced. Steps are vectorised: nothing here looks at one row at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from ingest import classifications, event_codes, identifiers, periods

Apply = Callable[..., pl.DataFrame]


@dataclass(frozen=True)
class Derivation:
    """A step: `apply(frame, *columns read)`, and the columns that it gives, under exactly these names."""

    apply: Apply
    outputs: tuple[str, ...]


def kind_conflict(frame: pl.DataFrame, file_kind: str, patent_kind: str) -> pl.DataFrame:
    """Whether the file's name claims another kind than the publication number; false where the name claims none."""
    return frame.with_columns((pl.col(file_kind) != pl.col(patent_kind)).fill_null(False).alias("has_kind_conflict"))


def postcode(frame: pl.DataFrame, address: str) -> pl.DataFrame:
    """Split a six-digit postcode from the head of an address; `address` is then the text without it."""
    has_code = pl.col(address).str.contains(r"^[0-9]{6}(?:[^0-9]|$)")
    code = pl.when(has_code).then(pl.col(address).str.slice(0, 6))
    rest = pl.when(has_code).then(pl.col(address).str.slice(6).str.strip_chars_start(" ,，")).otherwise(address)
    return frame.with_columns(code.alias("postcode"), pl.when(rest != "").then(rest).alias("address"))


def pledged_rights(frame: pl.DataFrame, patent_numbers: str, trademark_numbers: str) -> pl.DataFrame:
    """Lists of the ledger, which joins them by `、`, as lists joined by `;`; patents by their canonical number."""
    marks = pl.col(trademark_numbers).str.replace_all(r"\s*[、;；,，]\s*", ";").str.strip_chars("; ")
    sent = frame.select(pl.col(patent_numbers).str.split("、").alias("sent")).with_row_index("row").explode("sent")
    number = pl.coalesce("application_number", pl.col("sent").str.strip_chars())
    numbers = identifiers.with_application_number(sent, "sent").filter(pl.col("sent").str.strip_chars() != "")
    joined = numbers.group_by("row", maintain_order=True).agg(number.str.join(";").alias("numbers"))
    rows = frame.with_row_index("row").join(joined, on="row", how="left", maintain_order="left").drop("row")
    lists = pl.when(marks != "").then(marks).alias(trademark_numbers)
    return rows.with_columns(pl.col("numbers").alias(patent_numbers), lists).drop("numbers")


def provider_classes(frame: pl.DataFrame, ipc: str, loc: str) -> pl.DataFrame:
    """One list of classes from two columns: designs have a Locarno class there, other documents `0` and IPC symbols."""
    locarno = pl.when(pl.col(loc).str.contains(r"^\d{2}-\d{2}")).then(pl.col(loc))
    united = frame.with_columns(pl.coalesce(locarno, ipc).alias("classifications"))
    return classifications.with_main_class(united, "classifications")


def main_class(frame: pl.DataFrame, classes: str) -> pl.DataFrame:
    """`main_class` and `class_scheme` of the first symbol of a list; each different symbol is read once."""
    first = pl.col(classes).str.extract(r"^([^;]*)", 1).alias("_symbol")
    symbols = frame.select(first.unique())
    known = classifications.with_main_class(symbols, "_symbol")
    return frame.with_columns(first).join(known, on="_symbol", how="left", maintain_order="left").drop("_symbol")


def application_number(frame: pl.DataFrame, number: str) -> pl.DataFrame:
    """`application_number` and `application_number_status`; where numbers repeat (`2.02E+12`), each is read once."""
    different = frame.select(pl.col(number).unique().alias("_number_as_sent"))
    if different.height * 2 > frame.height:
        return identifiers.with_application_number(frame, number)
    known = identifiers.with_application_number(different, "_number_as_sent")
    frame = frame.with_columns(pl.col(number).alias("_number_as_sent")).drop(known.columns[1:], strict=False)
    joined = frame.join(known, on="_number_as_sent", how="left", nulls_equal=True, maintain_order="left")
    return joined.drop("_number_as_sent")


DERIVATIONS: dict[str, Derivation] = {
    "application_number": Derivation(application_number, ("application_number", "application_number_status")),
    "publication_number": Derivation(
        identifiers.with_publication_number, ("publication_number", "kind_code", "patent_kind", "is_correction")
    ),
    "main_class": Derivation(main_class, ("main_class", "class_scheme")),
    "provider_classes": Derivation(provider_classes, ("classifications", "main_class", "class_scheme")),
    "legal_event": Derivation(event_codes.legal_event, ("event_code", "effective_date")),
    "pledged_rights": Derivation(pledged_rights, ("patent_numbers", "trademark_numbers")),
    "reporting_period": Derivation(periods.reporting_period, ("period_type", "period_start", "period_end")),
    "kind_conflict": Derivation(kind_conflict, ("has_kind_conflict",)),
    "postcode": Derivation(postcode, ("postcode", "address")),
}
