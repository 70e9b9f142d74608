"""Documents in the exchange format: real ones as they are, dangerous ones never."""

from __future__ import annotations

import gzip
import zipfile
from datetime import date
from pathlib import Path

import pytest

from tests.contracts.conftest import Load

DOCTYPE = '<!DOCTYPE business:PatentDocumentAndRelated SYSTEM "/DTDS/ExternalStandards/ipphdb-entities.dtd"[]>'
DOCUMENT = """<?xml version="1.0" encoding="utf-8"?>
{doctype}
<business:PatentDocumentAndRelated xmlns:base="b" xmlns:business="c" country="CN" docNumber="110083831" kind="A">
  <business:BibliographicData>
    <business:PublicationReference dataFormat="original"><base:DocumentID><base:WIPOST3Code>CN</base:WIPOST3Code>
      <base:DocNumber>{number}</base:DocNumber><base:Kind>{kind}</base:Kind><base:Date>20190802</base:Date>
    </base:DocumentID></business:PublicationReference>
    <business:ApplicationReference dataFormat="original"><base:DocumentID>
      <base:DocNumber>201910302430.1</base:DocNumber><base:Date>20190416</base:Date></base:DocumentID>
    </business:ApplicationReference>
    <business:InventionTitle>{title}</business:InventionTitle>
  </business:BibliographicData>
  <business:Description><base:Paragraphs>{body}</base:Paragraphs></business:Description>
</business:PatentDocumentAndRelated>
"""


def write(folder: Path, doctype: str = DOCTYPE, number: str = "110083831", kind: str = "A", title: str = "一种灯",
          body: str = "略") -> Path:  # fmt: skip
    path = folder / f"CN10201900030243{number}AFULZH20190802CN00G.XML"
    path.write_text(DOCUMENT.format(doctype=doctype, number=number, kind=kind, title=title, body=body), "utf-8")
    return path


def test_the_four_real_documents(load: Load, shared: Path) -> None:
    loaded = load("cnipa_exchange", *sorted((shared / "feeds" / "cnipa_xml").glob("*.XML")))
    assert loaded.quarantine == [] and loaded.report.rejected == ()
    rows = {row["publication_number"]: row for row in loaded.rows}
    assert sorted(rows) == ["CN101945314B", "CN102025678A", "CN110083831A", "CN85100312A"]
    granted = rows["CN101945314B"]
    assert (granted["patent_kind"], granted["patentees"]) == ("invention_granted", "广州市智专信息科技有限公司")
    assert granted["address"] == "广东省广州高新技术开发区科学城科学大道101号1514房"
    assert (granted["application_number"], granted["main_class"]) == ("2010102984204", "G06F13/12")
    assert granted["_known_on"] == date(2019, 8, 2)
    university = rows["CN110083831A"]
    assert university["agency_name"] == "武汉科皓知识产权代理事务所(特殊普通合伙)"
    assert university["agency_code"] == "42222"
    assert (university["inventors"], university["postcode"]) == ("董某某;杨某", "430072")
    early = rows["CN85100312A"]
    assert (early["application_number"], early["application_number_status"]) == ("85100312", "intact")
    assert (early["patent_kind"], early["publication_date"]) == ("invention_published", date(1987, 2, 4))
    assert early["classifications"] == "B03C3/09;F28F1/38;F28G1/02"
    assert sorted(batch.partition_key for batch in loaded.report.batches) == ["1987-02-04", "2011-04-20", "2019-08-02"]


def test_a_document_with_a_system_doctype_loads_and_nothing_is_fetched(load: Load, tmp_path: Path) -> None:
    loaded = load("cnipa_exchange", write(tmp_path))
    assert [row["title"] for row in loaded.rows] == ["一种灯"]


def test_a_zip_of_documents_is_one_partition_by_its_files(load: Load, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "week.zip", "w") as archive:
        for number in ("110083831", "110083832"):
            path = write(tmp_path, number=number)
            archive.write(path, path.name)
    loaded = load("cnipa_exchange", tmp_path / "week.zip")
    assert [row["_source_file"].partition("!")[0] for row in loaded.rows] == ["week.zip", "week.zip"]
    assert [batch.partition_key for batch in loaded.report.batches] == ["2019-08-02"]


def test_an_unknown_kind_code_is_quarantined(load: Load, tmp_path: Path) -> None:
    loaded = load("cnipa_exchange", write(tmp_path, kind="Q"))
    assert loaded.rows == []
    assert [(f["column_name"], f["reason_code"]) for f in loaded.quarantine] == [("patent_kind", "missing_value")]


BOMB = '<!DOCTYPE a [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{"&" + chr(97 + n) + ";"}{"&" + chr(97 + n) + ";"}">' for n in range(20)
)


@pytest.mark.parametrize(
    ("doctype", "title", "reason"),
    [
        (BOMB + "]>", "&u;", "xml_entity"),
        ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "&x;", "xml_entity"),
        ('<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]>', "灯", "xml_entity"),
    ],
)
def test_entities_are_refused_before_they_are_expanded(
    load: Load, tmp_path: Path, doctype: str, title: str, reason: str
) -> None:
    loaded = load("cnipa_exchange", write(tmp_path, doctype=doctype, title=title))
    assert loaded.rows == []
    (rejected,) = loaded.report.rejected
    assert rejected.reason_code == reason and "entity" in rejected.message


def test_gzip_another_encoding_and_a_cut_file_are_refused(load: Load, tmp_path: Path) -> None:
    path = write(tmp_path)
    good = path.read_bytes()
    faulty = {
        "wrong_format": gzip.compress(good),
        "wrong_encoding": good.replace(b'encoding="utf-8"', b'encoding="big5"'),
        "half_written": good[: len(good) // 2],
    }
    for reason, content in faulty.items():
        path.write_bytes(content)
        (rejected,) = load("cnipa_exchange", path).report.rejected
        assert rejected.reason_code == reason, rejected


def test_a_file_of_something_else_is_refused_with_the_reason(load: Load, tmp_path: Path) -> None:
    path = tmp_path / "CNZH20190802CN00G.XML"
    path.write_text("<html><body>维护中</body></html>", "utf-8")
    (rejected,) = load("cnipa_exchange", path).report.rejected
    assert rejected.reason_code == "wrong_feed" and "PatentDocumentAndRelated" in rejected.message
