"""The reviewed definitions of the rankings (`definitions.yml`), read and checked."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

DEFINITIONS_PATH = Path(__file__).with_name("definitions.yml")
#: Words that no measure may be built on: counts that grow by filing more (see statistics: Rankings and scores).
FORBIDDEN = ("application", "utility", "design")


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Measure(_Model):
    """One counted quantity of a board: `code` is a column of the board's query, `weight` its factor in the score."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*_count$")
    name_zh: str
    unit: str
    weight: Decimal = Field(gt=0)

    @field_validator("code")
    @classmethod
    def _counts_nothing_that_filing_buys(cls, code: str) -> str:
        if found := [word for word in FORBIDDEN if word in code]:
            raise ValueError(f"{code}: no ranking counts {', '.join(found)}s")
        return code


class Board(_Model):
    """One ranking: its name, what it says about itself in print, and its measures."""

    code: str = Field(pattern=r"^[a-z][a-z_]*$")
    title_zh: str
    note_zh: str
    measures: tuple[Measure, ...] = Field(min_length=1)


class Parameters(_Model):
    """Named parameters of the queries; see the comments of the file."""

    uscc_prefixes: tuple[str, ...]
    not_legal_person_name_endings: tuple[str, ...]
    invention_term_years: int
    restorable_endings: tuple[str, ...]
    final_endings: tuple[str, ...]
    owner_moves: tuple[str, ...]
    trademark_grace_months: int


class Definitions(_Model):
    """All boards of one version."""

    version: int = Field(ge=1)
    entity: str
    parameters: Parameters
    boards: tuple[Board, ...]

    @model_validator(mode="after")
    def _has_each_board_once(self) -> Definitions:
        codes = [board.code for board in self.boards]
        if len(codes) != len(set(codes)):
            raise ValueError(f"a board is defined twice: {codes}")
        return self


def load_definitions(path: Path = DEFINITIONS_PATH) -> Definitions:
    """The definitions; raises pydantic.ValidationError naming the place of a fault."""
    return Definitions.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
