-- The feed patent_families joins the warehouse (which inventions have a granted member abroad); a new table, no rows yet.
-- Applied by role `pipeline`; drafted by `ipstat dev migration`, from then on an ordinary file.

create table landing.patent_families (
    publication_number text not null,
    kind_code text not null,
    patent_kind text not null,
    member_publication_number text not null,
    member_country_code text not null,
    granted_date date,
    ended_date date,
    known_date date not null,
    _batch_id bigint not null,
    _source_file text not null,
    _source_row bigint not null,
    _known_on date not null,
    _recorded_at timestamp with time zone default now() not null,
    _row_hash character(32) not null,
    _extra jsonb
);
CREATE INDEX patent_families_by_batch ON landing.patent_families USING brin (_batch_id) WITH (pages_per_range='16', autosummarize='on');
comment on table landing.patent_families is '海外同族专利 / Family members of patents abroad';
comment on column landing.patent_families.publication_number is '本国公开公告号 / Publication number of the Chinese document';
comment on column landing.patent_families.kind_code is '文献种类代码 / Kind code';
comment on column landing.patent_families.patent_kind is '专利种类（以文献种类代码为准） / Patent kind by the kind code';
comment on column landing.patent_families.member_publication_number is '同族成员公开号 / Publication number of the family member';
comment on column landing.patent_families.member_country_code is '同族成员国家、地区或组织代码（WIPO ST.3） / Country, region or organisation of the member (WIPO ST.3)';
comment on column landing.patent_families.granted_date is '同族成员授权日（空为未授权） / Day on which the member was granted; null = not granted';
comment on column landing.patent_families.ended_date is '同族成员失效日（空为有效或未知） / First day on which the member is no longer in force; null = in force or unknown';
comment on column landing.patent_families.known_date is '数据日期（可知日） / Date of the record: when it became known';
comment on column landing.patent_families._batch_id is '批次 / batch (ops.batches) that brought the row';
comment on column landing.patent_families._source_file is '来源文件 / file name as sent; `outer.zip!inner.csv` for a member of a zip';
comment on column landing.patent_families._source_row is '来源行号 / line (text) or record number in the file, from 1';
comment on column landing.patent_families._known_on is '公开日 / day on which the provider made the row public';
comment on column landing.patent_families._recorded_at is '入库时间 / when we took it in (UTC)';
comment on column landing.patent_families._row_hash is '内容散列 / first 128 bits of SHA-256 over the content columns';
comment on column landing.patent_families._extra is '未知列 / cells of columns that the contract does not know';
grant select on landing.patent_families to builder;
