"""The drawing kit behind `reports.figures`: deterministic SVG made of plain strings, no dependency, no clock."""
