"""Pictures of the running Airflow for the docs: `.venv/bin/python tools/pictures.py [FOLDER]`.

Wants a home (IPSTAT_HOME) whose Airflow runs and has done its DAGs (`ipstat airflow start --sample-city`, `ipstat
airflow trigger --wait`) and Debian's Chromium (`make tools`); Playwright's own browser is not downloaded.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Page, sync_playwright

from ipstat.airflow import launcher
from ipstat.airflow.layout import USER, Layout, password
from ipstat.airflow.rest import AirflowApi
from ipstat.settings import INSTALLED_FONTS_DIR, PROJECT_ROOT, Settings

CHROMIUM = "/usr/bin/chromium"
WIDTH, HEIGHT = 1440, 900
_SETTLE_MS = 2500
"""Graphs are laid out and animated after their data came."""


def log_in(page: Page, address: str, secret: str) -> None:
    """Through the page that a person sees."""
    page.goto(f"{address}/auth/login")
    page.locator("input[name=username]").fill(USER)
    page.locator("input[name=password]").fill(secret)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/auth/login" not in url)


def newest_run(api: AirflowApi, dag_id: str) -> str:
    """The path of the first run of a DAG that succeeded."""
    runs = api.get(f"dags/{dag_id}/dagRuns", state="success", order_by="id", limit=1)["dag_runs"]
    if not runs:
        raise SystemExit(f"{dag_id} has no run yet: `ipstat airflow trigger --wait`")
    return f"/dags/{dag_id}/runs/{quote(str(runs[0]['dag_run_id']), safe='')}"


def take(page: Page, address: str, path: str, file: Path, *, view: str = "", wanted: str = "") -> None:
    """Open a page, choose its view (Graph, Grid; `wanted`: a node that must be seen), and keep what is seen."""
    page.goto(address + path)
    page.wait_for_load_state("networkidle")
    if view:
        page.get_by_label(f"Show {view}").click()
    if wanted:
        page.locator(".react-flow__node", has_text=wanted).first.wait_for(state="visible")
        page.wait_for_timeout(_SETTLE_MS)
        page.locator(".react-flow__controls-fitview").first.click()
    page.wait_for_timeout(_SETTLE_MS)
    page.mouse.move(WIDTH - 2, HEIGHT - 2)
    page.screenshot(path=str(file))
    sys.stdout.write(f"{file.name} {file.stat().st_size // 1000} KB\n")


@contextmanager
def fonts() -> Iterator[dict[str, str]]:
    """The environment in which Chromium finds the fonts of the publications: the owners of the DAGs are Chinese."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder) / "fonts.conf"
        settings.write_text(
            "<fontconfig><include>/etc/fonts/fonts.conf</include>"
            f"<dir>{INSTALLED_FONTS_DIR}</dir><cachedir>{folder}</cachedir></fontconfig>",
            encoding="utf-8",
        )
        yield {**os.environ, "FONTCONFIG_FILE": str(settings)}


def main() -> int:
    """Take all pictures."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else PROJECT_ROOT / "docs" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    settings = Settings.from_env()
    with fonts() as environment, launcher.client(settings) as api, sync_playwright() as playwright:
        build, ingest = newest_run(api, "build_warehouse"), newest_run(api, "ingest_cnipa_gazette")
        assets = {str(entry["name"]): entry["id"] for entry in api.get_all("assets", "assets")}
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"], env=environment)
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light", locale="en-US")
        page.goto(f"{api.address}/auth/login")
        page.wait_for_load_state("networkidle")
        log_in(page, api.address, password(Layout.of(settings)))
        shown = {
            "airflow-dags": ("/dags", "", ""),
            "airflow-build-graph": (build, "Graph", "publish_marts"),
            "airflow-build-grid": ("/dags/build_warehouse", "Grid", ""),
            "airflow-ingest-graph": (ingest, "Graph", "archive"),
            "airflow-assets": ("/assets", "", ""),
            "airflow-asset-graph": (f"/assets/{assets['marts']}", "", "publish_annual"),
        }
        for name, (path, view, wanted) in shown.items():
            take(page, api.address, path, folder / f"{name}.png", view=view, wanted=wanted)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
