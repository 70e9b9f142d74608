-- Derived from dbt_project/models/marts/**/*.yml by `ipstat dev derive`; do not edit.
-- The published star schema as its models want it. Builds never write here: `ipstat publish marts` applies the
-- difference of a gated build. Migrations bring a database there: after a change `ipstat dev migration NAME` drafts
-- the next one.

create table marts.bridge_class_technology_fields (
    main_class character varying not null,
    field_number integer not null,
    sector_name character varying not null,
    field_name character varying not null,
    ipc_prefix character varying,
    constraint bridge_class_technology_fields_pk primary key (main_class)
);
comment on table marts.bridge_class_technology_fields is '主分类号与WIPO技术领域的桥接表 / the WIPO technology field of every IPC symbol that a patent has as its main class.';
comment on column marts.bridge_class_technology_fields.main_class is '主分类号 / bare IPC symbol of the first class';
comment on column marts.bridge_class_technology_fields.field_number is '领域编号（1-35，0为未归类） / field number (1 to 35); 0 = none found';
comment on column marts.bridge_class_technology_fields.sector_name is '技术部门 / sector';
comment on column marts.bridge_class_technology_fields.field_name is '技术领域 / field';
comment on column marts.bridge_class_technology_fields.ipc_prefix is '命中的分类号前缀；空为未命中 / prefix that decided; null where none';
grant select, references on marts.bridge_class_technology_fields to analyst, bi_reader;

create table marts.dim_town (
    town_key character varying not null,
    town_code character varying not null,
    town_name character varying not null,
    valid_from date not null,
    valid_to date,
    current_town_code character varying not null,
    statistical_unit character varying not null,
    sort_order integer not null,
    constraint dim_town_pk primary key (town_key)
);
comment on table marts.dim_town is '镇街维度（含沿革），成员 unassigned、outside、442000 / town versions; members unassigned, outside and 442000 (the city).';
comment on column marts.dim_town.town_key is '镇街版本键 / key of the town version';
comment on column marts.dim_town.town_code is '镇街代码 / town code (9 digits, or unassigned, outside, 442000)';
comment on column marts.dim_town.town_name is '镇街名称 / town name';
comment on column marts.dim_town.valid_from is '起始日期（含） / first day of validity';
comment on column marts.dim_town.valid_to is '终止日期（不含） / first day not covered; null = still valid';
comment on column marts.dim_town.current_town_code is '现行镇街代码 / code of today''s town';
comment on column marts.dim_town.statistical_unit is '人口统计单元 / population unit';
comment on column marts.dim_town.sort_order is '排序 / sort order';
grant select, references on marts.dim_town to analyst, bi_reader;

create table marts.fct_customs_lots (
    record_key character varying not null,
    lot_number character varying not null,
    customs_office character varying not null,
    stage character varying not null,
    channel character varying not null,
    is_detained boolean not null,
    measure_date date not null,
    detention_date date,
    goods_name character varying,
    article_count bigint not null,
    value_cny_10k numeric(18,4) not null,
    has_city_right_holder boolean not null,
    known_on date not null,
    constraint fct_customs_lots_pk primary key (record_key)
);
comment on table marts.fct_customs_lots is '海关批次事实表，一批一行 / one customs lot; its rights are in bridge_customs_rights.';
comment on column marts.fct_customs_lots.record_key is '记录键（业务键的哈希） / record key: hash of the business key';
comment on column marts.fct_customs_lots.lot_number is '批次编号 / lot number';
comment on column marts.fct_customs_lots.customs_office is '海关（关区） / customs office';
comment on column marts.fct_customs_lots.stage is '处理阶段 / stage (措施, 扣留, 放行, 没收)';
comment on column marts.fct_customs_lots.channel is '运输渠道 / channel of transport';
comment on column marts.fct_customs_lots.is_detained is '是否扣留 / whether the lot was detained';
comment on column marts.fct_customs_lots.measure_date is '措施日期 / date of the measure';
comment on column marts.fct_customs_lots.detention_date is '扣留日期 / date of detention; null where the lot was not detained';
comment on column marts.fct_customs_lots.goods_name is '货物名称 / goods';
comment on column marts.fct_customs_lots.article_count is '货物数量（件） / articles of the lot (count)';
comment on column marts.fct_customs_lots.value_cny_10k is '案值（万元） / value of the goods, in 10,000 CNY';
comment on column marts.fct_customs_lots.has_city_right_holder is '是否涉本市权利人 / whether a right holder is of the city';
comment on column marts.fct_customs_lots.known_on is '公开可知日期 / day on which the provider first made it public';
grant select, references on marts.fct_customs_lots to analyst, bi_reader;

create table marts.dim_industry (
    industry_code character varying not null,
    industry_name character varying not null,
    parent_code character varying,
    level character varying not null,
    section_code character varying,
    division_code character varying,
    is_cluster boolean not null,
    sort_order integer not null,
    constraint dim_industry_pk primary key (industry_code)
);
comment on table marts.dim_industry is '行业维度：GB/T 4754-2017 与本市产业集群 / industries of GB/T 4754-2017 and the city''s clusters; members ALL and unassigned.';
comment on column marts.dim_industry.industry_code is '行业代码 / industry code';
comment on column marts.dim_industry.industry_name is '行业名称 / industry name';
comment on column marts.dim_industry.parent_code is '上级代码 / parent code; null at the top';
comment on column marts.dim_industry.level is '层级 / level (section, division, group, class, cluster, member)';
comment on column marts.dim_industry.section_code is '门类代码 / section';
comment on column marts.dim_industry.division_code is '大类代码 / division';
comment on column marts.dim_industry.is_cluster is '是否本市产业集群 / whether a cluster of the city';
comment on column marts.dim_industry.sort_order is '排序 / sort order';
grant select, references on marts.dim_industry to analyst, bi_reader;

create table marts.dim_date (
    calendar_date date not null,
    year_number integer not null,
    quarter_number integer not null,
    month_number integer not null,
    month_start date not null,
    year_start date not null,
    constraint dim_date_pk primary key (calendar_date)
);
comment on table marts.dim_date is '日期维度 / calendar days, 1985 to 2049.';
comment on column marts.dim_date.calendar_date is '日期 / day';
comment on column marts.dim_date.year_number is '年 / year';
comment on column marts.dim_date.quarter_number is '季（1-4） / quarter';
comment on column marts.dim_date.month_number is '月（1-12） / month';
comment on column marts.dim_date.month_start is '月份首日 / first day of the month';
comment on column marts.dim_date.year_start is '年份首日 / first day of the year';
grant select, references on marts.dim_date to analyst, bi_reader;

