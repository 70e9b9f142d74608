"""The sentences of acceptance case 9, to the letter, and the number formats."""

from decimal import Decimal

import pytest

from reports import wording


@pytest.mark.parametrize(
    ("now", "before", "text"),
    [
        (112, 100, "同比增长12.0%"),
        (88, 100, "同比下降12.0%"),
        (5, 0, "上年同期为零，不计算同比"),
        (0, 5, "同比下降100.0%"),
        (0, 0, "与上年同期持平（均为零）"),
        (10_004, 10_000, "与上年同期基本持平"),
        (9_996, 10_000, "与上年同期基本持平"),
        (300, 100, "同比增长200.0%"),
        (100, 100, "与上年同期持平"),
        (None, 100, "暂无数据"),
        (100, None, "上年同期暂无数据，不计算同比"),
        (10_005, 10_000, "同比增长0.1%"),
        (9_995, 10_000, "同比下降0.1%"),
    ],
)
def test_growth_wording_is_that_of_case_9(now: int | None, before: int | None, text: str) -> None:
    as_decimal = [None if value is None else Decimal(value) for value in (now, before)]
    assert wording.growth(*as_decimal) == text


def test_growth_uses_the_decimals_of_the_publication() -> None:
    assert wording.growth(Decimal(10_004), Decimal(10_000), decimals=2) == "同比增长0.04%"
    assert wording.growth(Decimal(532), Decimal(466), decimals=2) == "同比增长14.16%"


def test_growth_of_a_stock_names_the_year_end() -> None:
    assert wording.growth(Decimal(105), Decimal(100), comparison=wording.SINCE_YEAR_END) == "较上年末增长5.0%"
    assert wording.growth(Decimal(5), Decimal(0), comparison=wording.SINCE_YEAR_END) == "上年末为零，不计算增速"


def test_growth_of_a_negative_number_is_refused() -> None:
    with pytest.raises(ValueError, match="net_move_change"):
        wording.growth(Decimal(6), Decimal(-4))


@pytest.mark.parametrize(
    ("now", "before", "text"),
    [
        (6, -4, "由净移出4件转为净移入6件"),
        (-4, 6, "由净移入6件转为净移出4件"),
        (6, 4, "由净移入4件变为净移入6件"),
        (0, -4, "由净移出4件转为净移动为零"),
        (6, 6, "净移入6件，与上年同期持平"),
    ],
)
def test_net_moves_have_no_rate(now: int, before: int, text: str) -> None:
    assert wording.net_move_change(Decimal(now), Decimal(before)) == text


def test_multiples_state_the_increase() -> None:
    assert wording.growth_multiple(Decimal(300), Decimal(100)) == "增长2倍"
    assert wording.growth_multiple(Decimal(250), Decimal(100)) is None
    assert wording.growth_multiple(Decimal(5), Decimal(0)) is None


def test_a_change_of_a_percentage_is_in_points_on_one_vintage() -> None:
    now = wording.Ratio(Decimal("13.04"), "2025")
    assert wording.point_change(now, wording.Ratio(Decimal("12.60"), "2025")) == "提高0.44个百分点"
    assert wording.point_change(wording.Ratio(Decimal("12.60"), "2025"), now) == "降低0.44个百分点"
    with pytest.raises(wording.MixedVintagesError, match="2024"):
        wording.point_change(now, wording.Ratio(Decimal("12.71"), "2024"))


@pytest.mark.parametrize(
    ("value", "places", "rounded"),
    [
        ("2.675", 2, "2.68"),
        ("-0.125", 2, "-0.13"),
        ("0.125", 2, "0.13"),
        ("0.5", 0, "1"),
        ("-2.5", 0, "-3"),
        ("-0.004", 2, "0.00"),
    ],
)
def test_halves_round_away_from_zero(value: str, places: int, rounded: str) -> None:
    result = wording.round_half_away(Decimal(value), places)
    assert str(result) == rounded


def test_numbers_are_grouped_and_carry_a_true_minus() -> None:
    assert wording.number(Decimal("1234567.5")) == "1,234,568"
    assert wording.number(Decimal("-0.125"), 2) == "−0.13"
    assert wording.number(None) == "暂无数据"
    assert wording.signed(Decimal("-13.2911"), 2, "") == "−13.29"
    assert wording.signed(Decimal("184.6154"), 2, "") == "+184.62"
    assert wording.signed(Decimal("-0.04")) == "0.0%"
    assert wording.signed(None) == "—"


def test_the_notice_of_2016_is_reproduced() -> None:
    assert wording.number(wording.growth_percent(Decimal(137), Decimal(158)), 2) == "−13.29"
    assert wording.number(wording.growth_percent(Decimal(407), Decimal(143)), 2) == "184.62"


def test_shares_round_and_sources_that_truncate_are_tolerated() -> None:
    assert wording.share(Decimal(1481), Decimal(3220)) == "46.0%"
    exact = wording.share_percent(Decimal(1481), Decimal(3220))
    assert exact is not None
    assert wording.is_within_last_place("45.9", exact)
    assert not wording.is_within_last_place("45.8", exact)
    assert wording.share(Decimal(1), Decimal(0)) == "暂无数据"


def test_amounts_change_their_unit_at_one_yi() -> None:
    assert wording.money(Decimal("9999.99")) == "9,999.99万元"
    assert wording.money(Decimal("10000")) == "1.00亿元"
    assert wording.money(None) == "暂无数据"


@pytest.mark.parametrize(("value", "text"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (35, "三十五")])
def test_chapter_numbers_are_chinese(value: int, text: str) -> None:
    assert wording.chinese_numeral(value) == text


def test_names_are_enumerated() -> None:
    assert wording.enumerate_names(["小榄镇", "古镇镇", "坦洲镇"]) == "小榄镇、古镇镇和坦洲镇"
    assert wording.enumerate_names([]) == ""
