"""The fixtures themselves: a test's database is fresh, migrated and its own."""

from __future__ import annotations

import psycopg


def test_a_test_gets_a_fresh_migrated_database(database_url: str, server: str) -> None:
    with psycopg.connect(database_url) as connection:
        assert connection.execute("select current_user").fetchone() == ("pipeline",)
        assert connection.execute("select count(*) from ops.deliveries").fetchone() == (0,)
        connection.execute("insert into ops.settings values ('x', 'y')")
    with psycopg.connect(server) as connection:
        assert connection.execute("select count(*) from ops.settings where name = 'x'").fetchone() == (0,)
