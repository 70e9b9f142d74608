"""`ipstat dev migration`: the draft brings a migrated database to what the contracts ask for, and asks where it can't."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from typer.testing import CliRunner

from ipstat import catalog, derive, migrate, migration_draft, schema_state
from ipstat.cli import app
from ipstat.errors import MigrationError
from ipstat.settings import PROJECT_ROOT, Settings

NEW_FEED = {
    "feed": "copyright_registrations",
    "version": 1,
    "title": "作品著作权登记 / Copyright registrations",
    "description": "作品著作权登记 / Copyright registrations",
    "origin": {
        "owner": "版权局 / Copyright office",
        "licence": "for the office's own statistics",
        "cadence": "monthly",
    },
    "file": {"reader": "csv", "suffixes": [".csv"]},
    "delivery": {"mode": "events", "partition": {"pattern": r"(?P<key>\d{4}-\d{2})(?![-\d])", "period": "month"}},
    "grain": ["registration_number"],
    "known_on": [{"source": "column", "column": "announced_on"}],
    "missing_means": "not_delivered",
    "quarantine_budget": {"warn": 0.001, "stop": 0.01},
    "columns": [
        {
            "name": "registration_number",
            "header": ["登记号"],
            "required": True,
            "description": "登记号 / The owner's number",
        },
        {"name": "announced_on", "header": ["公告日"], "type": "date", "required": True, "description": "公告日 / Day"},
    ],
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The parts of the project that derivation reads, to be changed by the test."""
    for part in ("ingest/contracts", "dbt_project/models/marts", derive.MIGRATIONS):
        shutil.copytree(PROJECT_ROOT / part, tmp_path / part)
    return tmp_path


def change_yaml(path: Path, change: Any) -> None:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")


def mart(root: Path, model: str) -> tuple[Path, int]:
    """The file of a model, and its place among the models of the file."""
    for path in sorted((root / "dbt_project/models/marts").rglob("*.yml")):
        for place, found in enumerate(yaml.safe_load(path.read_text(encoding="utf-8")).get("models") or []):
            if found["name"] == model:
                return path, place
    raise AssertionError(model)


def test_nothing_is_drafted_where_nothing_changed(server_settings: Settings, root: Path) -> None:
    assert schema_state.draft_migration(server_settings, root, "nothing") is None
    assert len(migrate.load(root / derive.MIGRATIONS)) == len(migrate.load())


def test_a_new_feed_a_new_column_and_a_new_comment_need_no_hand(server_settings: Settings, root: Path) -> None:
    (root / "ingest/contracts/copyright_registrations.yml").write_text(
        yaml.safe_dump(NEW_FEED, allow_unicode=True), encoding="utf-8"
    )
    path, place = mart(root, "dim_town")

    def change(content: dict[str, Any]) -> None:
        model = content["models"][place]
        model["columns"].append({"name": "area_km2", "data_type": "decimal(9, 3)", "description": "面积 / town's area"})
        model["columns"][0]["description"] = "另一个说明 / another description"

    change_yaml(path, change)
    wanted = len(migrate.load()) + 1
    drafted = schema_state.draft_migration(server_settings, root, "add_copyright")
    assert drafted is not None
    assert drafted.name == f"{wanted:04}_add_copyright.sql"
    text = drafted.read_text(encoding="utf-8")
    assert "create table landing.copyright_registrations (" in text
    assert "grant select on landing.copyright_registrations to builder;" in text
    assert "alter table marts.dim_town add column area_km2 numeric(9,3);" in text
    assert "comment on column marts.dim_town.area_km2 is '面积 / town''s area';" in text
    assert migrate.OPEN not in text
    assert schema_state.read_states(server_settings, root).differences == []


def test_a_renamed_column_is_asked_about_and_the_answer_is_enough(server_settings: Settings, root: Path) -> None:
    def rename(content: dict[str, Any]) -> None:
        column = next(column for column in content["columns"] if column["name"] == "base_period")
        column["name"] = "base_period_text"

    change_yaml(root / "ingest/contracts/plan_targets.yml", rename)
    drafted = schema_state.draft_migration(server_settings, root, "rename")
    assert drafted is not None
    text = drafted.read_text(encoding="utf-8")
    answer = "alter table landing.plan_targets rename column base_period to base_period_text;"
    assert "-- DECIDE: landing.plan_targets.base_period is in no contract any more." in text
    assert f"--     {answer}" in text
    with pytest.raises(MigrationError, match=r"_rename\.sql, line \d+ asks for a decision"):
        migrate.load(root / derive.MIGRATIONS)
    drafted.write_text(answer, encoding="utf-8")
    assert schema_state.read_states(server_settings, root).differences == []


@pytest.fixture
def migrated(server_settings: Settings, server: str) -> Iterator[tuple[str, catalog.Catalog]]:
    """A scratch database that a draft may be applied to, and its catalog."""
    with schema_state.scratch_database(server_settings) as address:
        migrate.apply(address)
        with psycopg.connect(address) as connection:
            yield address, catalog.read(connection)


