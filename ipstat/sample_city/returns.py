"""The figures that departments return: by month, town and breakdown, before delays, blanks and corrections."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ipstat.sample_city.dates import FIRST_MONTH_INDEX, month_label
from ipstat.sample_city.places import TOWNS
from ipstat.sample_city.plan import FIRST_YEAR, LAST_YEAR, MONTHS, Plan
from ipstat.sample_city.randomness import Floats, Ints, spread, stream
from ipstat.sample_city.return_forms import (
    ALL_APPLICATIONS,
    APPLICANT_SHARES,
    APPLICANT_TYPES,
    APPLICATION_FORMS,
    FORMS,
    MONTHLY,
    RATIO,
    YEARLY,
    Form,
)  # fmt: skip

CITY = "全市"


@dataclass(frozen=True)
class Figure:
    """One line of a return; ``value`` None is a blank cell (not reported), 0 is a zero."""

    form: str
    indicator: str
    name: str
    period: str
    town: str
    breakdown: str
    code: str
    value: int | float | None
    unit: str
    remark: str = ""


def _years(form: Form, scale: float) -> list[int | float | None]:
    """Return the city's value in each year from 2012; None before the form's first year."""
    xs, ys = [float(year) for year, _ in form.points], [value for _, value in form.points]
    values: list[int | float | None] = []
    factor = 1.0 if form.is_fixed or form.kind == RATIO else scale
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        value = float(np.interp(year, xs, ys)) * factor
        exact = round(value, form.decimals) if form.decimals else int(value + 0.5)
        values.append(None if year < form.points[0][0] else exact)
    return values


def town_units(year: int) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Return the towns of a year as departments name them, each with its places (小榄 holds 东升 since 2021)."""
    if year < 2021:
        return tuple((town.name, (n,)) for n, town in enumerate(TOWNS))
    units: dict[str, list[int]] = {}
    for n, town in enumerate(TOWNS):
        units.setdefault(town.name_now, []).append(n)
    return tuple((name, tuple(places)) for name, places in units.items())


def _towns(values: Ints, year: int) -> list[tuple[str, int]]:
    return [(name, int(values[list(places)].sum())) for name, places in town_units(year)]


def _weights(attribute: str) -> Floats:
    return np.array([float(getattr(town, attribute)) for town in TOWNS])


def _by_town(total: float, weights: Floats, decimals: int) -> Floats | Ints:
    unit = 10**decimals
    parts = spread(round(total * unit), weights)
    return parts / unit if decimals else parts


def _application_figures(plan: Plan) -> dict[int, list[Figure]]:
    """Return monthly counts by town and by applicant type, and the city's count since January."""
    out: dict[int, list[Figure]] = {n: [] for n in range(MONTHS)}
    rng = stream(plan.seed, "application returns")
    totals = np.zeros((MONTHS, len(TOWNS)), dtype=np.int64)
    for form, indicator, name, series, attribute in APPLICATION_FORMS:
        counts = plan.monthly[series]
        noisy = _weights(attribute) * np.exp(0.15 * rng.standard_normal((MONTHS, len(TOWNS))))
        parts = rng.multinomial(counts, noisy / noisy.sum(axis=1, keepdims=True))
        if form == ALL_APPLICATIONS[0]:
            totals += parts
        for n in range(MONTHS):
            out[n] += _town_figures(form, indicator, name, n, parts)
            if indicator in APPLICANT_SHARES:
                shares = spread(int(counts[n]), np.array(APPLICANT_SHARES[indicator]) * 1.0)
                out[n] += [
                    Figure(form, indicator, name, month_label(FIRST_MONTH_INDEX + n), CITY, "applicant_type", kind,
                           int(value), "件")
                    for kind, value in zip(APPLICANT_TYPES, shares.tolist(), strict=True)
                ]  # fmt: skip
    for n in range(MONTHS):
        out[n] += _town_figures(*ALL_APPLICATIONS, n, totals)
    return out


def _town_figures(form: str, indicator: str, name: str, n: int, parts: Ints) -> list[Figure]:
    label, year = month_label(FIRST_MONTH_INDEX + n), FIRST_YEAR + n // 12
    since = int(parts[n - n % 12 : n + 1].sum())
    start = f"{year}-01..{label}" if n % 12 else label
    figures = [Figure(form, indicator, name, label, CITY, "", "", int(parts[n].sum()), "件")]
    if n % 12:
        figures.append(Figure(form, indicator, name, start, CITY, "", "", since, "件"))
    figures += [Figure(form, indicator, name, label, town, "", "", v, "件") for town, v in _towns(parts[n], year)]
    return figures


def _form_figures(plan: Plan, form: Form, noise: Floats) -> dict[int, list[Figure]]:
    """Return the figures of one form by the month (from 2012-01) in whose file they stand."""
    out: dict[int, list[Figure]] = {}
    weights = _weights("enterprise_weight") * noise
    for n, value in enumerate(_years(form, plan.scale)):
        if value is None:
            continue
        year = FIRST_YEAR + n
        if form.period == MONTHLY:
            months = spread(int(value), np.array([1.0, 0.7, *([1.05] * 10)]))
            for month, count in enumerate(months.tolist()):
                label = month_label(FIRST_MONTH_INDEX + n * 12 + month)
                out[n * 12 + month] = _lines(form, label, count, weights, year)
        else:
            period = str(year) if form.period == YEARLY else f"{year}-12-31"
            out[n * 12 + 11] = _lines(form, period, value, weights, year)
    return out


def _lines(form: Form, period: str, value: float, weights: Floats, year: int) -> list[Figure]:
    base = Figure(form.form, form.indicator, form.name, period, CITY, "", "", value, form.unit)
    out = [base]
    if form.kind == RATIO:
        out += [replace(base, breakdown=form.breakdown, code=code, value=round(value * factor, form.decimals))
                for code, factor in form.codes]  # fmt: skip
        if form.by_town:
            drift = np.round((weights / weights.mean() - 1.0) * 0.4, 1).tolist()
            out += [replace(base, town=name, value=round(min(100.0, value + drift[places[0]]), form.decimals))
                    for name, places in town_units(year)]  # fmt: skip
        return out
    if form.codes:
        parts = _by_town(value, np.array([share for _, share in form.codes]), form.decimals).tolist()
        out += [replace(base, breakdown=form.breakdown, code=code, value=part)
                for (code, _), part in zip(form.codes, parts, strict=True)]  # fmt: skip
    if form.by_town:
        parts = _by_town(value, weights, form.decimals)
        out += [replace(base, town=name, value=parts[list(places)].sum().item()) for name, places in town_units(year)]
    return out


def make_figures(plan: Plan) -> list[list[Figure]]:
    """Return the figures of each month's file, before delays, blanks and corrections."""
    rng = stream(plan.seed, "return forms")
    by_month = _application_figures(plan)
    for form in FORMS:
        noise = np.exp(0.25 * rng.standard_normal(len(TOWNS)))
        for n, figures in _form_figures(plan, form, noise).items():
            by_month[n] += figures
    return [by_month[n] for n in range(MONTHS)]


def city_value(figures: list[list[Figure]], indicator: str, period: str, town: str = CITY) -> int | float | None:
    """Return a returned value, for the official totals and for tests."""
    for month in figures:
        for figure in month:
            if (figure.indicator, figure.period, figure.town, figure.breakdown) == (indicator, period, town, ""):
                return figure.value
    return None