create table marts.dim_indicator (
    indicator_code character varying not null,
    indicator_version integer not null,
    name_zh character varying not null,
    name_en character varying not null,
    area character varying not null,
    definition character varying not null,
    unit character varying not null,
    formula character varying not null,
    counting_rule character varying not null,
    additivity character varying not null,
    source character varying not null,
    decimals integer not null,
    has_feed boolean not null,
    first_period character varying,
    last_period character varying,
    dimensions character varying not null,
    confidentiality character varying not null,
    constraint dim_indicator_pk primary key (indicator_code, indicator_version)
);
comment on table marts.dim_indicator is '指标登记表（144项） / the registry of indicators, one row a version.';
comment on column marts.dim_indicator.indicator_code is '指标代码 / indicator code';
comment on column marts.dim_indicator.indicator_version is '指标版本 / version of the indicator''s definition';
comment on column marts.dim_indicator.name_zh is '指标名称 / Chinese name';
comment on column marts.dim_indicator.name_en is '英文名称 / English name of the indicator';
comment on column marts.dim_indicator.area is '领域 / area';
comment on column marts.dim_indicator.definition is '定义 / definition (one Chinese sentence)';
comment on column marts.dim_indicator.unit is '单位 / unit';
comment on column marts.dim_indicator.formula is '公式 / formula';
comment on column marts.dim_indicator.counting_rule is '计数规则 / counting rule';
comment on column marts.dim_indicator.additivity is '可加性 / additivity (A, S or N, with its exception)';
comment on column marts.dim_indicator.source is '来源 / source';
comment on column marts.dim_indicator.decimals is '小数位数 / decimals in print (number of places)';
comment on column marts.dim_indicator.has_feed is '是否有数据源 / whether a feed exists';
comment on column marts.dim_indicator.first_period is '首期 / first period of the series; null = open';
comment on column marts.dim_indicator.last_period is '末期 / last period of the series; null = continues';
comment on column marts.dim_indicator.dimensions is '维度 / dimensions, separated by commas';
comment on column marts.dim_indicator.confidentiality is '保密属性 / confidentiality (public_register, administrative, survey)';
grant select, references on marts.dim_indicator to analyst, bi_reader;

create table marts.fct_returns (
    record_key character varying not null,
    form_code character varying not null,
    indicator_code character varying not null,
    period_type character varying not null,
    period_start date not null,
    period_end date not null,
    town_key character varying not null,
    town_code character varying not null,
    breakdown_type character varying not null,
    breakdown_code character varying not null,
    value numeric(24,6),
    unit character varying,
    value_status character varying not null,
    known_on date not null,
    constraint fct_returns_pk primary key (record_key),
    constraint fct_returns_town_key_fk foreign key (town_key)
        references marts.dim_town (town_key) deferrable initially immediate
);
create index fct_returns_town_key_idx on marts.fct_returns (town_key);
comment on table marts.fct_returns is '部门统计报表事实表，一数一行 / one figure of a department''s return, as last reported.';
comment on column marts.fct_returns.record_key is '记录键（业务键的哈希） / record key: hash of the business key';
comment on column marts.fct_returns.form_code is '表号 / form of the return';
comment on column marts.fct_returns.indicator_code is '指标代码 / indicator code';
comment on column marts.fct_returns.period_type is '期间类型 / kind of period (month, year_to_date, year, day)';
comment on column marts.fct_returns.period_start is '期初日期 / first day of the period';
comment on column marts.fct_returns.period_end is '期末日期 / last day of the period; a stock is that of this day';
comment on column marts.fct_returns.town_key is '镇街版本键 / key of the town version';
comment on column marts.fct_returns.town_code is '镇街代码 / town code (9 digits, or unassigned, outside, 442000)';
comment on column marts.fct_returns.breakdown_type is '分组类型 / breakdown (a dimension of the registry); ALL = none';
comment on column marts.fct_returns.breakdown_code is '分组 / member of the breakdown; ALL = not broken down';
comment on column marts.fct_returns.value is '数值（单位随指标） / value in the indicator''s unit; null where there is none';
comment on column marts.fct_returns.unit is '单位 / unit';
comment on column marts.fct_returns.value_status is '报送状态（reported 按时、late 迟报、not_reported 未报） / state: reported in time, late, or handed in blank; a zero is a value';
comment on column marts.fct_returns.known_on is '公开可知日期 / day on which the provider first made it public';
grant select, references on marts.fct_returns to analyst;
grant select (record_key, form_code, indicator_code, period_type, period_start, period_end, town_key, town_code, breakdown_type, breakdown_code, unit, value_status, known_on), references (record_key, form_code, indicator_code, period_type, period_start, period_end, town_key, town_code, breakdown_type, breakdown_code, unit, value_status, known_on) on marts.fct_returns to bi_reader;

create table marts.bridge_customs_rights (
    record_key character varying not null,
    right_key character varying not null,
    right_kind character varying not null,
    right_number character varying not null,
    right_holder_name character varying not null,
    enterprise_key character varying not null,
    town_key character varying not null,
    town_code character varying not null,
    is_in_city boolean not null,
    weight numeric(18,12) not null,
    constraint bridge_customs_rights_pk primary key (record_key, right_key),
    constraint bridge_customs_rights_record_key_fk foreign key (record_key)
        references marts.fct_customs_lots (record_key) deferrable initially immediate,
    constraint bridge_customs_rights_town_key_fk foreign key (town_key)
        references marts.dim_town (town_key) deferrable initially immediate
);
create index bridge_customs_rights_town_key_idx on marts.bridge_customs_rights (town_key);
comment on table marts.bridge_customs_rights is '海关批次与权利桥表 / rights that a lot touches; weights of a lot sum to 1.';
comment on column marts.bridge_customs_rights.record_key is '记录键（业务键的哈希） / record key: hash of the business key';
comment on column marts.bridge_customs_rights.right_key is '权利键 / key of the right (hash of kind and number)';
comment on column marts.bridge_customs_rights.right_kind is '权利类型 / kind of right';
comment on column marts.bridge_customs_rights.right_number is '权利编号 / number of the right';
comment on column marts.bridge_customs_rights.right_holder_name is '权利人名称（自然人为代号） / right holder (a pseudonym for a natural person)';
comment on column marts.bridge_customs_rights.enterprise_key is '企业键（跨版本不变） / durable key of the enterprise';
comment on column marts.bridge_customs_rights.town_key is '镇街版本键 / key of the town version';
comment on column marts.bridge_customs_rights.town_code is '镇街代码 / town code (9 digits, or unassigned, outside, 442000)';
comment on column marts.bridge_customs_rights.is_in_city is '是否在本市 / whether in the city';
comment on column marts.bridge_customs_rights.weight is '权重（每条记录合计为1） / weight; the weights of a record sum to 1';
grant select, references on marts.bridge_customs_rights to analyst, bi_reader;

