"""Contracts: what does not hold together is refused when it is read, with the place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ingest.contract import CONTRACTS_DIR, ContractError, load_contract, load_contracts
from ingest.derive import DERIVATIONS
from ingest.readers import READERS

SMALL: dict[str, Any] = {
    "feed": "small",
    "version": 1,
    "title": "小表 / Small table",
    "description": "说明 / Text",
    "origin": {"owner": "某局 / Office", "licence": "none", "cadence": "monthly"},
    "file": {"reader": "csv", "suffixes": ".csv"},
    "delivery": {"mode": "delta", "partition": {"pattern": r"(?P<key>\d{4}-\d{2})", "period": "month"}},
    "grain": ["code"],
    "known_on": [{"source": "partition"}],
    "missing_means": "unchanged",
    "columns": [{"name": "code", "header": "编号", "required": True, "description": "编号 / Number"}],
}


def load(tmp_path: Path, **changes: Any) -> Any:
    path = tmp_path / "small.yml"
    path.write_text(yaml.safe_dump(SMALL | changes, allow_unicode=True), encoding="utf-8")
    return load_contract(path)


def column(**changes: Any) -> dict[str, Any]:
    return {"name": "other", "header": "另列", "description": "另列 / Other"} | changes


def test_the_small_contract_is_read(tmp_path: Path) -> None:
    contract = load(tmp_path)
    assert contract.column_by_header["编号"].name == "code"
    assert contract.title.en == "Small table"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"columns": [column(typ="date")]}, "typ"),
        ({"columns": [*SMALL["columns"], column(type="decimal(3,4)")]}, "scale <= precision"),
        ({"columns": [*SMALL["columns"], column(type="float")]}, "unknown type"),
        ({"columns": [*SMALL["columns"], column(header=[])]}, "name its header"),
        ({"columns": [*SMALL["columns"], column(header="编号")]}, "belongs to two columns"),
        ({"columns": [*SMALL["columns"], SMALL["columns"][0]]}, "declared twice"),
        ({"columns": [*SMALL["columns"], column(derived_by="postcode")]}, "derived_by"),
        ({"grain": ["nothing"]}, "not declared"),
        ({"known_on": [{"source": "column"}]}, "source: column"),
        ({"title": "only one language"}, "中文 / English"),
        ({"feed": "smaller"}, "must agree"),
        ({"version": 0}, "version"),
        ({"delivery": {"mode": "delta", "partition": {"pattern": r"\d{4}", "period": "year"}}}, "group named key"),
    ],
)
def test_contracts_that_do_not_hold_together_are_refused(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ContractError, match=message) as caught:
        load(tmp_path, **changes)
    assert "small.yml" in str(caught.value)


def test_text_that_is_no_yaml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "small.yml").write_text("feed: [", encoding="utf-8")
    with pytest.raises(ContractError, match=r"small\.yml is not YAML"):
        load_contract(tmp_path / "small.yml")


@pytest.mark.parametrize("path", sorted(CONTRACTS_DIR.glob("*.yml")), ids=lambda path: path.stem)
def test_every_contract_names_readers_and_derivations_that_exist(path: Path) -> None:
    contract = load_contract(path)
    assert contract.file.reader in READERS
    for step in contract.derivations:
        outputs = set(DERIVATIONS[step.step].outputs)
        named = {each.name for each in contract.columns if each.derived_by == step.step}
        assert named <= outputs, f"{step.step} does not give {named - outputs}"
        assert set(step.reads) <= set(contract.column_by_name)
    assert contract.grain
    assert any(contract.column_by_name[name].required for name in contract.grain)


def test_contracts_are_loaded_by_feed() -> None:
    contracts = load_contracts()
    assert contracts["cnipa_gazette"].grain == ("patent_kind", "publication_number")
    assert list(contracts) == sorted(contracts)
