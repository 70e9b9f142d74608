"""What the sample city writes, read back with the standard library alone (no reader or contract of the product)."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ipstat.sample_city import SampleCity, make_plan, write

SCALE = 0.02
FEEDS = {
    "cnipa_gazette", "cnipa_exchange", "patent_api", "cnipa_legal_events", "cnipa_trademarks", "enforcement_cases",
    "customs_lots", "pledge_registrations", "pledge_ledger", "department_returns", "enterprise_register", "population",
    "economic_accounts", "honours", "official_totals", "plan_targets", "patent_families",
}  # fmt: skip
STEMS = ("appearance_designed", "invention_authorized", "invention_published", "utility_new")
GRANT_LETTERS = {"B", "U", "S"}
csv.field_size_limit(10_000_000)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SampleCity]:
    """A whole city of one fiftieth, 2012-2025."""
    out = tmp_path_factory.mktemp("city") / "sample-city"
    return out, write(out, scale=SCALE)


@pytest.fixture(scope="module")
def root(city: tuple[Path, SampleCity]) -> Path:
    return city[0]


def sent(root: Path, feed: str) -> list[Path]:
    """The files of a feed as they stand in the end: a file that was sent again replaces its first version."""
    last: dict[str, Path] = {}
    with (root / "deliveries.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            if row["feed"] == feed and row["action"] == "deliver":
                last[re.sub(r"/resent/\d+/", "/", row["path"])] = root / row["path"]
    return [last[name] for name in sorted(last)]


def gazette(root: Path) -> Iterator[tuple[Path, list[str]]]:
    """Each row of the gazette whatever its header says: ten cells in the order of the right header."""
    for path in sent(root, "cnipa_gazette"):
        with path.open(encoding="gb18030", newline="") as handle:
            rows = csv.reader(handle)
            next(rows)
            yield from ((path, row) for row in rows)


@pytest.fixture(scope="module")
def rows(root: Path) -> list[tuple[Path, list[str]]]:
    return list(gazette(root))


def sheet(path: Path) -> list[list[str | None]]:
    """The cells of a workbook's first sheet as text."""
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with zipfile.ZipFile(path) as book:
        shared = [item.findtext(f"{space}t") for item in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))]
        tree = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    out = []
    for row in tree.iter(f"{space}row"):
        cells: dict[int, str | None] = {}
        for cell in row:
            letters = cell.attrib["r"].rstrip("0123456789")
            place = sum((ord(c) - 64) * 26**n for n, c in enumerate(reversed(letters))) - 1
            text = cell.findtext(f"{space}v")
            cells[place] = shared[int(text or 0)] if cell.attrib.get("t") == "s" else text
        out.append([cells.get(n) for n in range(max(cells, default=-1) + 1)])
    return out


def test_every_feed_and_every_issue_is_there(city: tuple[Path, SampleCity]) -> None:
    root, summary = city
    assert set(summary.delivery_count_by_feed) == FEEDS
    assert {p.name for p in root.iterdir() if p.is_dir()} == FEEDS | {"_truth"}
    issues = sorted(p for p in (root / "cnipa_gazette").iterdir() if p.name != "resent")
    assert (len(issues), issues[0].name, issues[-1].name) == (1461, "2012-01-03", "2025-12-30")
    assert {date.fromisoformat(p.name).weekday() for p in issues} == {1, 4}
    for issue in issues:
        assert {f"CN_patent_{stem}.csv" for stem in STEMS} <= {p.name for p in issue.iterdir()}, issue.name
    crawls = Counter(p.name for p in (root / "cnipa_gazette").glob("*/*_crawl2.csv"))
    assert set(crawls) == {"CN_patent_invention_authorized_crawl2.csv", "CN_patent_utility_new_crawl2.csv"}


def test_no_gazette_file_is_empty_and_one_header_is_wrong(root: Path) -> None:
    for path in sent(root, "cnipa_gazette"):
        lines = path.read_bytes().decode("gb18030").splitlines()
        header = lines[0].split(",")
        swapped = path.name == "CN_patent_invention_authorized.csv"
        assert header[7:9] == (["address", "designer"] if swapped else ["designer", "address"]), path
        assert len(lines) > 1, path


