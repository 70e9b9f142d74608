"""The department forms: which figures without micro data they carry, and the city's yearly values at scale 1.

Values are given at some years and joined by straight lines (whole numbers are rounded). P marks a baseline of the
plan. ``FLOW`` sums over months and towns, ``STOCK`` is a state at the year's end, ``RATIO`` is never scaled or summed.
"""

# ruff: noqa: E501 - tables: an entry reads best on its own lines

from __future__ import annotations

from dataclasses import dataclass

FLOW, STOCK, RATIO = "flow", "stock", "ratio"
MONTHLY, YEARLY, YEAR_END = "month", "year", "day"


@dataclass(frozen=True)
class Form:
    """One indicator of a department's form (表号)."""

    form: str
    indicator: str
    name: str
    unit: str
    kind: str
    period: str
    points: tuple[tuple[int, float], ...]
    by_town: bool = False
    breakdown: str = ""
    codes: tuple[tuple[str, float], ...] = ()
    decimals: int = 0
    is_fixed: bool = False  # not scaled with the city: a structure, an amount set by decision


Points = tuple[tuple[int, float], ...]
BANKS = (("示例银行", 0.4), ("示例农村商业银行", 0.35), ("示例发展银行", 0.25))
CENTRES = (("灯饰", 0.7), ("家电", 0.2), ("红木家具", 0.1))


def _monthly(form: str, indicator: str, name: str, unit: str, points: Points, by_town: bool = True,
             breakdown: str = "", codes: tuple[tuple[str, float], ...] = ()) -> Form:  # fmt: skip
    return Form(form, indicator, name, unit, FLOW, MONTHLY, points, by_town, breakdown, codes)


