-- WHY: reviewers' decisions on names become a history that builds pin and apply, and every tie of a name to an enterprise can be read
-- with its evidence. Names get the forms that the rules compare. Decisions that were written into the old columns by hand are carried
-- over where they can be read; nothing applied them so far.
-- Applied by role `pipeline`.

alter table ops.resolved_names
    add column written_name text not null default '',
    add column head_name text,
    add column has_city_prefix boolean not null default false;
comment on column ops.resolved_names.written_name is 'the name without what a printer decides: widths, brackets, spaces, script';
comment on column ops.resolved_names.head_name is 'normalised name of the company whose branch this is; null for no branch';
comment on column ops.resolved_names.has_city_prefix is 'whether the city leads the name, which the normalised name leaves out';

create table ops.review_decisions (
    decision_id bigint generated always as identity primary key,
    feed text not null,
    name text not null,
    decision text not null check (decision in ('accept', 'reject', 'undo')),
    uscc text,
    decided_by text not null check (btrim(decided_by) <> ''),
    decided_at timestamptz not null default now(),
    note text,
    check ((decision = 'accept') = (uscc is not null))
);
create index on ops.review_decisions (feed, name);
comment on table ops.review_decisions is 'every decision on a name, append-only: the newest of a feed and name holds, undo takes it back';

create function ops.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: % is refused', tg_table_name, lower(tg_op)
        using hint = 'take a decision back with `ipstat review undo`';
end
$$;
create trigger review_decisions_stay before update or delete or truncate on ops.review_decisions
    for each statement execute function ops.refuse_change();

create table ops.build_decisions (
    build_id text not null references ops.builds,
    decision_id bigint not null references ops.review_decisions,
    primary key (build_id, decision_id)
);
create index on ops.build_decisions (decision_id);
comment on table ops.build_decisions is 'the decisions that a build applies, pinned when it begins';

insert into ops.review_decisions (feed, name, decision, uscc, decided_by, decided_at)
select feed, name, decision, case when decision = 'accept' then candidate_uscc end, coalesce(nullif(btrim(decided_by), ''), 'unknown'),
    coalesce(decided_at, now())
from ops.review_enterprise_matches
where decision = 'reject' or (decision = 'accept' and candidate_uscc is not null)
order by decided_at, feed, name;
comment on column ops.review_enterprise_matches.decision is 'not used any more: see ops.review_decisions';
comment on column ops.review_enterprise_matches.decided_by is 'not used any more: see ops.review_decisions';
comment on column ops.review_enterprise_matches.decided_at is 'not used any more: see ops.review_decisions';

-- Replaced at each publication; until then it is empty but there.
create view ops.enterprise_ties as
select
    null::text as feed,
    null::text as name,
    null::text as normalised_name,
    null::text as given_code,
    null::text as match_rule,
    null::text as enterprise_key,
    null::text as uscc,
    null::text as candidate_uscc,
    null::date as first_seen_on,
    null::date as last_seen_on,
    null::bigint as row_count,
    null::bigint as city_row_count
where false;
comment on view ops.enterprise_ties is 'which name is tied to which enterprise by which rule, in the published build';

grant select on ops.review_decisions, ops.build_decisions, ops.enterprise_ties to builder;
