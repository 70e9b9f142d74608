"""Names of parties: one form, the applicant's type, pseudonyms."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from ingest.classifications import split_list
from ingest.names import APPLICANT_TYPES, classify_applicant, is_natural_person, normalise_name, pseudonym

TYPES = [
    ("中山市古镇元普灯饰厂", "enterprise"),
    ("朗伦照明科技（中山）有限公司", "enterprise"),
    ("中山市寰亚照明电器厂（个体工商户）", "enterprise"),
    ("佛山市顺德区晟名商贸商行(普通合伙)", "enterprise"),
    ("三星电子株式会社", "enterprise"),
    ("QUALCOMM INC", "enterprise"),
    ("Robert Bosch GmbH", "enterprise"),
    ("开县中智养殖场", "enterprise"),
    ("某某电子研究所有限公司", "enterprise"),
    ("中山市古镇华艺照明", "enterprise"),
    ("华艺星光灯饰", "enterprise"),
    ("中山大学", "university"),
    ("电子科技大学中山学院", "university"),
    ("延世大学校产学协力团", "university"),
    ("厦门城市职业学院（厦门市广播电视大学）", "university"),
    ("中国人民解放军国防科技大学", "university"),
    ("中国科学院大学", "university"),
    ("中国科学院力学研究所", "research_institute"),
    ("上海市农业科学院", "research_institute"),
    ("佛山市顺德区中山大学研究院", "research_institute"),
    ("农业部环境保护科研监测所", "research_institute"),
    ("中山市小榄人民医院", "institution"),
    ("中山大学附属第一医院", "institution"),
    ("荆门市第一人民医院", "institution"),
    ("厦门市集美区乐安中学", "institution"),
    ("无锡市产品质量监督检验院", "institution"),
    ("芜湖科技馆", "institution"),
    ("佛山市公安局", "government"),
    ("中国人民解放军75837部队", "government"),
    ("馆陶县科学技术局", "government"),
    ("李某某", "individual"),
    ("A某某", "individual"),
    ("欧阳某", "individual"),
    ("李建国", "individual"),
    ("阳建会", "individual"),
    ("丁建社", "individual"),
    ("维兰德.K.沙马", "individual"),
    ("买买提·阿布都拉", "individual"),
    ("SMITH JOHN", "individual"),
    ("张三（个体工商户）", "individual"),
    ("", "unknown"),
    ("--", "unknown"),
]


@pytest.mark.parametrize(("name", "applicant_type"), TYPES)
def test_applicant_types(name: str, applicant_type: str) -> None:
    assert classify_applicant(name) == applicant_type
    assert is_natural_person(name) == (applicant_type in ("individual", "unknown"))


def names_of_the_issue(shared: Path) -> set[str]:
    names: set[str] = set()
    for path in (shared / "feeds" / "cnipa_gazette" / "2019-07-09").glob("*.csv"):
        with path.open(encoding="gb18030", newline="") as stream:
            for row in csv.DictReader(stream):
                names.update(split_list(row["patentee"]))
    return names


def test_no_masked_person_of_the_real_issue_is_taken_for_an_organisation(shared: Path) -> None:
    names = names_of_the_issue(shared)
    assert len(names) > 15_000
    assert [name for name in names if name.endswith("某") and not is_natural_person(name)] == []


def test_of_the_real_issue_only_names_without_any_word_for_an_organisation_are_unmasked_persons(shared: Path) -> None:
    persons = {name for name in names_of_the_issue(shared) if is_natural_person(name) and "某" not in name}
    # Six are people whose names the mask missed; the others are firms that no word tells: safe as pseudonyms.
    assert persons == {
        "丁建社", "周丐社", "宋荣会", "李效会", "蔡政会", "阳建会", "维兰德.K.沙马",
        "安纳特思科", "法国德西尼布", "路易威登马利蒂", "阿尔卡特朗讯", "财团法人实感交流人体感应研究团",
    }  # fmt: skip


def test_types_agree_with_another_provider(shared: Path) -> None:
    """The other provider's types of June 2021; it takes hospitals for firms and a sole trader for nothing."""
    same = {"企业": "enterprise", "学校": "university", "科研院所": "research_institute"}
    differing: Counter[tuple[str, str]] = Counter()
    path = shared / "feeds" / "patent_api_2021-06" / "records.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        found = classify_applicant(row["applicant"].split(";")[0])
        if found != same.get(row["applicantType"], "individual"):
            differing[row["applicantType"], found] += 1
    assert len(rows) == 450
    assert sum(differing.values()) <= 9
    assert set(differing) <= {
        ("企业", "institution"), ("其他", "enterprise"), ("其他", "institution"), ("其他", "government"),
    }  # fmt: skip


EQUAL = [
    ("TCL空调器（中山）有限公司", "ＴＣＬ空调器(中山) 有限责任公司"),
    ("中山市古镇镇元普灯饰厂", "古镇元普灯饰厂"),
    ("广东省中山市华艺灯饰有限公司", "中山市華藝燈飾有限公司"),
    ("中山市寰亚照明电器厂（个体工商户）", "中山市寰亚照明电器厂"),
    ("嘉善宝岛模具厂（普通合伙）", "嘉善宝岛模具厂"),
    ("惠普发展公司，有限责任合伙企业", "惠普发展公司,有限责任合伙企业"),
    ("广东省长虹有限公司", "广东长虹有限公司"),
    ("abc Co., Ltd.", "ABC CO LTD"),
]


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_spellings_of_one_party_are_equal(one: str, other: str) -> None:
    first, second = normalise_name(one), normalise_name(other)
    assert first == second or first.endswith(second) or normalise_name("中山市" + other) == first
    assert normalise_name(first) == first


DIFFERENT = [
    ("华为技术有限公司中山分公司", "华为技术有限公司"),
    ("中山大学", "大学"),
    ("中山市人民医院", "佛山市人民医院"),
    ("甲股份有限公司", "甲有限公司"),
    ("中山大学达安基因股份有限公司", "达安基因股份有限公司"),
    ("中山市甲灯饰厂", "中山市甲灯饰有限公司"),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_names_of_different_parties_stay_apart(one: str, other: str) -> None:
    assert normalise_name(one) != normalise_name(other)


def test_pseudonyms_are_stable_and_depend_on_the_key() -> None:
    first = pseudonym("李 某某", "key")
    assert first == pseudonym("李某某", b"key")
    assert first != pseudonym("李某某", "other key") != pseudonym("王某某", "other key")
    assert first.startswith("自然人") and len(first) == 19
    assert "李" not in first
    with pytest.raises(ValueError, match="IPSTAT_PSEUDONYM_KEY"):
        pseudonym("李某某", "")


def test_the_types_are_those_of_the_star_schema() -> None:
    assert set(APPLICANT_TYPES) == {
        "enterprise", "university", "research_institute", "government", "institution", "individual", "other", "unknown",
    }  # fmt: skip
