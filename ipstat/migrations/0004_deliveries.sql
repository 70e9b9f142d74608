-- Receiving and loading become two steps: what is archived but not loaded yet must be found again after a crash, in the
-- order in which it came, withdrawals included. A refused file knows its partition: files of one name come in many.

alter table ops.deliveries
    add column action text not null default 'deliver' constraint deliveries_action check (action in ('deliver', 'withdraw')),
    add column loaded_at timestamptz,
    add column known_on date,
    add column turn_id text,
    add column place text;
update ops.deliveries set loaded_at = received_at;
create index deliveries_not_loaded on ops.deliveries (feed, delivery_id) where loaded_at is null;
create index deliveries_by_turn on ops.deliveries (turn_id) where turn_id is not null;
comment on column ops.deliveries.action is 'deliver: a file came; withdraw: its sender takes the file with this sha256 back';
comment on column ops.deliveries.loaded_at is 'when load settled it (made a batch, found it unchanged, or refused it); null: still to load';
comment on column ops.deliveries.known_on is 'the day given by the operator or the turn, where the contract has no surer source';
comment on column ops.deliveries.place is 'the path that names its partition: relative to the sender in a turn; null where source_path does';
comment on column ops.deliveries.turn_id is 'receipts that came together: a turn of ops.fetch_turns, or one call that names files by hand';

create table ops.fetch_turns (
    turn_id text primary key,
    feed text not null,
    connection_name text not null,
    fetched_at timestamptz not null,
    archived_at timestamptz not null default now(),
    file_count integer not null
);
create index fetch_turns_by_feed on ops.fetch_turns (feed, turn_id);
comment on table ops.fetch_turns is 'turns of the spool that are archived: a turn is archived once, whatever is killed';

alter table ops.rejected_files add column partition_key text;
update ops.rejected_files as rejected set partition_key = deliveries.partition_key
from ops.deliveries as deliveries
where deliveries.delivery_id = rejected.delivery_id;
comment on column ops.rejected_files.partition_key is 'the partition that the file would have joined; null where nothing names it';

-- A key in the environment changes every pseudonym: a build is the same only if made with the same key.
alter table ops.builds add column pseudonym_key_hash char(64);
comment on column ops.builds.pseudonym_key_hash is 'sha256 of the key of the pseudonyms; null for builds made before it was kept';

grant select on ops.fetch_turns to builder;