def test_gazette_rows_hold_the_planned_documents(rows: list[tuple[Path, list[str]]]) -> None:
    """Grants and published applications of the city by month, each publication number once, corrections left out."""
    found: Counter[tuple[str, str]] = Counter()
    seen = set()
    for _, row in rows:
        number = row[2]
        if "中山市" in row[8] and number[-1].isalpha() and number not in seen:
            seen.add(number)
            found[number[-1], row[3][:7].replace(".", "-")] += 1
    plan = make_plan(SCALE)
    letters = {"A": "invention_publications", "B": "invention_grants", "U": "utility_grants", "S": "design_grants"}
    for letter, series in letters.items():
        for year in range(2012, 2026):
            for month in range(1, 13):
                label = f"{year}-{month:02d}"
                planned = plan.total(series, label, label)
                if letter == "A":
                    assert found[letter, label] >= planned, (letter, label)
                else:
                    assert found[letter, label] == planned, (letter, label)


def test_gazette_faults_have_the_real_rates(rows: list[tuple[Path, list[str]]]) -> None:
    first_crawl = [(p, r) for p, r in rows if "crawl2" not in p.name]
    destroyed = sum("E+12" in r[4] for _, r in first_crawl)
    assert 0.80 < destroyed / len(first_crawl) < 0.95
    assert all(r[4][-1] == "X" or len(r[4]) == 13 for _, r in first_crawl if "E+12" not in r[4])
    published = [r[2] for p, r in first_crawl if "published" in p.name]
    assert 0.08 < 1 - len(set(published)) / len(published) < 0.18
    assert any(r[2][-1] == "U" for p, r in first_crawl if "published" in p.name)
    assert any(r[2][-2:] in ("U8", "B8", "A8") for _, r in first_crawl)
    assert any(";??" in r[6] for _, r in first_crawl)
    assert any("\u2002" in r[7] for _, r in first_crawl)
    assert any(r[9].endswith(";") for _, r in first_crawl)
    addresses = [r[8] for _, r in first_crawl]
    assert any("中山市东升镇" in a for a in addresses)
    assert any("中山市小榄镇" in a for a in addresses)
    assert any("南朗街道" in a for a in addresses)
    assert any("大连市中山区" in a for a in addresses)
    assert any(a.startswith(("日本", "美国")) for a in addresses)
    names = {r[6].split(";")[0] for _, r in first_crawl}
    for mark in ("(中山)", "（中山）", "有限责任公司"):
        assert any(mark in name for name in names), mark


def test_old_town_names_live_on_after_the_merger(rows: list[tuple[Path, list[str]]]) -> None:
    towns = Counter(
        match[1]
        for path, row in rows
        if path.parent.name >= "2023" and (match := re.search(r"中山市(东升镇|小榄镇|南朗镇|南朗街道)", row[8]))
    )
    assert min(towns["东升镇"], towns["小榄镇"], towns["南朗镇"], towns["南朗街道"]) > 0


def test_whole_application_numbers_pass_the_check(rows: list[tuple[Path, list[str]]]) -> None:
    whole = {row[4] for _, row in rows if "E+12" not in row[4]}
    assert len(whole) > 500
    weights = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
    for number in whole:
        rest = sum(int(d) * w for d, w in zip(number[:12], weights, strict=True)) % 11
        assert number[12] == ("X" if rest == 10 else str(rest)), number


def test_second_crawl_holds_nothing_that_the_first_lacks(root: Path) -> None:
    def numbers(path: Path) -> set[str]:
        with path.open(encoding="gb18030", newline="") as handle:
            return {row[2] for row in list(csv.reader(handle))[1:]}

    pairs = [(p, p.with_name(p.name.replace("_crawl2", ""))) for p in (root / "cnipa_gazette").glob("*/*_crawl2.csv")]
    assert len(pairs) >= 10
    assert all({n.rstrip("8") for n in numbers(second)} <= {n.rstrip("8") for n in numbers(first)}
               for second, first in pairs)  # fmt: skip


def events_of(root: Path) -> Iterator[tuple[str, list[str], dict[str, str], list[str]]]:
    """(file, cells, JSON object, one event's three texts) of each event of the legal-event feed."""
    for path in sent(root, "cnipa_legal_events"):
        with path.open(encoding="utf-8", newline="") as handle:
            for row in list(csv.reader(handle))[1:]:
                if len(row) == 24:
                    texts = json.loads(row[23])
                    for n in range(0, len(texts), 3):
                        yield path.name, row, json.loads(row[22]), texts[n : n + 3]


def day_of(text: str) -> date:
    digits = re.sub(r"\D", "", text)[:8]
    return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))


def test_lapses_are_known_343_to_473_days_after_the_anniversary(root: Path) -> None:
    seen = 0
    for _, row, _, (number, known, text) in events_of(root):
        if text.startswith("未缴年费专利权终止"):
            due, filed = day_of(text.split("终止日期:")[1]), day_of(row[9])
            assert 343 <= (day_of(known) - due).days <= 473
            assert (due.month, due.day) == (filed.month, filed.day) or (filed.month, filed.day) == (2, 29)
            assert number.endswith(row[7])
            seen += 1
    assert seen > 1000


