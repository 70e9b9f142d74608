"""The report on one gazette issue: what can be said of a single issue, and that it is one."""

from __future__ import annotations

from reports.gazette.gather import IssueMissingError
from reports.gazette.publish import GazetteReport, publish

__all__ = ["GazetteReport", "IssueMissingError", "publish"]
