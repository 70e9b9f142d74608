"""The reader of the CNIPA exchange format (`business:PatentDocumentAndRelated`, of the ST.36 family), streamed.

Real files name a document type (`<!DOCTYPE ... SYSTEM "/DTDS/...">`): it is never fetched and no reason to refuse. A
file that declares entities of its own, is compressed, or is not UTF-8 is refused before lxml sees it: lxml opens gzip
by itself and expands some entity bombs even with entities switched off.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final
from xml.parsers import expat

import polars as pl
from lxml import etree

from ingest.contract import Contract
from ingest.encoding import find_encoding
from ingest.readers import SOURCE_ROW, Chunk, FileRefused, SourceFile

#: The cells of one document, under names that say the element they come from.
COLUMNS: Final = (
    "PublicationReference",
    "PublicationReference/Date",
    "ApplicationReference/DocNumber",
    "ApplicationReference/Date",
    "InventionTitle",
    "Parties",
    "Inventors",
    "Address",
    "Classifications",
    "Agency",
    "Agency/Code",
    "PriorityCount",
)
DOCUMENT: Final = "PatentDocumentAndRelated"
_CHUNK_DOCUMENTS: Final = 20_000
_BLOCK: Final = 1024 * 1024
_MEND: Final = "ask the sender for the document again, as plain XML in the CNIPA exchange format"
_OPENING: Final = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?" + DOCUMENT.encode() + rb"[\s>/]")
#: Addresses of a person's house come without number; an absent part is written 0.
_NOTHING: Final = ("", "0")


class CnipaXmlReader:
    """One row a document; a file holds one document, or many below one root."""

    version = 1

    def read(self, source: SourceFile, contract: Contract) -> Iterator[Chunk]:
        """Chunks of up to 20,000 documents; elements are dropped as soon as they are read."""
        refuse_dangerous(source, contract)
        rows: list[dict[str, str | None]] = []
        number, first = 0, True
        for number, root in enumerate(_documents(source), start=1):
            rows.append(_cells(root) | {SOURCE_ROW: str(number)})
            if len(rows) == _CHUNK_DOCUMENTS:
                yield _chunk(rows)
                rows, first = [], False
        if number == 0:
            raise FileRefused("wrong_feed", f"the file holds no element {DOCUMENT}", _MEND, row=1)
        if rows or first:
            yield _chunk(rows)

    def count_rows(self, source: SourceFile, contract: Contract) -> int:
        """Opening tags of documents in the raw bytes."""
        count, tail = 0, b""
        with source.path.open("rb") as stream:
            while block := stream.read(_BLOCK):
                text = tail + block
                matches = list(_OPENING.finditer(text))
                count += len(matches)
                tail = text[max(matches[-1].end() if matches else 0, len(text) - 64) :]
        return count


def _chunk(rows: list[dict[str, str | None]]) -> Chunk:
    schema = dict.fromkeys((*COLUMNS, SOURCE_ROW), pl.String)
    return Chunk(pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col(SOURCE_ROW).cast(pl.Int64)))


def refuse_dangerous(source: SourceFile, contract: Contract) -> None:
    """Raise FileRefused for a compressed file, another encoding, or a document type that declares entities.

    expat reads the prolog alone, declaration by declaration, fetches nothing and stops at the first element.
    """
    find_encoding(source.path, contract.file.encodings)
    parser = expat.ParserCreate()
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.EntityDeclHandler = _refuse_entity
    parser.XmlDeclHandler = _refuse_encoding
    parser.StartElementHandler = _stop
    try:
        with source.path.open("rb") as stream:
            while block := stream.read(_BLOCK):
                parser.Parse(block, False)
    except _Prolog:
        return
    except expat.ExpatError as error:
        message = f"line {error.lineno} is not well-formed XML ({expat.ErrorString(error.code)})"
        raise FileRefused("malformed_xml", message, _MEND, row=error.lineno) from None
    raise FileRefused("malformed_xml", "the file holds no element", _MEND, row=1)


class _Prolog(Exception):  # noqa: N818 - the end of the prolog, not an error
    """The prolog was read and holds nothing dangerous."""


def _stop(name: str, attributes: dict[str, str]) -> None:
    raise _Prolog


def _refuse_encoding(version: str, encoding: str | None, standalone: int) -> None:
    if (encoding or "utf-8").lower() not in ("utf-8", "utf8"):
        message = f"the document says that it is in {encoding}; only UTF-8 is accepted"
        raise FileRefused("wrong_encoding", message, _MEND, row=1)


def _refuse_entity(name: str, *_: object) -> None:
    message = f"the document type declares the entity {name!r}: entities may reach other files or grow without end"
    raise FileRefused("xml_entity", message, _MEND, row=1)


def _documents(source: SourceFile) -> Iterator[etree._Element]:
    """Each document's element once its bibliographic part is complete; everything else is dropped while it passes."""
    context = etree.iterparse(
        str(source.path),
        events=("start", "end"),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
    )
    depth = 0
    try:
        for event, element in context:
            name = _local(element)
            if name == "BibliographicData":
                depth += 1 if event == "start" else -1
            elif event == "end" and depth == 0:
                if name == DOCUMENT:
                    yield element
                    _forget(element)
                else:
                    element.clear()
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        if not _is_closed(source.path):
            message = f"the file ends in the middle of an element, near line {line}"
            raise FileRefused("half_written", message, "ask the sender for the complete file", row=line) from None
        message = f"line {line} is not well-formed XML ({error.msg})"
        raise FileRefused("malformed_xml", message, _MEND, row=line) from None


