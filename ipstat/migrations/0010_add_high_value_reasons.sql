-- The reasons that make an invention a high-value one get a table of their own; it is filled by the next publication.
-- Applied by role `pipeline`; drafted by `ipstat dev migration`, from then on an ordinary file.

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
    constraint fct_high_value_reasons_pk PRIMARY KEY (evidence_key)
);
alter table marts.fct_high_value_reasons add constraint fct_high_value_reasons_record_key_fk FOREIGN KEY (record_key) REFERENCES marts.fct_patents(record_key) DEFERRABLE;
CREATE INDEX fct_high_value_reasons_record_key_idx ON marts.fct_high_value_reasons USING btree (record_key);
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
grant references on marts.fct_high_value_reasons to analyst;
grant references on marts.fct_high_value_reasons to bi_reader;
grant select on marts.fct_high_value_reasons to analyst;
grant select on marts.fct_high_value_reasons to bi_reader;
