-- What each sender showed of the newest version of a file that we hold: a fetch asks for a file again only when it differs.
-- Written in the transaction that archives the turn; only the newest version counts, so that A, B, A again are three deliveries.

create table ops.fetched_files (
    feed text not null,
    connection_name text not null,
    remote_path text not null,
    size_bytes bigint,
    modified_at timestamptz,
    etag text,
    sha256 char(64) not null,
    fetched_at timestamptz not null,
    primary key (feed, connection_name, remote_path)
);
comment on table ops.fetched_files is 'newest version archived of each file of a sender';
comment on column ops.fetched_files.remote_path is 'path below the sender''s folder, or the event in its list of deliveries';
comment on column ops.fetched_files.modified_at is 'as the sender shows it; with size_bytes the mark of a version where there is no etag';
grant select on ops.fetched_files to builder;
