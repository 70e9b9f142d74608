"""Which part of a path names the partition of a file."""

import pytest

from ingest.contract import load_contracts
from ingest.fetch import partition_of

FILE = "CN_patent_utility_new.csv"


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (f"feeds/2019-07-09/{FILE}", "2019-07-09"),
        (f"2026-11-22/2019-07-09/{FILE}", "2019-07-09"),
        (f"2026-11-22/inbox/{FILE}", None),
        (f"inbox/2019-07-09.zip!{FILE}", "2019-07-09"),
        (f"inbox/2019-07-09.zip!gazette/{FILE}", "2019-07-09"),
        (f"inbox/2019.zip!2019-07-12/{FILE}", "2019-07-12"),
        (FILE, None),
    ],
)
def test_partition_is_named_by_the_file_its_folder_or_its_zip(place: str, expected: str | None) -> None:
    assert partition_of(place, load_contracts()["cnipa_gazette"]) == expected
