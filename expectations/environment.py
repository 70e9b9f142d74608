"""Environment variables for the length of a block: dbt and Great Expectations read their connections from there.

Lives here because `ipstat` may import this package and not the other way round.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


@contextmanager
def environment(values: Mapping[str, str]) -> Iterator[None]:
    """Set the variables for the block and put the old ones back, unset ones too, however the block ends.

    The environment belongs to the process: not for blocks that run in several threads at once.
    """
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
