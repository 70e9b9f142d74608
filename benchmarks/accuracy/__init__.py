"""Measured accuracy: labels made by hand, the real cells that they name, and one row of a table for each subject."""
