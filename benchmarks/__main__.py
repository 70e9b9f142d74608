"""All benchmarks in turn; exit code 1 where one misses a limit."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import benchmarks


def main() -> int:
    """Run `main` of every module of this package."""
    found = pkgutil.iter_modules(benchmarks.__path__)
    names = sorted(module.name for module in found if not module.ispkg and module.name != "__main__")
    codes = []
    for name in names:
        print(f"# {name}")
        codes.append(importlib.import_module(f"benchmarks.{name}").main([]))
    return max(codes, default=0)


if __name__ == "__main__":
    sys.exit(main())
