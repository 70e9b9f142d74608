"""The measurement of ties: pairs counted by hand, the labels of real names, and what the rules say of them."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.accuracy import enterprises, enterprises_hard
from benchmarks.accuracy.cells import CellsAbsentError
from benchmarks.accuracy.enterprises_city import Mention, distinct_names, errors, linkage
from benchmarks.accuracy.enterprises_real import LABELS, read_labels
from benchmarks.accuracy.labels import LabelError


def mention(name: str, truth: str, found: str | None, count: int = 1, *, is_enterprise: bool = True) -> Mention:
    return Mention("f", name, truth, is_enterprise, found, "name", True, count)


def test_pairs_are_counted_within_clusters() -> None:
    """A: 3 + 1 mentions, one of them tied to B; B: 2; a stranger tied to B."""
    listed = [
        mention("a", "A", "A", 3),
        mention("a'", "A", "B"),
        mention("b", "B", "B", 2),
        mention("x", "elsewhere x", "B", is_enterprise=False),
        mention("b'", "B", None),
        mention("y", "elsewhere y", None, is_enterprise=False),
    ]
    counts = linkage(listed)
    assert (counts.true_pairs, counts.found_pairs, counts.right_pairs) == (6 + 3, 3 + 6, 3 + 1)
    assert (counts.mentions, counts.tied, counts.rightly_tied) == (7, 7, 5)
    precision, recall, *_ = counts.rows("s")
    assert (precision.correct, precision.n, precision.is_met) == (4, 9, False)
    assert (recall.correct, recall.n, recall.is_met) == (4, 9, False)
    assert sum(errors(listed).values()) == 1 + 1 + 1
    assert [each.count for each in distinct_names([*listed, mention("a", "A", "A", 9)])] == [9, 1, 2, 1, 1, 1]


def test_an_enterprise_that_the_register_lacks_is_not_asked_for() -> None:
    gone = Mention("f", "n", "G", True, None, "not_in_register", False, 5)
    counts = linkage([gone, mention("a", "A", "A", 2)])
    assert (counts.true_pairs, counts.mentions, counts.tied) == (1, 2, 2)


def test_labels_hold_no_text_of_a_name() -> None:
    labels = read_labels()
    assert len(labels) >= 300
    assert len({label.key for label in labels}) == len(labels)
    content = LABELS.read_text(encoding="utf-8")
    assert not re.search(r"[\u4e00-\u9fff]", content)
    assert Counter(label.kind for label in labels)["city"] > 100
    assert all(label.judged_by == "Claude (AI), 2026-11-22" for label in labels)


@pytest.mark.parametrize(
    ("column", "value"), [("verdict", "perhaps"), ("judged_by", "")], ids=["unknown verdict", "nobody judged"]
)
def test_a_label_file_that_is_wrong_is_refused(tmp_path: Path, column: str, value: str) -> None:
    with LABELS.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for name, changed in (("value", [{**rows[0], column: value}]), ("double", [rows[0], rows[0]])):
        path = tmp_path / f"{name}.csv"
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, list(rows[0]))
            writer.writeheader()
            writer.writerows(changed)
        with pytest.raises(LabelError, match=f"{name}.csv, line {len(changed) + 1}"):
            read_labels(path)


def test_the_rules_join_no_two_real_firms_and_the_errors_are_the_listed_ones(shared: Path) -> None:
    accuracy = enterprises.measure_names(shared)
    assert all(row.is_met for row in accuracy.rows())
    assert [(each.label.kind, each.label.verdict, each.pair.found) for each in accuracy.errors] == [
        ("one_edit", "same", "different")
    ] * 3
    assert len(accuracy.unsure) == 2
    assert len(accuracy.judged) + len(accuracy.unsure) == len(read_labels())


def test_without_the_real_feeds_the_measurement_ends_with_a_message(tmp_path: Path) -> None:
    with pytest.raises(CellsAbsentError, match="measured on the real feeds"):
        enterprises.measure_names(tmp_path)


def test_the_harder_set_is_the_same_for_everybody_and_each_mention_means_one_thing() -> None:
    firms = enterprises_hard.firms()
    listed = enterprises_hard.mentions(firms)
    assert listed == enterprises_hard.mentions(enterprises_hard.firms())
    assert len({(each.name, each.code, each.is_in_city) for each in listed}) == len(listed) > 500
    kinds = {each.kind for each in listed}
    assert kinds == {*enterprises_hard.RULED, *enterprises_hard.LEFT, *enterprises_hard.DECOYS}
    perfect = enterprises_hard.score({each: each.truth for each in listed})
    assert all(row.correct == row.n for row in perfect)
    wrong = enterprises_hard.score(dict.fromkeys(listed, firms[0].uscc))
    assert not wrong[-1].is_met
