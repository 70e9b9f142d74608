"""The sample city's plan: the baselines at scale 1, linear scaling, and tables that agree with the reference files."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from ipstat.sample_city import anchors, make_plan
from ipstat.sample_city.dates import day, iso_day
from ipstat.sample_city.identifiers import application_checks, credit_code, organisation_check
from ipstat.sample_city.industries import INDUSTRIES
from ipstat.sample_city.places import TOWNS
from ipstat.sample_city.plan import Plan, by_issue, random_days
from ipstat.sample_city.references import GDP, HIGH_TECH_SHARE, POPULATION, RD_SHARE, UNITS_2021
from ipstat.sample_city.return_forms import APPLICATION_FORMS, FORMS
from ipstat.sample_city.returns import CITY, Figure, make_figures

GRANTS = ("invention_grants", "utility_grants", "design_grants")
APPLICATIONS = ("invention_applications", "utility_applications", "design_applications")


@pytest.fixture(scope="module")
def full() -> Plan:
    return make_plan(1.0)


@pytest.fixture(scope="module")
def figures(full: Plan) -> list[list[Figure]]:
    return make_figures(full)


@pytest.mark.parametrize(
    ("series", "first", "last", "expected"),
    [
        (GRANTS, "2020-01", "2020-11", 36000),
        (("invention_grants",), "2020-01", "2020-11", 899),
        (("invention_grants",), "2014-01", "2014-12", 493),
        (("invention_grants",), "2018-01", "2018-12", 1872),
        (GRANTS, "2022-01", "2022-08", 28745),
        (("invention_grants",), "2022-01", "2022-08", 1268),
        (APPLICATIONS, "2020-01", "2020-11", 41000),
        (APPLICATIONS, "2014-01", "2014-12", 24618),
        (("invention_applications",), "2020-01", "2020-11", 5727),
        (("pct_applications",), "2020-01", "2020-11", 234),
        (("trademark_applications",), "2020-01", "2020-12", 46000),
        (("trademark_registrations",), "2022-01", "2022-09", 28607),
        (("trademark_cases_closed",), "2020-01", "2020-12", 433),
        (("patent_cases_filed",), "2020-01", "2020-12", 357),
        (("pledge_contracts",), "2018-01", "2018-06", 35),
    ],
)
def test_plan_meets_published_baselines(
    full: Plan, series: tuple[str, ...], first: str, last: str, expected: int
) -> None:
    found = sum(full.total(name, first, last) for name in series)
    assert abs(found - expected) <= 0.02 * expected


def test_plan_growth_of_2022_is_that_of_the_release(full: Plan) -> None:
    now = sum(full.total(name, "2022-01", "2022-08") for name in GRANTS)
    before = sum(full.total(name, "2021-01", "2021-08") for name in GRANTS)
    assert round((now / before - 1) * 100, 2) == pytest.approx(7.27, abs=0.02)


def test_plan_stocks_are_those_of_the_releases(full: Plan) -> None:
    inventions, marks = dict(full.invention_stock), dict(full.trademark_stock)
    assert (inventions[iso_day("2014-12-31")], inventions[iso_day("2022-08-31")]) == (1971, 10597)
    assert (marks[iso_day("2020-12-31")], marks[iso_day("2022-09-30")]) == (196000, 260410)
    people = {year: float(value) for year, value, vintage, _ in POPULATION if "revised" not in vintage}
    assert round(inventions[iso_day("2019-12-31")] / people[2018], 2) == 24.03
    assert round(inventions[iso_day("2022-08-31")] / people[2021], 2) == 23.72


def test_honours_meet_the_plan() -> None:
    until_2020 = slice(0, 9)
    assert anchors.OPENING_NATIONAL_AWARDS + sum(anchors.NATIONAL_AWARDS[until_2020]) == 46
    assert anchors.OPENING_PROVINCIAL_AWARDS + sum(anchors.PROVINCIAL_AWARDS[until_2020]) == 34

    def in_force(yearly: tuple[int, ...], year: int) -> int:
        return sum(yearly[year - 2012 - 2 : year - 2012 + 1])

    assert in_force(anchors.DEMONSTRATION_ENTERPRISES, 2020) == 9
    assert in_force(anchors.ADVANTAGE_ENTERPRISES, 2020) == 44
    assert [in_force(anchors.DEMONSTRATION_ENTERPRISES, 2022), in_force(anchors.ADVANTAGE_ENTERPRISES, 2022)] == [9, 41]
    assert in_force(anchors.PROVINCIAL_DEMONSTRATION_ENTERPRISES, 2022) == 79


def test_lists_and_accounts_meet_the_plan() -> None:
    assert anchors.HIGH_TECH_ENTERPRISES[2019 - 2011] > 2500
    assert (RD_SHARE[2019 - 2012], HIGH_TECH_SHARE[2019 - 2012]) == (2.1, 16.0)
    assert len(GDP) == len(RD_SHARE) == len(HIGH_TECH_SHARE) == 14


@pytest.mark.parametrize(
    ("indicator", "period", "expected"),
    [
        ("trademark_madrid_valid_count", "2020-12-31", 335),
        ("ip_pledge_risk_pool_balance_cny_10k", "2020-12-31", 4000),
        ("patent_navigation_industry_project_cumulative_count", "2020-12-31", 13),
        ("patent_navigation_enterprise_project_cumulative_count", "2020-12-31", 37),
        ("ip_management_certified_cumulative_count", "2020-12-31", 405),
        ("gi_trademark_valid_count", "2020-12-31", 0),
        ("gi_trademark_valid_count", "2025-12-31", 2),
        ("patent_all_application_count", "2020-01..2020-11", 41000),
        ("patent_invention_application_count", "2020-01..2020-11", 5727),
        ("patent_pct_application_count", "2020-01..2020-11", 234),
    ],
)
def test_returns_carry_the_baselines(figures: list[list[Figure]], indicator: str, period: str, expected: int) -> None:
    found = [f.value for month in figures for f in month if (f.indicator, f.period, f.town) == (indicator, period, CITY)
             and not f.breakdown]  # fmt: skip
    assert found == [expected]


def test_pledge_loans_of_the_thirteenth_plan_are_400_million(figures: list[list[Figure]]) -> None:
    years = {str(year) for year in range(2016, 2021)}
    found = [f.value for month in figures for f in month
             if f.indicator == "ip_pledge_loan_disbursed_cny_10k" and f.town == CITY and not f.breakdown
             and f.period in years]  # fmt: skip
    total = sum(value for value in found if value is not None)
    assert 40000 <= total <= 40800


def test_returned_towns_and_breakdowns_sum_to_the_city(figures: list[list[Figure]]) -> None:
    ratios = {form.indicator for form in FORMS if form.kind == "ratio"}
    city: dict[tuple[str, str], float] = {}
    towns: dict[tuple[str, str], float] = {}
    parts: dict[tuple[str, str], float] = {}
    for figure in (f for month in figures for f in month if f.indicator not in ratios and f.value is not None):
        key = (figure.indicator, figure.period)
        target = parts if figure.breakdown else city if figure.town == CITY else towns
        target[key] = target.get(key, 0) + (figure.value or 0)
    assert towns
    assert parts
    assert {key: round(value, 6) for key, value in towns.items()} == {k: round(city[k], 6) for k in towns}
    assert {key: round(value, 6) for key, value in parts.items()} == {k: round(city[k], 6) for k in parts}


@pytest.mark.parametrize("scale", [0.013, 0.05, 0.37, 2.0])
def test_counts_scale_linearly_without_drift(full: Plan, scale: float) -> None:
    small = make_plan(scale)
    for name, counts in full.monthly.items():
        exact = np.cumsum(counts) * scale
        assert np.abs(np.cumsum(small.monthly[name]) - exact).max() <= 0.5 + 1e-6, name


def test_issues_and_days_keep_the_months_counts(full: Plan) -> None:
    rng = np.random.default_rng(1)
    counts = full.monthly["invention_grants"]
    assert by_issue(counts, rng).sum() == counts.sum()
    days = random_days(counts, rng)
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) - (2012 - 1970) * 12
    assert np.bincount(months, minlength=168).tolist() == counts.tolist()
    assert ((days + 3) % 7 < 5).all()


def test_a_gap_between_anchor_windows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    windows = (("2012-01", "2012-06", 5), ("2012-08", "2025-12", 9))
    monkeypatch.setitem(make_plan.__globals__["SERIES"], "customs_lots", windows)
    with pytest.raises(ValueError, match="does not follow"):
        make_plan(1.0)


def test_identifiers_have_right_check_digits() -> None:
    known = np.array([201710601862, 201310699744])
    assert application_checks(known).tolist() == ["3", "2"]
    assert organisation_check("MA525GLE") == "7"
    code = credit_code(77, is_sole_trader=False, is_new_style=True)
    assert (len(code), code[:8], code[16]) == (18, "91442000", organisation_check(code[8:16]))
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    weighted = sum(alphabet.index(c) * 3**i for i, c in enumerate(code[:17]))
    assert (weighted + alphabet.index(code[17])) % 31 == 0


def test_every_returned_indicator_of_the_registry_has_a_form(shared: Path) -> None:
    with (shared / "reference" / "indicators.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    own = {"madrid", "wipo_hague", "gi_register", "gi_users", "sep_declarations", "fund_payments", "platform_log",
           "abnormal_notices", "credit_list", "agency_register", "certification_register", "project_register",
           "structure_register", "customs_recordals"}  # fmt: skip
    wanted = {r["indicator_code"]: r["feed"] for r in rows if r["feed"].endswith("_returns") or r["feed"] in own}
    found = {form.indicator: form.form for form in FORMS} | {form[1]: form[0] for form in APPLICATION_FORMS}
    found["patent_all_application_count"] = "cnipa_application_returns"
    assert {code: found.get(code) for code in wanted} == wanted
    assert set(found) - set(wanted) == {"special_campaign_industry_count"}
    units = {r["indicator_code"]: (r["name_zh"], r["unit"]) for r in rows}
    assert {f.indicator: (f.name, f.unit) for f in FORMS} == {f.indicator: units[f.indicator] for f in FORMS}


def test_places_and_industries_are_those_of_the_reference_files(shared: Path) -> None:
    def read(name: str) -> list[dict[str, str]]:
        with (shared / "reference" / name).open(encoding="utf-8", newline="") as handle:
            return list(csv.DictReader(handle))

    codes = {row["code"] for row in read("gbt4754_2017.csv")}
    assert {code for industry in INDUSTRIES for code in industry.codes} <= codes
    assert {n for industry in INDUSTRIES for n in industry.nice} <= set(range(1, 46))
    assert {town.code_now for town in TOWNS} | {town.code for town in TOWNS} == {
        row["code9"] for row in read("town_code_history.csv")
    }
    names: dict[str, set[str]] = {}
    for row in read("villages.csv"):
        names.setdefault(row["street_code9"], set()).add(row["name"])
    for town in TOWNS:
        known = "|".join(names.get(town.code, set()) | names.get(town.code_now, set()))
        assert [village for village in town.villages if village not in known] == [], town.name
    published = {
        row["statistical_unit"]: int(row["resident_population_2021"]) for row in read("town_population_2021.csv")
    }
    assert dict(UNITS_2021) == published
    for row in read("population_yearend.csv"):
        assert any(
            (str(year), value) == (row["year"], row["resident_population_10k"]) for year, value, _, _ in POPULATION
        ), row


def test_first_day_of_the_calendar_is_the_first_tuesday_of_2012() -> None:
    assert (day(2012, 1, 3) + 3) % 7 == 1