FORMS: tuple[Form, ...] = (
    _monthly("madrid", "trademark_madrid_application_count", "马德里商标国际注册申请量", "件", ((2012, 18), (2020, 52), (2025, 65))),
    Form("madrid", "trademark_madrid_valid_count", "马德里国际注册有效量", "件", STOCK, YEAR_END,
         ((2012, 70), (2020, 335), (2025, 549)), True),  # P 335
    Form("wipo_hague", "design_hague_application_count", "海牙外观设计国际申请量", "件", FLOW, YEARLY, ((2022, 6), (2025, 28))),
    Form("gi_register", "gi_trademark_valid_count", "地理标志商标有效量", "件", STOCK, YEAR_END,
         ((2012, 0), (2022, 0), (2023, 1), (2024, 2), (2025, 2)), True, is_fixed=True),
    Form("gi_register", "gi_product_protected_count", "地理标志保护产品数", "个", STOCK, YEAR_END,
         ((2012, 1), (2017, 2), (2025, 2)), is_fixed=True),
    Form("gi_register", "gi_agricultural_registered_count", "农产品地理标志登记数", "个", STOCK, YEAR_END,
         ((2012, 0), (2016, 1), (2021, 2), (2025, 2)), is_fixed=True),
    Form("gi_users", "gi_special_mark_user_count", "地理标志专用标志使用市场主体数", "家", STOCK, YEAR_END,
         ((2019, 4), (2025, 64)), True, "gi", (("GI-01", 0.6), ("GI-02", 0.4))),
    Form("cnipa_returns", "layout_design_certificate_count", "集成电路布图设计发证量", "件", FLOW, YEARLY,
         ((2012, 2), (2020, 14), (2025, 24))),
    Form("sep_declarations", "patent_standard_essential_declared_count", "标准必要专利声明量", "件", STOCK, YEAR_END,
         ((2018, 2), (2025, 26)), True, "standard body", (("ETSI", 0.6), ("CCSA", 0.4))),
    Form("bank_returns", "ip_pledge_loan_disbursed_cny_10k", "质押贷款实际放款额", "万元", FLOW, YEARLY,
         ((2012, 600), (2015, 2400), (2016, 4100), (2017, 6000), (2018, 8300), (2019, 9900), (2020, 12100), (2025, 46000)),
         True, "bank", BANKS),  # P 2016-2020: at least 40,000
    Form("fund_payments", "ip_pledge_interest_subsidy_cny_10k", "质押贷款贴息额", "万元", FLOW, YEARLY,
         ((2014, 40), (2020, 320), (2025, 760)), True),
    Form("fund_payments", "ip_pledge_risk_pool_balance_cny_10k", "风险补偿资金池规模", "万元", STOCK, YEAR_END,
         ((2016, 4000), (2025, 4000))),  # P 4,000
    Form("fund_payments", "ip_pledge_risk_compensation_cny_10k", "风险补偿（代偿）额", "万元", FLOW, YEARLY,
         ((2016, 0), (2018, 120), (2020, 260), (2025, 180))),
    Form("fund_payments", "ip_operation_fund_amount_cny_10k", "知识产权运营基金规模", "万元", STOCK, YEAR_END,
         ((2017, 5000), (2020, 10000), (2025, 20000))),
    Form("fund_payments", "ip_special_fund_budget_cny_10k", "知识产权专项资金预算", "万元", FLOW, YEARLY,
         ((2012, 3200), (2018, 9800), (2020, 7600), (2025, 5200))),
    Form("fund_payments", "ip_special_fund_paid_cny_10k", "知识产权专项资金支出", "万元", FLOW, YEARLY,
         ((2012, 3000), (2018, 9500), (2020, 7450), (2025, 5050)), True, "kind", (("资助", 0.55), ("项目", 0.3), ("贴息", 0.15))),
    Form("insurance_returns", "patent_insurance_policy_count", "专利保险保单数", "单", FLOW, YEARLY,
         ((2013, 20), (2020, 260), (2025, 540)), True),
    Form("insurance_returns", "patent_insurance_insured_amount_cny_10k", "专利保险保额", "万元", FLOW, YEARLY,
         ((2013, 400), (2020, 5200), (2025, 11800)), True),
    Form("other_returns", "technology_contract_amount_cny_100m", "技术合同成交额", "亿元", FLOW, YEARLY,
         ((2012, 2.1), (2020, 18.6), (2025, 64.2)), decimals=2),
    Form("other_returns", "patent_product_recorded_count", "专利产品备案数", "件", STOCK, YEAR_END,
         ((2023, 620), (2025, 2900)), True),
    Form("project_register", "patent_navigation_industry_project_cumulative_count", "产业规划类专利导航项目累计数", "个", STOCK, YEAR_END,
         ((2013, 1), (2020, 13), (2025, 22)), False, "cluster",
         (("灯饰", 3), ("五金", 2), ("家电", 2), ("健康医药", 2), ("高端装备", 2), ("红木", 1), ("新一代信息技术", 1))),  # P 13
    Form("project_register", "patent_navigation_enterprise_project_cumulative_count", "企业运营类专利导航项目累计数", "个", STOCK, YEAR_END,
         ((2014, 2), (2020, 37), (2025, 71)), True),  # P 37
    Form("survey_returns", "trademark_brand_market_share_pct", "知名商标品牌企业市场占有率", "%", RATIO, YEARLY,
         ((2015, 36.2), (2025, 44.8)), False, "cluster", (("灯饰", 1.3), ("家电", 0.9), ("红木", 1.1)), 1),
    Form("survey_returns", "ip_protection_satisfaction_score", "知识产权保护社会满意度", "分", RATIO, YEARLY,
         ((2014, 71.2), (2020, 79.8), (2025, 83.9)), decimals=2),
    _monthly("adjudication_returns", "patent_dispute_adjudication_accepted_count", "专利侵权纠纷行政裁决受理数", "件",
             ((2012, 36), (2020, 128), (2025, 118))),
    _monthly("adjudication_returns", "patent_dispute_adjudication_closed_count", "专利侵权纠纷行政裁决结案数", "件",
             ((2012, 34), (2020, 125), (2025, 121))),
    Form("adjudication_returns", "patent_dispute_adjudication_mean_days", "行政裁决平均审理天数", "天", RATIO, YEARLY,
         ((2012, 88.0), (2020, 62.4), (2025, 51.7)), decimals=1),
    Form("justice_returns", "ip_criminal_case_filed_count", "公安知识产权犯罪立案数", "件", FLOW, YEARLY,
         ((2012, 46), (2020, 71), (2025, 64))),
    Form("justice_returns", "ip_court_civil_first_instance_accepted_count", "法院知识产权民事一审受理数", "件", FLOW, YEARLY,
         ((2012, 780), (2020, 2860), (2025, 3340)), False, "court", (("第一人民法院", 0.55), ("第二人民法院", 0.45))),
    Form("justice_returns", "ip_court_civil_first_instance_closed_count", "法院知识产权民事一审审结数", "件", FLOW, YEARLY,
         ((2012, 742), (2020, 2790), (2025, 3385)), False, "court", (("第一人民法院", 0.55), ("第二人民法院", 0.45))),
    _monthly("mediation_returns", "ip_mediation_accepted_count", "知识产权纠纷调解受理数", "件", ((2013, 60), (2020, 640), (2025, 1480))),
    Form("mediation_returns", "ip_mediation_success_pct", "调解成功率", "%", RATIO, YEARLY,
         ((2013, 61.0), (2020, 68.5), (2025, 72.4)), True, decimals=1),
    Form("fast_track_returns", "ip_rights_protection_aid_case_count", "维权援助办理件数", "件", FLOW, YEARLY,
         ((2012, 110), (2020, 720), (2025, 960)), True),
    _monthly("fast_track_returns", "fast_track_preexamination_accepted_count", "快速预审受理数", "件",
             ((2012, 1900), (2020, 7400), (2025, 6600)), False, "centre", CENTRES),
    Form("fast_track_returns", "fast_track_preexamination_passed_pct", "快速预审合格率", "%", RATIO, YEARLY,
         ((2012, 88.0), (2025, 93.5)), False, "centre", (("灯饰", 1.0), ("家电", 0.97), ("红木家具", 0.99)), 1),
    Form("fast_track_returns", "fast_track_grant_mean_days", "快速通道平均授权周期", "天", RATIO, YEARLY,
         ((2012, 12.5), (2025, 7.4)), False, "centre", (("灯饰", 1.0), ("家电", 1.2), ("红木家具", 1.1)), 1),
    Form("structure_register", "ip_protection_centre_count", "“1+1+N”保护机构数", "个", STOCK, YEAR_END,
         ((2012, 1), (2020, 3), (2025, 8)), False, "tier", (("国家级", 0.2), ("市级", 0.3), ("镇街级", 0.5)), is_fixed=True),
    Form("structure_register", "ip_policy_document_valid_count", "现行有效知识产权政策文件数", "件", STOCK, YEAR_END,
         ((2012, 9), (2020, 21), (2025, 26)), is_fixed=True),
    Form("structure_register", "trademark_brand_guidance_station_count", "商标品牌指导站数", "个", STOCK, YEAR_END,
         ((2018, 3), (2025, 28)), True, is_fixed=True),
    Form("structure_register", "ip_service_station_count", "维权服务工作站数", "个", STOCK, YEAR_END,
         ((2014, 4), (2020, 19), (2025, 36)), True, is_fixed=True),
    Form("customs_recordals", "customs_recordal_valid_count", "海关备案有效量", "项", STOCK, YEAR_END,
         ((2012, 140), (2020, 410), (2025, 690)), True),
    Form("overseas_returns", "overseas_ip_dispute_guidance_count", "海外知识产权纠纷指导件数", "件", FLOW, YEARLY,
         ((2018, 8), (2025, 74)), False),
    _monthly("monitoring_returns", "ecommerce_infringement_clue_handled_count", "电商侵权线索处置数", "条",
             ((2015, 240), (2020, 1850), (2025, 3100)), False, "platform", (("平台甲", 0.5), ("平台乙", 0.3), ("平台丙", 0.2))),
    Form("special_campaign_returns", "special_campaign_industry_count", "专项行动重点产业（市场）数", "个", FLOW, YEARLY,
         ((2014, 2), (2020, 3), (2025, 4)), is_fixed=True),
    Form("certification_register", "ip_management_certificate_valid_count", "知识产权管理体系有效认证数", "家", STOCK, YEAR_END,
         ((2014, 6), (2020, 322), (2025, 610)), True),
    Form("certification_register", "ip_management_certified_cumulative_count", "累计通过贯标认证单位数", "家", STOCK, YEAR_END,
         ((2014, 6), (2020, 405), (2025, 905)), True),  # P 405
    Form("abnormal_notices", "patent_application_abnormal_notified_count", "非正常专利申请通报量", "件", FLOW, YEARLY,
         ((2018, 380), (2021, 2450), (2025, 610)), True, "batch", (("第一批", 0.5), ("第二批", 0.3), ("第三批", 0.2))),
    Form("abnormal_notices", "patent_application_abnormal_withdrawn_pct", "非正常专利申请撤回率", "%", RATIO, YEARLY,
         ((2018, 91.0), (2025, 98.6)), True, decimals=1),
    Form("abnormal_notices", "trademark_malicious_application_rejected_count", "恶意商标注册打击量", "件", FLOW, YEARLY,
         ((2019, 120), (2021, 640), (2025, 410))),
    Form("credit_list", "ip_serious_dishonesty_entity_count", "知识产权严重失信主体数", "户", STOCK, YEAR_END,
         ((2019, 1), (2025, 14)), True),
    Form("inspection_returns", "ip_random_inspection_entity_count", "“双随机”知识产权检查户数", "户", FLOW, YEARLY,
         ((2017, 210), (2025, 980)), True),
    Form("town_returns", "town_ip_officer_count", "镇街知识产权执法（工作）人员数", "人", STOCK, YEAR_END,
         ((2012, 58), (2025, 122)), True),
    Form("agency_register", "patent_agency_count", "专利代理机构数（含分支）", "家", STOCK, YEAR_END,
         ((2012, 14), (2020, 62), (2025, 88)), True),
    Form("agency_register", "patent_attorney_practising_count", "执业专利代理师数", "人", STOCK, YEAR_END,
         ((2012, 31), (2020, 148), (2025, 236)), True),
    Form("agency_register", "trademark_agency_filed_count", "备案商标代理机构数", "家", STOCK, YEAR_END,
         ((2012, 76), (2020, 410), (2025, 620)), True),
    _monthly("window_returns", "trademark_window_accepted_count", "商标受理窗口受理量", "件", ((2018, 900), (2020, 3600), (2025, 4200)), False),
    _monthly("window_returns", "patent_agency_window_business_count", "专利代办服务站业务量", "笔", ((2017, 2600), (2025, 8300)), False),
    _monthly("service_returns", "ip_training_session_count", "知识产权培训场次", "场", ((2012, 42), (2020, 118), (2025, 210))),
    _monthly("service_returns", "ip_training_attendance_count", "知识产权培训人次", "人次", ((2012, 2600), (2020, 9800), (2025, 17200))),
    Form("talent_returns", "ip_professional_title_holder_count", "知识产权职称持有人数", "人", STOCK, YEAR_END,
         ((2020, 24), (2025, 190)), False, "grade", (("高级", 0.2), ("中级", 0.45), ("初级", 0.35))),
    _monthly("platform_log", "ip_information_platform_query_count", "信息平台检索次数", "次", ((2015, 26000), (2025, 148000)), False),
    Form("platform_log", "ip_financing_platform_enterprise_count", "金融服务平台注册企业数", "家", STOCK, YEAR_END,
         ((2019, 120), (2025, 1650)), True),
)  # fmt: skip

