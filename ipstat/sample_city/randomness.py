"""Independent random streams, so that widening one feed never changes another."""

from __future__ import annotations

from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Texts = NDArray[np.object_]


def stream(seed: int, name: str) -> np.random.Generator:
    """Return the generator of one named part of the city; the same (seed, name) gives the same draws."""
    return np.random.default_rng([seed, crc32(name.encode())])


def texts(values: list[str]) -> Texts:
    """Return a 1-d object array of strings, whatever their lengths."""
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out


def spread(total: int, weights: Floats) -> Ints:
    """Split ``total`` over ``weights`` in whole numbers by largest remainder; the parts sum to ``total``."""
    exact = total * weights / weights.sum()
    counts = np.floor(exact).astype(np.int64)
    missing = total - int(counts.sum())
    counts[np.argsort(counts - exact, kind="stable")[:missing]] += 1
    return np.asarray(counts, dtype=np.int64)


def scaled(counts: Ints, scale: float) -> Ints:
    """Scale a series so that each cumulative sum is the rounded scaled cumulative sum (no drift over windows)."""
    cumulative = np.floor(np.cumsum(counts) * scale + 0.5).astype(np.int64)
    parts: Ints = np.diff(cumulative, prepend=0)
    return parts


def zipf_weights(size: int, exponent: float) -> Floats:
    """Return weights 1/rank**exponent that sum to 1; rank 1 comes first."""
    weights: Floats = 1.0 / np.arange(1, size + 1, dtype=np.float64) ** exponent
    shares: Floats = weights / weights.sum()
    return shares


def draw(rng: np.random.Generator, weights: Floats, size: int) -> Ints:
    """Draw ``size`` indices with probability proportional to ``weights``."""
    cumulative = np.cumsum(weights)
    picked: Ints = np.searchsorted(cumulative / cumulative[-1], rng.random(size), side="right").astype(np.int64)
    inside: Ints = np.minimum(picked, len(weights) - 1)
    return inside


def slots(order_of: Ints, capacity: Floats, rng: np.random.Generator) -> Ints:
    """Return strictly increasing numbers for the rows of each group, spread over the group's capacity.

    ``order_of`` is the sorted group id of each row, ``capacity`` the width of each row's group; used for publication
    and application numbers, of which the city owns a thin sample of the national sequence.
    """
    _, starts, sizes = np.unique(order_of, return_index=True, return_counts=True)
    rank = np.arange(len(order_of)) - np.repeat(starts, sizes)
    share = capacity / np.repeat(sizes, sizes)
    jitter = rng.random(len(order_of)) * 0.98
    return np.floor((rank + jitter) * share).astype(np.int64)