def _is_closed(path: Path) -> bool:
    """Whether the file ends with a closing tag, as a whole document does."""
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - 256))
        return re.search(rb"</[\w:.-]+\s*>\s*$", stream.read()) is not None


def _forget(element: etree._Element) -> None:
    element.clear()
    while (previous := element.getprevious()) is not None:
        parent = previous.getparent()
        if parent is None:
            break
        parent.remove(previous)


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _find_all(element: etree._Element, path: str) -> list[etree._Element]:
    """Elements below by local names (`Parties/AssigneeDetails/Assignee`), whatever their namespaces."""
    found = [element]
    for name in path.split("/"):
        found = [child for each in found for child in each if _local(child) == name]
    return found


def _text(element: etree._Element | None) -> str | None:
    text = "".join(str(part) for part in element.itertext()).strip() if element is not None else ""
    return None if text in _NOTHING else text


def _first(element: etree._Element, path: str) -> etree._Element | None:
    return next(iter(_find_all(element, path)), None)


def _original(elements: list[etree._Element]) -> etree._Element | None:
    """The form as announced (`dataFormat="original"`), else the first."""
    return next((each for each in elements if each.get("dataFormat") == "original"), next(iter(elements), None))


def _cells(root: etree._Element) -> dict[str, str | None]:
    data = _first(root, "BibliographicData")
    if data is None:
        return dict.fromkeys(COLUMNS)
    publication = _original(_find_all(data, "PublicationReference"))
    application = _original(_find_all(data, "ApplicationReference"))
    parties = _parties(data)
    agency, code = _agency(data)
    inventors = [_name(each) for each in _find_all(data, "Parties/InventorDetails/Inventor")]
    cells = (
        _publication_number(publication),
        _document_part(publication, "Date"),
        _document_part(application, "DocNumber"),
        _document_part(application, "Date"),
        _text(_original(_find_all(data, "InventionTitle"))),
        _joined(_name(party) for party in parties),
        _joined(inventors),
        _text(_first(parties[0], "AddressBook/Address/Text")) if parties else None,
        _joined(_classifications(data)),
        agency,
        code,
        str(len(_find_all(data, "PriorityDetails/Priority")) or len(_find_all(data, "Priority"))),
    )
    return dict(zip(COLUMNS, cells, strict=True))


def _document_part(reference: etree._Element | None, part: str) -> str | None:
    return _text(_first(reference, f"DocumentID/{part}")) if reference is not None else None


def _publication_number(reference: etree._Element | None) -> str | None:
    parts = [_document_part(reference, part) for part in ("WIPOST3Code", "DocNumber", "Kind")]
    return "".join(part for part in parts if part) or None


def _parties(data: etree._Element) -> list[etree._Element]:
    """The present holders of a grant, else the applicants, in their order."""
    paths = ("AssigneeDetails/Assignee", "Parties/AssigneeDetails/Assignee", "Parties/ApplicantDetails/Applicant")
    for path in paths:
        if found := [each for each in _find_all(data, path) if each.get("dataFormat") in (None, "original")]:
            return found
    return []


def _name(party: etree._Element) -> str | None:
    for path in ("AddressBook/Name", "AddressBook/OrganizationName"):
        if text := _text(_first(party, path)):
            return text
    return None


def _agency(data: etree._Element) -> tuple[str | None, str | None]:
    """Name and five-digit code of the agency, which stand in one element."""
    paths = ("Agency/AddressBook/OrganizationName", "Agency/AddressBook/Name")
    for agent in _find_all(data, "Parties/AgentDetails/Agent"):
        for path in paths:
            if text := _text(_first(agent, path)):
                match = re.fullmatch(r"(.*?)\s*(\d{5})", text, re.DOTALL)
                return (match[1] or None, match[2]) if match else (text, None)
    return None, None


def _classifications(data: etree._Element) -> Iterator[str]:
    """IPC (reformed or older) or Locarno symbols as printed, the main one first, without inner spaces."""
    for each in _find_all(data, "ClassificationIPCRDetails/ClassificationIPCR"):
        if text := _text(_first(each, "Text")):
            yield re.sub(r"\s+", "", text)
    for name in ("MainClassification", "FurtherClassification"):
        for each in _find_all(data, f"ClassificationIPC/{name}"):
            if each.get("dataFormat") in (None, "original") and (text := _text(each)):
                yield re.sub(r"\s+", "", text)
    for each in _find_all(data, "ClassificationLocarno"):
        for name in ("MainClassification", "FurtherClassification"):
            for symbol in _find_all(each, name):
                if text := _text(symbol):
                    yield text


def _joined(parts: Iterable[str | None]) -> str | None:
    return ";".join(part for part in parts if part) or None