create table marts.bridge_nice_class_industries (
    nice_class integer not null,
    industry_code character varying not null,
    weight numeric(18,12) not null,
    is_exact boolean not null,
    constraint bridge_nice_class_industries_pk primary key (nice_class, industry_code),
    constraint bridge_nice_class_industries_industry_code_fk foreign key (industry_code)
        references marts.dim_industry (industry_code) deferrable initially immediate
);
create index bridge_nice_class_industries_industry_code_idx on marts.bridge_nice_class_industries (industry_code);
comment on table marts.bridge_nice_class_industries is '尼斯分类与行业的桥接表，权重合计为1（暂行对照） / industries of the Nice classes, provisional mapping; weights sum to 1.';
comment on column marts.bridge_nice_class_industries.nice_class is '类号（1-45） / Nice class (1 to 45)';
comment on column marts.bridge_nice_class_industries.industry_code is '行业代码 / industry code';
comment on column marts.bridge_nice_class_industries.weight is '权重（合计为1） / weight, 1 in total for each class';
comment on column marts.bridge_nice_class_industries.is_exact is '是否精确对应 / whether the class lies wholly inside the industry (otherwise coarse)';
grant select, references on marts.bridge_nice_class_industries to analyst, bi_reader;

create table marts.dim_enterprise (
    enterprise_version_key character varying not null,
    enterprise_key character varying not null,
    uscc character varying,
    enterprise_name character varying not null,
    group_key character varying not null,
    town_code character varying not null,
    industry_code character varying not null,
    is_high_tech boolean not null,
    is_above_scale boolean not null,
    is_above_scale_exporter boolean not null,
    cultivation_tier character varying,
    valid_from date,
    valid_to date,
    constraint dim_enterprise_pk primary key (enterprise_version_key),
    constraint dim_enterprise_industry_code_fk foreign key (industry_code)
        references marts.dim_industry (industry_code) deferrable initially immediate
);
create index dim_enterprise_industry_code_idx on marts.dim_enterprise (industry_code);
comment on table marts.dim_enterprise is '企业维度（含版本），成员 unresolved、not_an_enterprise / enterprise versions; members unresolved and not_an_enterprise.';
comment on column marts.dim_enterprise.enterprise_version_key is '企业版本键 / key of the enterprise version';
comment on column marts.dim_enterprise.enterprise_key is '企业键（跨版本不变） / durable key of the enterprise';
comment on column marts.dim_enterprise.uscc is '统一社会信用代码 / unified social credit code';
comment on column marts.dim_enterprise.enterprise_name is '企业名称 / enterprise name';
comment on column marts.dim_enterprise.group_key is '集团键（无集团者为企业自身） / key of the group, the enterprise itself where it has none';
comment on column marts.dim_enterprise.town_code is '镇街代码 / town code (9 digits, or unassigned, outside, 442000)';
comment on column marts.dim_enterprise.industry_code is '行业代码 / industry code';
comment on column marts.dim_enterprise.is_high_tech is '是否高新技术企业 / high-tech enterprise';
comment on column marts.dim_enterprise.is_above_scale is '是否规上工业企业 / above-scale industrial enterprise';
comment on column marts.dim_enterprise.is_above_scale_exporter is '是否规上出口企业 / above-scale exporter';
comment on column marts.dim_enterprise.cultivation_tier is '梯度培育层级 / cultivation tier; null where none';
comment on column marts.dim_enterprise.valid_from is '起始日期（含） / first day of validity';
comment on column marts.dim_enterprise.valid_to is '终止日期（不含） / first day not covered; null = still valid';
grant select, references on marts.dim_enterprise to analyst, bi_reader;

create table marts.rpt_patent_industry_counts (
    period_start date not null,
    patent_kind character varying not null,
    industry_basis character varying not null,
    industry_code character varying not null,
    whole_count bigint not null,
    fractional_count numeric(24,12) not null,
    exact_count bigint not null,
    constraint rpt_patent_industry_counts_pk primary key (period_start, patent_kind, industry_basis, industry_code),
    constraint rpt_patent_industry_counts_industry_code_fk foreign key (industry_code)
        references marts.dim_industry (industry_code) deferrable initially immediate
);
create index rpt_patent_industry_counts_industry_code_idx on marts.rpt_patent_industry_counts (industry_code);
comment on table marts.rpt_patent_industry_counts is '专利授权分行业统计（整数计数与分数计数并列，两种归属口径） / grants by industry, whole and fractional side by side, by class and by register.';
comment on column marts.rpt_patent_industry_counts.period_start is '年度首日 / first day of the year';
comment on column marts.rpt_patent_industry_counts.patent_kind is '专利种类 / patent kind (invention_granted, utility_granted, design_granted)';
comment on column marts.rpt_patent_industry_counts.industry_basis is '行业口径（ipc_mapping 按分类号，registered 按登记行业） / attribution (by class, or the applicant''s registered industry)';
comment on column marts.rpt_patent_industry_counts.industry_code is '行业代码 / industry code';
comment on column marts.rpt_patent_industry_counts.whole_count is '整数计数（件，跨行业重复，不可相加） / whole count (patents); one of several industries counts in each, so it is never summed over them';
comment on column marts.rpt_patent_industry_counts.fractional_count is '分数计数（件，各行业合计等于总数） / fractional count (patents); sums to the patents';
comment on column marts.rpt_patent_industry_counts.exact_count is '其中精确对应的件数 / of the whole count, patents whose class lies wholly inside the industry or whose applicant is registered';
grant select, references on marts.rpt_patent_industry_counts to analyst, bi_reader;

create table marts.fct_stock_flows (
    series character varying not null,
    town_code character varying not null,
    patent_kind character varying not null,
    month_start date not null,
    flow_reason character varying not null,
    town_key character varying not null,
    flow_count bigint not null,
    constraint fct_stock_flows_pk primary key (series, town_code, patent_kind, month_start, flow_reason),
    constraint fct_stock_flows_town_key_fk foreign key (town_key)
        references marts.dim_town (town_key) deferrable initially immediate,
    constraint fct_stock_flows_month_start_fk foreign key (month_start)
        references marts.dim_date (calendar_date) deferrable initially immediate
);
create index fct_stock_flows_town_key_idx on marts.fct_stock_flows (town_key);
create index fct_stock_flows_month_start_idx on marts.fct_stock_flows (month_start);
comment on table marts.fct_stock_flows is '有效专利存量变动（按现行镇街与全市，按月、种类、原因） / changes of the stock of valid patents for today''s towns and the city, by month, kind and reason; cumulated they are the stock.';
comment on column marts.fct_stock_flows.series is '序列 / series: published (as it became known, never restated), restated (by legal effect as known at the horizon), revision (restated less published)';
comment on column marts.fct_stock_flows.town_code is '现行镇街代码，442000为全市 / code of today''s town, 442000 = the city';
comment on column marts.fct_stock_flows.patent_kind is '专利种类 / patent kind (granted kinds)';
comment on column marts.fct_stock_flows.month_start is '月份首日 / first day of the month';
comment on column marts.fct_stock_flows.flow_reason is '变动原因 / reason (granted, restored, moved_in, moved_out, lapsed, expired, abandoned, invalidated, otherwise_ended)';
comment on column marts.fct_stock_flows.town_key is '镇街版本键 / key of the town version';
comment on column marts.fct_stock_flows.flow_count is '变动量（件） / change of the stock (patents; losses are negative)';
grant select, references on marts.fct_stock_flows to analyst, bi_reader;

