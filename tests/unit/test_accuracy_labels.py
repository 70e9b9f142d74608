"""Labels of town resolution: well formed, without real text, and the measurement counts what is wrong.

The measurement itself runs on the real feeds and is skipped with a reason where `../shared` is absent.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.accuracy.cells import DESIGNS, GAZETTE, Cell, CellsAbsentError, read_cells
from benchmarks.accuracy.labels import LABELS_DIR, Label, LabelError, match, read_labels
from benchmarks.accuracy.sample import city_cells, elsewhere_cells, village_names
from benchmarks.accuracy.table import accuracy_row, render, wilson
from benchmarks.accuracy.towns import SEEDS_DIR, TownAccuracy, main, measure, report
from ingest.gazetteer import TOWN_KINDS, read_aliases
from ingest.places import Gazetteer

HEADER = "publication_number,cell_sha256,expected_town,is_boundary,judged_by,reason\n"
GAZETTE_HEADER = (
    "item,name,authorization_notice_id,authorized_announcement_date,filing_id,filing_date,patentee,designer,address"
)


def _key(each: Label | Cell) -> tuple[str, str]:
    return each.publication_number, each.cell_sha256 if isinstance(each, Label) else each.sha256


# --- the label files themselves


def test_labels_are_complete_and_name_only_known_places() -> None:
    city, elsewhere = (read_labels(LABELS_DIR / f"towns_{part}.csv") for part in ("city", "elsewhere"))
    with (SEEDS_DIR / "geography" / "towns.csv").open(encoding="utf-8", newline="") as stream:
        towns = {row["town_code"] for row in csv.DictReader(stream)}
    assert (len(city), len(elsewhere)) == (383, 1_390)
    assert {label.expected_town for label in city} <= towns - {"442000", "outside"}
    assert {label.expected_town for label in elsewhere} == {"outside"}
    assert all(label.reason for label in city if label.expected_town == "unassigned")
    assert not {_key(label) for label in city} & {_key(label) for label in elsewhere}
    assert all(re.fullmatch(r"[0-9a-f]{64}", label.cell_sha256) for label in city + elsewhere)


def test_a_label_file_that_is_wrong_is_an_error_with_the_line(tmp_path: Path) -> None:
    path, row = tmp_path / "towns_city.csv", f"CN1S,{'0' * 64},outside,false,a judge,\n"
    for text, message in (
        ("publication_number,town\n", "header"),
        (HEADER + row + row, "line 3: CN1S is labelled twice"),
        (HEADER + row.replace("false", "no"), "line 2"),
        (HEADER + row.replace("a judge", ""), "line 2"),
        (HEADER + row.replace("0" * 64, "0" * 63), "line 2"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(LabelError, match=message):
            read_labels(path)


# --- the table


@pytest.mark.parametrize(
    ("correct", "n", "low", "high"),
    [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0), (95, 100, 0.8882, 0.9785)],
)
def test_wilson_intervals_as_in_the_textbooks(correct: int, n: int, low: float, high: float) -> None:
    assert wilson(correct, n) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_a_share_of_nothing_is_an_error() -> None:
    for correct, n in ((0, 0), (3, 2), (-1, 2)):
        with pytest.raises(ValueError, match="no share"):
            wilson(correct, n)


def test_a_target_is_met_by_the_share_and_printed() -> None:
    met, missed = accuracy_row("met", 398, 400, 0.995), accuracy_row("missed", 397, 400, 0.995)
    assert (met.is_met, missed.is_met, accuracy_row("for information", 0, 5).is_met) == (True, False, True)
    text = render([met, missed])
    assert "99.50%" in text and "99.5% met" in text and "99.5% MISSED" in text


# --- the measurement, on made-up cells


MADE_UP = [
    # number, feed, address, label, boundary; what the resolver says differs in the last four
    ("CN300000001S", GAZETTE, "528400广东省中山市小榄镇甲路1号", "442000100", "false"),
    ("CN300000002S", GAZETTE, "528400广东省中山市 民众镇乙路2号", "442000102", "true"),
    ("CN300000003S", DESIGNS, "广东省中山市丙路3号", "unassigned", "false"),
    ("CN300000004S", GAZETTE, "116000辽宁省大连市中山区丁路4号", "outside", "false"),
    ("CN300000005S", GAZETTE, "528400广东省中山市古镇镇戊路5号", "442000101", "false"),
    ("CN300000006S", DESIGNS, "528400广东省中山市民众镇己路6号", "442000102", "false"),
    ("CN300000007S", GAZETTE, "广东省中山市庚路7号", "outside", "false"),
    ("CN300000008S", GAZETTE, "528300广东省佛山市辛路8号", "442000100", "false"),
]


@pytest.fixture
def made_up(tmp_path: Path) -> Path:
    """A folder with two feeds of made-up addresses, and `labels/` that judge them."""
    gazette, designs = (tmp_path / "feeds" / name for name in (f"{GAZETTE}/2019-07-09", DESIGNS))
    for folder in (gazette, designs, tmp_path / "labels"):
        folder.mkdir(parents=True)
    rows = [f"1,x,{n},d,a,d,p,q,{text},I" for n, feed, text, *_ in MADE_UP if feed == GAZETTE]
    (gazette / "CN_patent_appearance_designed.csv").write_text(
        "\n".join([f"{GAZETTE_HEADER},Int.Cl.", *rows]), encoding="gb18030"
    )
    with (designs / "designs.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerows([n, json.dumps({"地址": text}), "[]"] for n, feed, text, *_ in MADE_UP if feed == DESIGNS)
    hashes = {cell.publication_number: cell.sha256 for cell in read_cells(tmp_path)}
    for part in ("city", "elsewhere"):
        lines = [
            f"{n},{hashes[n]},{town},{flag},a judge,\n"
            for n, _, _, town, flag in MADE_UP
            if (town == "outside") == (part == "elsewhere")
        ]
        (tmp_path / "labels" / f"towns_{part}.csv").write_text(HEADER + "".join(lines), encoding="utf-8")
    return tmp_path


def test_wrong_towns_wrong_flags_and_the_city_s_border_are_counted(made_up: Path) -> None:
    accuracy = measure(made_up, labels_dir=made_up / "labels")
    by_subject = {row.subject: (row.n, row.correct) for row in accuracy.rows()}
    assert by_subject["town: the city, gazette"] == (4, 2)
    assert by_subject["town: the city, designs of 2013"] == (2, 1)
    assert by_subject["town: elsewhere, with a name of the city's"] == (2, 1)
    assert [each.cell.publication_number[-2:] for each in accuracy.errors] == ["5S", "6S", "7S", "8S"]
    text = report(accuracy)
    assert "outside, assigned to the city: 1; of the city, put outside: 1" in text
    assert "CN300000005S" in text and "expected 442000101 (boundary False), found 442000105" in text
    assert "戊路" not in text  # errors are named by publication number, never by their text
    assert not accuracy.is_good


def test_addresses_changed_later_are_cells_too(made_up: Path) -> None:
    event = "x\n变更事项:地址\n变更前:甲地\n变更后:乙地"
    path = made_up / "feeds" / DESIGNS / "designs.csv"
    with path.open("a", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerow(["CN300000009S", json.dumps({"地址": "丙地"}), json.dumps([event])])
    texts = {cell.text for cell in read_cells(made_up) if cell.publication_number == "CN300000009S"}
    assert texts == {"甲地", "乙地", "丙地"}


def test_cells_that_are_absent_or_changed_are_named(
    made_up: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = made_up / "feeds" / GAZETTE / "2019-07-09" / "CN_patent_appearance_designed.csv"
    path.write_text(path.read_text(encoding="gb18030").replace("甲路1号", "甲路2号"), encoding="gb18030")
    with pytest.raises(CellsAbsentError, match="1 of 6 labelled cells are not in the real feeds: CN300000001S"):
        measure(made_up, labels_dir=made_up / "labels")
    assert main(["--shared", str(tmp_path / "nowhere")]) == 1
    assert "put the folder `shared` beside the repository" in capsys.readouterr().err


# --- the measurement, on the real cells


@pytest.fixture(scope="module")
def cells(shared: Path) -> list[Cell]:
    return read_cells(shared)


@pytest.fixture(scope="module")
def accuracy(shared: Path) -> TownAccuracy:
    return measure(shared)


def test_the_labels_are_exactly_the_sample(cells: list[Cell], shared: Path) -> None:
    city, elsewhere = city_cells(cells), elsewhere_cells(cells, village_names(shared))
    assert len({cell.publication_number for cell in city if cell.feed == GAZETTE}) == 339
    assert {_key(cell) for cell in city} == {_key(each) for each in read_labels(LABELS_DIR / "towns_city.csv")}
    assert {_key(cell) for cell in elsewhere} == {
        _key(each) for each in read_labels(LABELS_DIR / "towns_elsewhere.csv")
    }


def test_no_label_holds_real_text(cells: list[Cell]) -> None:
    for part in ("city", "elsewhere"):
        labels = read_labels(LABELS_DIR / f"towns_{part}.csv")
        for label, cell in match(labels, cells):
            streets = re.findall(r"[一-鿿]{2,}(?:路|街|大道|号|栋)", cell.text)
            assert not any(street in label.reason for street in streets), label.publication_number


def test_towns_are_right_often_enough_and_the_city_s_border_is_never_wrong(accuracy: TownAccuracy) -> None:
    shares = {row.subject: row.share for row in accuracy.rows()}
    assert shares["town: the city, gazette"] >= 0.995
    assert shares["town: the city, designs of 2013"] >= 0.995
    assert not [each.label.publication_number for each in accuracy.judged if each.is_taken_in or each.is_missed]
    assert accuracy.is_good


def test_of_all_real_addresses_exactly_the_labelled_ones_are_in_the_city(
    cells: list[Cell], accuracy: TownAccuracy
) -> None:
    gazetteer = Gazetteer.from_seeds(SEEDS_DIR)
    inside = {_key(cell) for cell in cells if gazetteer.resolve(cell.text).is_in_city}
    assert len(cells) == 36_888
    assert inside == {_key(each.label) for each in accuracy.city}


def test_names_that_were_taken_from_this_very_issue_are_not_needed(accuracy: TownAccuracy) -> None:
    gazetteer = _without_rows(lambda row: "gazette 2019-07-09" in row["source"] and "NBS" not in row["source"])
    assert not _wrong(gazetteer, accuracy)


def test_a_gazetteer_without_a_town_is_seen(accuracy: TownAccuracy) -> None:
    gazetteer = _without_rows(lambda row: row["place_code"] == "442000110")
    assert len(_wrong(gazetteer, accuracy)) > 5


def test_without_its_town_s_name_no_address_moves_to_another_town(accuracy: TownAccuracy) -> None:
    """Villages and parks find the town in a good part of the addresses; the rest is unassigned, never wrong."""
    texts = [(SEEDS_DIR / "geography" / name).read_text(encoding="utf-8") for name in _SEEDS]
    towns = [alias.name for alias in read_aliases(*texts) if alias.kind in (*TOWN_KINDS, "town_short", "zone")]
    pattern = re.compile(f"^(.*?中山市)(?:{'|'.join(sorted(towns, key=len, reverse=True))})")
    gazetteer, found = Gazetteer(read_aliases(*texts), "test"), []
    for text, town in {each.cell.text: each.label.expected_town for each in accuracy.city}.items():
        masked = pattern.sub(r"\1", text)
        if masked != text:
            found.append((gazetteer.resolve(masked).place_code, town))
    assert len(found) > 200
    assert {got for got, town in found if got != town} <= {"unassigned"}
    assert sum(got == town for got, town in found) > len(found) / 3


_SEEDS = ("place_aliases.csv", "villages.csv")


def _without_rows(is_left_out: Callable[[dict[str, str]], bool]) -> Gazetteer:
    aliases, villages = ((SEEDS_DIR / "geography" / name).read_text(encoding="utf-8") for name in _SEEDS)
    lines = aliases.splitlines()
    rows = zip(lines[1:], csv.DictReader(lines), strict=True)
    kept = [line for line, row in rows if not is_left_out(row)]
    assert 0 < len(kept) < len(lines) - 1
    return Gazetteer(read_aliases("\n".join([lines[0], *kept]), villages), "test")


def _wrong(gazetteer: Gazetteer, accuracy: TownAccuracy) -> list[str]:
    return [
        each.label.publication_number
        for each in accuracy.judged
        if gazetteer.resolve(each.cell.text).place_code != each.label.expected_town
    ]
