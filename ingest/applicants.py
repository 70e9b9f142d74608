"""What kind of party a name is: the applicant types of the official patent statistics, told from the name alone.

Official systems: 职务 (高校 科研单位 企业 机关团体) / 非职务 (个人), and 高等院校 / 科研机构 / 企业 / 事业单位 / 个人.
A name in which no organisation can be recognised is a person's: a wrong pseudonym costs less than a published name.
"""

from __future__ import annotations

import re
from typing import Final, Literal, get_args

from ingest.text import compact

ApplicantType = Literal[
    "enterprise", "university", "research_institute", "government", "institution", "individual", "other", "unknown"
]
APPLICANT_TYPES: Final[tuple[str, ...]] = get_args(ApplicantType)

#: Legal forms and trades that make a firm wherever they stand in the name.
_COMPANY = re.compile(
    r"公司|有限责任|株式会社|有限会社|合同会社|合资会社|企业|合伙|合作社|合作联社|集团(?!.*学校)|工厂|工场|商行|商店|经营部|经销处|门市部|"
    r"事务所|工作室|(?<!人类)服务部|销售部|加工部|制品部|营业部|个体工商户|个人独资"
)
#: Endings of a firm's name; single characters only in names too long for a person's.
_FIRM_END = re.compile(
    r"(?:厂|店|商场|超市|酒店|饭店|餐厅|宾馆|作坊|农场|林场|牧场|茶场|种植场|养殖场|猪场|煤矿|铁矿|矿业|电站|电厂|"
    r"加工场|石场|装饰部|制作部|维修部|配件部|器材部|灯饰部|电器部|批发部|经销部|贸易部|物流部|商社|行社|书社|"
    r"网吧|药房|诊所|美容院|养生馆|会所|俱乐部|银行|信用社|交易所|证券|保险|"
    r"控股|股份|实业|科技|发动机|工业|工业园区?|家庭农场|产业园|孵化器|电子行|五金行|灯饰行|家具行|贸易行)$"
)
_LATIN_FIRM = re.compile(
    r"\b(?:CO|COMPANY|CORP|CORPORATION|INC|INCORPORATED|LTD|LIMITED|LLC|LLP|LP|PLC|GMBH|KG|AG|SE|SA|SAS|SARL|SPA|SRL|BV|NV|"
    r"OY|OYJ|AB|ASA?|APS|KK|PTE|PTY|SDN|BHD|HOLDINGS?|INDUSTRIES|TECHNOLOG(?:Y|IES)|ENTERPRISES?|GROUP|SYSTEMS|"
    r"ELECTRONICS|INTERNATIONAL|LABORATORIES)\b"
)
_LATIN_UNIVERSITY = re.compile(r"\b(?:UNIVERSIT(?:Y|E|AT|AET|EIT)|UNIVERSIDAD|COLLEGE)\b|UNIVERSITÄT|UNIVERSITÉ")
_LATIN_RESEARCH = re.compile(r"\b(?:INSTITUTE|INSTITUT|FRAUNHOFER|RESEARCH|LABORATORY|CNRS|CEA)\b")
_HOSPITAL = re.compile(
    r"医院|卫生院|卫生所|保健院|防治院|防治所|疾病预防控制|疾控中心|眼科中心|肿瘤中心|急救中心|血液中心|血站"
)
_RESEARCH = re.compile(
    r"研究院|研究所|研究总院|研究中心|研究分院|研究会|科学院|科研所|科学研究|实验室|设计院|勘察院|勘测院|规划院|农科院|农科所|"
    r"研发院|总体设计部|研究设计|科研监测所|研究(?:促进)?(?:协会|委员会)|能源委员会|观测站|试验站|试验场|地质调查|调查中心|规划设计|技术创新中心|创新研究|工程技术中心|技术研发中心|检验研究|检测研究|"
    r"信息中心研究|理化工程院|科学中心|创新中心|技术中心|工程中心|研发中心|测试研究|标准化院|农技中心|育种中心|研究基金"
)
_UNIVERSITY = re.compile(r"大学|(?<!科)学院|高等.{0,6}学校|党校|产学协力团|科学技术院$")
_ATTACHED_SCHOOL = re.compile(r"(?:附属|附设).*(?:中学|小学|幼儿园|学校)$")
_SCHOOL = re.compile(
    r"中学|小学|学校|幼儿园|附中|附小|一中|中专|技校|实验校|少年宫|教育中心|职教中心|培训中心|教师发展|职业中专|职中"
)
_GOVERNMENT = re.compile(
    r"人民政府|委员会$|人民法院|人民检察院|检察院|公安|海关|消防|部队|解放军|武警|武装警察|边防|国防部|总参谋|司令部|国家安全|"
    r"监狱|管理局|监督局|税务局|烟草局|气象局|地震局|测绘局|林业局|水利局|水务局|农业局|环保局|海事局|航道局|交通局|"
    r"供电局|电力局|邮政局|铁路局|地质局|勘查局|统计局|市场监督|(?:协会|学会|联合会|商会|工会|促进会|基金会|联盟|红十字会|共青团)$|"
    r"街道办事处|^(?:.{0,8}(?:省|市|县|区|镇|国))(?:.{1,12})(?:厅|局|办公室)$|航空航天局|能源部|农业部|国防|政府|省厅|^美国.{2,}部$|行政院"
)
_INSTITUTION = re.compile(
    r"出版社|(?:图书|博物|科技|技术|文化|美术|体育|档案)馆|天文台|电视台|气象台|水文局|水文站|动物园|植物园|"
    r"监测站|监测中心|检测中心|检验中心|检验院|检验所|检测院|检测所|检定所|计量院|计量所|质检院|质检所|监督检验|检疫|鉴定中心|推广站|推广中心|服务中心|指导站|"
    r"管理处|管理站|管理所|工程处|工程队|勘探队|地质队|大队$|水库|灌区|保护区|苗圃|良种场|原种场|疗养院|养老院|福利院|托老|"
    r"信息中心|数据中心|网络中心|控制中心|发射中心|质量中心|药检所|公园|林场|保护站|植保站|畜牧站|防疫站|兽医站|农机站|"
    r"种子站|技术站|试验中心|实验中心|认证中心|评估中心|交流中心|档案局|新闻中心|救援中心|救助|打捞局|(?:中心|中心站)$"
)
_OTHER_ORGANISATION = re.compile(
    r"村民小组|村委会|居委会|村民委|居民委|合作组|组织$|协力团|理事会|董事会|董事|校董|校友会|管理委员|信托|机构$|教会|寺$|庙$"
)
#: Endings that make an organisation only where the name is longer than a person's (张馆, 王会 and 李站 are people).
_WEAK_END = {
    "enterprise": re.compile(r"(?:部|行|坊|场|社|号|轩|阁|堂|园|吧|铺|庄|馆|屋|城|居)$"),
    "institution": re.compile(r"(?:院|所|站|台|处|队|段|库|室)$"),
    "government": re.compile(r"(?:局|厅|会|办)$"),
}
#: A signboard without a legal form: it names a place, or ends with its trade (中山市古镇华艺照明).
_SIGNBOARD = re.compile(
    r"^[^·.]{2,}[省市区县镇].{2,}$|(?:照明|灯饰|灯具|电器|五金|电子|塑料|塑胶|家具|家居|机械|光电|贸易|服饰|服装|鞋业|建材|装饰|"
    r"广告|设计|木业|化工|模具|印刷|包装|食品|餐饮|酒业|药业|医疗|美容|美发|玩具|陶瓷|玻璃|卫浴|厨具|锁业|制品|半导体|制药)$"
)
_LONGEST_PERSON: Final = 4
_LONGEST_PERSON_WITH_WEAK_END: Final = 5
_TRANSLITERATED = re.compile(r"[·.•・-]")
_MASKED = re.compile(r"某{1,3}(?:\(.*\))?$")
_BRACKETS = re.compile(r"\([^()]*\)?")
_OWNER_SUFFIX = re.compile(r"\(?(?:个体工商户|个人独资企业|个体户)\)?$")


