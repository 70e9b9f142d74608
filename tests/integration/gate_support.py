"""A small build by hand: operation tables and the few build tables that the gate and the reports read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import psycopg

BUILD = "b20200101t000000aaaa"

DDL = """
create schema staging_{b}; create schema intermediate_{b}; create schema marts_{b};
create table staging_{b}.indicator_coverage_feeds (indicator_code varchar, feed varchar);
create table staging_{b}.stg_ip_office__official_totals (
    geo_name varchar, period_text varchar, indicator_name varchar, type_name varchar, value decimal(24, 6),
    unit varchar, note varchar, source varchar, known_on date);
create table intermediate_{b}.int_record_sources (
    record_key varchar, feed varchar, batch_id bigint, source_file varchar, source_row bigint);
create table marts_{b}.dim_town (
    town_key varchar, town_code varchar, town_name varchar, valid_from date, valid_to date, current_town_code varchar,
    statistical_unit varchar, sort_order integer);
create table marts_{b}.dim_enterprise (
    enterprise_version_key varchar, enterprise_key varchar, uscc varchar, enterprise_name varchar, group_key varchar,
    town_code varchar, industry_code varchar, is_high_tech boolean, is_above_scale boolean,
    is_above_scale_exporter boolean, cultivation_tier varchar, valid_from date, valid_to date);
create table marts_{b}.fct_patents (
    record_key varchar, patent_kind varchar, publication_number varchar, kind_code varchar, application_number varchar,
    filing_date date, publication_date date, known_on date, is_correction boolean default false, title varchar,
    applicant_name varchar, applicant_type varchar, party_count integer default 1, enterprise_version_key varchar,
    enterprise_key varchar, town_key varchar, town_code varchar, town_confidence decimal(3, 2), town_reason varchar,
    industry_code varchar, main_class varchar, class_scheme varchar, is_in_city boolean, has_kind_conflict boolean);
create table marts_{b}.fct_patent_events (
    event_key varchar, record_key varchar, application_number varchar, event_code varchar, event_effect varchar,
    effective_date date, known_on date, contract_number varchar);
create table marts_{b}.fct_trademarks (
    record_key varchar, application_number varchar, registration_number varchar, nice_class integer, mark_name varchar,
    mark_type varchar, is_gi boolean, applicant_name varchar, applicant_type varchar, enterprise_version_key varchar,
    enterprise_key varchar, town_key varchar, town_code varchar, is_in_city boolean, filing_date date,
    registration_date date, term_start_date date, term_end_date date, status varchar, status_date date, known_on date);
create table marts_{b}.fct_indicator_values (
    indicator_code varchar, series varchar, period_type varchar, period_start date, period_end date, town_code varchar,
    industry_code varchar, applicant_type varchar, breakdown_type varchar, breakdown_code varchar, town_basis varchar,
    counting_basis varchar, industry_basis varchar, value decimal(24, 6), value_status varchar);
"""


class SmallBuild:
    """One build with helpers that plant batches, files, patents and values."""

    def __init__(self, connection: psycopg.Connection[Any], horizon: str = "2019-12-31") -> None:
        self.connection = connection
        self.build_id = BUILD
        connection.execute(
            "insert into ops.builds (build_id, horizon_date, code_version, seeds_hash, corrections_hash,"
            " decisions_hash, status) values (%s, %s, 'v1', %s, %s, %s, 'built')",
            (BUILD, horizon, "1" * 64, "2" * 64, "3" * 64),
        )
        connection.execute(
            "insert into ops.build_tests (build_id, unique_id, status, severity, failure_count)"
            " values (%s, 'test.ipstat_warehouse.unique_fct_patents_record_key.0', 'pass', 'ERROR', 0)",
            (BUILD,),
        )
        connection.execute(DDL.format(b=BUILD))
        connection.commit()

    def batch(self, feed: str, partition: str, rows: int, quarantined: int = 0, file_name: str = "a.csv") -> int:
        """An active batch of one file, pinned by the build."""
        delivery = self._id(
            "insert into ops.deliveries (feed, file_name, source_path, partition_key, sha256, size_bytes, archive_path)"
            " values (%s, %s, %s, %s, %s, 1, 'x') returning delivery_id",
            (feed, file_name, f"in/{file_name}", partition, "a" * 64),
        )
        batch = self._id(
            "insert into ops.batches (feed, partition_key, contract_version, parser_version, content_hash, recorded_by,"
            " row_count, quarantined_count) values (%s, %s, 1, '1', %s, 'test', %s, %s) returning batch_id",
            (feed, partition, "b" * 64, rows, quarantined),
        )
        self.connection.execute(
            "insert into ops.batch_files values (%s, %s, %s, %s, %s, %s, %s, 0)",
            (batch, delivery, file_name, "a" * 64, rows + quarantined, rows, quarantined),
        )
        self.connection.execute("insert into ops.build_batches values (%s, %s)", (BUILD, batch))
        return batch

    def expect(self, feed: str, partition: str, due_on: str, start: str, end: str) -> None:
        """A delivery of the calendar."""
        self.connection.execute(
            "insert into ops.expected_deliveries values (%s, %s, %s, %s, %s)", (feed, partition, due_on, start, end)
        )

    def patents(self, rows: Iterable[dict[str, Any]], batch: int | None = None) -> None:
        """Rows of fct_patents (given columns only), traced to `batch`."""
        for row in rows:
            self.insert(
                "fct_patents", {"is_in_city": True, "enterprise_key": "unresolved", "town_code": "442000105"} | row
            )
            if batch is not None:
                self.connection.execute(
                    f"insert into intermediate_{BUILD}.int_record_sources values (%s, 'cnipa_gazette', %s, 'a.csv', 2)",
                    (row["record_key"], batch),
                )

    def yearly(self, indicator: str, year: int, value: str, status: str = "reported") -> None:
        """The city's value of a year."""
        self.insert(
            "fct_indicator_values",
            {
                "indicator_code": indicator,
                "series": "published",
                "period_type": "year",
                "period_start": f"{year}-01-01",
                "period_end": f"{year}-12-31",
                "town_code": "442000",
                "industry_code": "ALL",
                "applicant_type": "ALL",
                "breakdown_type": "ALL",
                "breakdown_code": "ALL",
                "town_basis": "now",
                "counting_basis": "first",
                "industry_basis": "ALL",
                "value": value,
                "value_status": status,
            },
        )

    def insert(self, table: str, row: dict[str, Any], schema: str = "marts") -> None:
        """One row into a table of the build."""
        names, marks = ", ".join(row), ", ".join(["%s"] * len(row))
        self.connection.execute(f"insert into {schema}_{BUILD}.{table} ({names}) values ({marks})", list(row.values()))

    def _id(self, statement: str, values: tuple[Any, ...]) -> int:
        row = self.connection.execute(statement, values).fetchone()
        assert row is not None
        return int(row[0])