def test_every_kind_of_ending_and_change_occurs(root: Path) -> None:
    firsts = Counter(texts[2].split("\n")[0] for _, _, _, texts in events_of(root))
    for name in ("授权", "未缴年费专利权终止", "专利权有效期届满", "避免重复授予专利权", "专利权全部无效", "权利的恢复",
                 "专利权的转移", "专利权人的姓名或者名称的变更", "专利权人的地址的变更", "专利权质押合同登记的生效",
                 "专利权质押合同登记的注销", "专利实施许可合同备案的生效"):  # fmt: skip
        assert firsts[name] > 0, name


def test_published_stock_of_inventions_follows_from_the_files(
    root: Path, city: tuple[Path, SampleCity], rows: list[tuple[Path, list[str]]]
) -> None:
    """Grants of the gazette and of the opening file, less the endings known by the day, meet the anchors exactly."""
    granted: dict[str, date] = {}
    filed: dict[str, date] = {}
    for _, row in rows:
        if row[2][-1] == "B" and "中山市" in row[8]:
            granted[row[2]], filed[row[2]] = day_of(row[3]), day_of(row[5])
    ends: dict[str, date] = {}
    back: dict[str, date] = {}
    for _, row, record, (_, known, text) in events_of(root):
        number = row[0]
        if number[-1] not in "BC":
            continue
        first, on = text.split("\n")[0], day_of(known)
        if "中山市" in record["地址"] and number not in granted:
            granted[number], filed[number] = day_of(record["授权公告日"]), day_of(record["申请日"])
        if first == "专利权的转移":
            after = text.rsplit("变更后:", 1)[1]
            if "中山市" not in after:
                ends[number] = on
            elif number not in granted:
                granted[number], filed[number] = on, day_of(record["申请日"])
        elif first in ("未缴年费专利权终止", "避免重复授予专利权", "专利权全部无效", "专利权的主动放弃"):
            ends[number] = on
        elif first == "权利的恢复":
            back[number] = on

    def stock(on: date) -> int:
        count = 0
        for number, since in granted.items():
            end = ends.get(number, date.max)
            is_over = (end <= on and not back.get(number, date.max) <= on) or filed[number].replace(
                year=filed[number].year + 20, day=min(filed[number].day, 28)
            ) <= on
            count += since <= on and not is_over
        return count

    for day_number, expected in make_plan(SCALE).invention_stock:
        on = date.fromordinal(date(1970, 1, 1).toordinal() + day_number)
        assert stock(on) == expected, on
    assert city[1].valid_invention_count_by_year[2019] == round(7954 * SCALE)


def test_trademark_lines_give_applications_registrations_and_stock(root: Path) -> None:
    """The stock as the register shows it on the day, six months of renewal grace counted, meets the anchors exactly."""
    records = [json.loads(line) for path in sent(root, "cnipa_trademarks")
               for line in path.read_text(encoding="utf-8").splitlines()]  # fmt: skip
    good = [record for record in records if re.fullmatch(r"\d{4}-\d\d-\d\d", record["申请日期"])]
    assert len(records) - len(good) == 1

    def known_on(day_text: str) -> list[dict[str, str]]:
        latest: dict[tuple[str, int], dict[str, str]] = {}
        for record in sorted(good, key=lambda r: r["更新日期"]):
            if record["更新日期"] <= day_text:
                latest[record["申请号"], record["国际分类"]] = record
        assert all(1 <= number <= 45 for _, number in latest)
        return list(latest.values())

    plan = make_plan(SCALE)
    final = known_on("2025-12-31")
    filed = sum(r["申请日期"][:4] == "2020" for r in final)
    assert filed == plan.total("trademark_applications", "2020-01", "2020-12")
    registered = sum("2022-01-01" <= r["注册公告日期"] <= "2022-09-30" for r in final)
    assert registered == plan.total("trademark_registrations", "2022-01", "2022-09")
    for day_number, goal in plan.trademark_stock:
        on = date.fromordinal(date(1970, 1, 1).toordinal() + day_number)
        valid = [
            r for r in known_on(on.isoformat()) if r["状态"] == "已注册" and r["专用权结束日期"] >= months_before(on, 6)
        ]
        assert len(valid) == goal, on


def months_before(on: date, months: int) -> str:
    index = on.year * 12 + on.month - 1 - months
    return f"{index // 12:04d}-{index % 12 + 1:02d}-{min(on.day, 30):02d}"


