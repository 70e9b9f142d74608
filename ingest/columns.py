"""The columns of a feed contract: names, types, limits, what a person may see."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

TYPE_PATTERN = re.compile(r"text|integer|bigint|date|boolean|list|decimal\((\d{1,2}),\s*(\d{1,2})\)")
#: A longer cell is a fault of the file (an unclosed quote, a pasted document), not a value.
DEFAULT_MAX_LENGTH = 65_536


class Model(BaseModel):
    """Unknown keys are refused: a misspelt word in a contract must not be silently without effect."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def _as_tuple(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]


class Bilingual(Model):
    """A text in Chinese and in English; in a contract a mapping of `zh` and `en`, or one line `中文 / English`."""

    zh: str
    en: str

    @model_validator(mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        zh, separator, en = value.partition(" / ")
        if not separator:
            raise ValueError(f"{value!r} is not of the form `中文 / English`")
        return {"zh": zh.strip(), "en": en.strip()}


class Column(Model):
    """One column of `landing.<feed>`, in the order of the table.

    Its value comes from the sender's column named by one of `header`, or from the file (`from_file`, a constant of the
    file's variant), or from the derivation `derived_by`. `header` and `derived_by` together: the cell as sent is the
    derivation's input and its output replaces it. `required`: an empty value sends the row to quarantine.
    `header_optional`: the sender's column may be absent; otherwise its absence refuses the file.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    header: Texts = ()
    from_file: bool = False
    derived_by: str | None = None
    type: str = "text"
    unit: str | None = None
    required: bool = False
    header_optional: bool = False
    pattern: str | None = None
    codes: tuple[str, ...] | dict[str, str] | None = None
    minimum: str | None = None
    maximum: str | None = None
    max_length: int = DEFAULT_MAX_LENGTH
    null_tokens: tuple[str, ...] | None = None
    personal: Literal["none", "name", "address"] = "none"
    role: Literal["address", "party_name", "uscc"] | None = None
    description: Bilingual

    @model_validator(mode="after")
    def _hold_together(self) -> Self:
        match = TYPE_PATTERN.fullmatch(self.type)
        if match is None:
            raise ValueError(f"column {self.name}: unknown type {self.type!r}")
        if match[1] is not None and not int(match[2]) <= int(match[1]) <= 38:
            raise ValueError(f"column {self.name}: {self.type} needs scale <= precision <= 38")
        if not self.header and not self.from_file and self.derived_by is None:
            raise ValueError(f"column {self.name}: name its header, or from_file, or derived_by")
        if self.pattern is not None:
            re.compile(self.pattern)
        return self

    @property
    def base_type(self) -> str:
        """The type without precision and scale: `decimal` for `decimal(18,4)`."""
        return self.type.partition("(")[0]

    @property
    def precision_and_scale(self) -> tuple[int, int]:
        """(precision, scale) of a decimal; raises ValueError for another type."""
        match = TYPE_PATTERN.fullmatch(self.type)
        if match is None or match[1] is None:
            raise ValueError(f"{self.name} is {self.type}, not a decimal")
        return int(match[1]), int(match[2])

    @property
    def accepted_codes(self) -> tuple[str, ...] | None:
        """The closed list of values, or None."""
        return None if self.codes is None else tuple(self.codes)
