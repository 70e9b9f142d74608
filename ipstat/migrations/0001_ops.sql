-- Roles, fixed schemas, and the tables of operation and publication.
-- Applied by role `pipeline`, which owns everything. Roles belong to the server, so they may exist already (a second database).

do $$
declare
    role_name text;
begin
    foreach role_name in array array['builder', 'bi_reader', 'analyst'] loop
        if not exists (select from pg_roles where rolname = role_name) then
            execute format('create role %I nologin', role_name);
        end if;
    end loop;
    -- pipeline takes on builder's rights: it reads and drops the schemas of builds.
    if not pg_has_role('pipeline', 'builder', 'member') or not pg_has_role('pipeline', 'builder', 'usage') then
        grant builder to pipeline;
    end if;
    execute format('grant create, connect, temporary on database %I to builder', current_database());
    execute format('grant connect on database %I to bi_reader', current_database());
    execute format('grant connect, temporary on database %I to analyst', current_database());
    execute format('revoke temporary on database %I from public', current_database());
end $$;

alter role bi_reader set default_transaction_read_only = on;
alter role bi_reader set search_path = marts;
alter role bi_reader set statement_timeout = '5min';
-- Clients that make temporary tables break in a read-only transaction, so an analyst's transactions are not read-only:
-- an analyst simply holds no right to write.
alter role analyst set search_path = marts;
alter role analyst set statement_timeout = '30min';

create schema ops;
create schema landing;
create schema publication;
create schema marts;
comment on schema ops is 'operation: deliveries, batches, quarantine, builds, checks';
comment on schema landing is 'typed rows of the feeds, append-only, with provenance';
comment on schema publication is 'what was published when, and what changed';
comment on schema marts is 'the public star schema: only gated builds arrive here';
revoke all on schema public from public;
grant usage on schema ops, landing to builder;
grant usage on schema marts to bi_reader, analyst;
alter default privileges in schema landing grant select on tables to builder;

create table ops.migrations (
    version integer primary key,
    name text not null,
    checksum char(64) not null,
    applied_at timestamptz not null default now()
);

create table ops.settings (
    name text primary key,
    value text not null,
    changed_at timestamptz not null default now()
);

create table ops.deliveries (
    delivery_id bigint generated always as identity primary key,
    feed text not null,
    file_name text not null,
    source_path text not null,
    partition_key text,
    sha256 char(64) not null,
    size_bytes bigint not null,
    archive_path text not null,
    received_at timestamptz not null default now()
);
create index on ops.deliveries (feed, partition_key, file_name);
comment on table ops.deliveries is 'one row for each receipt of a file, also when its bytes are known';

create table ops.batches (
    batch_id bigint generated always as identity primary key,
    feed text not null,
    partition_key text not null,
    contract_version integer not null,
    parser_version text not null,
    content_hash char(64) not null,
    known_on date,
    recorded_at timestamptz not null default now(),
    status text not null default 'active' check (status in ('active', 'superseded', 'retracted')),
    supersedes bigint references ops.batches,
    reason text,
    recorded_by text not null,
    row_count bigint not null default 0,
    quarantined_count bigint not null default 0,
    header_repeat_count bigint not null default 0,
    -- Whether every file that completes the partition (contract, delivery.completed_by) is in it; an incomplete issue is no coverage.
    is_complete boolean not null default true,
    warning text[] not null default '{}'
);
create unique index batches_one_active on ops.batches (feed, partition_key) where status = 'active';
create index on ops.batches (supersedes);
comment on table ops.batches is 'the content of one partition of a feed at one time; only active batches enter a build';

create table ops.batch_files (
    batch_id bigint not null references ops.batches,
    delivery_id bigint not null references ops.deliveries,
    file_name text not null,
    sha256 char(64) not null,
    counted_row_count bigint not null,
    landed_row_count bigint not null,
    quarantined_row_count bigint not null,
    header_repeat_count bigint not null,
    primary key (batch_id, file_name),
    constraint batch_files_conserve_rows check (counted_row_count = landed_row_count + quarantined_row_count + header_repeat_count)
);
create index on ops.batch_files (delivery_id);

create table ops.quarantine (
    quarantine_id bigint generated always as identity primary key,
    batch_id bigint not null references ops.batches,
    feed text not null,
    source_file text not null,
    source_row bigint,
    column_name text,
    reason_code text not null,
    message text not null,
    raw bytea
);
create index on ops.quarantine (batch_id);

create table ops.rejected_files (
    rejected_id bigint generated always as identity primary key,
    delivery_id bigint references ops.deliveries,
    feed text not null,
    file_name text not null,
    sha256 char(64),
    source_row bigint,
    column_name text,
    reason_code text not null,
    message text not null,
    mend text not null,
    rejected_at timestamptz not null default now()
);
create index on ops.rejected_files (delivery_id);

