"""`ipstat backup ...`: the database, the archive and the editions into a folder, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ipstat import backup, restore
from ipstat.backup_store import Manifest, Store
from ipstat.commands.common import WaitOption, as_table, echo, open_session
from ipstat.errors import UsageError
from ipstat.settings import Settings

app = typer.Typer(
    help="Back up and restore the database, the archive, the editions and the home's keys.", no_args_is_help=True
)

DirectoryOption = Annotated[
    Path | None,
    typer.Option("--dir", metavar="DIR", envvar="IPSTAT_BACKUP_DIR", help="The folder of backups, on another disk."),
]
IdArgument = Annotated[str | None, typer.Argument(metavar="[ID]", help="A backup; default: the newest.")]


@app.command("create")
def create_command(
    directory: DirectoryOption = None,
    keep: Annotated[
        int | None, typer.Option("--keep", metavar="N", min=1, help="Remove all but the newest N backups.")
    ] = None,
    wait: WaitOption = False,
) -> None:
    """Make a backup. Bytes that an earlier backup in this folder holds are not copied again.

    The folder then holds personal data and the home's keys (mode 0600 in a folder of mode 0700): guard it like the
    home. Example: ipstat backup create --dir /mnt/backup/ipstat --keep 14
    """
    session = open_session("backup create")
    with session.reporter.step("backing up") as tell:
        made = backup.create(session.settings, _root(directory), keep, is_waiting=wait, tell=tell)
    echo(made.manifest.backup_id)
    session.reporter.say(f"{_summary(made.manifest)}; {made.new_bytes / 1e6:.1f} MB of files are new")
    session.reporter.say("it holds personal data and the home's keys: only its owner may read it")
    if made.removed:
        session.reporter.say(f"removed: {', '.join(made.removed)}")


@app.command("list")
def list_command(directory: DirectoryOption = None) -> None:
    """List the whole backups, oldest first."""
    store = Store(_root(directory))
    rows = [_row(store.read(name)) for name in store.ids()]
    header = ["backup", "as of (UTC)", "databases", "receipts", "files", "MB", "schema"]
    echo(as_table(header, rows) if rows else f"no backup in {store.root}")


@app.command("verify")
def verify_command(backup_id: IdArgument = None, directory: DirectoryOption = None) -> None:
    """Read every byte of a backup and compare it with its hash; exit code 1 names what is damaged."""
    session = open_session("backup verify")
    with session.reporter.step("verifying") as tell:
        manifest = backup.verify(_root(directory), backup_id, tell=tell)
    echo(f"{manifest.backup_id} is whole: {_summary(manifest)}")


@app.command("restore")
def restore_command(
    backup_id: IdArgument = None,
    directory: DirectoryOption = None,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Move what the home holds aside and drop what the database holds."),
    ] = False,
) -> None:
    """Bring a backup into an empty home and database; interrupted, it is called again.

    Example: IPSTAT_HOME=/srv/ipstat ipstat backup restore --dir /mnt/backup/ipstat
    """
    # No log before the restore: the home must be seen as it was found.
    settings = Settings.from_env()
    done = restore.restore(settings, _root(directory), backup_id, replace=replace)
    session = open_session("backup restore")
    session.reporter.say(f"restored {done.manifest.backup_id}: {_summary(done.manifest)}")
    if done.without_password:
        session.reporter.say(f"set the passwords of {', '.join(done.without_password)}: they are not in the backup")
    if not done.has_airflow and any(item.name == "airflow" for item in done.manifest.databases):
        session.reporter.say(f"Airflow's database was left out: name an empty one in {backup.AIRFLOW_VARIABLE}")


def _root(directory: Path | None) -> Path:
    if directory is None:
        raise UsageError("no folder of backups is named", "add --dir DIR, or set IPSTAT_BACKUP_DIR")
    return directory.expanduser().absolute()


def _summary(manifest: Manifest) -> str:
    names = " and ".join(item.name for item in manifest.databases)
    return f"{names} as of {manifest.created_at}, {manifest.delivery_count} receipts, {len(manifest.files)} files"


def _row(manifest: Manifest) -> list[object]:
    size = sum(item.size_bytes for item in manifest.files) + sum(item.size_bytes for item in manifest.databases)
    names = ", ".join(item.name for item in manifest.databases)
    counted = [manifest.delivery_count, len(manifest.files), f"{size / 1e6:.1f}", manifest.migration]
    return [manifest.backup_id, manifest.created_at, names, *counted]
