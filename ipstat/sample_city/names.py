"""Invented names of firms and persons, and the ways in which senders spell them differently."""

from __future__ import annotations

import numpy as np

from ipstat.sample_city.randomness import Ints, Texts, texts

#: Three of these make a trade name; no such firm is known, and the sample data says that it is invented.
TRADE_CHARACTERS = "澜烁璟曜骐垚钛翎珩沐禾澄霁岚昱弘柏凯茂盈宸煜锦屹韬朗铭策驰卓颢晟皓熠楷沣淳萃麒瀚嵘珈菲琅翊芮棠逸"
SURNAMES = "陈李黄梁林张吴刘何罗郑冯谢邓胡麦萧欧卢谭郭蔡许叶潘杜区苏卫严"
GIVEN_CHARACTERS = "澜舟砚泽予星禾语桐川屿言霖珂昀然知远乔安牧沅"
TRADITIONAL = str.maketrans("灯饰电器锁业业华东广实龙发兴国贸", "燈飾電器鎖業業華東廣實龍發興國貿")
FULL_WIDTH = str.maketrans("（）", "()")


def trade_names(rng: np.random.Generator, size: int) -> list[str]:
    """Return distinct three-character trade names."""
    base = len(TRADE_CHARACTERS)
    picked = rng.permutation(base**3)[:size]
    return [
        TRADE_CHARACTERS[n // base // base] + TRADE_CHARACTERS[n // base % base] + TRADE_CHARACTERS[n % base]
        for n in picked.tolist()
    ]


#: Forms of names with the share (in percent, cumulated) up to which each is used.
NAME_FORMS = (
    (68, "中山市{trade}{product}有限公司"), (78, "广东{trade}{product}有限公司"), (82, "中山{trade}{product}有限公司"),
    (86, "{trade}{product}（中山）有限公司"), (88, "广东{trade}{product}股份有限公司"),
    (95, "中山市{town}{trade}{product}厂"), (98, "中山市{town}{trade}{product}门市部"),
    (100, "中山市{town}{trade}{product}经营部"),
)  # fmt: skip
FIRST_SOLE_TRADER = 88


def firm_name(trade: str, product: str, form: int, town: str) -> str:
    """Return a firm's registered name in the form of a percentile (0-99)."""
    pattern = next(text for below, text in NAME_FORMS if form < below)
    return pattern.format(trade=trade, product=product, town=town)


def is_sole_trader(form: int) -> bool:
    """Tell whether the form of the name is that of a 个体工商户."""
    return form >= FIRST_SOLE_TRADER


def name_variant(name: str, form: int) -> str:
    """Return one of the ways in which a sender misspells a firm's name; some forms leave it as it is."""
    if form == 0:
        return name.translate(FULL_WIDTH)
    if form == 1:
        return name.replace("有限公司", "有限责任公司") if "股份" not in name else name
    if form == 2:
        return name.replace("中山市", "", 1) if name.startswith("中山市") and name.endswith("有限公司") else name
    if form == 3:
        return name.translate(TRADITIONAL)
    if form == 4:
        return name.replace("中山市", "中山", 1)
    return f"{name[:4]} {name[4:]}"


def person_names(rng: np.random.Generator, size: int) -> list[str]:
    """Return names of natural persons: two thirds masked as in the public copies (李某某), the others invented."""
    surnames = rng.integers(0, len(SURNAMES), size).tolist()
    first = rng.integers(0, len(GIVEN_CHARACTERS), size).tolist()
    second = rng.integers(-6, len(GIVEN_CHARACTERS), size).tolist()
    masked = (rng.random(size) < 0.66).tolist()
    out = []
    for surname, one, two, is_masked in zip(surnames, first, second, masked, strict=True):
        given = GIVEN_CHARACTERS[one] + (GIVEN_CHARACTERS[two] if two >= 0 else "")
        out.append(SURNAMES[surname] + ("某" * len(given) if is_masked else given))
    return out


def inventor_cells(rng: np.random.Generator, size: int) -> Texts:
    """Return ready inventor cells: one to four masked names with the separators of the real files (``;??``)."""
    counts = np.minimum(1 + rng.geometric(0.45, size) - 1, 4)
    cells = []
    for count in np.maximum(counts, 1).tolist():
        people = [SURNAMES[n] + "某" * (1 + n % 2) for n in rng.integers(0, len(SURNAMES), count).tolist()]
        cells.append(";??".join(people))
    tails = rng.random(size)
    out = [cell + (";" if tail < 0.2 else "") for cell, tail in zip(cells, tails.tolist(), strict=True)]
    return texts([c.replace("??", "\u2002") if t > 0.97 else c for c, t in zip(out, tails.tolist(), strict=True)])


def mark_names(rng: np.random.Generator, size: int) -> Texts:
    """Return invented trademark names: two Chinese characters, or five Latin letters."""
    first: Ints = rng.integers(0, len(TRADE_CHARACTERS), size)
    second: Ints = rng.integers(0, len(TRADE_CHARACTERS), size)
    letters = rng.integers(0, 26, (size, 5))
    is_latin = rng.random(size) < 0.3
    vowels = "aeiouaeiouaeiouaeiouaeioua"
    out = []
    for a, b, latin, row in zip(first.tolist(), second.tolist(), is_latin.tolist(), letters.tolist(), strict=True):
        if latin:
            word = "".join(vowels[n] if k % 2 else chr(97 + n) for k, n in enumerate(row))
            out.append(word.upper())
        else:
            out.append(TRADE_CHARACTERS[a] + TRADE_CHARACTERS[b])
    return texts(out)