create table marts.fct_indicator_values (
    indicator_code character varying not null,
    series character varying not null,
    period_type character varying not null,
    period_start date not null,
    town_code character varying not null,
    industry_code character varying not null,
    applicant_type character varying not null,
    breakdown_type character varying not null,
    breakdown_code character varying not null,
    town_basis character varying not null,
    counting_basis character varying not null,
    industry_basis character varying not null,
    indicator_version integer not null,
    town_key character varying not null,
    period_end date not null,
    value numeric(24,6),
    numerator numeric(24,6),
    denominator numeric(24,6),
    denominator_period character varying,
    denominator_known_on date,
    coverage_pct numeric(7,4),
    value_status character varying not null,
    status_reason character varying,
    constraint fct_indicator_values_pk primary key (indicator_code, series, period_type, period_start, town_code, industry_code, applicant_type, breakdown_type, breakdown_code, town_basis, counting_basis, industry_basis),
    constraint fct_indicator_values_indicator_code_indicator_version_fk foreign key (indicator_code, indicator_version)
        references marts.dim_indicator (indicator_code, indicator_version) deferrable initially immediate,
    constraint fct_indicator_values_town_key_fk foreign key (town_key)
        references marts.dim_town (town_key) deferrable initially immediate
);
create index fct_indicator_values_indicator_code_indicator_version_idx on marts.fct_indicator_values (indicator_code, indicator_version);
create index fct_indicator_values_town_key_idx on marts.fct_indicator_values (town_key);
comment on table marts.fct_indicator_values is '指标值事实表：城市、镇街、行业、申请人类型、分组各边际，含无值原因 / values of the indicators for the margins of the registry, with status, coverage and the reason where there is no value.';
comment on column marts.fct_indicator_values.indicator_code is '指标代码 / indicator code';
comment on column marts.fct_indicator_values.series is '序列 / series: published (as known then), restated';
comment on column marts.fct_indicator_values.period_type is '期间类型 / kind of period (month, year_to_date, year)';
comment on column marts.fct_indicator_values.period_start is '期初日期 / first day of the period; of a year to date the first day of the month that it runs to';
comment on column marts.fct_indicator_values.town_code is '镇街代码 / town code (9 digits, or unassigned, outside, 442000)';
comment on column marts.fct_indicator_values.industry_code is '行业代码 / industry code';
comment on column marts.fct_indicator_values.applicant_type is '申请人类型 / applicant type (enterprise, university, research_institute, government, institution, individual, other, unknown)';
comment on column marts.fct_indicator_values.breakdown_type is '分组类型 / breakdown (a dimension of the registry); ALL = none';
comment on column marts.fct_indicator_values.breakdown_code is '分组 / member of the breakdown; ALL = not broken down';
comment on column marts.fct_indicator_values.town_basis is '镇街口径 / basis of towns: then (as they were), now (today''s), both, place';
comment on column marts.fct_indicator_values.counting_basis is '计数口径 / counting basis: first (first-named party), any, fractional';
comment on column marts.fct_indicator_values.industry_basis is '行业口径 / how industries are told (ipc_mapping); rows with industry ALL are the same on every basis';
comment on column marts.fct_indicator_values.indicator_version is '指标版本 / version of the indicator''s definition';
comment on column marts.fct_indicator_values.town_key is '镇街版本键 / key of the town version';
comment on column marts.fct_indicator_values.period_end is '期末日期 / last day of the period; a stock is that of this day';
comment on column marts.fct_indicator_values.value is '数值（单位随指标） / value in the indicator''s unit; null where there is none';
comment on column marts.fct_indicator_values.numerator is '分子（单位随指标） / numerator';
comment on column marts.fct_indicator_values.denominator is '分母（单位随指标） / denominator';
comment on column marts.fct_indicator_values.denominator_period is '分母时期 / period of the denominator';
comment on column marts.fct_indicator_values.denominator_known_on is '分母版本日期 / day on which that denominator was known';
comment on column marts.fct_indicator_values.coverage_pct is '覆盖率（%） / share of the expected deliveries that arrived, in %; null where there is no calendar';
comment on column marts.fct_indicator_values.value_status is '数值状态 / status of the value (reported, provisional, partial, estimated, not_reported, not_applicable, suppressed)';
comment on column marts.fct_indicator_values.status_reason is '状态说明 / reason of the status; null where there is nothing to say';
grant select, references on marts.fct_indicator_values to analyst, bi_reader;

