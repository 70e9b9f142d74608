"""Identifiers with right check digits, made for many rows at once.

Sources of the rules: ZC 0006 (application numbers: weights 2-9 then 2-5, modulo 11), GB 11714 (organisation code) and
GB 32100-2015 (unified social credit code). Numbers are invented; only their form is real.
"""

from __future__ import annotations

import numpy as np

from ipstat.sample_city.randomness import Ints, Texts, texts

APPLICATION_WEIGHTS = np.array([2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5])
CHECK_CHARACTERS = texts(list("0123456789X"))
CREDIT_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def application_checks(numbers: Ints) -> Texts:
    """Return the check character of each 12-digit application number (YYYYTNNNNNNN)."""
    powers = 10 ** np.arange(11, -1, -1, dtype=np.int64)
    digits = numbers[:, None] // powers % 10
    found: Texts = CHECK_CHARACTERS[(digits * APPLICATION_WEIGHTS).sum(axis=1) % 11]
    return found


def organisation_check(body: str) -> str:
    """Return the GB 11714 check character of an organisation code's first eight characters."""
    values = [int(c) if c.isdigit() else ord(c) - 55 for c in body]
    rest = 11 - sum(v * w for v, w in zip(values, ORGANISATION_WEIGHTS, strict=True)) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def credit_code(serial: int, is_sole_trader: bool, is_new_style: bool) -> str:
    """Return a valid unified social credit code of 中山市 (area 442000) for a serial number.

    ``is_new_style`` codes were given from 2015-10-01 and carry letters (MA...), the older ones digits only.
    """
    if is_new_style:
        letters, rest = [], serial
        for _ in range(6):
            rest, index = divmod(rest, 31)
            letters.append(CREDIT_CHARACTERS[index])
        body = "MA" + "".join(reversed(letters))
    else:
        body = f"{70000000 + serial * 97 % 29999999:08d}"
    partial = ("92" if is_sole_trader else "91") + "442000" + body + organisation_check(body)
    total = sum(CREDIT_CHARACTERS.index(c) * pow(3, i, 31) for i, c in enumerate(partial))
    return partial + CREDIT_CHARACTERS[(31 - total % 31) % 31]
