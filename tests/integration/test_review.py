"""Reviewers' decisions: what is refused, the history, what builds pin, the command line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import psycopg
import pytest

from ipstat import builds, cli, review
from ipstat.errors import RefusedError, UsageError
from ipstat.nearest_names import edit_distance
from ipstat.settings import PROJECT_ROOT
from tests.support.warehouse import land

FIRM, OTHER = "914420007665649509", "914420007665649696"
NAME = "中山市甲灯饰厂"


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection]:
    """A database with two firms in the register and one name in the queue."""
    with psycopg.connect(database_url, autocommit=True) as opened:
        row = {"_known_on": date(2020, 12, 31), "established_date": date(2001, 1, 1), "town_name": "古镇镇"}
        row |= dict.fromkeys(("is_high_tech", "is_above_scale", "is_above_scale_exporter"), False)
        names = (("中山市甲照明有限公司", FIRM), ("中山市乙照明有限公司", OTHER))
        land(
            opened,
            "enterprise_register",
            "2020-12-31",
            [{**row, "enterprise_name": name, "uscc": uscc} for name, uscc in names],
        )
        opened.execute(
            "insert into ops.review_enterprise_matches (feed, name, normalised_name, reason, row_count)"
            " values ('cnipa_gazette', %(name)s, %(name)s, 'not_in_register', 3),"
            " ('honours', %(name)s, %(name)s, 'not_in_register', 1)",
            {"name": NAME},
        )
        yield opened


def test_what_can_not_be_decided_is_refused(connection: psycopg.Connection) -> None:
    with pytest.raises(UsageError, match="wrong check character"):
        review.accept(connection, "cnipa_gazette", NAME, FIRM[:-1] + "0", "甲")
    with pytest.raises(RefusedError, match="91442000MA525GLE7Y is not in the register"):
        review.accept(connection, "cnipa_gazette", NAME, "91442000MA525GLE7Y", "甲")
    with pytest.raises(RefusedError, match="no name '无此名' is known in cnipa_gazette"):
        review.reject(connection, "cnipa_gazette", "无此名", "甲")
    with pytest.raises(RefusedError, match="is known in pledge_ledger"):
        review.reject(connection, "pledge_ledger", NAME, "甲")
    with pytest.raises(UsageError, match="who made it"):
        review.reject(connection, "cnipa_gazette", NAME, "  ")
    with pytest.raises(RefusedError, match="no decision on"):
        review.undo(connection, "cnipa_gazette", NAME, "甲")
    assert review.history(connection, NAME) == []


def test_a_second_decision_needs_the_first_taken_back_and_nothing_is_ever_changed(
    connection: psycopg.Connection,
) -> None:
    review.accept(connection, "cnipa_gazette", NAME, FIRM, "甲", "same address")
    connection.execute(
        "insert into ops.review_enterprise_matches (feed, name, normalised_name, reason) values ('patent_api', %s, '', '')",
        [NAME],
    )
    with pytest.raises(RefusedError, match=f"accepted as {FIRM} by 甲"):
        review.reject(connection, "patent_api", NAME, "乙")  # patent feeds meet in one record
    with pytest.raises(RefusedError, match="review undo cnipa_gazette"):
        review.accept(connection, "cnipa_gazette", NAME, OTHER, "乙")
    review.reject(connection, "honours", NAME, "乙")  # another group of feeds
    review.undo(connection, "cnipa_gazette", NAME, "乙")
    review.accept(connection, "cnipa_gazette", NAME, OTHER, "乙")
    told = [(each.feed, each.decision, each.uscc, each.decided_by) for each in review.history(connection, NAME)]
    assert told == [
        ("cnipa_gazette", "accept", FIRM, "甲"),
        ("honours", "reject", None, "乙"),
        ("cnipa_gazette", "undo", None, "乙"),
        ("cnipa_gazette", "accept", OTHER, "乙"),
    ]
    held = {(each.feed, each.decision, each.uscc) for each in review.current(connection)}
    assert held == {("cnipa_gazette", "accept", OTHER), ("honours", "reject", None)}
    for statement in ("update ops.review_decisions set uscc = uscc", "delete from ops.review_decisions"):
        with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
            connection.execute(statement.encode())


def open_build(connection: psycopg.Connection, decisions_hash: str | None = None) -> tuple[str, str]:
    inputs = builds.read_inputs(connection, PROJECT_ROOT)
    build_id = builds.open_build(connection, inputs, None, [], decisions_hash)
    row = connection.execute("select decisions_hash from ops.builds where build_id = %s", [build_id]).fetchone()
    assert row is not None
    return build_id, row[0]


def pinned(connection: psycopg.Connection, build_id: str) -> list[tuple[str, str]]:
    return connection.execute(
        "select decision, feed from ops.build_decisions join ops.review_decisions using (decision_id)"
        " where build_id = %s order by decision_id",
        [build_id],
    ).fetchall()


def test_a_build_pins_the_decisions_of_its_day_and_an_old_state_can_be_pinned_again(
    connection: psycopg.Connection,
) -> None:
    empty, empty_hash = open_build(connection)
    review.accept(connection, "cnipa_gazette", NAME, FIRM, "甲")
    review.reject(connection, "honours", NAME, "甲")
    both, both_hash = open_build(connection)
    review.undo(connection, "honours", NAME, "甲")
    one, one_hash = open_build(connection)
    assert pinned(connection, empty) == []
    assert pinned(connection, both) == [("accept", "cnipa_gazette"), ("reject", "honours")]
    assert pinned(connection, one) == [("accept", "cnipa_gazette")]
    assert len({empty_hash, both_hash, one_hash}) == 3
    review.undo(connection, "cnipa_gazette", NAME, "甲")
    _, again_hash = open_build(connection)
    assert again_hash == empty_hash, "a state that is the same again has the same hash"
    old, old_hash = open_build(connection, both_hash)
    assert old_hash == both_hash
    assert pinned(connection, old) == pinned(connection, both)
    count = "select count(*) from ops.builds"
    before = connection.execute(count).fetchone()
    with pytest.raises(RefusedError, match="no build of this database was made with the decisions 000000000000"):
        open_build(connection, "0" * 64)
    assert connection.execute(count).fetchone() == before


def test_the_command_line_lists_shows_and_decides(
    connection: psycopg.Connection,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("IPSTAT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("IPSTAT_DATABASE_URL", database_url)

    def run(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main(["review", *arguments])
        captured = capsys.readouterr()
        return (ended.value.code if isinstance(ended.value.code, int) else 0), captured.out + captured.err

    code, out = run("list")
    assert (code, out.count(NAME)) == (0, 2)
    assert run("list", "--feed", "honours")[1].count(NAME) == 1
    code, out = run("show", "中山市丙照明有限公司")
    assert code == 0
    assert FIRM in out
    assert run("accept", "cnipa_gazette", NAME, "--uscc", FIRM, "--by", "甲", "--note", "同址")[0] == 0
    assert "no name waits" in run("list", "--feed", "cnipa_gazette")[1]
    out = run("list", "--status", "decided")[1]
    assert FIRM in out
    assert "同址" in out
    assert run("reject", "honours", "无此名", "--by", "甲")[0] == 1
    assert run("accept", "honours", NAME, "--uscc", "12", "--by", "甲")[0] == 2
    assert run("undo", "cnipa_gazette", NAME, "--by", "乙")[0] == 0
    assert "undo" in run("show", NAME)[1]
    assert "no decision holds" in run("list", "--status", "decided")[1]


def test_names_are_compared_by_edits() -> None:
    assert edit_distance("甲乙丙", "甲乙丙", 3) == 0
    assert edit_distance("甲乙丙", "甲丙", 3) == 1
    assert edit_distance("甲乙丙丁", "乙甲丙", 3) == 3
    assert edit_distance("甲乙丙丁戊己", "一二三四五六", 2) == 3