create table marts.fct_enforcement_cases (
    record_key character varying not null,
    case_number character varying not null,
    case_kind character varying not null,
    party_name character varying not null,
    party_type character varying not null,
    enterprise_version_key character varying not null,
    enterprise_key character varying not null,
    town_key character varying not null,
    town_code character varying not null,
    agency_name character varying not null,
    accepted_date date,
    filed_date date,
    closed_date date,
    transferred_date date,
    decision_date date,
    revoked_date date,
    decision_number character varying,
    violation_type character varying,
    penalty_type character varying,
    fine_cny_10k numeric(18,4),
    confiscated_cny_10k numeric(18,4),
    known_on date not null,
    constraint fct_enforcement_cases_pk primary key (record_key),
    constraint fct_enforcement_cases_enterprise_version_key_fk foreign key (enterprise_version_key)
        references marts.dim_enterprise (enterprise_version_key) deferrable initially immediate,
    constraint fct_enforcement_cases_town_key_fk foreign key (town_key)
        references marts.dim_town (town_key) deferrable initially immediate
);
create index fct_enforcement_cases_enterprise_version_key_idx on marts.fct_enforcement_cases (enterprise_version_key);
create index fct_enforcement_cases_town_key_idx on marts.fct_enforcement_cases (town_key);
comment on table marts.fct_enforcement_cases is '行政执法案件事实表，一案一行 / one enforcement case, its latest known state.';
comment on column marts.fct_enforcement_cases.record_key is '记录键（业务键的哈希） / record key: hash of the business key';
comment on column marts.fct_enforcement_cases.case_number is '案件编号 / case number';
comment on column marts.fct_enforcement_cases.case_kind is '案件类别 / kind of case';
comment on column marts.fct_enforcement_cases.party_name is '当事人名称 / name of the party';
comment on column marts.fct_enforcement_cases.party_type is '行政相对人类别 / type of party';
comment on column marts.fct_enforcement_cases.enterprise_version_key is '企业版本键 / key of the enterprise version';
comment on column marts.fct_enforcement_cases.enterprise_key is '企业键（跨版本不变） / durable key of the enterprise';
comment on column marts.fct_enforcement_cases.town_key is '镇街版本键 / key of the town version';
comment on column marts.fct_enforcement_cases.town_code is '镇街代码 / town code (9 digits, or unassigned, outside, 442000)';
comment on column marts.fct_enforcement_cases.agency_name is '办案机关 / agency';
comment on column marts.fct_enforcement_cases.accepted_date is '受理日期 / date of acceptance';
comment on column marts.fct_enforcement_cases.filed_date is '立案日期 / date of filing';
comment on column marts.fct_enforcement_cases.closed_date is '注销日期 / date of deregistration';
comment on column marts.fct_enforcement_cases.transferred_date is '移送日期 / date of transfer';
comment on column marts.fct_enforcement_cases.decision_date is '处罚决定日期 / date of the decision';
comment on column marts.fct_enforcement_cases.revoked_date is '撤销日期 / date on which the decision was revoked';
comment on column marts.fct_enforcement_cases.decision_number is '决定文书号 / number of the decision';
comment on column marts.fct_enforcement_cases.violation_type is '违法行为类型 / kind of violation';
comment on column marts.fct_enforcement_cases.penalty_type is '处罚类别 / kind of penalty';
comment on column marts.fct_enforcement_cases.fine_cny_10k is '罚款金额（万元） / fine, in 10,000 CNY; confiscations apart';
comment on column marts.fct_enforcement_cases.confiscated_cny_10k is '没收金额（万元） / confiscated amount, in 10,000 CNY; not a fine';
comment on column marts.fct_enforcement_cases.known_on is '公开可知日期 / day on which the provider first made it public';
grant select, references on marts.fct_enforcement_cases to analyst, bi_reader;

create table marts.fct_honours (
    record_key character varying not null,
    honour_type character varying not null,
    honour_grade character varying not null,
    award_year integer not null,
    holder_name character varying not null,
    enterprise_version_key character varying not null,
    enterprise_key character varying not null,
    town_key character varying not null,
    town_code character varying not null,
    application_number character varying,
    valid_from date not null,
    valid_to date,
    known_on date not null,
    constraint fct_honours_pk primary key (record_key),
    constraint fct_honours_enterprise_version_key_fk foreign key (enterprise_version_key)
        references marts.dim_enterprise (enterprise_version_key) deferrable initially immediate,
    constraint fct_honours_town_key_fk foreign key (town_key)
        references marts.dim_town (town_key) deferrable initially immediate
);
create index fct_honours_enterprise_version_key_idx on marts.fct_honours (enterprise_version_key);
create index fct_honours_town_key_idx on marts.fct_honours (town_key);
comment on table marts.fct_honours is '荣誉事实表，一项一行 / one honour with its validity.';
comment on column marts.fct_honours.record_key is '记录键（业务键的哈希） / record key: hash of the business key';
comment on column marts.fct_honours.honour_type is '荣誉类型 / kind of honour';
comment on column marts.fct_honours.honour_grade is '等级 / grade; empty where there is none';
comment on column marts.fct_honours.award_year is '年度 / year of the honour';
comment on column marts.fct_honours.holder_name is '持有单位名称（自然人为代号） / holder (a pseudonym for a natural person)';
comment on column marts.fct_honours.enterprise_version_key is '企业版本键 / key of the enterprise version';
comment on column marts.fct_honours.enterprise_key is '企业键（跨版本不变） / durable key of the enterprise';
comment on column marts.fct_honours.town_key is '镇街版本键 / key of the town version';
comment on column marts.fct_honours.town_code is '镇街代码 / town code (9 digits, or unassigned, outside, 442000)';
comment on column marts.fct_honours.application_number is '专利号（获奖专利） / application number of the awarded patent; null where none';
comment on column marts.fct_honours.valid_from is '起始日期（含） / first day of validity';
comment on column marts.fct_honours.valid_to is '终止日期（不含） / first day not covered; null = still valid';
comment on column marts.fct_honours.known_on is '公开可知日期 / day on which the provider first made it public';
grant select, references on marts.fct_honours to analyst, bi_reader;

create table marts.fct_patents (
    record_key character varying not null,
    patent_kind character varying not null,
    publication_number character varying not null,
    kind_code character varying not null,
    application_number character varying,
    filing_date date,
    publication_date date not null,
    known_on date not null,
    is_correction boolean not null,
    title character varying not null,
    applicant_name character varying not null,
    applicant_type character varying not null,
    party_count integer not null,
    enterprise_version_key character varying not null,
    enterprise_key character varying not null,
    town_key character varying not null,
    town_code character varying not null,
    town_confidence numeric(3,2) not null,
    town_reason character varying not null,
    industry_code character varying not null,
    main_class character varying,
    class_scheme character varying,
    is_in_city boolean not null,
    has_kind_conflict boolean not null,
    constraint fct_patents_pk primary key (record_key),
    constraint fct_patents_publication_date_fk foreign key (publication_date)
        references marts.dim_date (calendar_date) deferrable initially immediate,
    constraint fct_patents_enterprise_version_key_fk foreign key (enterprise_version_key)
        references marts.dim_enterprise (enterprise_version_key) deferrable initially immediate,
    constraint fct_patents_town_key_fk foreign key (town_key)
        references marts.dim_town (town_key) deferrable initially immediate,
    constraint fct_patents_industry_code_fk foreign key (industry_code)
        references marts.dim_industry (industry_code) deferrable initially immediate
);
create index fct_patents_publication_date_idx on marts.fct_patents (publication_date);
create index fct_patents_enterprise_version_key_idx on marts.fct_patents (enterprise_version_key);
create index fct_patents_town_key_idx on marts.fct_patents (town_key);
create index fct_patents_industry_code_idx on marts.fct_patents (industry_code);
comment on table marts.fct_patents is '专利文献事实表，一件文献一行 / one patent document (published application, grant or correction).';
comment on column marts.fct_patents.record_key is '记录键（专利种类与公开公告号的哈希） / record key: hash of patent kind and publication number';
comment on column marts.fct_patents.patent_kind is '专利种类 / patent kind (invention_published, invention_granted, utility_granted, design_granted; before 1993 also kinds that are no grants)';
comment on column marts.fct_patents.publication_number is '公开（公告）号 / publication number';
comment on column marts.fct_patents.kind_code is '文献种类代码 / kind code of the document';
comment on column marts.fct_patents.application_number is '申请号（含校验位，未知为空） / application number with check digit; null where unknown';
comment on column marts.fct_patents.filing_date is '申请日 / filing date';
comment on column marts.fct_patents.publication_date is '公开（公告）日 / publication date of the document';
comment on column marts.fct_patents.known_on is '公开可知日期 / day on which the provider first made it public';
comment on column marts.fct_patents.is_correction is '是否更正或部分无效文献 / whether the document corrects or restricts an earlier one: never counted as a publication or grant';
comment on column marts.fct_patents.title is '发明创造名称 / title';
comment on column marts.fct_patents.applicant_name is '第一申请人或专利权人名称（自然人为代号） / first party (a pseudonym for a natural person)';
comment on column marts.fct_patents.applicant_type is '申请人类型 / applicant type (enterprise, university, research_institute, government, institution, individual, other, unknown)';
comment on column marts.fct_patents.party_count is '当事人数（个） / number of parties (count)';
comment on column marts.fct_patents.enterprise_version_key is '企业版本键 / key of the enterprise version';
comment on column marts.fct_patents.enterprise_key is '企业键（跨版本不变） / durable key of the enterprise';
comment on column marts.fct_patents.town_key is '镇街版本键 / key of the town version';
comment on column marts.fct_patents.town_code is '镇街代码 / town code (9 digits, or unassigned, outside, 442000)';
comment on column marts.fct_patents.town_confidence is '镇街置信度（0-1） / confidence of the town from 0 to 1';
comment on column marts.fct_patents.town_reason is '镇街判定依据 / what the town rests on';
comment on column marts.fct_patents.industry_code is '行业代码 / industry code';
comment on column marts.fct_patents.main_class is '主分类号 / bare symbol of the first class';
comment on column marts.fct_patents.class_scheme is '分类体系 / classification scheme (ipc, loc)';
comment on column marts.fct_patents.is_in_city is '是否在本市 / whether in the city';
comment on column marts.fct_patents.has_kind_conflict is '文件名与文献种类是否矛盾 / whether the file name and the kind code disagree (the number wins)';
grant select, references on marts.fct_patents to analyst, bi_reader;

