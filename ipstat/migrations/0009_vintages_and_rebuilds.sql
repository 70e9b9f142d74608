-- WHY: a build can be published again after a later one, so each value keeps the moment of its own publication; and a build that is made
-- again from an edition's pinned batches, to be compared with it, must never be taken for the newest one.
-- Applied by role `pipeline`.

alter table publication.indicator_values add column published_at timestamptz;
update publication.indicator_values as published set published_at = builds.published_at
from publication.published_builds as builds
where builds.build_id = published.build_id;
update publication.indicator_values set published_at = now() where published_at is null;
alter table publication.indicator_values alter column published_at set default now(), alter column published_at set not null;
comment on column publication.indicator_values.published_at is '公布时间 / when the value was published';

alter table ops.builds add column rebuild_of text;
comment on column ops.builds.rebuild_of is 'the edition that this build makes again to be compared with; never published, never the newest';
