"""The fonts of the environment, made by `make setup`; every use checks their bytes by hash."""

import sys
from pathlib import Path


def shared_fonts_dir() -> Path:
    """The folder that the command line uses too."""
    return Path(sys.prefix) / "share" / "ipstat-fonts"