#: Forms whose monthly counts come from the plan: form, indicator, name, series of the plan, weight of the towns.
APPLICATION_FORMS: tuple[tuple[str, str, str, str, str], ...] = (
    ("cnipa_application_returns", "patent_invention_application_count", "发明专利申请量", "invention_applications",
     "invention_weight"),
    ("cnipa_application_returns", "patent_utility_application_count", "实用新型专利申请量", "utility_applications",
     "utility_weight"),
    ("cnipa_application_returns", "patent_design_application_count", "外观设计专利申请量", "design_applications",
     "design_weight"),
    ("cnipa_pct_returns", "patent_pct_application_count", "PCT国际专利申请量", "pct_applications", "invention_weight"),
)  # fmt: skip
ALL_APPLICATIONS = ("cnipa_application_returns", "patent_all_application_count", "专利申请量")
APPLICANT_TYPES = ("enterprise", "individual", "university", "research_institute", "institution", "government")
APPLICANT_SHARES = {
    "patent_invention_application_count": (0.785, 0.125, 0.070, 0.012, 0.006, 0.002),
    "patent_utility_application_count": (0.815, 0.155, 0.020, 0.005, 0.004, 0.001),
    "patent_design_application_count": (0.730, 0.262, 0.006, 0.001, 0.001, 0.000),
}