def test_enforcement_cases_meet_the_counts_of_2020(root: Path) -> None:
    latest: dict[str, dict[str, str]] = {}
    for path in sent(root, "enforcement_cases"):
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")
        with path.open(encoding="utf-8-sig", newline="") as handle:
            for row in csv.DictReader(handle):
                if row["数据更新日期"] >= latest.get(row["案件编号"], row)["数据更新日期"]:
                    latest[row["案件编号"]] = row
    plan = make_plan(SCALE)
    closed = sum(r["案件类别"] == "商标侵权" and r["结案日期"].startswith("2020") for r in latest.values())
    assert abs(closed - plan.total("trademark_cases_closed", "2020-01", "2020-12")) <= 1
    patents = [r for r in latest.values() if r["案件类别"] in ("假冒专利", "专利侵权纠纷")]
    filed = sum(r["立案日期"].startswith("2020") for r in patents)
    assert abs(filed - plan.total("patent_cases_filed", "2020-01", "2020-12")) <= 1


def test_workbooks_have_title_and_two_header_rows(root: Path) -> None:
    lots: Counter[str] = Counter()
    for path in sent(root, "customs_lots"):
        title, upper, lower, *body = sheet(path)
        assert title[0] is not None
        assert (upper[0], upper[2], lower[2:5]) == ("批次编号", "措施", ["措施日期", "扣留日期", "处理阶段"])
        for row in body:
            lots.update([row[0]] if row[0] else [])
            assert row[9] in ("商标", "著作权", "专利")
    assert len(lots) == sum(make_plan(SCALE).monthly["customs_lots"])
    ledger = [row for path in sent(root, "pledge_ledger") for row in sheet(path)[3:]]
    assert len({row[0] for row in ledger}) >= sum(make_plan(SCALE).monthly["pledge_contracts"])
    assert all(float(row[7] or 0) > 0 for row in ledger)


def test_returns_tell_a_blank_from_a_zero_and_correct_themselves(root: Path) -> None:
    values: dict[tuple[str | None, ...], list[str | None]] = {}
    for path in (p for p in sent(root, "department_returns") if "2020" <= p.stem[8:12] <= "2021"):
        title, header, *body = sheet(path)
        assert (title[0], header[0], header[7]) == ("部门统计报表", "表号", "数值")
        for row in body:
            cells = [*row, *([None] * (13 - len(row)))]
            values.setdefault(tuple(cells[n] for n in (1, 3, 4, 5, 6)), []).append(cells[7])
    flat = [value for found in values.values() for value in found]
    assert None in flat
    assert "0" in flat
    assert any(len(found) > 1 and found[0] != found[-1] for found in values.values())
    total = [values["patent_all_application_count", "2020-01..2020-11", "全市", None, None][-1]]
    assert total == [str(sum(make_plan(SCALE).total(f"{k}_applications", "2020-01", "2020-11")
                             for k in ("invention", "utility", "design")))]  # fmt: skip


def test_register_holds_unique_valid_codes_and_the_lists_of_the_year(root: Path) -> None:
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    paths = {path.stem.removeprefix("register_"): path for path in sent(root, "enterprise_register")}
    assert len(paths) == 15
    with paths["2019-12-31"].open(encoding="gb18030", newline="") as handle:
        firms = [row for row in csv.DictReader(handle) if row["成立日期"] != "2015-02-30"]
    codes = [row["统一社会信用代码"] for row in firms]
    assert len(codes) == len(set(codes))
    for code in codes:
        total = sum(alphabet.index(c) * 3**i for i, c in enumerate(code[:17]))
        assert (total + alphabet.index(code[17])) % 31 == 0, code
    assert sum(row["高新技术企业"] == "是" for row in firms) == round(2540 * SCALE)
    assert all(row["规上工业企业"] == "是" for row in firms if row["规上出口企业"] == "是")
    assert any(row["曾用名"] for row in firms)
    assert any(row["所属镇街"] == "东升镇" for row in firms)
    with paths["2022-12-31"].open(encoding="gb18030", newline="") as handle:
        later = {row["所属镇街"] for row in csv.DictReader(handle)}
    assert "东升镇" not in later
    assert {"小榄镇", "民众街道", "南朗街道", ""} <= later


