"""Feed cnipa_exchange: documents of the last issues in the office's exchange format, single files and one archive.

The shape is that of the real documents (``business:PatentDocumentAndRelated``, with its document type line). The same
documents stand in the gazette; what only this feed has are the agencies.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from ipstat.sample_city.addresses import addresses
from ipstat.sample_city.city import City
from ipstat.sample_city.dates import formatted, one, years_of
from ipstat.sample_city.documents import INVENTION, PUBLISHED
from ipstat.sample_city.gazette import party_cells
from ipstat.sample_city.numbers import application_texts
from ipstat.sample_city.output import Output
from ipstat.sample_city.randomness import Ints
from ipstat.sample_city.workbook import zipped

FEED = "cnipa_exchange"
ISSUES = 4  # the last issues of the years written; the last of them comes as an archive
MOST_DOCUMENTS = 60
AGENCIES = (
    "中山示例知识产权代理事务所(普通合伙) 44901",
    "广州示例专利代理有限公司 44902",
    "北京示例知识产权代理有限公司 11903",
    "",
)
SPACES = (
    'xmlns:base="http://www.sipo.gov.cn/XMLSchema/base" xmlns:business="http://www.sipo.gov.cn/XMLSchema/business" '
    'xmlns:m="http://www.w3.org/1998/Math/MathML" xmlns:tbl="http://oasis-open.org/specs/soextblx" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:schemaLocation="http://www.sipo.gov.cn/XMLSchema/business /DTDS/PatentDocument/Elements/OtherElements.xsd"'
)
SOURCE = (
    'sequence="{n}" dataFormat="original" sourceDB="national office" lang="zh" creator="03" processingType="original"'
)
PLACE = """<base:AddressBook lang="zh">
            <base:Name>{name}</base:Name>
            <base:Address>
              <base:AddressLine>0</base:AddressLine>
              <base:Street>0</base:Street>
              <base:County>0</base:County>
              <base:City>{city}</base:City>
              <base:Province>{province}</base:Province>
              <base:PostCode>{postcode}</base:PostCode>
              <base:WIPOST3Code>CN</base:WIPOST3Code>
              <base:Text>{text}</base:Text>
            </base:Address>
          </base:AddressBook>"""
DOCUMENT = """<?xml version="1.0" encoding="utf-8" standalone="no"?>
<!DOCTYPE business:PatentDocumentAndRelated SYSTEM "/DTDS/ExternalStandards/ipphdb-entities.dtd"[]>
<business:PatentDocumentAndRelated {spaces} xsdVersion="V2.2.1" file="{file}" dateProduced="{day}" status="C" \
lang="zh" country="CN" docNumber="{number}" kind="{kind}" datePublication="{day}">
  <business:BibliographicData>
    <business:PublicationReference dataFormat="original" sequence="1" sourceDB="national office">
      <base:DocumentID>
        <base:WIPOST3Code>CN</base:WIPOST3Code>
        <base:DocNumber>{number}</base:DocNumber>
        <base:Kind>{kind}</base:Kind>
        <base:Date>{day}</base:Date>
      </base:DocumentID>
    </business:PublicationReference>
    <business:ApplicationReference applType="10" dataFormat="original" sequence="1" sourceDB="national office">
      <base:DocumentID>
        <base:WIPOST3Code>CN</base:WIPOST3Code>
        <base:DocNumber>{application}</base:DocNumber>
        <base:Date>{filed}</base:Date>
      </base:DocumentID>
    </business:ApplicationReference>
    <business:ClassificationIPCRDetails creator="03" processingType="original">
{classes}
    </business:ClassificationIPCRDetails>
    <business:InventionTitle lang="zh" dataFormat="original" sourceDB="national office" processingType="original" \
creator="03">{title}</business:InventionTitle>
    <business:Parties>
      <business:ApplicantDetails representative="1">
{applicants}
      </business:ApplicantDetails>
      <business:InventorDetails>
{inventors}
      </business:InventorDetails>
{agent}    </business:Parties>
{assignees}  </business:BibliographicData>
  <business:Abstract dataFormat="original" lang="zh" sourceDB="national office" processingType="original" creator="03">
    <base:Paragraphs num="0001">示例数据：{title}。</base:Paragraphs>
  </business:Abstract>
</business:PatentDocumentAndRelated>
"""
AGENT = """      <business:AgentDetails>
        <business:Agent sequence="1" lang="zh" dataFormat="original" sourceDB="national office" repType="agent">
          <business:Agency>
            <base:AddressBook lang="zh">
              <base:OrganizationName>{name}</base:OrganizationName>
            </base:AddressBook>
          </business:Agency>
        </business:Agent>
      </business:AgentDetails>
