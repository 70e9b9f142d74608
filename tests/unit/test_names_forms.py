"""The forms of names that ties compare: written, normalised, head office, the city's prefix."""

from __future__ import annotations

import pytest

from ingest.names import has_city_prefix, head_office_name, normalise_name, written_name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ＴＣＬ空调器(中山)有限公司", "TCL空调器（中山）有限公司"),
        ("中山市華藝燈飾有限公司", "中山市华艺灯饰有限公司"),
        ("中山市 华艺灯饰 有限公司", "中山市华艺灯饰有限公司"),
    ],
)
def test_what_a_printer_decides_is_no_part_of_the_written_name(one: str, other: str) -> None:
    assert written_name(one) == written_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("中山市华艺灯饰有限责任公司", "中山市华艺灯饰有限公司"),
        ("中山港口镇岚晟五金厂", "中山市港口镇岚晟五金厂"),
        ("中山市华意傢俱有限公司", "中山市华意家具有限公司"),
        ("中山市东昇照明有限公司", "中山市东升照明有限公司"),
        ("中山市古镇明艺灯饰厂（经营者：李某）", "中山市古镇镇明艺灯饰厂"),
        ("中山市钜沣机械有限公司", "中山市巨沣机械有限公司"),
    ],
)
def test_other_forms_of_a_name_are_equal_when_normalised_only(one: str, other: str) -> None:
    assert written_name(one) != written_name(other)
    assert normalise_name(one) == normalise_name(other)


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("中山市华艺灯饰有限公司第一分公司", "华艺灯饰有限公司"),
        ("广州某某设计有限公司中山分公司", "广州某某设计有限公司"),
        ("中山市华艺灯饰厂第二分厂", "华艺灯饰厂"),
        ("中山市华艺灯饰有限公司", None),
        ("中山市公安局东升分局", None),
    ],
)
def test_a_branch_names_its_head_office_and_is_not_it(name: str, head: str | None) -> None:
    assert head_office_name(name) == head
    assert head is None or normalise_name(name) != head


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("广东省中山市华艺灯饰有限公司", True),
        ("中山华艺灯饰有限公司", True),
        ("华艺灯饰（中山）有限公司", False),
        ("中山港航运集团有限公司", False),
        ("中山大学达安基因股份有限公司", False),
        ("中山市小榄人民医院", False),
    ],
)
def test_the_prefix_that_a_normalised_name_leaves_out_is_known(name: str, expected: bool) -> None:
    assert has_city_prefix(name) is expected