create table marts.fct_pledges (
    record_key character varying not null,
    contract_number character varying not null,
    registration_number character varying,
    pledge_kind character varying not null,
    registered_date date not null,
    released_date date,
    due_date date,
    changed_date date,
    pledgor_name character varying not null,
    enterprise_version_key character varying not null,
    enterprise_key character varying not null,
    town_key character varying not null,
    town_code character varying not null,
    pledgee_name character varying not null,
    secured_amount_cny_10k numeric(18,4),
    changed_amount_cny_10k numeric(18,4),
    disbursed_amount_cny_10k numeric(18,4),
    disbursed_date date,
    patent_right_count integer not null,
    trademark_right_count integer not null,
    has_ledger boolean not null,
    has_registration boolean not null,
    known_on date not null,
    constraint fct_pledges_pk primary key (record_key),
    constraint fct_pledges_enterprise_version_key_fk foreign key (enterprise_version_key)
        references marts.dim_enterprise (enterprise_version_key) deferrable initially immediate,
    constraint fct_pledges_town_key_fk foreign key (town_key)
        references marts.dim_town (town_key) deferrable initially immediate
);
create index fct_pledges_enterprise_version_key_idx on marts.fct_pledges (enterprise_version_key);
create index fct_pledges_town_key_idx on marts.fct_pledges (town_key);
comment on table marts.fct_pledges is '知识产权质押合同事实表，一合同一行 / one pledge contract; its rights are in bridge_pledge_rights.';
comment on column marts.fct_pledges.record_key is '记录键（业务键的哈希） / record key: hash of the business key';
comment on column marts.fct_pledges.contract_number is '合同编号 / contract number';
comment on column marts.fct_pledges.registration_number is '注册号或登记号 / registration number';
comment on column marts.fct_pledges.pledge_kind is '质押种类 / kind of pledge (patent, trademark, mixed, unknown)';
comment on column marts.fct_pledges.registered_date is '登记日期 / date of registration';
comment on column marts.fct_pledges.released_date is '注销（解除）日期 / date of release; null while open';
comment on column marts.fct_pledges.due_date is '到期日期 / due date';
comment on column marts.fct_pledges.changed_date is '变更日期 / date of the change';
comment on column marts.fct_pledges.pledgor_name is '出质人名称（自然人为代号） / pledgor (a pseudonym for a natural person)';
comment on column marts.fct_pledges.enterprise_version_key is '企业版本键 / key of the enterprise version';
comment on column marts.fct_pledges.enterprise_key is '企业键（跨版本不变） / durable key of the enterprise';
comment on column marts.fct_pledges.town_key is '镇街版本键 / key of the town version';
comment on column marts.fct_pledges.town_code is '镇街代码 / town code (9 digits, or unassigned, outside, 442000)';
comment on column marts.fct_pledges.pledgee_name is '质权人 / pledgee';
comment on column marts.fct_pledges.secured_amount_cny_10k is '担保金额（万元） / secured amount, in 10,000 CNY';
comment on column marts.fct_pledges.changed_amount_cny_10k is '变更后金额（万元） / secured amount after the registered change, in 10,000 CNY';
comment on column marts.fct_pledges.disbursed_amount_cny_10k is '放款金额（万元） / loan paid out, in 10,000 CNY';
comment on column marts.fct_pledges.disbursed_date is '放款日期 / date of disbursement';
comment on column marts.fct_pledges.patent_right_count is '质押专利件次 / patents behind the contract (count)';
comment on column marts.fct_pledges.trademark_right_count is '质押商标件次 / trademarks behind the contract (count)';
comment on column marts.fct_pledges.has_ledger is '是否见于台账 / whether the office''s ledger has it';
comment on column marts.fct_pledges.has_registration is '是否见于登记公告 / whether the patent register has it';
comment on column marts.fct_pledges.known_on is '公开可知日期 / day on which the provider first made it public';
grant select, references on marts.fct_pledges to analyst;
grant select (record_key, contract_number, registration_number, pledge_kind, registered_date, released_date, due_date, changed_date, pledgor_name, enterprise_version_key, enterprise_key, town_key, town_code, pledgee_name, disbursed_date, patent_right_count, trademark_right_count, has_ledger, has_registration, known_on), references (record_key, contract_number, registration_number, pledge_kind, registered_date, released_date, due_date, changed_date, pledgor_name, enterprise_version_key, enterprise_key, town_key, town_code, pledgee_name, disbursed_date, patent_right_count, trademark_right_count, has_ledger, has_registration, known_on) on marts.fct_pledges to bi_reader;