"""


def _party(role: str, names: list[str], address: str) -> str:
    """Return the parties of a document; all of them sit at the first one's address in this format's copies."""
    match = re.match(r"(\d{6})?((?:广东|福建|江苏|浙江|湖北|辽宁)省|上海市)?(.+?市)?", address)
    postcode, province, city = match.groups() if match else (None, None, None)
    out = []
    for n, name in enumerate(names, 1):
        book = PLACE.format(
            name=name, city=city or "0", province=province or "0", postcode=postcode or "000000",
            text=f"{address[:6]} {address[6:]}" if postcode else address,
        )  # fmt: skip
        kind = ' appType="applicant"' if role == "Applicant" else ""
        out.append(
            f"        <business:{role} {SOURCE.format(n=n)}{kind}>\n          {book}\n        </business:{role}>"
        )
    return "\n".join(out)


def _classes(cell: str) -> str:
    out = []
    for n, symbol in enumerate([part for part in cell.replace(" ", "").split(";") if part.strip("?")], 1):
        match = re.match(r"\??\??([A-H])(\d\d)([A-Z])(\d+)/(\d+)\((\d{4})\.(\d\d)\)", symbol)
        if match is None:
            continue
        section, main, sub, group, subgroup, year, month = match.groups()
        out.append(
            f'      <business:ClassificationIPCR sequence="{n}">\n        <business:IPCVersionDate>{year}{month}01'
            f"</business:IPCVersionDate>\n        <business:Section>{section}</business:Section>\n"
            f"        <business:MainClass>{main}</business:MainClass>\n"
            f"        <business:Subclass>{sub}</business:Subclass>\n"
            f"        <business:MainGroup>{group}</business:MainGroup>\n        <business:Subgroup>{subgroup}"
            f"</business:Subgroup>\n        <base:Text>{section}{main}{sub}   {group}/{subgroup}    ({year}.{month})"
            f"</base:Text>\n      </business:ClassificationIPCR>"
        )
    return "\n".join(out)


def _documents(city: City, rows: Ints) -> list[tuple[str, str]]:
    documents = city.documents
    owners = party_cells(city, rows)
    holder = documents.holder[rows]
    where = addresses(city.holders, holder, documents.filing[rows] + 30, documents.luck[rows])
    filed, issued = formatted(documents.filing[rows], ""), formatted(documents.issue[rows], "")
    applications = application_texts(city.numbers, rows, "dot")
    out = []
    for n, row in enumerate(rows.tolist()):
        publication = str(city.numbers.publication[row])
        number, kind = publication[2:-1], publication[-1]
        file = f"CN{applications[n][:4]}{applications[n][4:12]}CN0000{number}{kind}FULZH{issued[n]}CN00G.XML"
        people = [p for p in re.split(r";\?\?|;|\u2002", str(city.inventors[documents.inventor[row]])) if p]
        inventors = "\n".join(
            f'        <business:Inventor {SOURCE.format(n=k)} publicationMark="0">\n'
            '          <base:AddressBook lang="zh">\n'
            f"            <base:Name>{name}</base:Name>\n          </base:AddressBook>\n        </business:Inventor>"
            for k, name in enumerate(people, 1)
        )
        agency = AGENCIES[row % len(AGENCIES)]
        names = owners[n].split(";??")
        assignees = (
            f"    <business:AssigneeDetails>\n{_party('Assignee', names, where[n])}\n    </business:AssigneeDetails>\n"
        )
        text = DOCUMENT.format(
            spaces=SPACES, file=file, day=issued[n], number=number, kind=kind, application=applications[n],
            filed=filed[n], classes=_classes(str(city.pools.ipc_cells[documents.pool[row]])),
            title=city.pools.technical_titles[documents.pool[row]], applicants=_party("Applicant", names, where[n]),
            inventors=inventors, agent=AGENT.format(name=agency) if agency else "",
            assignees=assignees if kind == "B" else "",
        )  # fmt: skip
        out.append((file, text))
    return out


def write_exchange(city: City, output: Output) -> None:
    """Write published and granted inventions of the city in the last issues."""
    documents = city.documents
    wanted = (documents.doc_class == PUBLISHED) | (documents.doc_class == INVENTION)
    wanted &= ~documents.is_opening & (documents.holder < len(city.holders))
    wanted &= (years_of(documents.issue) >= city.years[0]) & (years_of(documents.issue) <= city.years[1])
    issues = np.unique(documents.issue[wanted])[-ISSUES:].tolist()
    for n, issue in enumerate(issues):
        files = _documents(city, np.flatnonzero(wanted & (documents.issue == issue))[:MOST_DOCUMENTS])
        folder = Path(one(issue))
        if n == len(issues) - 1:
            name = folder / f"CN_{one(issue, '')}.zip"
            output.write(FEED, name, zipped(tuple(files)), issue + 6)
            continue
        for name_text, text in files:
            output.write(FEED, folder / name_text, text.encode(), issue + 6)