def classify_applicant(name: str | None) -> ApplicantType:
    """The type of one party's name; `unknown` only for an empty name."""
    text = compact(name).upper()
    if not re.search(r"[一-鿿A-Z가-힣ぁ-ヿ]", text):
        return "unknown"
    if _MASKED.search(text) and len(text) <= 12:
        return "individual"
    owner = _OWNER_SUFFIX.sub("", text)
    if owner != text and _is_person_shaped(owner):
        return "individual"
    if not re.search(r"[一-鿿]", text):
        return _classify_latin((name or "").upper())
    return _classify_chinese(text)


def is_natural_person(name: str | None) -> bool:
    """Whether a name must be treated as a natural person's: every name that is not surely an organisation's."""
    return classify_applicant(name) in ("individual", "unknown")


def _is_person_shaped(text: str) -> bool:
    return len(text) <= _LONGEST_PERSON and not _COMPANY.search(text) and not _FIRM_END.search(text)


def _classify_chinese(text: str) -> ApplicantType:
    """Rules in order of strength: legal form, learning, care, research, state, service; then endings; else a person."""
    if _COMPANY.search(text):
        return "enterprise"
    text = _BRACKETS.sub("", text) or text
    if len(text) <= 3 and not re.search(r"[厂店矿]$", text):
        return "individual"
    rules: tuple[tuple[re.Pattern[str], ApplicantType], ...] = (
        (_HOSPITAL, "institution"),
        (_ATTACHED_SCHOOL, "institution"),
        (re.compile(r"(?:大学|学院).*(?:研究院|研究所|研究中心)$|科学院(?!大学)"), "research_institute"),
        (_UNIVERSITY, "university"),
        (_SCHOOL, "institution"),
        (_FIRM_END, "enterprise"),
        (_RESEARCH, "research_institute"),
        (_GOVERNMENT, "government"),
        (_INSTITUTION, "institution"),
        (_OTHER_ORGANISATION, "other"),
    )
    for pattern, applicant_type in rules:
        if pattern.search(text):
            return applicant_type
    if len(text) > _LONGEST_PERSON_WITH_WEAK_END and not _TRANSLITERATED.search(text):
        for kind, pattern in _WEAK_END.items():
            if pattern.search(text):
                return kind  # type: ignore[return-value]
    if len(text) >= _LONGEST_PERSON_WITH_WEAK_END and _SIGNBOARD.search(text):
        return "enterprise"
    return "individual"


def _classify_latin(text: str) -> ApplicantType:
    """Names without Chinese characters: legal forms of other countries, else a person."""
    words = re.sub(r"[.,()]", "", text)
    if _LATIN_FIRM.search(words):
        return "enterprise"
    if _LATIN_UNIVERSITY.search(words):
        return "university"
    if _LATIN_RESEARCH.search(words):
        return "research_institute"
    return "individual"
