"""Imports point one way, modules stay small, and dbt's edges go from staging to marts."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("dags", "ipstat", "ingest", "expectations", "reports")
ALLOWED = {
    "dags": {"dags", "ipstat"},
    "ipstat": {"ipstat", "ingest", "expectations", "reports"},
    "ingest": {"ingest"},
    "expectations": {"expectations", "ingest.contract"},
    "reports": {"reports", "expectations.gate"},
}
SAMPLE_CITY = "ipstat.sample_city"
MAX_MODULE_LINES = 300


def modules() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports_of(path: Path) -> Iterator[str]:
    """Absolute names of all that a module imports, inside functions too."""
    package = list(path.relative_to(ROOT).parent.parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*base, node.module] if node.module else base)
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def is_under(name: str, prefix: str) -> bool:
    return name == prefix or name.startswith(prefix + ".")


def test_imports_point_one_way() -> None:
    assert modules(), "no module found: this test would pass on nothing"
    wrong = [
        f"{module_name(path)} imports {name}"
        for path in modules()
        for name in imports_of(path)
        if name.split(".")[0] in PACKAGES
        and not any(is_under(name, allowed) for allowed in ALLOWED[path.relative_to(ROOT).parts[0]])
    ]
    assert wrong == []


def test_sample_city_imports_no_other_package_of_ours() -> None:
    inside = [path for path in modules() if is_under(module_name(path), SAMPLE_CITY)]
    assert inside
    wrong = [
        f"{module_name(path)} imports {name}"
        for path in inside
        for name in imports_of(path)
        if name.split(".")[0] in PACKAGES and not is_under(name, SAMPLE_CITY)
    ]
    assert wrong == []


def test_no_module_is_long_without_a_reason_in_decisions() -> None:
    decisions = (ROOT / "DECISIONS.md").read_text(encoding="utf-8")
    long_ones = [
        f"{path.relative_to(ROOT)}: {lines} lines"
        for path in modules()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MAX_MODULE_LINES
        and f"`{path.relative_to(ROOT)}`" not in decisions
    ]
    assert long_ones == []


LAYERS = ("staging", "intermediate", "marts")
# staging reads sources and seeds; intermediate reads staging; marts read both below and one another (facts take keys from dimensions).
MAY_READ = {
    "staging": {"staging"},
    "intermediate": {"staging", "intermediate"},
    "marts": {"staging", "intermediate", "marts"},
}
REF = re.compile(r"""\bref\(\s*['"]([a-z0-9_]+)['"]""")
SOURCE = re.compile(r"""\bsource\(\s*['"]([a-z0-9_]+)['"]""")


def dbt_models() -> dict[str, Path]:
    return {path.stem: path for path in (ROOT / "dbt_project" / "models").rglob("*.sql")}


def layer_of(path: Path) -> str:
    return path.relative_to(ROOT / "dbt_project" / "models").parts[0]


def test_dbt_edges_point_one_way() -> None:
    models = dbt_models()
    assert len(models) > 20
    wrong = []
    for name, path in models.items():
        layer, sql = layer_of(path), path.read_text(encoding="utf-8")
        wrong += [
            f"{layer}/{name} reads {layer_of(models[parent])}/{parent}"
            for parent in REF.findall(sql)
            if parent in models and layer_of(models[parent]) not in MAY_READ[layer]
        ]
        if layer == "marts" and "landing" in SOURCE.findall(sql):
            wrong.append(f"{layer}/{name} reads landing")
    assert wrong == []


def test_dbt_model_names_say_their_layer() -> None:
    prefixes = {"staging": ("stg_",), "intermediate": ("int_",), "marts": ("dim_", "fct_", "bridge_", "rpt_")}
    wrong = [f"{layer_of(p)}/{n}" for n, p in dbt_models().items() if not n.startswith(prefixes[layer_of(p)])]
    assert wrong == []


def test_dbt_models_are_portable_sql() -> None:
    traps = re.compile(
        r"[a-z0-9_)]::[a-z]|distinct\s+on\s*\(|\bilike\b|generate_series|\bas\s+text\b|\bas\s+numeric\s*\)",
        re.IGNORECASE,
    )
    wrong = [
        f"{name}:{number}: {line.strip()}"
        for name, path in dbt_models().items()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if traps.search(line)
    ]
    assert wrong == []


@pytest.mark.parametrize("layer", LAYERS)
def test_every_column_is_described_in_chinese_and_english(layer: str) -> None:
    """`中文 / English` for each column of each model; contracts are enforced on the marts."""
    described: dict[str, dict] = {}
    for path in (ROOT / "dbt_project" / "models" / layer).rglob("*.yml"):
        for model in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("models", []):
            described[model["name"]] = model
    names = [name for name, path in dbt_models().items() if layer_of(path) == layer]
    assert names
    missing = [name for name in names if name not in described]
    assert missing == []
    both = re.compile(r"[\u4e00-\u9fff].* / .*[A-Za-z]", re.DOTALL)
    bad = [
        f"{name}.{column['name']}"
        for name in names
        for column in described[name].get("columns", [])
        if not both.search(column.get("description", ""))
    ]
    assert bad == []
    if layer == "marts":
        project = yaml.safe_load((ROOT / "dbt_project" / "dbt_project.yml").read_text(encoding="utf-8"))
        assert project["models"]["ipstat_warehouse"]["marts"]["+contract"] == {"enforced": True}
        loose = [n for n in names if not described[n].get("config", {}).get("contract", {}).get("enforced", True)]
        assert loose == []