SAFE = """
create table marts.dim_extra (extra_key character varying not null, constraint dim_extra_pk primary key (extra_key));
comment on table marts.dim_extra is 'it''s new';
alter table marts.dim_town add column extra_key character varying;
alter table marts.dim_town add constraint dim_town_extra_fk foreign key (extra_key)
    references marts.dim_extra (extra_key) deferrable initially immediate;
create index dim_town_extra_idx on marts.dim_town (extra_key);
alter table marts.dim_town add column is_new boolean not null default false;
alter table marts.dim_town alter column sort_order drop not null;
comment on table marts.dim_town is null;
comment on column marts.dim_town.town_name is null;
drop index landing.population_by_batch;
create index population_by_batch on landing.population (_batch_id);
alter table marts.fct_patents drop constraint fct_patents_town_key_fk;
revoke references on marts.dim_date from bi_reader;
grant select (sort_order) on marts.dim_town to builder;
grant select on marts.dim_extra to analyst with grant option;
alter table marts.fct_returns disable row level security;
drop policy fct_returns_public on marts.fct_returns;
alter table marts.dim_extra enable row level security;
create policy dim_extra_all on marts.dim_extra for select to analyst, bi_reader using (extra_key <> 'x');
"""


def change_and_draft(address: str, before: catalog.Catalog, statements: str) -> tuple[catalog.Catalog, str]:
    """What the database would be after these statements (they are rolled back), and the draft that leads there."""
    with psycopg.connect(address) as connection:
        connection.execute(statements.encode())
        wanted = catalog.read(connection)
        connection.rollback()
    return wanted, migration_draft.draft(before, wanted)


def test_a_draft_without_a_question_leads_exactly_there(migrated: tuple[str, catalog.Catalog]) -> None:
    address, before = migrated
    wanted, text = change_and_draft(address, before, SAFE)
    assert migrate.OPEN not in text
    assert len(catalog.differences(before, wanted)) == 14
    with psycopg.connect(address) as connection:
        connection.execute(text.encode())
        assert catalog.read(connection) == wanted


@pytest.mark.parametrize(
    ("statement", "question", "proposal"),
    [
        (
            "alter table marts.dim_town add column area integer not null",
            "marts.dim_town.area is never null, and the rows that are there have no value for it.",
            "alter table marts.dim_town add column area integer not null default VALUE;",
        ),
        (
            "alter table marts.dim_town alter column valid_to set not null",
            "marts.dim_town.valid_to may be null in rows that are there",
            "update marts.dim_town set valid_to = VALUE where valid_to is null;",
        ),
        (
            "alter table marts.dim_town alter column sort_order type bigint",
            "marts.dim_town.sort_order is `integer not null` and should be `bigint not null`",
            "alter table marts.dim_town alter column sort_order type bigint;",
        ),
        (
            "drop table landing.population",
            "landing.population is in no contract any more",
            "drop table landing.population;",
        ),
        (
            "alter table marts.dim_date drop constraint dim_date_pk cascade",
            "marts.dim_date changes its primary key",
            "alter table marts.dim_date drop constraint dim_date_pk;",
        ),
        (
            "alter table marts.dim_town drop column sort_order",
            "marts.dim_town.sort_order is in no contract any more",
            "alter table marts.dim_town drop column sort_order;",
        ),
    ],
)
def test_what_may_lose_something_is_a_question_and_no_statement(
    migrated: tuple[str, catalog.Catalog], statement: str, question: str, proposal: str
) -> None:
    address, before = migrated
    _, text = change_and_draft(address, before, statement)
    lines = text.splitlines()
    assert any(line.startswith(f"-- DECIDE: {question}") for line in lines)
    assert f"--     {proposal}" in lines
    assert not any(line.startswith(proposal) for line in lines)


def test_the_command_compares_and_says_what_is_wrong(
    server_settings: Settings, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "ingest/contracts/copyright_registrations.yml").write_text(
        yaml.safe_dump(NEW_FEED, allow_unicode=True), encoding="utf-8"
    )
    monkeypatch.setenv("IPSTAT_HOME", str(server_settings.home))
    monkeypatch.setattr("ipstat.commands.dev.PROJECT_ROOT", root)
    run = CliRunner().invoke
    refused = run(app, ["dev", "migration", "--check"])
    assert "relation landing.copyright_registrations: migrations give nothing" in str(refused.exception)
    assert "ipstat dev migration NAME" in str(refused.exception)
    wrong = run(app, ["dev", "migration", "Add-Copyright"])
    assert "'Add-Copyright' is no name of a migration" in str(wrong.exception)
    written = run(app, ["dev", "migration", "add_copyright"])
    assert "_add_copyright.sql" in written.output
    assert derive.LANDING in written.output, "the derived files are written too"
    assert run(app, ["dev", "migration", "--check"]).exit_code == 0
    assert "nothing was written" in run(app, ["dev", "migration", "again"]).output
