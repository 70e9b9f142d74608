"""Ties of names to enterprises through the models: a harder labelled set by kind, checks of codes, reviewers' decisions
that the next build applies.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from benchmarks.accuracy import enterprises_hard as hard
from benchmarks.accuracy.table import AccuracyRow
from ingest.uscc import parse_uscc
from ipstat import builds, review
from ipstat.settings import Settings
from tests.conftest import clone
from tests.support.warehouse import Warehouse, failures, land

FIRST, SECOND, THIRD = "b20220301t000000aaaa", "b20220302t000000aaaa", "b20220303t000000aaaa"
HORIZON = "2021-12-31"
MODELS = "+int_enterprise_matches_open +fct_honours +bridge_patent_parties"
DAY = date(2021, 7, 6)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def mention_key(each: hard.HardMention, number: int) -> tuple[str, date]:
    """Each mention has a day of its own in its feed, by which the tie is found again."""
    return ("honours" if each.code else "cnipa_gazette", DAY - timedelta(days=number))


@pytest.fixture(scope="module")
def warehouse(server_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """The harder set landed and built once."""
    found = Warehouse(clone(server_settings, "enterprise_ties"), tmp_path_factory.mktemp("ties"))
    firms = hard.firms()
    documents, honours = [], []
    register = [
        {
            "_known_on": date(2010, 12, 31), "uscc": firm.uscc, "enterprise_name": firm.name,
            "former_names": firm.former_name, "established_date": date(2001, 1, 1), "town_name": "古镇镇",
            "address": "广东省中山市古镇镇海洲", "is_high_tech": False, "is_above_scale": False,
            "is_above_scale_exporter": False,
        }
        for firm in firms
    ]  # fmt: skip
    for number, each in enumerate(hard.mentions(firms)):
        feed, day = mention_key(each, number)
        if feed == "honours":
            honours.append(
                {
                    "_known_on": day, "honour_type": "中国专利奖", "honour_grade": "优秀奖", "award_year": day.year,
                    "holder_name": each.name, "uscc": each.code, "valid_from": day, "issued_on": day,
                    "application_number": f"20181{number:07}",  # two awards of a year are told apart by it
                }
            )  # fmt: skip
            continue
        documents.append(
            {
                "_known_on": day, "patent_kind": "utility_granted", "kind_code": "U", "title": "灯",
                "publication_number": f"CN{210000000 + number}U", "publication_date": day, "patentees": each.name,
                "address": "528421 广东省中山市古镇镇海洲" if each.is_in_city else "528000 广东省佛山市禅城区",
            }
        )  # fmt: skip
    with found.connect() as connection:
        land(connection, "enterprise_register", "2010-12-31", register)
        land(connection, "cnipa_gazette", "all", documents)
        land(connection, "honours", "all", honours)
    assert failures(found.build(FIRST, HORIZON, MODELS)) == {}
    yield found


def ties_of(warehouse: Warehouse, build_id: str) -> dict[hard.HardMention, str | None]:
    by_day = {
        (feed, day): uscc
        for feed, day, uscc in warehouse.query(
            build_id,
            "select t.feed, t.first_seen_on, t.uscc from int_enterprise_ties t",
        )
    }
    rules = warehouse.query(build_id, "select count(*) from int_enterprise_ties where row_count <> 1")
    assert rules == [(0,)], "a day is no key of the mentions"
    listed = hard.mentions(hard.firms())
    return {each: by_day[mention_key(each, number)] for number, each in enumerate(listed)}


def row(rows: list[AccuracyRow], kind: str) -> AccuracyRow:
    return next(found for found in rows if found.subject.endswith(f" {kind}"))


def test_rules_tie_every_kind_of_fault_they_are_for_and_nothing_that_only_looks_alike(warehouse: Warehouse) -> None:
    rows = hard.score(ties_of(warehouse, FIRST))
    for kind in (*hard.RULED, *hard.DECOYS):
        assert row(rows, kind).correct == row(rows, kind).n > 0, kind
    # What no rule ties is left to reviewers: a wrong letter makes another firm's name as often as a fault.
    for kind in hard.LEFT:
        assert row(rows, kind).correct == 0, kind
    assert rows[-1].correct == rows[-1].n > 400


def test_each_tie_has_its_evidence(warehouse: Warehouse) -> None:
    rules = dict(warehouse.query(FIRST, "select match_rule, count(*) from int_enterprise_ties group by 1"))
    assert {
        "uscc", "organisation_code", "name", "former_name", "normalised_name", "head_office", "ambiguous_code_and_name",
        "not_in_register",
    } == set(rules)  # fmt: skip
    facts = warehouse.query(
        FIRST, "select count(*) from fct_honours join int_enterprise_versions using (enterprise_version_key)"
    )
    tied = warehouse.query(
        FIRST, "select count(*) from int_enterprise_ties where feed = 'honours' and uscc is not null"
    )
    assert facts == tied


def test_codes_are_checked_as_in_python(warehouse: Warehouse) -> None:
    """Both check characters, in SQL and in Python: every code of the set, right and wrong."""
    for given, uscc, kind in warehouse.query(FIRST, "select given_code, uscc, code_kind from int_codes_checked"):
        verdict = parse_uscc(given)
        assert uscc == verdict.code
        assert (kind == "uscc") is verdict.is_valid
        assert (kind == "organisation_code") is (len(given) == 10)


def test_decisions_are_applied_by_the_next_build_and_taken_back_by_the_one_after(warehouse: Warehouse) -> None:
    with warehouse.connect() as connection:
        connection.execute("update ops.builds set status = 'built' where build_id = %s", [FIRST])
        assert builds.collect_open_matches(connection, FIRST) == len(review.open_names(connection)) > 0
        firm, other = hard.firms()[:2]
        queue = {each.name: each for each in review.open_names(connection, "cnipa_gazette")}
        wrong = next(each for each in hard.mentions([firm, other]) if each.kind == "wrong_character")
        assert queue[wrong.name].reason == "not_in_register"
        tied = next(each for each in hard.mentions([firm, other]) if each.kind in {"limited", "town_short"})
        review.accept(connection, "cnipa_gazette", wrong.name, firm.uscc, "reviewer")
        review.reject(connection, "cnipa_gazette", tied.name, "reviewer")
        assert wrong.name not in {each.name for each in review.open_names(connection)}
    assert failures(warehouse.build(SECOND, HORIZON, MODELS, is_tested=False)) == {}
    found = {
        name: (rule, uscc)
        for name, rule, uscc in warehouse.query(SECOND, "select name, match_rule, uscc from int_enterprise_ties")
    }
    assert found[wrong.name] == ("review", firm.uscc)
    assert found[tied.name] == ("rejected", None)
    opened = {name for (name,) in warehouse.query(SECOND, "select name from int_enterprise_matches_open")}
    assert not {wrong.name, tied.name} & opened
    with warehouse.connect() as connection:
        review.undo(connection, "cnipa_gazette", wrong.name, "reviewer")
        review.undo(connection, "cnipa_gazette", tied.name, "reviewer")
    assert failures(warehouse.build(THIRD, HORIZON, MODELS, is_tested=False)) == {}
    same = "select name, match_rule, uscc, row_count from int_enterprise_ties order by 1, 2, 3"
    assert warehouse.query(THIRD, same) == warehouse.query(FIRST, same)