create table marts.fct_trademarks (
    record_key character varying not null,
    application_number character varying not null,
    registration_number character varying,
    nice_class integer not null,
    mark_name character varying not null,
    mark_type character varying not null,
    is_gi boolean not null,
    applicant_name character varying not null,
    applicant_type character varying not null,
    enterprise_version_key character varying not null,
    enterprise_key character varying not null,
    town_key character varying not null,
    town_code character varying not null,
    is_in_city boolean not null,
    filing_date date,
    registration_date date,
    term_start_date date,
    term_end_date date,
    status character varying not null,
    status_date date,
    known_on date not null,
    constraint fct_trademarks_pk primary key (record_key),
    constraint fct_trademarks_enterprise_version_key_fk foreign key (enterprise_version_key)
        references marts.dim_enterprise (enterprise_version_key) deferrable initially immediate,
    constraint fct_trademarks_town_key_fk foreign key (town_key)
        references marts.dim_town (town_key) deferrable initially immediate
);
create index fct_trademarks_enterprise_version_key_idx on marts.fct_trademarks (enterprise_version_key);
create index fct_trademarks_town_key_idx on marts.fct_trademarks (town_key);
comment on table marts.fct_trademarks is '商标事实表，一件申请一个类别一行 / one class line (application and Nice class), its latest known state.';
comment on column marts.fct_trademarks.record_key is '记录键（业务键的哈希） / record key: hash of the business key';
comment on column marts.fct_trademarks.application_number is '申请号 / trademark application number';
comment on column marts.fct_trademarks.registration_number is '注册号（未注册为空） / registration number; null before registration';
comment on column marts.fct_trademarks.nice_class is '国际分类（1-45） / Nice class';
comment on column marts.fct_trademarks.mark_name is '商标名称 / mark';
comment on column marts.fct_trademarks.mark_type is '商标类型 / type of mark (一般, 集体, 证明)';
comment on column marts.fct_trademarks.is_gi is '是否地理标志 / whether a geographical indication';
comment on column marts.fct_trademarks.applicant_name is '申请人名称（自然人为代号） / applicant (a pseudonym for a natural person)';
comment on column marts.fct_trademarks.applicant_type is '申请人类型 / applicant type (enterprise, university, research_institute, government, institution, individual, other, unknown)';
comment on column marts.fct_trademarks.enterprise_version_key is '企业版本键 / key of the enterprise version';
comment on column marts.fct_trademarks.enterprise_key is '企业键（跨版本不变） / durable key of the enterprise';
comment on column marts.fct_trademarks.town_key is '镇街版本键 / key of the town version';
comment on column marts.fct_trademarks.town_code is '镇街代码 / town code (9 digits, or unassigned, outside, 442000)';
comment on column marts.fct_trademarks.is_in_city is '是否在本市 / whether in the city';
comment on column marts.fct_trademarks.filing_date is '申请日期 / filing date';
comment on column marts.fct_trademarks.registration_date is '注册公告日期 / date of the registration notice';
comment on column marts.fct_trademarks.term_start_date is '专用权开始日期 / first day of the term';
comment on column marts.fct_trademarks.term_end_date is '专用权结束日期 / last day of the term';
comment on column marts.fct_trademarks.status is '状态 / status in the register';
comment on column marts.fct_trademarks.status_date is '状态日期 / date of the status';
comment on column marts.fct_trademarks.known_on is '公开可知日期 / day on which the provider first made it public';
grant select, references on marts.fct_trademarks to analyst, bi_reader;

create table marts.bridge_patent_industries (
    record_key character varying not null,
    industry_code character varying not null,
    weight numeric(18,12) not null,
    is_exact boolean not null,
    constraint bridge_patent_industries_pk primary key (record_key, industry_code),
    constraint bridge_patent_industries_record_key_fk foreign key (record_key)
        references marts.fct_patents (record_key) deferrable initially immediate,
    constraint bridge_patent_industries_industry_code_fk foreign key (industry_code)
        references marts.dim_industry (industry_code) deferrable initially immediate
);
create index bridge_patent_industries_industry_code_idx on marts.bridge_patent_industries (industry_code);
comment on table marts.bridge_patent_industries is '专利与行业的桥接表，权重合计为1（暂行对照） / industries of documents by main class, provisional mapping; weights sum to 1.';
comment on column marts.bridge_patent_industries.record_key is '记录键（专利种类与公开公告号的哈希） / record key: hash of patent kind and publication number';
comment on column marts.bridge_patent_industries.industry_code is '行业代码 / industry code';
comment on column marts.bridge_patent_industries.weight is '权重（合计为1） / weight, 1 in total for each document';
comment on column marts.bridge_patent_industries.is_exact is '是否精确对应 / whether the class lies wholly inside the industry (otherwise coarse)';
grant select, references on marts.bridge_patent_industries to analyst, bi_reader;

create table marts.bridge_patent_parties (
    record_key character varying not null,
    party_order integer not null,
    party_name character varying not null,
    applicant_type character varying not null,
    enterprise_version_key character varying not null,
    enterprise_key character varying not null,
    town_code character varying not null,
    is_in_city boolean not null,
    weight numeric(18,12) not null,
    constraint bridge_patent_parties_pk primary key (record_key, party_order),
    constraint bridge_patent_parties_record_key_fk foreign key (record_key)
        references marts.fct_patents (record_key) deferrable initially immediate,
    constraint bridge_patent_parties_enterprise_version_key_fk foreign key (enterprise_version_key)
        references marts.dim_enterprise (enterprise_version_key) deferrable initially immediate
);
create index bridge_patent_parties_enterprise_version_key_idx on marts.bridge_patent_parties (enterprise_version_key);
comment on table marts.bridge_patent_parties is '专利与当事人的桥接表，权重合计为1 / parties of documents; weights sum to 1.';
comment on column marts.bridge_patent_parties.record_key is '记录键（专利种类与公开公告号的哈希） / record key: hash of patent kind and publication number';
comment on column marts.bridge_patent_parties.party_order is '当事人顺序 / order of the party in the document (1 = first-named)';
comment on column marts.bridge_patent_parties.party_name is '当事人名称（自然人为代号） / name of the party (a pseudonym for a natural person)';
comment on column marts.bridge_patent_parties.applicant_type is '申请人类型 / applicant type (enterprise, university, research_institute, government, institution, individual, other, unknown)';
comment on column marts.bridge_patent_parties.enterprise_version_key is '企业版本键 / key of the enterprise version';
comment on column marts.bridge_patent_parties.enterprise_key is '企业键（跨版本不变） / durable key of the enterprise';
comment on column marts.bridge_patent_parties.town_code is '镇街代码 / town code (9 digits, or unassigned, outside, 442000)';
comment on column marts.bridge_patent_parties.is_in_city is '是否在本市 / whether in the city';
comment on column marts.bridge_patent_parties.weight is '权重（合计为1） / weight, 1 in total for each document';
grant select, references on marts.bridge_patent_parties to analyst, bi_reader;

