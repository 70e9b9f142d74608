"""A rehearsal of docker-compose.yml without a container engine: `python tests/support/rehearse.py WORKDIR` (Linux, root).

It follows the Dockerfile (COPY with .dockerignore, the hashed lock) into WORKDIR/image, then runs the very command of
each service, with its environment, uid 10001, a read-only root, no capability and no network but loopback, in
namespaces of its own; PostgreSQL is the embedded wheel's, set up by deploy/postgres. Everything ends with the script.
What it can't show: that the images can be pulled, and what the engine itself adds (networks, restarts, volumes).
"""

from __future__ import annotations

import os
import re
import secrets
import shlex
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
INNER = Path(__file__).with_name("rehearse_inside.py")


def ignored(path: str, rules: list[str]) -> bool:
    """Whether .dockerignore leaves a path (relative, with slashes) out; the last rule that fits decides."""
    verdict = False
    parts = path.split("/")
    heads = ["/".join(parts[: n + 1]) for n in range(len(parts))]
    for rule in rules:
        pattern = rule.removeprefix("!").strip("/")
        names = [pattern, pattern.removeprefix("**/")] if pattern.startswith("**/") else [pattern]
        fits = any(fnmatch(head, name) and (head.count("/") == name.count("/")) for head in heads for name in names)
        if pattern.startswith("**/"):
            fits = fits or any(fnmatch(part, pattern.removeprefix("**/")) for part in parts)
        if fits:
            verdict = not rule.startswith("!")
    return verdict


def context_files(root: Path = ROOT) -> list[str]:
    """The files that would be sent to the engine."""
    lines = (root / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    tops = [rule.removeprefix("!") for rule in rules if rule.startswith("!")]
    found = []
    for top in tops:
        path = root / top
        candidates = [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]
        found += [each.relative_to(root).as_posix() for each in candidates]
    return sorted(name for name in found if not ignored(name, rules))


def copied(root: Path = ROOT) -> list[tuple[str, str]]:
    """(file of the context, its place below /opt/ipstat) for each COPY of the Dockerfile's first stage."""
    stage = (root / "Dockerfile").read_text(encoding="utf-8").split("\nFROM ")[1]
    files = context_files(root)
    result = []
    for line in re.findall(r"^COPY (.+)$", stage, re.MULTILINE):
        *sources, target = line.split()
        for source in sources:
            hits = [name for name in files if name == source or name.startswith(source + "/")]
            if not hits:
                sys.exit(f"COPY {source}: nothing of that name reaches the engine")
            result += [(name, name if target == "./" else target + name.removeprefix(source)) for name in hits]
    return result


def build(work: Path, uv: str) -> None:
    """The first stage of the Dockerfile, in WORKDIR/image/opt/ipstat."""
    app = work / "image" / "opt" / "ipstat"
    for source, target in copied():
        (app / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / source, app / target)
    lock = app / "requirements.runtime.lock.txt"
    python = str(app / ".venv/bin/python")
    block = re.search(r"^setuptools==.*?(?=^\S)", lock.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    if block is None:
        sys.exit("the lock has no setuptools")
    (work / "setuptools.txt").write_text(block[0], encoding="utf-8")
    base = os.environ.get("REHEARSE_PYTHON", "/usr/bin/python3.11")
    hashed = ["--require-hashes", "--only-binary", ":all:", "--python", python]
    steps = [
        [uv, "venv", "--python", base, str(app / ".venv")],
        [uv, "pip", "install", *hashed, "-r", str(work / "setuptools.txt")],
        [uv, "pip", "sync", *hashed, "--no-binary", "zhconv", "--no-build-isolation", str(lock)],
    ]
    environment = os.environ | {"UV_LINK_MODE": "copy", "UV_PYTHON_DOWNLOADS": "never"}
    for step in steps:
        subprocess.run([*step, "--quiet"], check=True, env=environment, cwd=app)
    # An editable install points at the folder where it is made; in the image that is /opt/ipstat already.
    packages = next((app / ".venv/lib").glob("python*/site-packages"))
    subprocess.run(
        [uv, "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--python", python, "-e", "."],
        check=True,
        env=environment,
        cwd=app,
    )
    for path in [*packages.glob("__editable__*"), *packages.glob("*.dist-info/direct_url.json")]:
        path.write_text(path.read_text(encoding="utf-8").replace(str(app), "/opt/ipstat"), encoding="utf-8")
    for script in (app / ".venv/bin").iterdir():
        if script.is_file() and not script.is_symlink() and script.read_bytes()[:2] == b"#!":
            script.write_bytes(script.read_bytes().replace(str(app).encode(), b"/opt/ipstat"))
    fonts = "import pathlib, sys; from reports.fonts import prepare; prepare(pathlib.Path(sys.prefix, 'share', 'ipstat-fonts'))"
    subprocess.run([python, "-c", fonts], check=True, cwd=app)
    subprocess.run(["chmod", "-R", "a+rX,go-w", str(work / "image")], check=True)


def write_env(work: Path) -> None:
    """A .env with a fresh secret for each empty line of .env.example; one that is there stays, like its volumes."""
    if (work / ".env").exists():
        return
    lines = []
    for line in (ROOT / ".env.example").read_text(encoding="utf-8").splitlines():
        name = line.removesuffix("=")
        if line == "BACKUP_DIR=":
            lines.append("BACKUP_DIR=/unused")
        elif name == "AIRFLOW_FERNET_KEY" and line.endswith("="):
            import base64

            lines.append(f"{line}{base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()}")
        elif re.fullmatch(r"[A-Z_]+=", line):
            lines.append(f"{line}{secrets.token_hex(24)}")
    path = work / ".env"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    path.chmod(0o600)


def main() -> None:
    """Build where there is no image yet, then run the rest in namespaces of its own."""
    if len(sys.argv) != 2 or os.geteuid() != 0:
        sys.exit("usage (as root): rehearse.py WORKDIR")
    work = Path(sys.argv[1]).absolute()
    work.mkdir(parents=True, exist_ok=True)
    uv = os.environ.get("UV") or shutil.which("uv") or str(ROOT / ".uv/bin/uv")
    if not (work / "image/opt/ipstat/.venv/share/ipstat-fonts").exists():
        build(work, uv)
    write_env(work)
    command = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", sys.executable, str(INNER), str(work)]
    print("running", shlex.join(command), flush=True)
    sys.exit(subprocess.run(command, check=False).returncode)


if __name__ == "__main__":
    main()
