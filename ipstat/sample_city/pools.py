"""Ready titles and classification cells, so that half a million records are index look-ups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ipstat.sample_city.industries import INDUSTRIES
from ipstat.sample_city.randomness import Ints, Texts, stream, texts

VARIANTS = 240
TECH_FORMS = (
    "一种{a}{p}", "一种{p}的{b}", "{a}{p}及其控制方法", "一种{a}{p}{b}", "一种用于{p}的{a}{b}",
    "一种基于物联网的{a}{p}",
    "一种带{b}的{p}", "一种{a}的{p}组件", "{p}用{b}以及{p}", "一种{a}{p}的生产方法", "一种{p},{b}及其装配方法",
)  # fmt: skip
ADJECTIVES = (
    "可调节",
    "防水",
    "节能",
    "智能",
    "便于安装",
    "快速拆装",
    "散热",
    "新型",
    "一体式",
    "可折叠",
    "高稳定性",
    "静音",
)
PARTS = (
    "安装结构",
    "散热装置",
    "连接件",
    "控制电路",
    "固定机构",
    "密封结构",
    "外壳",
    "驱动模块",
    "调节机构",
    "检测装置",
)
DESIGN_MARKS = ("（{n}）", "（A{n}）", "（X-{n}）", "（{n}遥控）", "", "（如意{n}款）", "(LED-{n})", "（V{n}）")
IPC_EDITIONS = ("(2006.01)I", "(2006.01)I", "(2006.01)N", "(2016.01)I", "(2018.01)I")
LOC_EDITIONS = ((2013, "09"), (2016, "10"), (2018, "11"), (2020, "12"), (2022, "13"), (2100, "14"))


@dataclass(frozen=True)
class Pools:
    """Texts by ``industry * VARIANTS + variant``; ``loc`` has one column an edition; ``symbol`` is the bare class."""

    technical_titles: Texts
    design_titles: Texts
    ipc_cells: Texts
    ipc_main: Texts
    loc_cells: tuple[Texts, ...]
    loc_main: Texts


def _technical_title(rng: np.random.Generator, product: str) -> str:
    form = TECH_FORMS[int(rng.integers(0, len(TECH_FORMS)))]
    return form.format(
        a=ADJECTIVES[int(rng.integers(0, len(ADJECTIVES)))], b=PARTS[int(rng.integers(0, len(PARTS)))], p=product
    )


def make_pools(seed: int) -> Pools:
    """Return the pools of one seed; text cells never hold a comma, some hold a doubled quote (already escaped)."""
    rng = stream(seed, "pools")
    technical, design, ipc_cells, ipc_main, loc_main = [], [], [], [], []
    loc_cells: list[list[str]] = [[] for _ in LOC_EDITIONS]
    for industry in INDUSTRIES:
        for variant in range(VARIANTS):
            product = industry.products[variant % len(industry.products)]
            technical.append(_technical_title(rng, product))
            mark = DESIGN_MARKS[int(rng.integers(0, len(DESIGN_MARKS)))]
            design.append(product + mark.format(n=int(rng.integers(2, 9999))))
            picks = rng.permutation(len(industry.ipc))[: 1 + int(rng.random() < 0.33) + int(rng.random() < 0.08)]
            symbols = [industry.ipc[n] for n in picks.tolist()]
            edition = IPC_EDITIONS[variant % len(IPC_EDITIONS)]
            cell = ";??".join(symbol + edition for symbol in symbols)
            luck = rng.random()
            ipc_cells.append(cell + (";" if luck < 0.35 else ";  " if luck < 0.42 else "  " if luck < 0.55 else ""))
            ipc_main.append(symbols[0])
            loc = industry.loc[variant % len(industry.loc)]
            loc_main.append(loc)
            for column, (_, number) in zip(loc_cells, LOC_EDITIONS, strict=True):
                column.append(f"{loc} ({number})" + ("  " if luck < 0.26 else ""))
    return Pools(
        technical_titles=texts(technical),
        design_titles=texts(design),
        ipc_cells=texts(ipc_cells),
        ipc_main=texts(ipc_main),
        loc_cells=tuple(texts(column) for column in loc_cells),
        loc_main=texts(loc_main),
    )


def loc_for_years(pools: Pools, rows: Ints, years: Ints) -> Texts:
    """Return the LOC cell with the edition in force in each row's year of publication."""
    editions = np.searchsorted(np.array([last for last, _ in LOC_EDITIONS]), years)
    found: Texts = np.stack(pools.loc_cells)[editions, rows]
    return found