create table marts.fct_high_value_reasons (
    evidence_key character varying not null,
    record_key character varying not null,
    reason_code character varying not null,
    age_clock character varying not null,
    evidence_reference character varying not null,
    is_upper_bound boolean not null,
    amount_cny_10k numeric(18,4),
    fulfilled_from date not null,
    fulfilled_to date,
    known_on date not null,
    known_until date,
    constraint fct_high_value_reasons_pk primary key (evidence_key),
    constraint fct_high_value_reasons_record_key_fk foreign key (record_key)
        references marts.fct_patents (record_key) deferrable initially immediate
);
create index fct_high_value_reasons_record_key_idx on marts.fct_high_value_reasons (record_key);
comment on table marts.fct_high_value_reasons is '高价值发明专利理由事实表，一条证据一行 / one piece of evidence that can make a granted invention a high-value one.';
comment on column marts.fct_high_value_reasons.evidence_key is '证据键（整行的哈希） / evidence key: hash of the rest of the row';
comment on column marts.fct_high_value_reasons.record_key is '记录键（专利种类与公开公告号的哈希） / record key: hash of patent kind and publication number';
comment on column marts.fct_high_value_reasons.reason_code is '理由（sei、overseas_family、over_10_years、pledge、award） / reason (strategic emerging industry, granted family member abroad, more than ten years, pledge, award)';
comment on column marts.fct_high_value_reasons.age_clock is '年限起算（filing 申请日，grant 授权日，none 不适用） / clock of the age (filing, grant); none for the other reasons';
comment on column marts.fct_high_value_reasons.evidence_reference is '证据（产业代码、同族公开号、合同编号、奖项） / what the reason rests on (industry, member abroad, contract, award); empty for the age';
comment on column marts.fct_high_value_reasons.is_upper_bound is '是否上限（仅凭分类号判断的战略性新兴产业） / whether the reason is an upper bound (industry by IPC alone)';
comment on column marts.fct_high_value_reasons.amount_cny_10k is '合同担保金额（万元）；非质押为空 / secured amount of the contract (10,000 CNY); null where the reason is no pledge';
comment on column marts.fct_high_value_reasons.fulfilled_from is '条件成立日（含） / first day on which the reason holds';
comment on column marts.fct_high_value_reasons.fulfilled_to is '条件终止日（不含） / first day on which it no longer holds; null = open';
comment on column marts.fct_high_value_reasons.known_on is '公开可知日期 / day on which this became known';
comment on column marts.fct_high_value_reasons.known_until is '被更新的日期（不含） / day on which a later state became known; null = still the latest';
grant select, references on marts.fct_high_value_reasons to analyst, bi_reader;

create table marts.fct_patent_events (
    event_key character varying not null,
    record_key character varying not null,
    application_number character varying,
    event_code character varying not null,
    event_effect character varying not null,
    effective_date date not null,
    known_on date not null,
    contract_number character varying,
    constraint fct_patent_events_pk primary key (event_key),
    constraint fct_patent_events_record_key_fk foreign key (record_key)
        references marts.fct_patents (record_key) deferrable initially immediate
);
create index fct_patent_events_record_key_idx on marts.fct_patent_events (record_key);
comment on table marts.fct_patent_events is '专利法律事件事实表 / one legal event; identical events are one.';
comment on column marts.fct_patent_events.event_key is '事件键（其余列的哈希） / event key: hash of the rest, so identical events are one';
comment on column marts.fct_patent_events.record_key is '记录键（专利种类与公开公告号的哈希） / record key: hash of patent kind and publication number';
comment on column marts.fct_patent_events.application_number is '申请号（含校验位，未知为空） / application number with check digit; null where unknown';
comment on column marts.fct_patent_events.event_code is '事件代码 / event code';
comment on column marts.fct_patent_events.event_effect is '效力 / effect (seed legal_event_codes)';
comment on column marts.fct_patent_events.effective_date is '生效日期 / date of legal effect';
comment on column marts.fct_patent_events.known_on is '公开可知日期 / day on which the provider first made it public';
comment on column marts.fct_patent_events.contract_number is '合同登记号 / registration number of the contract';
grant select, references on marts.fct_patent_events to analyst, bi_reader;

create table marts.bridge_pledge_rights (
    record_key character varying not null,
    right_key character varying not null,
    right_kind character varying not null,
    right_number character varying not null,
    patent_record_key character varying,
    weight numeric(18,12) not null,
    constraint bridge_pledge_rights_pk primary key (record_key, right_key),
    constraint bridge_pledge_rights_record_key_fk foreign key (record_key)
        references marts.fct_pledges (record_key) deferrable initially immediate
);
comment on table marts.bridge_pledge_rights is '质押合同与权利桥表 / rights behind a contract; weights of a contract sum to 1.';
comment on column marts.bridge_pledge_rights.record_key is '记录键（业务键的哈希） / record key: hash of the business key';
comment on column marts.bridge_pledge_rights.right_key is '权利键 / key of the right (hash of kind and number)';
comment on column marts.bridge_pledge_rights.right_kind is '权利类型 / kind of right';
comment on column marts.bridge_pledge_rights.right_number is '权利编号 / number of the right';
comment on column marts.bridge_pledge_rights.patent_record_key is '专利记录键 / record key of the granted patent; null where it is not in the warehouse';
comment on column marts.bridge_pledge_rights.weight is '权重（每条记录合计为1） / weight; the weights of a record sum to 1';
grant select, references on marts.bridge_pledge_rights to analyst, bi_reader;

alter table marts.fct_returns enable row level security;
create policy fct_returns_analyst on marts.fct_returns for select to analyst using (true);
create policy fct_returns_public on marts.fct_returns for select to bi_reader using (
    indicator_code in (
        select dim_indicator.indicator_code from marts.dim_indicator
        group by dim_indicator.indicator_code
        having bool_and(dim_indicator.confidentiality = 'public_register')
    )
);

alter table marts.fct_indicator_values enable row level security;
create policy fct_indicator_values_analyst on marts.fct_indicator_values for select to analyst using (true);
create policy fct_indicator_values_public on marts.fct_indicator_values for select to bi_reader using (
    indicator_code in (
        select dim_indicator.indicator_code from marts.dim_indicator
        group by dim_indicator.indicator_code
        having bool_and(dim_indicator.confidentiality = 'public_register')
    )
);

create table publication.indicator_values (
    build_id text not null,
    like marts.fct_indicator_values including comments,
    published_at timestamptz not null default now()
);
create index indicator_values_by_indicator on publication.indicator_values (indicator_code);
comment on table publication.indicator_values is
    'each value ever published, once: the build that brought it; a value holds until a later build replaces it';
comment on column publication.indicator_values.build_id is '首次公布该值的构建 / the build that brought it';
comment on column publication.indicator_values.published_at is '公布时间 / when the value was published';
