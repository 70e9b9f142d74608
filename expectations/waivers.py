"""Signed, reasoned, expiring exceptions to single findings of the gate (`expectations/waivers.yml`)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from expectations.checks import WAIVER_LAYER, CheckResult, GateError

WAIVERS_PATH = Path(__file__).with_name("waivers.yml")


class Waiver(BaseModel):
    """One accepted finding: check and subject as the quality page prints them; valid to the end of `expires_on`.

    With `found`, the value that the page prints beside the subject: the waiver covers this very finding, not a later
    and larger one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    check: str = Field(min_length=3)
    subject: str = Field(min_length=1)
    reason: str = Field(min_length=10)
    signed_by: str = Field(min_length=3)
    signed_on: date
    expires_on: date
    found: Decimal | None = None

    @model_validator(mode="after")
    def _lasts_at_most_two_years(self) -> Waiver:
        if not 0 <= (self.expires_on - self.signed_on).days <= 731:
            raise ValueError("expires_on must lie within two years after signed_on")
        return self

    def is_expired(self, today: date) -> bool:
        """Whether the waiver no longer counts on `today`."""
        return today > self.expires_on

    def is_in_force(self, today: date) -> bool:
        """Whether the waiver is signed and has not run out on `today`."""
        return self.signed_on <= today <= self.expires_on

    def covers(self, check: str, subject: str, value: str) -> bool:
        """Whether this finding of this check is the one that was signed."""
        return (check, subject) == (self.check, self.subject) and self.found in (None, Decimal(value))


def load_waivers(path: Path = WAIVERS_PATH) -> tuple[Waiver, ...]:
    """All waivers of a file; raises GateError with the file and the fault."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        waivers = tuple(Waiver.model_validate(entry) for entry in content.get("waivers") or [])
    except (yaml.YAMLError, ValidationError, AttributeError) as error:
        raise GateError(f"{path.name} can't be read: {error}; see the example at its head") from error
    keys = [(waiver.check, waiver.subject) for waiver in waivers]
    if len(keys) != len(set(keys)):
        raise GateError(f"{path.name} waives the same check and subject twice; keep the latest signature")
    return waivers


def check_needed(waivers: Iterable[Waiver], results: Iterable[CheckResult]) -> CheckResult:
    """The check that each waiver in force covers a finding of this build; it warns, naming those that cover none."""
    covered = {(result.check_name, subject) for result in results for subject in result.observed.get("waived", ())}
    idle = [f"{waiver.check} {waiver.subject}" for waiver in waivers if (waiver.check, waiver.subject) not in covered]
    return CheckResult(
        check_name="waivers.all_needed",
        layer=WAIVER_LAYER,
        severity="warn",
        success=not idle,
        message=(
            f"cover nothing: {'; '.join(idle)}; the finding is gone or its value is another: take them out of"
            " expectations/waivers.yml or sign anew"
            if idle
            else "each waiver covers a finding"
        ),
        observed={"idle": idle},
    )


def check_expiry(waivers: Iterable[Waiver], today: date) -> CheckResult:
    """The check that no waiver has run out: it stops, naming each."""
    expired = [waiver for waiver in waivers if waiver.is_expired(today)]
    named = "; ".join(f"{waiver.check} {waiver.subject} (expired {waiver.expires_on})" for waiver in expired)
    return CheckResult(
        check_name="waivers.none_expired",
        layer=WAIVER_LAYER,
        severity="stop",
        success=not expired,
        message=(
            f"expired: {named}; mend the finding, or look into it again and sign anew in expectations/waivers.yml"
            if expired
            else "no waiver has expired"
        ),
        observed={"expired": [f"{waiver.check}|{waiver.subject}" for waiver in expired]},
    )
