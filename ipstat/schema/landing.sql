-- Derived from ingest/contracts/*.yml by `ipstat dev derive`; do not edit.
-- Landing as the contracts want it: typed rows of the feeds, append-only, with provenance. Migrations bring a database
-- there: after a change here `ipstat dev migration NAME` drafts the next one.

create table if not exists landing.cnipa_exchange (
    patent_kind text not null,
    kind_code text not null,
    is_correction boolean,
    title text not null,
    publication_number text not null,
    publication_date date not null,
    application_number text,
    application_number_status text,
    filing_date date,
    patentees text,
    inventors text,
    address text,
    postcode text,
    classifications text,
    main_class text,
    class_scheme text,
    agency_name text,
    agency_code text,
    priority_count integer,
    _batch_id bigint not null,
    _source_file text not null,
    _source_row bigint not null,
    _known_on date not null,
    _recorded_at timestamptz not null default now(),
    _row_hash char(32) not null,
    _extra jsonb
);
create index if not exists cnipa_exchange_by_batch on landing.cnipa_exchange using brin (_batch_id) with (pages_per_range = 16, autosummarize = on);
comment on table landing.cnipa_exchange is '专利数据交换文献著录项目 / Patent documents in the exchange format';
comment on column landing.cnipa_exchange.patent_kind is '专利种类（以文献种类代码为准） / Patent kind by the kind code';
comment on column landing.cnipa_exchange.kind_code is '文献种类代码 / Kind code';
comment on column landing.cnipa_exchange.is_correction is '是否更正文献 / Whether the document corrects an earlier one (A8 ... S9)';
comment on column landing.cnipa_exchange.title is '发明创造名称 / Title';
comment on column landing.cnipa_exchange.publication_number is '公开（公告）号 / Publication number';
comment on column landing.cnipa_exchange.publication_date is '公开（公告）日 / Publication date';
comment on column landing.cnipa_exchange.application_number is '申请号（含校验位，未知为空） / Application number with check digit, without dot; null where unknown';
comment on column landing.cnipa_exchange.application_number_status is '申请号状态 / Whether the application number is usable';
comment on column landing.cnipa_exchange.filing_date is '申请日 / Filing date';
comment on column landing.cnipa_exchange.patentees is '现专利权人或申请人（分号分隔） / Grantees of the document, else applicants, in order, joined by ;';
comment on column landing.cnipa_exchange.inventors is '发明人或设计人 / Inventors or designers';
comment on column landing.cnipa_exchange.address is '第一权利人地址（不含邮编） / Address of the first party without the postcode';
comment on column landing.cnipa_exchange.postcode is '邮政编码 / Postcode at the head of the address';
comment on column landing.cnipa_exchange.classifications is '国际专利分类或洛迦诺分类 / IPC or Locarno classes with edition';
comment on column landing.cnipa_exchange.main_class is '主分类号 / Bare symbol of the first class';
comment on column landing.cnipa_exchange.class_scheme is '分类体系 / Classification scheme';
comment on column landing.cnipa_exchange.agency_name is '专利代理机构名称 / Name of the patent agency';
comment on column landing.cnipa_exchange.agency_code is '专利代理机构代码 / Five-digit code of the patent agency';
comment on column landing.cnipa_exchange.priority_count is '优先权项数 / Number of priorities claimed [项]';
comment on column landing.cnipa_exchange._batch_id is '批次 / batch (ops.batches) that brought the row';
comment on column landing.cnipa_exchange._source_file is '来源文件 / file name as sent; `outer.zip!inner.csv` for a member of a zip';
comment on column landing.cnipa_exchange._source_row is '来源行号 / line (text) or record number in the file, from 1';
comment on column landing.cnipa_exchange._known_on is '公开日 / day on which the provider made the row public';
comment on column landing.cnipa_exchange._recorded_at is '入库时间 / when we took it in (UTC)';
comment on column landing.cnipa_exchange._row_hash is '内容散列 / first 128 bits of SHA-256 over the content columns';
comment on column landing.cnipa_exchange._extra is '未知列 / cells of columns that the contract does not know';

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

create table if not exists landing.cnipa_legal_events (
    publication_number text not null,
    application_number text,
    application_number_status text,
    patent_kind text not null,
    title text,
    filing_date date,
    grant_date date,
    patentees text,
    address text,
    main_class text,
    event_type_name text,
    event_code text,
    event_date date,
    effective_date date,
    contract_number text,
    change_item text,
    value_before text,
    value_after text,
    address_after text,
    detail text,
    _batch_id bigint not null,
    _source_file text not null,
    _source_row bigint not null,
    _known_on date not null,
    _recorded_at timestamptz not null default now(),
    _row_hash char(32) not null,
    _extra jsonb
);
create index if not exists cnipa_legal_events_by_batch on landing.cnipa_legal_events using brin (_batch_id) with (pages_per_range = 16, autosummarize = on);
comment on table landing.cnipa_legal_events is '专利事务数据 / Legal events of patents';
comment on column landing.cnipa_legal_events.publication_number is '授权公告号 / Publication number of the grant';
comment on column landing.cnipa_legal_events.application_number is '申请号（含校验位，未知为空） / Application number with check digit, without dot; null where unknown';
comment on column landing.cnipa_legal_events.application_number_status is '申请号状态 / Whether the application number is usable';
comment on column landing.cnipa_legal_events.patent_kind is '专利种类 / Patent kind by the kind code';
comment on column landing.cnipa_legal_events.title is '发明创造名称 / Title';
comment on column landing.cnipa_legal_events.filing_date is '申请日 / Filing date';
comment on column landing.cnipa_legal_events.grant_date is '授权公告日 / Date of the grant''s announcement';
comment on column landing.cnipa_legal_events.patentees is '授权公告的专利权人 / Patentees as announced at the grant';
comment on column landing.cnipa_legal_events.address is '授权公告的地址（不含邮编） / Address as announced at the grant, without the postcode';
comment on column landing.cnipa_legal_events.main_class is '主分类号 / Bare main class (LOC or IPC)';
comment on column landing.cnipa_legal_events.event_type_name is '事务数据类型（原文） / Type of the event as announced; null where the page has no event';
comment on column landing.cnipa_legal_events.event_code is '法律事件代码 / Code of the event by its type and first line; null only where the page has no event';
comment on column landing.cnipa_legal_events.event_date is '事务数据公告日（可知日） / Day of the announcement: when the event became known';
comment on column landing.cnipa_legal_events.effective_date is '生效日（终止日、登记生效日、解除日、变更日等；未载明时为公告日） / Day of legal effect as stated in the text, else the day of the announcement';
comment on column landing.cnipa_legal_events.contract_number is '合同备案号或质押登记号 / Number of the licence contract or of the pledge registration';
comment on column landing.cnipa_legal_events.change_item is '变更事项 / What changed, joined by ;';
comment on column landing.cnipa_legal_events.value_before is '变更前 / Parties (or other values) before, joined by ;';
comment on column landing.cnipa_legal_events.value_after is '变更后 / Parties (or other values) after, joined by ;';
comment on column landing.cnipa_legal_events.address_after is '变更后地址 / First address after the change';
comment on column landing.cnipa_legal_events.detail is '事务数据内容（原文） / Text of the event as announced';
comment on column landing.cnipa_legal_events._batch_id is '批次 / batch (ops.batches) that brought the row';
comment on column landing.cnipa_legal_events._source_file is '来源文件 / file name as sent; `outer.zip!inner.csv` for a member of a zip';
comment on column landing.cnipa_legal_events._source_row is '来源行号 / line (text) or record number in the file, from 1';
comment on column landing.cnipa_legal_events._known_on is '公开日 / day on which the provider made the row public';
comment on column landing.cnipa_legal_events._recorded_at is '入库时间 / when we took it in (UTC)';
comment on column landing.cnipa_legal_events._row_hash is '内容散列 / first 128 bits of SHA-256 over the content columns';
comment on column landing.cnipa_legal_events._extra is '未知列 / cells of columns that the contract does not know';

create table if not exists landing.cnipa_trademarks (
    application_number text not null,
    registration_number text,
    nice_class integer not null,
    mark_name text,
    mark_type text not null,
    is_gi boolean not null,
    applicant_name text,
    address text,
    uscc text,
    filing_date date not null,
    registration_date date,
    term_start_date date,
    term_end_date date,
    status text not null,
    status_date date,
    updated_on date not null,
    _batch_id bigint not null,
    _source_file text not null,
    _source_row bigint not null,
    _known_on date not null,
    _recorded_at timestamptz not null default now(),
    _row_hash char(32) not null,
    _extra jsonb
);
create index if not exists cnipa_trademarks_by_batch on landing.cnipa_trademarks using brin (_batch_id) with (pages_per_range = 16, autosummarize = on);
comment on table landing.cnipa_trademarks is '商标注册与申请 / Trademark register';
comment on column landing.cnipa_trademarks.application_number is '申请号 / Application number';
comment on column landing.cnipa_trademarks.registration_number is '注册号（未注册为空） / Registration number; null until registered';
comment on column landing.cnipa_trademarks.nice_class is '商标国际分类（尼斯分类） / Nice class';
comment on column landing.cnipa_trademarks.mark_name is '商标名称 / The mark in words';
comment on column landing.cnipa_trademarks.mark_type is '商标类型 / Ordinary, collective or certification mark';
comment on column landing.cnipa_trademarks.is_gi is '是否地理标志商标 / Whether the mark is a geographical indication';
comment on column landing.cnipa_trademarks.applicant_name is '申请人（注册人）名称 / Name of the applicant or holder';
comment on column landing.cnipa_trademarks.address is '申请人地址 / Address of the applicant';
comment on column landing.cnipa_trademarks.uscc is '统一社会信用代码 / Unified social credit code';
comment on column landing.cnipa_trademarks.filing_date is '申请日期 / Filing date';
comment on column landing.cnipa_trademarks.registration_date is '注册公告日期 / Date of the registration''s announcement';
comment on column landing.cnipa_trademarks.term_start_date is '专用权开始日期 / First day of the exclusive right';
comment on column landing.cnipa_trademarks.term_end_date is '专用权结束日期 / Last day of the exclusive right';
comment on column landing.cnipa_trademarks.status is '状态 / Status of the record';
comment on column landing.cnipa_trademarks.status_date is '状态日期 / Day since which the status holds';
comment on column landing.cnipa_trademarks.updated_on is '更新日期（可知日） / Day of the record''s update: when it became known';
comment on column landing.cnipa_trademarks._batch_id is '批次 / batch (ops.batches) that brought the row';
comment on column landing.cnipa_trademarks._source_file is '来源文件 / file name as sent; `outer.zip!inner.csv` for a member of a zip';
comment on column landing.cnipa_trademarks._source_row is '来源行号 / line (text) or record number in the file, from 1';
comment on column landing.cnipa_trademarks._known_on is '公开日 / day on which the provider made the row public';
comment on column landing.cnipa_trademarks._recorded_at is '入库时间 / when we took it in (UTC)';
comment on column landing.cnipa_trademarks._row_hash is '内容散列 / first 128 bits of SHA-256 over the content columns';
comment on column landing.cnipa_trademarks._extra is '未知列 / cells of columns that the contract does not know';

create table if not exists landing.customs_lots (
    lot_number text not null,
    customs_office text not null,
    measure_date date not null,
    detention_date date,
    stage text not null,
    channel text,
    goods_name text,
    article_count bigint,
    value_cny_10k numeric(18, 4),
    right_kind text not null,
    right_number text not null,
    right_holder_name text,
    right_holder_address text,
    consignor_name text,
    reported_on date not null,
    _batch_id bigint not null,
    _source_file text not null,
    _source_row bigint not null,
    _known_on date not null,
    _recorded_at timestamptz not null default now(),
    _row_hash char(32) not null,
    _extra jsonb
);
create index if not exists customs_lots_by_batch on landing.customs_lots using brin (_batch_id) with (pages_per_range = 16, autosummarize = on);
comment on table landing.customs_lots is '海关知识产权保护措施批次 / Customs measures by lot';
comment on column landing.customs_lots.lot_number is '批次编号 / Number of the lot';
comment on column landing.customs_lots.customs_office is '关区 / Customs office that took the measure';
comment on column landing.customs_lots.measure_date is '措施日期 / Day of the measure';
comment on column landing.customs_lots.detention_date is '扣留日期 / Day of detention';
comment on column landing.customs_lots.stage is '处理阶段 / Stage: measure, detained, released or confiscated';
comment on column landing.customs_lots.channel is '运输渠道 / Transport channel';
comment on column landing.customs_lots.goods_name is '货物名称 / Goods';
comment on column landing.customs_lots.article_count is '批次货物数量 / Articles in the whole lot [件]';
comment on column landing.customs_lots.value_cny_10k is '批次案值 / Value of the whole lot [万元]';
comment on column landing.customs_lots.right_kind is '权利类型 / Kind of the right';
comment on column landing.customs_lots.right_number is '权利编号 / Number of the right';
comment on column landing.customs_lots.right_holder_name is '权利人 / Right holder';
comment on column landing.customs_lots.right_holder_address is '权利人地址 / Address of the right holder';
comment on column landing.customs_lots.consignor_name is '发货人 / Consignor';
comment on column landing.customs_lots.reported_on is '通报日期（可知日） / Day of the report: when the row became known';
comment on column landing.customs_lots._batch_id is '批次 / batch (ops.batches) that brought the row';
comment on column landing.customs_lots._source_file is '来源文件 / file name as sent; `outer.zip!inner.csv` for a member of a zip';
comment on column landing.customs_lots._source_row is '来源行号 / line (text) or record number in the file, from 1';
comment on column landing.customs_lots._known_on is '公开日 / day on which the provider made the row public';
comment on column landing.customs_lots._recorded_at is '入库时间 / when we took it in (UTC)';
comment on column landing.customs_lots._row_hash is '内容散列 / first 128 bits of SHA-256 over the content columns';
comment on column landing.customs_lots._extra is '未知列 / cells of columns that the contract does not know';

create table if not exists landing.department_returns (
    form_code text not null,
    indicator_code text not null,
    indicator_name text,
    period_text text not null,
    period_type text not null,
    period_start date not null,
    period_end date not null,
    town_name text,
    breakdown_type text,
    breakdown_code text,
    value numeric(24, 6),
    unit text not null,
    filler_name text,
    approver_name text,
    reported_on date not null,
    remark text,
    _batch_id bigint not null,
    _source_file text not null,
    _source_row bigint not null,
    _known_on date not null,
    _recorded_at timestamptz not null default now(),
    _row_hash char(32) not null,
    _extra jsonb
);
create index if not exists department_returns_by_batch on landing.department_returns using brin (_batch_id) with (pages_per_range = 16, autosummarize = on);
comment on table landing.department_returns is '部门统计报表 / Department returns';
comment on column landing.department_returns.form_code is '表号 / Code of the form';
comment on column landing.department_returns.indicator_code is '指标代码 / Code of the indicator';
comment on column landing.department_returns.indicator_name is '指标名称 / Name of the indicator';
comment on column landing.department_returns.period_text is '报告期（原文） / Period as written: year, month, January to a month, or day';
comment on column landing.department_returns.period_type is '报告期类型 / Type of the period';
comment on column landing.department_returns.period_start is '报告期首日 / First day of the period';
comment on column landing.department_returns.period_end is '报告期末日 / Last day of the period';
comment on column landing.department_returns.town_name is '镇街（全市为空或“全市”） / Town as the form names it; empty or 全市 for the city';
comment on column landing.department_returns.breakdown_type is '分组类型 / Dimension of the breakdown';
comment on column landing.department_returns.breakdown_code is '分组 / Member of the breakdown';
comment on column landing.department_returns.value is '数值（空为未报送） / The figure in its unit; null = not reported';
comment on column landing.department_returns.unit is '计量单位 / Unit of the figure';
comment on column landing.department_returns.filler_name is '填报人 / Who filled in the form';
comment on column landing.department_returns.approver_name is '审批人 / Who approved it';
comment on column landing.department_returns.reported_on is '报出日期（可知日） / Day of the report: when the figure became known';
comment on column landing.department_returns.remark is '备注 / Remark';
comment on column landing.department_returns._batch_id is '批次 / batch (ops.batches) that brought the row';
comment on column landing.department_returns._source_file is '来源文件 / file name as sent; `outer.zip!inner.csv` for a member of a zip';
comment on column landing.department_returns._source_row is '来源行号 / line (text) or record number in the file, from 1';
comment on column landing.department_returns._known_on is '公开日 / day on which the provider made the row public';
comment on column landing.department_returns._recorded_at is '入库时间 / when we took it in (UTC)';
comment on column landing.department_returns._row_hash is '内容散列 / first 128 bits of SHA-256 over the content columns';
comment on column landing.department_returns._extra is '未知列 / cells of columns that the contract does not know';

create table if not exists landing.economic_accounts (
    indicator_code text not null,
    geo_name text not null,
    account_year integer not null,
    value numeric(24, 6) not null,
    unit text not null,
    vintage text,
    published_on date,
    _batch_id bigint not null,
    _source_file text not null,
    _source_row bigint not null,
    _known_on date not null,
    _recorded_at timestamptz not null default now(),
    _row_hash char(32) not null,
    _extra jsonb
);
create index if not exists economic_accounts_by_batch on landing.economic_accounts using brin (_batch_id) with (pages_per_range = 16, autosummarize = on);
comment on table landing.economic_accounts is '经济核算数据 / Economic accounts';
comment on column landing.economic_accounts.indicator_code is '指标代码 / Code of the account';
comment on column landing.economic_accounts.geo_name is '地区 / Region';
comment on column landing.economic_accounts.account_year is '年份 / Year';
comment on column landing.economic_accounts.value is '数值 / The figure in its unit';
comment on column landing.economic_accounts.unit is '计量单位 / Unit';
comment on column landing.economic_accounts.vintage is '发布口径 / Vintage of the publication';
comment on column landing.economic_accounts.published_on is '发布日期（可知日） / Day of publication: when the figure became known';
comment on column landing.economic_accounts._batch_id is '批次 / batch (ops.batches) that brought the row';
comment on column landing.economic_accounts._source_file is '来源文件 / file name as sent; `outer.zip!inner.csv` for a member of a zip';
comment on column landing.economic_accounts._source_row is '来源行号 / line (text) or record number in the file, from 1';
comment on column landing.economic_accounts._known_on is '公开日 / day on which the provider made the row public';
comment on column landing.economic_accounts._recorded_at is '入库时间 / when we took it in (UTC)';
comment on column landing.economic_accounts._row_hash is '内容散列 / first 128 bits of SHA-256 over the content columns';
comment on column landing.economic_accounts._extra is '未知列 / cells of columns that the contract does not know';

create table if not exists landing.enforcement_cases (
    case_number text not null,
    case_kind text not null,
    party_name text,
    party_type text,
    uscc text,
    decision_number text,
    violation_type text,
    violation_facts text,
    penalty_basis text,
    penalty_type text,
    fine_cny_10k numeric(18, 4),
    confiscated_cny_10k numeric(18, 4),
    decision_date date,
    agency_name text,
    accepted_date date,
    filed_date date,
    closed_date date,
    transferred_date date,
    transferred_to text,
    revoked_date date,
    address text,
    updated_on date not null,
    _batch_id bigint not null,
    _source_file text not null,
    _source_row bigint not null,
    _known_on date not null,
    _recorded_at timestamptz not null default now(),
    _row_hash char(32) not null,
    _extra jsonb
);
create index if not exists enforcement_cases_by_batch on landing.enforcement_cases using brin (_batch_id) with (pages_per_range = 16, autosummarize = on);
comment on table landing.enforcement_cases is '知识产权行政执法案件 / Enforcement cases';
comment on column landing.enforcement_cases.case_number is '案件编号 / Number of the case';
comment on column landing.enforcement_cases.case_kind is '案件类别 / Kind of the case';
comment on column landing.enforcement_cases.party_name is '行政相对人名称 / Name of the party';
comment on column landing.enforcement_cases.party_type is '行政相对人类别 / Kind of the party: organisation, sole trader or natural person';
comment on column landing.enforcement_cases.uscc is '统一社会信用代码 / Unified social credit code';
comment on column landing.enforcement_cases.decision_number is '行政处罚决定书文号 / Number of the penalty decision';
comment on column landing.enforcement_cases.violation_type is '违法行为类型 / Type of the violation';
comment on column landing.enforcement_cases.violation_facts is '违法事实 / Facts of the violation';
comment on column landing.enforcement_cases.penalty_basis is '处罚依据 / Legal basis of the penalty';
comment on column landing.enforcement_cases.penalty_type is '处罚类别 / Kinds of penalty';
comment on column landing.enforcement_cases.fine_cny_10k is '罚款金额（不含没收） / Fine, without confiscation [万元]';
comment on column landing.enforcement_cases.confiscated_cny_10k is '没收违法所得、没收非法财物的金额 / Value of confiscated gains and goods [万元]';
comment on column landing.enforcement_cases.decision_date is '处罚决定日期 / Day of the penalty decision';
comment on column landing.enforcement_cases.agency_name is '处罚机关 / Deciding agency';
comment on column landing.enforcement_cases.accepted_date is '受理日期 / Day of acceptance';
comment on column landing.enforcement_cases.filed_date is '立案日期 / Day of filing';
comment on column landing.enforcement_cases.closed_date is '结案日期 / Day of closing';
comment on column landing.enforcement_cases.transferred_date is '移送日期 / Day of transfer';
comment on column landing.enforcement_cases.transferred_to is '移送机关 / Agency to which the case was transferred';
comment on column landing.enforcement_cases.revoked_date is '处罚决定撤销日期 / Day on which the decision was revoked';
comment on column landing.enforcement_cases.address is '案发地址 / Place of the violation';
comment on column landing.enforcement_cases.updated_on is '数据更新日期（可知日） / Day of the record''s update: when it became known';
comment on column landing.enforcement_cases._batch_id is '批次 / batch (ops.batches) that brought the row';
comment on column landing.enforcement_cases._source_file is '来源文件 / file name as sent; `outer.zip!inner.csv` for a member of a zip';
comment on column landing.enforcement_cases._source_row is '来源行号 / line (text) or record number in the file, from 1';
comment on column landing.enforcement_cases._known_on is '公开日 / day on which the provider made the row public';
comment on column landing.enforcement_cases._recorded_at is '入库时间 / when we took it in (UTC)';
comment on column landing.enforcement_cases._row_hash is '内容散列 / first 128 bits of SHA-256 over the content columns';
comment on column landing.enforcement_cases._extra is '未知列 / cells of columns that the contract does not know';

create table if not exists landing.enterprise_register (
    uscc text not null,
    enterprise_name text not null,
    former_names text,
    enterprise_type text,
    address text,
    town_name text,
    industry_code text,
    established_date date,
    closed_date date,
    group_name text,
    is_high_tech boolean not null,
    is_above_scale boolean not null,
    is_above_scale_exporter boolean not null,
    cultivation_tier text,
    _batch_id bigint not null,
    _source_file text not null,
    _source_row bigint not null,
    _known_on date not null,
    _recorded_at timestamptz not null default now(),
    _row_hash char(32) not null,
    _extra jsonb
);
create index if not exists enterprise_register_by_batch on landing.enterprise_register using brin (_batch_id) with (pages_per_range = 16, autosummarize = on);
comment on table landing.enterprise_register is '企业登记与名录 / Enterprise register';
comment on column landing.enterprise_register.uscc is '统一社会信用代码 / Unified social credit code';
comment on column landing.enterprise_register.enterprise_name is '企业名称 / Name of the enterprise';
comment on column landing.enterprise_register.former_names is '曾用名（分号分隔） / Former names, joined by ;';
comment on column landing.enterprise_register.enterprise_type is '企业类型 / Legal form';
comment on column landing.enterprise_register.address is '住所 / Registered address';
comment on column landing.enterprise_register.town_name is '所属镇街 / Town as the register names it';
comment on column landing.enterprise_register.industry_code is '行业代码（GB/T 4754-2017） / Industry code of GB/T 4754-2017';
comment on column landing.enterprise_register.established_date is '成立日期 / Day of establishment';
comment on column landing.enterprise_register.closed_date is '注销日期 / Day of deregistration';
comment on column landing.enterprise_register.group_name is '所属集团 / Group of enterprises';
comment on column landing.enterprise_register.is_high_tech is '是否高新技术企业 / On the list of high-tech enterprises';
comment on column landing.enterprise_register.is_above_scale is '是否规模以上工业企业 / On the list of industrial enterprises above scale';
comment on column landing.enterprise_register.is_above_scale_exporter is '是否规模以上出口企业 / On the list of exporters above scale';
comment on column landing.enterprise_register.cultivation_tier is '梯度培育层级 / Tier of the cultivation list';
comment on column landing.enterprise_register._batch_id is '批次 / batch (ops.batches) that brought the row';
comment on column landing.enterprise_register._source_file is '来源文件 / file name as sent; `outer.zip!inner.csv` for a member of a zip';
comment on column landing.enterprise_register._source_row is '来源行号 / line (text) or record number in the file, from 1';
comment on column landing.enterprise_register._known_on is '公开日 / day on which the provider made the row public';
comment on column landing.enterprise_register._recorded_at is '入库时间 / when we took it in (UTC)';
comment on column landing.enterprise_register._row_hash is '内容散列 / first 128 bits of SHA-256 over the content columns';
comment on column landing.enterprise_register._extra is '未知列 / cells of columns that the contract does not know';

create table if not exists landing.honours (
    honour_type text not null,
    honour_grade text,
    award_year integer not null,
    holder_name text not null,
    uscc text,
    application_number text,
    valid_from date,
    valid_to date,
    issued_on date not null,
    _batch_id bigint not null,
    _source_file text not null,
    _source_row bigint not null,
    _known_on date not null,
    _recorded_at timestamptz not null default now(),
    _row_hash char(32) not null,
    _extra jsonb
);
create index if not exists honours_by_batch on landing.honours using brin (_batch_id) with (pages_per_range = 16, autosummarize = on);
comment on table landing.honours is '知识产权荣誉 / Honours';
comment on column landing.honours.honour_type is '荣誉类型 / Type of the honour';
comment on column landing.honours.honour_grade is '等级 / Grade';
comment on column landing.honours.award_year is '年度 / Year of the award';
comment on column landing.honours.holder_name is '单位名称 / Holder';
comment on column landing.honours.uscc is '统一社会信用代码 / Unified social credit code';
comment on column landing.honours.application_number is '专利号（申请号，含校验位） / Application number of the patent, where the honour is for one';
comment on column landing.honours.valid_from is '认定日期 / First day of validity';
comment on column landing.honours.valid_to is '有效期止（空为无期限） / Last day of validity; null = without end';
comment on column landing.honours.issued_on is '发文日期（可知日） / Day of the notice: when the honour became known';
comment on column landing.honours._batch_id is '批次 / batch (ops.batches) that brought the row';
comment on column landing.honours._source_file is '来源文件 / file name as sent; `outer.zip!inner.csv` for a member of a zip';
comment on column landing.honours._source_row is '来源行号 / line (text) or record number in the file, from 1';
comment on column landing.honours._known_on is '公开日 / day on which the provider made the row public';
comment on column landing.honours._recorded_at is '入库时间 / when we took it in (UTC)';
comment on column landing.honours._row_hash is '内容散列 / first 128 bits of SHA-256 over the content columns';
comment on column landing.honours._extra is '未知列 / cells of columns that the contract does not know';

create table if not exists landing.official_totals (
    geo_name text not null,
    period_text text not null,
    indicator_name text not null,
    type_name text,
    value numeric(24, 6) not null,
    unit text not null,
    note text,
    source text,
    published_on date,
    _batch_id bigint not null,
    _source_file text not null,
    _source_row bigint not null,
    _known_on date not null,
    _recorded_at timestamptz not null default now(),
    _row_hash char(32) not null,
    _extra jsonb
);
create index if not exists official_totals_by_batch on landing.official_totals using brin (_batch_id) with (pages_per_range = 16, autosummarize = on);
comment on table landing.official_totals is '官方公布总量 / Official totals';
comment on column landing.official_totals.geo_name is '地区 / Region';
comment on column landing.official_totals.period_text is '时期（原文） / Period as written';
comment on column landing.official_totals.indicator_name is '指标名称 / Name of the indicator';
comment on column landing.official_totals.type_name is '类别 / Kind within the indicator';
comment on column landing.official_totals.value is '数值 / The figure in its unit';
comment on column landing.official_totals.unit is '计量单位 / Unit';
comment on column landing.official_totals.note is '说明 / Note';
comment on column landing.official_totals.source is '来源 / Source';
comment on column landing.official_totals.published_on is '发布日期（可知日） / Day of publication: when the figure became known';
comment on column landing.official_totals._batch_id is '批次 / batch (ops.batches) that brought the row';
comment on column landing.official_totals._source_file is '来源文件 / file name as sent; `outer.zip!inner.csv` for a member of a zip';
comment on column landing.official_totals._source_row is '来源行号 / line (text) or record number in the file, from 1';
comment on column landing.official_totals._known_on is '公开日 / day on which the provider made the row public';
comment on column landing.official_totals._recorded_at is '入库时间 / when we took it in (UTC)';
comment on column landing.official_totals._row_hash is '内容散列 / first 128 bits of SHA-256 over the content columns';
comment on column landing.official_totals._extra is '未知列 / cells of columns that the contract does not know';

create table if not exists landing.patent_api (
    patent_kind text not null,
    kind_code text not null,
    is_correction boolean,
    publication_number text not null,
    publication_date date not null,
    application_number text,
    application_number_status text,
    filing_date date,
    title text not null,
    patentees text,
    inventors text,
    ipc text,
    loc text,
    classifications text,
    main_class text,
    class_scheme text,
    legal_status text,
    current_status text,
    document_type_name text,
    main_ipc text,
    applicant_type_name text,
    summary text,
    _batch_id bigint not null,
    _source_file text not null,
    _source_row bigint not null,
    _known_on date not null,
    _recorded_at timestamptz not null default now(),
    _row_hash char(32) not null,
    _extra jsonb
);
create index if not exists patent_api_by_batch on landing.patent_api using brin (_batch_id) with (pages_per_range = 16, autosummarize = on);
comment on table landing.patent_api is '专利检索平台导出数据 / Export of a patent search provider';
comment on column landing.patent_api.patent_kind is '专利种类（以文献种类代码为准） / Patent kind by the kind code';
comment on column landing.patent_api.kind_code is '文献种类代码 / Kind code';
comment on column landing.patent_api.is_correction is '是否更正文献 / Whether the document corrects an earlier one (A8 ... S9)';
comment on column landing.patent_api.publication_number is '公开（公告）号 / Publication number';
comment on column landing.patent_api.publication_date is '公开（公告）日 / Publication date';
comment on column landing.patent_api.application_number is '申请号（含校验位，未知为空） / Application number with check digit, without dot; null where unknown';
comment on column landing.patent_api.application_number_status is '申请号状态 / Whether the application number survived';
comment on column landing.patent_api.filing_date is '申请日 / Filing date';
comment on column landing.patent_api.title is '发明创造名称 / Title';
comment on column landing.patent_api.patentees is '申请人或专利权人（分号分隔，按公告顺序） / Applicants or patentees in the announced order, joined by ;';
comment on column landing.patent_api.inventors is '发明人或设计人 / Inventors or designers';
comment on column landing.patent_api.ipc is '国际专利分类号 / IPC symbols as sent';
comment on column landing.patent_api.loc is '洛迦诺分类号（非外观设计为 0） / Locarno class as sent; 0 for documents that are not designs';
comment on column landing.patent_api.classifications is '分类号（外观设计用洛迦诺分类，其余用国际专利分类） / Classes, Locarno for designs, IPC for the others';
comment on column landing.patent_api.main_class is '主分类号 / Bare symbol of the first class';
comment on column landing.patent_api.class_scheme is '分类体系 / Classification scheme';
comment on column landing.patent_api.legal_status is '法律状态（提供方） / Legal status as the provider names it';
comment on column landing.patent_api.current_status is '当前状态（提供方） / Current status as the provider names it';
comment on column landing.patent_api.document_type_name is '文献类型（提供方） / Document type as the provider names it';
comment on column landing.patent_api.main_ipc is '主国际专利分类号（提供方） / Main IPC symbol as the provider names it';
comment on column landing.patent_api.applicant_type_name is '申请人类型（提供方） / Applicant type as the provider names it';
comment on column landing.patent_api.summary is '摘要 / Abstract';
comment on column landing.patent_api._batch_id is '批次 / batch (ops.batches) that brought the row';
comment on column landing.patent_api._source_file is '来源文件 / file name as sent; `outer.zip!inner.csv` for a member of a zip';
comment on column landing.patent_api._source_row is '来源行号 / line (text) or record number in the file, from 1';
comment on column landing.patent_api._known_on is '公开日 / day on which the provider made the row public';
comment on column landing.patent_api._recorded_at is '入库时间 / when we took it in (UTC)';
comment on column landing.patent_api._row_hash is '内容散列 / first 128 bits of SHA-256 over the content columns';
comment on column landing.patent_api._extra is '未知列 / cells of columns that the contract does not know';

create table if not exists landing.patent_families (
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
    _recorded_at timestamptz not null default now(),
    _row_hash char(32) not null,
    _extra jsonb
);
create index if not exists patent_families_by_batch on landing.patent_families using brin (_batch_id) with (pages_per_range = 16, autosummarize = on);
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

create table if not exists landing.plan_targets (
    indicator_code text not null,
    target_kind text not null,
    base_period text,
    base_value numeric(24, 6),
    target_year integer,
    target_value numeric(24, 6),
    unit text,
    source_text text,
    _batch_id bigint not null,
    _source_file text not null,
    _source_row bigint not null,
    _known_on date not null,
    _recorded_at timestamptz not null default now(),
    _row_hash char(32) not null,
    _extra jsonb
);
create index if not exists plan_targets_by_batch on landing.plan_targets using brin (_batch_id) with (pages_per_range = 16, autosummarize = on);
comment on table landing.plan_targets is '规划目标 / Plan targets';
comment on column landing.plan_targets.indicator_code is '指标代码 / Code of the indicator';
comment on column landing.plan_targets.target_kind is '目标类型 / Kind of the target';
comment on column landing.plan_targets.base_period is '基期 / Period of the base value';
comment on column landing.plan_targets.base_value is '基期值 / Base value';
comment on column landing.plan_targets.target_year is '目标年 / Year of the target';
comment on column landing.plan_targets.target_value is '目标值（无数值目标为空） / Target; null where the kind has no number';
comment on column landing.plan_targets.unit is '计量单位 / Unit';
comment on column landing.plan_targets.source_text is '规划原文 / Words of the plan';
comment on column landing.plan_targets._batch_id is '批次 / batch (ops.batches) that brought the row';
comment on column landing.plan_targets._source_file is '来源文件 / file name as sent; `outer.zip!inner.csv` for a member of a zip';
comment on column landing.plan_targets._source_row is '来源行号 / line (text) or record number in the file, from 1';
comment on column landing.plan_targets._known_on is '公开日 / day on which the provider made the row public';
comment on column landing.plan_targets._recorded_at is '入库时间 / when we took it in (UTC)';
comment on column landing.plan_targets._row_hash is '内容散列 / first 128 bits of SHA-256 over the content columns';
comment on column landing.plan_targets._extra is '未知列 / cells of columns that the contract does not know';

create table if not exists landing.pledge_ledger (
    contract_number text not null,
    registration_number text,
    registered_date date not null,
    pledgor_name text not null,
    uscc text,
    town_name text,
    pledgee_name text,
    secured_amount_cny_10k numeric(18, 4),
    disbursed_amount_cny_10k numeric(18, 4),
    disbursed_date date,
    due_date date,
    released_date date,
    changed_date date,
    changed_amount_cny_10k numeric(18, 4),
    patent_numbers text,
    trademark_numbers text,
    ledger_date date not null,
    _batch_id bigint not null,
    _source_file text not null,
    _source_row bigint not null,
    _known_on date not null,
    _recorded_at timestamptz not null default now(),
    _row_hash char(32) not null,
    _extra jsonb
);
create index if not exists pledge_ledger_by_batch on landing.pledge_ledger using brin (_batch_id) with (pages_per_range = 16, autosummarize = on);
comment on table landing.pledge_ledger is '知识产权质押融资台账 / Pledge ledger';
comment on column landing.pledge_ledger.contract_number is '合同编号 / Number of the contract';
comment on column landing.pledge_ledger.registration_number is '质押登记号 / Number of the pledge registration';
comment on column landing.pledge_ledger.registered_date is '登记日期 / Day of registration';
comment on column landing.pledge_ledger.pledgor_name is '出质人名称 / Pledgor';
comment on column landing.pledge_ledger.uscc is '统一社会信用代码 / Unified social credit code';
comment on column landing.pledge_ledger.town_name is '所属镇街 / Town as the ledger names it';
comment on column landing.pledge_ledger.pledgee_name is '质权人 / Pledgee';
comment on column landing.pledge_ledger.secured_amount_cny_10k is '担保金额 / Secured amount [万元]';
comment on column landing.pledge_ledger.disbursed_amount_cny_10k is '放款金额 / Loan paid out [万元]';
comment on column landing.pledge_ledger.disbursed_date is '放款日期 / Day of payment';
comment on column landing.pledge_ledger.due_date is '到期日期 / Day on which the loan is due';
comment on column landing.pledge_ledger.released_date is '注销日期 / Day of release';
comment on column landing.pledge_ledger.changed_date is '变更日期 / Day of the change of the amount';
comment on column landing.pledge_ledger.changed_amount_cny_10k is '变更后担保金额 / Secured amount after the change [万元]';
comment on column landing.pledge_ledger.patent_numbers is '质押专利号 / Application numbers of the pledged patents (as sent where unreadable), joined by ;';
comment on column landing.pledge_ledger.trademark_numbers is '质押商标注册号 / Numbers of the pledged marks, joined by ;';
comment on column landing.pledge_ledger.ledger_date is '台账日期（可知日） / Date of the ledger: when the row became known';
comment on column landing.pledge_ledger._batch_id is '批次 / batch (ops.batches) that brought the row';
comment on column landing.pledge_ledger._source_file is '来源文件 / file name as sent; `outer.zip!inner.csv` for a member of a zip';
comment on column landing.pledge_ledger._source_row is '来源行号 / line (text) or record number in the file, from 1';
comment on column landing.pledge_ledger._known_on is '公开日 / day on which the provider made the row public';
comment on column landing.pledge_ledger._recorded_at is '入库时间 / when we took it in (UTC)';
comment on column landing.pledge_ledger._row_hash is '内容散列 / first 128 bits of SHA-256 over the content columns';
comment on column landing.pledge_ledger._extra is '未知列 / cells of columns that the contract does not know';

create table if not exists landing.pledge_registrations (
    event_code text not null,
    application_number text,
    application_number_status text,
    registration_number text not null,
    effective_date date not null,
    event_date date not null,
    pledgor_name text,
    pledgor_address text,
    pledgee_name text,
    title text,
    change_item text,
    value_before text,
    value_after text,
    _batch_id bigint not null,
    _source_file text not null,
    _source_row bigint not null,
    _known_on date not null,
    _recorded_at timestamptz not null default now(),
    _row_hash char(32) not null,
    _extra jsonb
);
create index if not exists pledge_registrations_by_batch on landing.pledge_registrations using brin (_batch_id) with (pages_per_range = 16, autosummarize = on);
comment on table landing.pledge_registrations is '专利权质押登记 / Pledge registrations';
comment on column landing.pledge_registrations.event_code is '事务类型（PE01 生效，PC01 注销，PM01 变更） / Registration, release or change';
comment on column landing.pledge_registrations.application_number is '专利号（申请号，含校验位） / Application number with check digit, without dot; null where unknown';
comment on column landing.pledge_registrations.application_number_status is '申请号状态 / Whether the application number is usable';
comment on column landing.pledge_registrations.registration_number is '质押登记号 / Number of the pledge registration';
comment on column landing.pledge_registrations.effective_date is '生效、注销或变更日期 / Day of legal effect';
comment on column landing.pledge_registrations.event_date is '公告日（可知日） / Day of the announcement: when the event became known';
comment on column landing.pledge_registrations.pledgor_name is '出质人 / Pledgors, joined by ;';
comment on column landing.pledge_registrations.pledgor_address is '出质人地址 / Address of the first pledgor';
comment on column landing.pledge_registrations.pledgee_name is '质权人 / Pledgee';
comment on column landing.pledge_registrations.title is '发明名称或使用外观设计的产品名称 / Title of the patent';
comment on column landing.pledge_registrations.change_item is '变更事项 / What changed';
comment on column landing.pledge_registrations.value_before is '变更前 / Value before';
comment on column landing.pledge_registrations.value_after is '变更后 / Value after';
comment on column landing.pledge_registrations._batch_id is '批次 / batch (ops.batches) that brought the row';
comment on column landing.pledge_registrations._source_file is '来源文件 / file name as sent; `outer.zip!inner.csv` for a member of a zip';
comment on column landing.pledge_registrations._source_row is '来源行号 / line (text) or record number in the file, from 1';
comment on column landing.pledge_registrations._known_on is '公开日 / day on which the provider made the row public';
comment on column landing.pledge_registrations._recorded_at is '入库时间 / when we took it in (UTC)';
comment on column landing.pledge_registrations._row_hash is '内容散列 / first 128 bits of SHA-256 over the content columns';
comment on column landing.pledge_registrations._extra is '未知列 / cells of columns that the contract does not know';

create table if not exists landing.population (
    geo_name text not null,
    population_year integer not null,
    resident_population_count bigint not null,
    vintage text,
    published_on date,
    _batch_id bigint not null,
    _source_file text not null,
    _source_row bigint not null,
    _known_on date not null,
    _recorded_at timestamptz not null default now(),
    _row_hash char(32) not null,
    _extra jsonb
);
create index if not exists population_by_batch on landing.population using brin (_batch_id) with (pages_per_range = 16, autosummarize = on);
comment on table landing.population is '常住人口 / Resident population';
comment on column landing.population.geo_name is '地区或统计单元 / City, town or statistical unit';
comment on column landing.population.population_year is '年份（年末） / Year, at whose end the count stands';
comment on column landing.population.resident_population_count is '常住人口 / Residents [人]';
comment on column landing.population.vintage is '发布口径 / Vintage of the publication';
comment on column landing.population.published_on is '发布日期（可知日） / Day of publication: when the figure became known';
comment on column landing.population._batch_id is '批次 / batch (ops.batches) that brought the row';
comment on column landing.population._source_file is '来源文件 / file name as sent; `outer.zip!inner.csv` for a member of a zip';
comment on column landing.population._source_row is '来源行号 / line (text) or record number in the file, from 1';
comment on column landing.population._known_on is '公开日 / day on which the provider made the row public';
comment on column landing.population._recorded_at is '入库时间 / when we took it in (UTC)';
comment on column landing.population._row_hash is '内容散列 / first 128 bits of SHA-256 over the content columns';
comment on column landing.population._extra is '未知列 / cells of columns that the contract does not know';
