-- Marks by industry, technology fields, and grants by industry on both attributions; new tables, filled by the next publication.
-- Applied by role `pipeline`; drafted by `ipstat dev migration`, from then on an ordinary file.

create table marts.bridge_class_technology_fields (
    main_class character varying not null,
    field_number integer not null,
    sector_name character varying not null,
    field_name character varying not null,
    ipc_prefix character varying,
    constraint bridge_class_technology_fields_pk PRIMARY KEY (main_class)
);
create table marts.bridge_nice_class_industries (
    nice_class integer not null,
    industry_code character varying not null,
    weight numeric(18,12) not null,
    is_exact boolean not null,
    constraint bridge_nice_class_industries_pk PRIMARY KEY (nice_class, industry_code)
);
create table marts.rpt_patent_industry_counts (
    period_start date not null,
    patent_kind character varying not null,
    industry_basis character varying not null,
    industry_code character varying not null,
    whole_count bigint not null,
    fractional_count numeric(24,12) not null,
    exact_count bigint not null,
    constraint rpt_patent_industry_counts_pk PRIMARY KEY (period_start, patent_kind, industry_basis, industry_code)
);
alter table marts.bridge_nice_class_industries add constraint bridge_nice_class_industries_industry_code_fk FOREIGN KEY (industry_code) REFERENCES marts.dim_industry(industry_code) DEFERRABLE;
alter table marts.rpt_patent_industry_counts add constraint rpt_patent_industry_counts_industry_code_fk FOREIGN KEY (industry_code) REFERENCES marts.dim_industry(industry_code) DEFERRABLE;
CREATE INDEX bridge_nice_class_industries_industry_code_idx ON marts.bridge_nice_class_industries USING btree (industry_code);
CREATE INDEX rpt_patent_industry_counts_industry_code_idx ON marts.rpt_patent_industry_counts USING btree (industry_code);
comment on table marts.bridge_class_technology_fields is '主分类号与WIPO技术领域的桥接表 / the WIPO technology field of every IPC symbol that a patent has as its main class.';
comment on column marts.bridge_class_technology_fields.main_class is '主分类号 / bare IPC symbol of the first class';
comment on column marts.bridge_class_technology_fields.field_number is '领域编号（1-35，0为未归类） / field number (1 to 35); 0 = none found';
comment on column marts.bridge_class_technology_fields.sector_name is '技术部门 / sector';
comment on column marts.bridge_class_technology_fields.field_name is '技术领域 / field';
comment on column marts.bridge_class_technology_fields.ipc_prefix is '命中的分类号前缀；空为未命中 / prefix that decided; null where none';
comment on table marts.bridge_nice_class_industries is '尼斯分类与行业的桥接表，权重合计为1（暂行对照） / industries of the Nice classes, provisional mapping; weights sum to 1.';
comment on column marts.bridge_nice_class_industries.nice_class is '类号（1-45） / Nice class (1 to 45)';
comment on column marts.bridge_nice_class_industries.industry_code is '行业代码 / industry code';
comment on column marts.bridge_nice_class_industries.weight is '权重（合计为1） / weight, 1 in total for each class';
comment on column marts.bridge_nice_class_industries.is_exact is '是否精确对应 / whether the class lies wholly inside the industry (otherwise coarse)';
comment on table marts.rpt_patent_industry_counts is '专利授权分行业统计（整数计数与分数计数并列，两种归属口径） / grants by industry, whole and fractional side by side, by class and by register.';
comment on column marts.rpt_patent_industry_counts.period_start is '年度首日 / first day of the year';
comment on column marts.rpt_patent_industry_counts.patent_kind is '专利种类 / patent kind (invention_granted, utility_granted, design_granted)';
comment on column marts.rpt_patent_industry_counts.industry_basis is '行业口径（ipc_mapping 按分类号，registered 按登记行业） / attribution (by class, or the applicant''s registered industry)';
comment on column marts.rpt_patent_industry_counts.industry_code is '行业代码 / industry code';
comment on column marts.rpt_patent_industry_counts.whole_count is '整数计数（件，跨行业重复，不可相加） / whole count (patents); one of several industries counts in each, so it is never summed over them';
comment on column marts.rpt_patent_industry_counts.fractional_count is '分数计数（件，各行业合计等于总数） / fractional count (patents); sums to the patents';
comment on column marts.rpt_patent_industry_counts.exact_count is '其中精确对应的件数 / of the whole count, patents whose class lies wholly inside the industry or whose applicant is registered';
grant references on marts.bridge_class_technology_fields to analyst;
grant references on marts.bridge_class_technology_fields to bi_reader;
grant select on marts.bridge_class_technology_fields to analyst;
grant select on marts.bridge_class_technology_fields to bi_reader;
grant references on marts.bridge_nice_class_industries to analyst;
grant references on marts.bridge_nice_class_industries to bi_reader;
grant select on marts.bridge_nice_class_industries to analyst;
grant select on marts.bridge_nice_class_industries to bi_reader;
grant references on marts.rpt_patent_industry_counts to analyst;
grant references on marts.rpt_patent_industry_counts to bi_reader;
grant select on marts.rpt_patent_industry_counts to analyst;
grant select on marts.rpt_patent_industry_counts to bi_reader;