create table ops.expected_deliveries (
    feed text not null,
    partition_key text not null,
    due_on date not null,
    period_start date not null,
    period_end date not null,
    primary key (feed, partition_key)
);
comment on table ops.expected_deliveries is 'what should have arrived, from the calendars of the contracts';

create view ops.coverage as
select
    expected.feed,
    expected.partition_key,
    expected.due_on,
    expected.period_start,
    expected.period_end,
    coalesce(active.is_complete, false) as is_delivered
from ops.expected_deliveries as expected
left join ops.batches as active
    on active.feed = expected.feed and active.partition_key = expected.partition_key and active.status = 'active';

create table ops.builds (
    build_id text primary key check (build_id ~ '^b[0-9]{8}t[0-9]{6}[0-9a-f]{4}$'),
    started_at timestamptz not null default now(),
    finished_at timestamptz,
    as_of date,
    horizon_date date not null,
    code_version text not null,
    seeds_hash char(64) not null,
    corrections_hash char(64) not null,
    decisions_hash char(64) not null,
    status text not null default 'running' check (status in ('running', 'built', 'failed', 'gated', 'refused')),
    error text
);
comment on column ops.builds.as_of is 'known time of an analysis build; such a build is never published';
comment on column ops.builds.horizon_date is 'the last known date of the pinned batches (or as_of): nothing later is known';

create table ops.build_batches (
    build_id text not null references ops.builds,
    batch_id bigint not null references ops.batches,
    primary key (build_id, batch_id)
);
create index on ops.build_batches (batch_id);

create table ops.build_tests (
    build_id text not null references ops.builds,
    unique_id text not null,
    status text not null,
    severity text not null,
    failure_count bigint,
    message text,
    primary key (build_id, unique_id)
);
comment on table ops.build_tests is 'the result of each dbt data test of a build; the gate reads them';

create table ops.resolved_addresses (
    address_hash char(32) primary key,
    address text not null,
    place_code text not null,
    village_code text,
    confidence numeric(3, 2) not null,
    reason text not null,
    is_in_city boolean not null,
    is_boundary_ambiguous boolean not null,
    resolver_version text not null
);

create table ops.resolved_names (
    name_hash char(32) primary key,
    name text not null,
    normalised_name text not null,
    applicant_type text not null,
    is_natural_person boolean not null,
    published_name text not null,
    resolver_version text not null
);
comment on column ops.resolved_names.published_name is 'the name itself, or a pseudonym for a natural person';

create table ops.review_enterprise_matches (
    feed text not null,
    name text not null,
    normalised_name text not null,
    reason text not null,
    candidate_uscc text,
    first_seen_on date,
    row_count bigint not null default 0,
    decision text,
    decided_by text,
    decided_at timestamptz,
    primary key (feed, name)
);
comment on table ops.review_enterprise_matches is 'names that no rule ties to one enterprise; a person decides, nothing is guessed';

create table ops.gate_results (
    build_id text not null references ops.builds,
    check_name text not null,
    layer text not null,
    severity text not null check (severity in ('stop', 'warn')),
    success boolean not null,
    observed jsonb,
    message text,
    checked_at timestamptz not null default now(),
    primary key (build_id, check_name)
);

-- Replaced at each publication; until then it is empty but there.
create view ops.record_sources as
select
    null::text as record_key,
    null::text as feed,
    null::bigint as batch_id,
    null::text as source_file,
    null::bigint as source_row
where false;

create table publication.changes (
    change_id bigint generated always as identity primary key,
    published_at timestamptz not null default now(),
    build_id text not null,
    table_name text not null,
    record_key jsonb,
    column_name text,
    value_before text,
    value_after text,
    change_kind text not null check (change_kind in ('insert', 'update', 'delete')),
    row_count bigint not null default 1
);
create index on publication.changes (build_id, table_name);
comment on table publication.changes is 'key, column, before and after of each published difference; the first filling of a table is one row with its count';

create table publication.published_builds (
    build_id text primary key,
    published_at timestamptz not null default now(),
    published_by text not null
);

create table publication.editions (
    publication text not null,
    period text not null,
    edition_number integer not null,
    manifest_hash char(64) not null,
    path text not null,
    build_id text not null references ops.builds,
    state text not null,
    state_by text not null,
    state_at timestamptz not null default now(),
    created_at timestamptz not null default now(),
    primary key (publication, period, edition_number)
);
create index on publication.editions (build_id);

grant select on all tables in schema ops to builder;
