"""From the sender's columns to the contract's: by name, with synonyms, wrong headers, missing and unknown columns."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from ingest.contract import Contract, Guard, Variant, load_contracts
from ingest.readers import SOURCE_ROW, FileRefused, SourceFile
from ingest.widths import plain_header

EXTRA = "_extra"
#: Rows at the head of a file that guards look at.
GUARD_ROWS = 2_000


@dataclass(frozen=True)
class Binding:
    """How the columns of one file map: landing name -> sender's header; unknown headers; constants of its name."""

    columns: tuple[str, ...]
    headers: dict[str, str]
    extra: tuple[str, ...]
    constants: dict[str, str]
    warnings: tuple[str, ...] = ()

    @functools.cached_property
    def key(self) -> str:
        """Equal for files with the same columns that map alike: their rows may be bound together."""
        return repr((self.columns, sorted(self.headers.items()), sorted(self.constants.items())))

    def apply(self, frame: pl.DataFrame, contract: Contract) -> pl.DataFrame:
        """Text columns under landing names (those with a header or from the file), `_source_row` and `_extra`."""
        columns = []
        for column in contract.columns:
            if header := self.headers.get(column.name):
                columns.append(pl.col(header).alias(column.name))
            elif column.header or column.from_file:
                columns.append(pl.lit(self.constants.get(column.name), pl.String).alias(column.name))
        return frame.select(*columns, SOURCE_ROW, self._extra_column())

    def _extra_column(self) -> pl.Expr:
        if not self.extra:
            return pl.lit(None, pl.String).alias(EXTRA)
        cells = [pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in self.extra]
        is_filled = pl.any_horizontal(cell.is_not_null() for cell in cells)
        return pl.when(is_filled).then(pl.struct(cells).struct.json_encode()).alias(EXTRA)


def bind(frame: pl.DataFrame, source: SourceFile, contract: Contract) -> Binding:
    """Decide the binding from the headers and the first rows; raises FileRefused for missing or doubled columns.

    `frame` is the first chunk of the file. A declared wrong header is corrected only if the guards agree.
    """
    headers = tuple(name for name in frame.columns if name != SOURCE_ROW)
    variant = contract.file.variant_of(source.name)
    constants = dict(variant.constants) if variant else {}
    warnings: list[str] = []
    order = _cell_order(headers, variant)
    named = _match(headers, order, contract)
    if order != headers and _failed_guard(frame, named, contract) is not None:
        named = _match(headers, headers, contract)
        warnings.append(f"{source.name}: the header that used to be wrong agrees with the cells now")
    if failed := _failed_guard(frame, named, contract):
        guard, share, row = failed
        message = (
            f"column {named[guard.column]!r}: {share:.0%} of the cells look like {guard.column}, "
            f"expected at least {guard.minimum_share:.0%}: the cells do not stand under their header"
        )
        raise FileRefused("columns_moved", message, guard.mend, row=row, column=named[guard.column])
    known = set(named.values()) | set(contract.file.ignored_headers)
    extra = tuple(name for name in headers if name not in known and not _is_ignored_index(name, headers, contract))
    if extra:
        warnings.append(f"{source.name}: unknown columns are kept in _extra: {', '.join(extra)}")
    return Binding(headers, named, extra, constants, tuple(warnings))


def _is_ignored_index(name: str, headers: Sequence[str], contract: Contract) -> bool:
    """A column without a name (readers call it `column_<n>`) where the contract ignores the empty header."""
    return "" in contract.file.ignored_headers and name == f"column_{headers.index(name) + 1}"


def _cell_order(headers: tuple[str, ...], variant: Variant | None) -> tuple[str, ...]:
    if variant is not None and variant.cell_order is not None and headers == variant.wrong_header:
        return variant.cell_order
    return headers


def _match(headers: Sequence[str], meanings: Sequence[str], contract: Contract) -> dict[str, str]:
    """Landing name -> the frame's column; `meanings` says, in the order of the columns, which header each really is."""
    named: dict[str, str] = {}
    for header, meaning in zip(headers, meanings, strict=True):
        name = contract.name_by_plain_header.get(plain_header(meaning))
        if name is None:
            continue
        if name in named:
            message = f"the headers {named[name]!r} and {header!r} both mean {name}"
            raise FileRefused("duplicate_header", message, "ask the sender which of the two is meant", column=header)
        named[name] = header
    _refuse_missing(headers, named, contract)
    return named


def _refuse_missing(headers: Sequence[str], named: dict[str, str], contract: Contract) -> None:
    wanted = [column for column in contract.columns if column.header and not column.header_optional]
    missing = [column for column in wanted if column.name not in named]
    if not missing:
        return
    if len(missing) * 2 > len(wanted):
        lack = f"{len(missing)} of its {len(wanted)} columns are missing"
        message = f"this is no file of {contract.feed}: {lack} (found: {', '.join(headers[:12])})"
        raise FileRefused("wrong_feed", message, _other_feed(headers, contract), row=1, column=missing[0].header[0])
    header = missing[0].header[0]
    unknown = [name for name in headers if name not in named.values()]
    close = difflib.get_close_matches(header, unknown, n=1, cutoff=0.3) or unknown[:1]
    hint = f"; was it renamed to {close[0]!r}?" if close else ""
    mend = f"ask the sender, or add the new name to the headers of column {missing[0].name} in the contract{hint}"
    names = ", ".join(repr(column.header[0]) for column in missing)
    raise FileRefused("missing_column", f"required column {names} is missing", mend, row=1, column=header)


def _other_feed(headers: Sequence[str], contract: Contract) -> str:
    plain = {plain_header(header) for header in headers}
    scores = {
        feed: len(plain & other.name_by_plain_header.keys()) / max(1, len(other.required_headers))
        for feed, other in _contracts().items()
        if feed != contract.feed
    }
    best = max(scores, key=scores.__getitem__, default=None)
    if best is not None and scores[best] >= 0.5:
        return f"it looks like {best}: ingest it as that feed"
    return "check that the file belongs to this feed, and that it has its header row"


@functools.cache
def _contracts() -> dict[str, Contract]:
    return load_contracts()


def _failed_guard(frame: pl.DataFrame, named: dict[str, str], contract: Contract) -> tuple[Guard, float, int] | None:
    """The first guard that fails on these rows, its share, and the first row that does not match."""
    for guard in contract.file.guards:
        header = named.get(guard.column)
        if header is None:
            continue
        cells = frame[header].head(GUARD_ROWS).to_list()
        filled = [position for position, cell in enumerate(cells) if cell and cell.strip()]
        failing = [position for position in filled if not re.search(guard.pattern, cells[position])]
        share = 1 - len(failing) / len(filled) if filled else 1.0
        if share < guard.minimum_share:
            return guard, share, int(frame[SOURCE_ROW][failing[0]])
    return None
