-- Derived from dbt_project/models/marts/**/*.yml by `ipstat dev derive`; do not edit.
-- The published star schema. Builds never write here: `ipstat publish marts` applies the difference of a gated build.

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
