"""Holders outside the city, among them the traps: 中山 as a road, park, district or university elsewhere."""

from __future__ import annotations

import numpy as np

from ipstat.sample_city.industries import INDUSTRIES
from ipstat.sample_city.names import trade_names
from ipstat.sample_city.randomness import Texts, stream, texts

#: Addresses elsewhere; the first column says whether the holder sits abroad.
PLACES: tuple[tuple[bool, str, str], ...] = (
    (False, "佛山市顺德区", "528300广东省佛山市顺德区容桂街道兴业路8号"),
    (False, "佛山市", "528000广东省佛山市南海区狮山镇兴业路2号"),
    (False, "珠海", "519000广东省珠海市香洲区唐家湾镇创业路6号"),
    (False, "江门市", "529000广东省江门市蓬江区棠下镇金桐路9号"),
    (False, "广州市", "510630广东省广州市天河区中山大道西189号"),
    (False, "广州", "511400广东省广州市番禺区大学城外环东路中山大学"),
    (False, "深圳市", "518000广东省深圳市南山区西丽街道中山园路9号"),
    (False, "东莞市", "523000广东省东莞市长安镇兴业路10号"),
    (False, "大连", "116018辽宁省大连市中山区解放路9号"),
    (False, "上海", "200061上海市普陀区中山北路2000号"),
    (False, "上海", "201600上海市松江区中山街道茸阳路98号"),
    (False, "南京", "210005江苏省南京市秦淮区中山南路89号"),
    (False, "武汉", "430030湖北省武汉市硚口区中山大道9号"),
    (False, "宁波", "315000浙江省宁波市海曙区中山西路18号"),
    (False, "湛江", "524500广东省湛江市吴川市吴阳镇中山路6号"),
    (False, "苏州", "215200江苏省苏州市吴江区中山北路2518号"),
    (True, "", "中国台湾台北市中山区南京东路2段214号"),
    (True, "", "中国香港九龙尖沙咀广东道9号"),
    (True, "", "日本东京都港区芝浦一丁目"),
    (True, "", "荷兰艾恩德霍芬"),
    (True, "", "美国加利福尼亚州"),
    (True, "", "德国慕尼黑"),
    (True, "", "韩国首尔"),
)
FOREIGN_NAMES = ("示例照明控股有限公司", "示例电器株式会社", "示例工业公司", "示例科技有限责任公司", "示例制药股份公司")
SIZE = 180


def make_outside(seed: int) -> tuple[Texts, Texts, Texts]:
    """Return names, address cells and industry numbers (as objects) of the holders outside the city."""
    rng = stream(seed, "outside")
    trades = trade_names(rng, SIZE)
    names, addresses, industries = [], [], []
    for n in range(SIZE):
        is_foreign, city, address = PLACES[n % len(PLACES)]
        industry = int(rng.integers(0, len(INDUSTRIES)))
        words = INDUSTRIES[industry].trades
        own = f"{city}{trades[n]}{words[n % len(words)]}有限公司"
        names.append(trades[n][:2] + FOREIGN_NAMES[n % len(FOREIGN_NAMES)] if is_foreign else own)
        addresses.append(address)
        industries.append(industry)
    return texts(names), texts(addresses), np.array(industries, dtype=object)