def test_exchange_documents_and_the_export_stand_in_the_gazette(root: Path, rows: list[tuple[Path, list[str]]]) -> None:
    known = {row[2] for _, row in rows}
    texts: list[bytes] = []
    for path in sent(root, "cnipa_exchange"):
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                texts += [archive.read(name) for name in archive.namelist()]
        else:
            texts.append(path.read_bytes())
    assert texts
    base = "{http://www.sipo.gov.cn/XMLSchema/base}"
    for text in texts:
        tree = ElementTree.fromstring(text)
        assert f"CN{tree.attrib['docNumber']}{tree.attrib['kind']}" in known
        assert tree.find(f".//{base}Name") is not None
    for path in sent(root, "patent_api"):
        with path.open(encoding="utf-8", newline="") as handle:
            records = list(csv.DictReader(handle))
        assert records[0][""] == "0"
        assert {record["documentNumber"] for record in records} <= known


def test_delivery_plan_lists_every_file_and_the_senders_mistakes(root: Path) -> None:
    with (root / "deliveries.csv").open(encoding="utf-8", newline="") as handle:
        plan = list(csv.DictReader(handle))
    assert [int(row["received_order"]) for row in plan] == list(range(1, len(plan) + 1))
    assert [row["received_on"] for row in plan] == sorted(row["received_on"] for row in plan)
    on_disk = {p.relative_to(root).as_posix() for feed in FEEDS for p in (root / feed).rglob("*") if p.is_file()}
    assert {row["path"] for row in plan} == on_disk
    again = [row for row in plan if "/resent/" in row["path"]]
    assert {row["feed"] for row in again} >= {"cnipa_gazette", "department_returns", "enterprise_register"}
    for row in again:
        first = root / re.sub(r"/resent/\d+/", "/", row["path"])
        assert first.read_bytes() != (root / row["path"]).read_bytes()
    story = [row for row in plan if re.sub(r"/resent/\d+/", "/", row["path"]).endswith("enforcement_2019-05.csv")]
    assert [("resent" in row["path"], row["action"]) for row in story] == [
        (False, "deliver"), (True, "deliver"), (False, "deliver"),
    ]  # fmt: skip
    assert [row["action"] for row in plan if row["path"].endswith("pledge_ledger_2020-05.xlsx")] == [
        "deliver", "withdraw", "deliver",
    ]  # fmt: skip


def test_everything_is_marked_as_sample_data(root: Path) -> None:
    mark = json.loads((root / "SAMPLE_DATA.json").read_text(encoding="utf-8"))
    assert (mark["mark"], mark["scale"]) == ("示例数据", SCALE)
    with zipfile.ZipFile(sent(root, "customs_lots")[0]) as book:
        assert "示例数据" in book.read("docProps/core.xml").decode()


def test_truth_knows_every_patent_of_the_gazette(root: Path, rows: list[tuple[Path, list[str]]]) -> None:
    with (root / "_truth" / "patents.csv").open(encoding="utf-8", newline="") as handle:
        truth = {row["publication_number"]: row for row in csv.DictReader(handle)}
    for _, row in rows:
        record = truth.get(row[2].rstrip("8") if row[2][-1] == "8" else row[2])
        assert record is not None, row[2]
        assert (record["town_code"] == "outside") == ("中山市" not in row[8]), row
    assert {row["town_code_now"] for row in truth.values()} >= {"442000118", "442000007", "442000008", "outside"}


def digest(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in sorted(folder.rglob("*")) if p.is_file()}  # fmt: skip


def test_equal_seeds_give_equal_bytes_and_others_do_not(tmp_path: Path) -> None:
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        write(tmp_path / name, scale=0.004, seed=seed, years=(2020, 2020))
    first, second, other = (digest(tmp_path / name) for name in "abc")
    assert first == second
    assert set(first) & set(other)
    assert sum(first[name] != other.get(name) for name in first) > 0.6 * len(first)


def test_years_limit_the_files_not_the_story(tmp_path: Path) -> None:
    summary = write(tmp_path / "out", scale=0.004, years=(2020, 2021))
    issues = [p.name for p in (tmp_path / "out" / "cnipa_gazette").iterdir()]
    assert {name[:4] for name in issues} == {"2020", "2021"}
    assert set(summary.grant_count_by_year) == {2020, 2021}
    assert set(summary.delivery_count_by_feed) == FEEDS


@pytest.mark.parametrize(("scale", "years"), [(0.0, (2012, 2025)), (11.0, (2012, 2025)), (0.1, (2011, 2025)),
                                              (0.1, (2025, 2012))])  # fmt: skip
def test_impossible_wishes_are_refused(tmp_path: Path, scale: float, years: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=r"outside|must lie"):
        write(tmp_path / "out", scale=scale, years=years)
    assert not (tmp_path / "out").exists()


def test_a_folder_with_content_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="not empty"):
        write(tmp_path, scale=0.004, years=(2020, 2020))
    assert [p.name for p in tmp_path.iterdir()] == ["kept.txt"]
