"""The yearly white paper on intellectual property: facts, chapters, PDF."""

from __future__ import annotations

from reports.white_paper.publish import WhitePaper, publish

__all__ = ["WhitePaper", "publish"]
