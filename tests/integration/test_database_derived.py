"""The derived files are in step with the contracts, and the tables made from them are what the contracts say."""

from __future__ import annotations

import psycopg
import pytest

from ingest.contract import load_contracts
from ipstat import derive, marts_contract, publish_checks
from ipstat.settings import PROJECT_ROOT

MODELS = PROJECT_ROOT / "dbt_project" / "models" / "marts"


def test_derived_files_are_in_step_with_the_contracts() -> None:
    assert derive.stale_files(PROJECT_ROOT) == [], "run `make derive` and commit"


def test_a_changed_contract_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    contracts = load_contracts()
    feed = contracts["population"]
    less = feed.model_copy(update={"columns": feed.columns[:-1]})
    monkeypatch.setattr(derive, "load_contracts", lambda _folder: {**contracts, "population": less})
    assert set(derive.stale_files(PROJECT_ROOT)) == {derive.LANDING, derive.SOURCES, derive.DICTIONARY}


def test_marts_of_a_new_database_are_what_the_contracts_say(server: str) -> None:
    tables = marts_contract.load(MODELS)
    assert len(tables) >= 19
    with psycopg.connect(server) as connection:
        found = publish_checks.differences(connection, publish_checks.MARTS, tables)
        assert found == []
        bare = connection.execute(
            "select c.relname, a.attname from pg_class as c join pg_attribute as a on a.attrelid = c.oid"
            " where c.relnamespace = 'marts'::regnamespace and c.relkind = 'r' and a.attnum > 0"
            " and (col_description(c.oid, a.attnum) is null or obj_description(c.oid) is null)"
        ).fetchall()
        assert bare == [], "every table and column has its comment"
        keys = dict(
            connection.execute(
                "select contype::text, count(*) from pg_constraint where connamespace = 'marts'::regnamespace"
                " and contype in ('p', 'f', 'u') group by 1"
            ).fetchall()
        )
    assert keys == {"p": len(tables), "f": sum(len(table.foreign_keys) for table in tables)}


def test_every_foreign_key_of_marts_has_an_index_and_is_never_null(server: str) -> None:
    with psycopg.connect(server) as connection:
        rows = connection.execute(
            "select k.conrelid::regclass::text, k.conname, k.condeferrable, k.condeferred,"
            " exists (select from pg_index as i where i.indrelid = k.conrelid"
            "  and (i.indkey::smallint[])[0:cardinality(k.conkey) - 1] = k.conkey) as is_indexed,"
            " (select bool_and(a.attnotnull) from pg_attribute as a where a.attrelid = k.conrelid"
            "  and a.attnum = any(k.conkey)) as is_never_null"
            " from pg_constraint as k where k.contype = 'f' and k.connamespace = 'marts'::regnamespace"
        ).fetchall()
    assert rows
    wrong = [row for row in rows if row[2:] != (True, False, True, True)]
    assert wrong == []


def test_bi_reader_and_analyst_alone_read_marts(server: str) -> None:
    with psycopg.connect(server) as connection:
        readers = connection.execute(
            "select distinct grantee::text from information_schema.column_privileges"
            " where table_schema = 'marts' and privilege_type in ('SELECT', 'REFERENCES') order by 1"
        ).fetchall()
        writers = connection.execute(
            "select distinct grantee::text from information_schema.table_privileges where table_schema = 'marts'"
            " and privilege_type in ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')"
        ).fetchall()
    assert readers == [("analyst",), ("bi_reader",), ("pipeline",)]
    assert writers == [("pipeline",)]


def test_the_public_star_schema_is_complete(server: str) -> None:
    """The columns that architecture.md names as the public interface."""
    public = {
        "dim_town": "town_key town_code town_name valid_from valid_to current_town_code statistical_unit",
        "dim_enterprise": "enterprise_version_key enterprise_key uscc enterprise_name group_key town_code industry_code"
        " is_high_tech is_above_scale is_above_scale_exporter cultivation_tier valid_from valid_to",
        "dim_indicator": "indicator_code indicator_version name_zh name_en area definition unit formula counting_rule"
        " additivity source decimals has_feed",
        "fct_patents": "record_key patent_kind publication_number application_number filing_date publication_date"
        " is_correction applicant_name applicant_type enterprise_version_key enterprise_key town_key town_code"
        " industry_code main_class is_in_city",
        "fct_patent_events": "event_key record_key application_number event_code effective_date known_on"
        " contract_number",
        "fct_indicator_values": "indicator_code series period_type period_start town_code industry_code applicant_type"
        " breakdown_type breakdown_code town_basis counting_basis industry_basis indicator_version town_key period_end"
        " value numerator denominator denominator_period denominator_known_on coverage_pct value_status",
    }
    others = ("dim_date", "dim_industry", "fct_trademarks", "fct_enforcement_cases", "fct_customs_lots", "fct_pledges")
    others += ("fct_honours", "fct_returns", "fct_stock_flows", "bridge_patent_parties", "bridge_patent_industries")
    others += ("bridge_customs_rights", "bridge_pledge_rights")
    with psycopg.connect(server) as connection:
        rows = connection.execute(
            "select table_name, array_agg(column_name::text) from information_schema.columns"
            " where table_schema = 'marts' group by 1"
        ).fetchall()
    found = {name: set(columns) for name, columns in rows}
    missing = {name: set(columns.split()) - found.get(name, set()) for name, columns in public.items() if name in found}
    assert {*public, *others} <= set(found)
    assert not any(missing.values()), missing
