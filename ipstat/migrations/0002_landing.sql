-- Derived from ingest/contracts/*.yml by `ipstat dev derive`; do not edit.
-- Landing: typed rows of the feeds, append-only, with provenance.

create table if not exists landing.cnipa_gazette (
    item text,
    file_kind text,
    patent_kind text not null,
    has_kind_conflict boolean,
    kind_code text not null,
    is_correction boolean,
    title text not null,
    publication_number text not null,
    publication_date date not null,
    application_number text,
    application_number_raw text,
    application_number_status text,
    filing_date date,
    patentees text,
    inventors text,
    address text,
    postcode text,
    classifications text,
    main_class text,
    class_scheme text,
    _batch_id bigint not null,
    _source_file text not null,
    _source_row bigint not null,
    _known_on date not null,
    _recorded_at timestamptz not null default now(),
    _row_hash char(32) not null,
    _extra jsonb
);
create index if not exists cnipa_gazette_by_batch on landing.cnipa_gazette using brin (_batch_id) with (pages_per_range = 16, autosummarize = on);
comment on table landing.cnipa_gazette is '专利公报著录项目 / Patent gazette, bibliographic rows';
comment on column landing.cnipa_gazette.item is '文件内序号 / Running number within the sender''s file';
comment on column landing.cnipa_gazette.file_kind is '文件名所示专利种类 / Patent kind that the file name claims (null where the name is unknown)';
comment on column landing.cnipa_gazette.patent_kind is '专利种类（以公开公告号文献种类代码为准） / Patent kind by the kind code of the publication number';
comment on column landing.cnipa_gazette.has_kind_conflict is '文件名与文献种类代码是否矛盾 / Whether the file name and the kind code disagree (the number wins)';
comment on column landing.cnipa_gazette.kind_code is '文献种类代码 / Kind code of the publication number';
comment on column landing.cnipa_gazette.is_correction is '是否更正文献 / Whether the document corrects an earlier one (A8 ... S9)';
comment on column landing.cnipa_gazette.title is '发明创造名称 / Title';
comment on column landing.cnipa_gazette.publication_number is '公开（公告）号 / Publication number';
comment on column landing.cnipa_gazette.publication_date is '公开（公告）日 / Publication date (of the document; the folder''s date names the issue)';
comment on column landing.cnipa_gazette.application_number is '申请号（含校验位，未知为空） / Application number with check digit, without dot; null where unknown';
comment on column landing.cnipa_gazette.application_number_raw is '申请号（原样） / Application number as sent';
comment on column landing.cnipa_gazette.application_number_status is '申请号状态 / Whether the application number survived';
comment on column landing.cnipa_gazette.filing_date is '申请日 / Filing date';
comment on column landing.cnipa_gazette.patentees is '专利权人或申请人（分号分隔，按公告顺序） / Patentees or applicants in the announced order, joined by ;';
comment on column landing.cnipa_gazette.inventors is '发明人或设计人 / Inventors or designers';
comment on column landing.cnipa_gazette.address is '第一专利权人地址（不含邮编） / Address of the first party without the postcode';
comment on column landing.cnipa_gazette.postcode is '邮政编码 / Postcode at the head of the address';
comment on column landing.cnipa_gazette.classifications is '国际专利分类或洛迦诺分类（含版本） / IPC or Locarno classes with edition and flags';
comment on column landing.cnipa_gazette.main_class is '主分类号 / Bare symbol of the first class, such as F21K9/232 or 26-05';
comment on column landing.cnipa_gazette.class_scheme is '分类体系 / Classification scheme';
comment on column landing.cnipa_gazette._batch_id is '批次 / batch (ops.batches) that brought the row';
comment on column landing.cnipa_gazette._source_file is '来源文件 / file name as sent; `outer.zip!inner.csv` for a member of a zip';
comment on column landing.cnipa_gazette._source_row is '来源行号 / line (text) or record number in the file, from 1';
comment on column landing.cnipa_gazette._known_on is '公开日 / day on which the provider made the row public';
comment on column landing.cnipa_gazette._recorded_at is '入库时间 / when we took it in (UTC)';
comment on column landing.cnipa_gazette._row_hash is '内容散列 / first 128 bits of SHA-256 over the content columns';
comment on column landing.cnipa_gazette._extra is '未知列 / cells of columns that the contract does not know';
