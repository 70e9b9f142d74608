"""What a check of the gate is and what it says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["stop", "warn"]

#: Layers in the order in which the quality page shows them.
DBT_LAYER = "dbt"
BATCH_LAYER = "batches_and_series"
WAIVER_LAYER = "waivers"


@dataclass(frozen=True)
class CheckResult:
    """One check of one build. `observed` is JSON-ready: counts, the worst subjects with their values."""

    check_name: str
    layer: str
    severity: Severity
    success: bool
    message: str
    observed: dict[str, Any] = field(default_factory=dict)

    @property
    def is_refusal(self) -> bool:
        """Whether this result alone refuses the build."""
        return self.severity == "stop" and not self.success


@dataclass(frozen=True)
class GateResult:
    """All checks of one build, in the order of layer and name."""

    build_id: str
    checks: tuple[CheckResult, ...]

    @property
    def status(self) -> Literal["gated", "refused"]:
        """The status that the build gets in `ops.builds`."""
        return "refused" if any(check.is_refusal for check in self.checks) else "gated"

    @property
    def refusals(self) -> tuple[CheckResult, ...]:
        """Failed checks that stop."""
        return tuple(check for check in self.checks if check.is_refusal)

    @property
    def warnings(self) -> tuple[CheckResult, ...]:
        """Failed checks that only warn."""
        return tuple(check for check in self.checks if check.severity == "warn" and not check.success)


class GateRefused(RuntimeError):  # noqa: N818 - a verdict, not a fault of the program
    """The build did not pass; `result` holds every check, the message lists those that stopped it with their mends."""

    def __init__(self, result: GateResult) -> None:
        lines = "".join(f"\n  - {check.check_name}: {check.message}" for check in result.refusals)
        super().__init__(f"build {result.build_id} is refused by {len(result.refusals)} check(s):{lines}")
        self.result = result


class GateError(RuntimeError):
    """The gate can't run (no such build, wrong state, unreadable waivers); the message says what to do."""
