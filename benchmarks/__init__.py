"""Benchmarks: speed and memory against stated limits. `make bench` runs them all, `python -m benchmarks.load` one."""
