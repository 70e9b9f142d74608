"""One font cache for all tests of this machine: cutting the bold weight takes ten seconds and its bytes are checked
by hash.
"""

import getpass
import tempfile
from pathlib import Path


def shared_fonts_dir() -> Path:
    """A folder that outlives the test session, private to the user; `reports.fonts.prepare` checks every file in it."""
    return Path(tempfile.gettempdir()) / f"ipstat-test-fonts-{getpass.getuser()}"
