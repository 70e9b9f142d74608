"""What holds for the contracts of all feeds."""

from __future__ import annotations

import re

import pytest

from ingest.contract import Contract, load_contracts
from ingest.derive import DERIVATIONS
from ingest.readers import READERS

CONTRACTS = load_contracts()
FEEDS = {
    "cnipa_gazette", "cnipa_exchange", "patent_api", "cnipa_legal_events", "cnipa_trademarks", "enforcement_cases",
    "customs_lots", "pledge_registrations", "pledge_ledger", "department_returns", "enterprise_register", "population",
    "economic_accounts", "honours", "official_totals", "plan_targets", "patent_families",
}  # fmt: skip
#: Parties that may be natural persons, and people who sign: their columns must be marked, so that they stay in landing.
PERSONAL = re.compile(r"patentees|inventors|(?<!enterprise)(?<!group)_name$|value_(before|after)")
NOT_PERSONAL = {
    "agency_name", "pledgee_name", "indicator_name", "geo_name", "town_name", "type_name", "mark_name", "goods_name",
    "enterprise_name", "group_name", "event_type_name", "applicant_type_name", "document_type_name",
}  # fmt: skip


def test_the_feeds_are_those_of_the_warehouse() -> None:
    assert set(CONTRACTS) == FEEDS


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=lambda each: each.feed)
def test_names_and_addresses_of_people_are_marked(contract: Contract) -> None:
    for column in contract.columns:
        if PERSONAL.search(column.name) and column.name not in NOT_PERSONAL:
            assert column.personal == "name", column.name
        if "address" in column.name:
            assert (column.personal, column.role) == ("address", "address"), column.name


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=lambda each: each.feed)
def test_steps_and_readers_exist_and_amounts_have_a_unit(contract: Contract) -> None:
    assert contract.file.reader in READERS
    assert {step.step for step in contract.derivations} <= set(DERIVATIONS)
    for column in contract.columns:
        if column.name.endswith(("_cny_10k", "_count")) and column.base_type in ("decimal", "bigint", "integer"):
            assert column.unit, column.name
        assert re.search("[一-鿿]", column.description.zh) and re.search("[A-Za-z]", column.description.en)


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=lambda each: each.feed)
def test_the_known_date_never_comes_from_the_day_of_loading(contract: Contract) -> None:
    assert contract.known_on
    assert {known.source for known in contract.known_on} <= {"column", "partition", "option"}
