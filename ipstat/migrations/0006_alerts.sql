-- Alerts: what a person must look at. An alert is stored before it is sent, so that none is lost when a receiver is down or
-- the process is killed in between; a channel's `_sent_at` is noted after its receiver took the message (sent at least once).
-- Applied by role `pipeline`.

create table ops.alerts (
    alert_id bigint generated always as identity primary key,
    alert_key text not null,
    kind text not null,
    subject text not null,
    body text not null,
    links jsonb not null default '[]',
    -- What is wrong, by stable names (checks, files, partitions): an open alert is sent again only for a new one.
    items text[] not null default '{}',
    -- Counts what was worth a message: 1, and one more for each new item while it is open.
    revision integer not null default 1,
    raised_at timestamptz not null default now(),
    changed_at timestamptz not null default now(),
    -- Channels that had a receiver when it was raised: they get it even if it is closed before they can be reached.
    owed text[] not null default '{}',
    webhook_sent_at timestamptz,
    mail_sent_at timestamptz,
    last_attempt_at timestamptz,
    last_error text,
    closed_at timestamptz,
    closed_by text,
    closed_why text,
    -- Closed by a person although the cause is still there: the same items raise nothing until the cause was gone once.
    is_acknowledged boolean not null default false,
    check ((closed_at is null) = (closed_why is null))
);
-- A key is open once; closed alerts stay as its history.
create unique index alerts_one_open on ops.alerts (alert_key) where closed_at is null;
create index alerts_by_key on ops.alerts (alert_key, alert_id);
comment on table ops.alerts is 'what a person must look at, whether it was sent by webhook and mail, and when its cause was gone';
