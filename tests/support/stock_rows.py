"""Landed rows for the stock on two clocks: acceptance cases 1 and 2, and a second set of each with other numbers.

Every set lives in towns and kinds of its own, so that all can be built together.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from tests.support.warehouse import Row

KINDS: Final = {"A": "invention_published", "B": "invention_granted", "U": "utility_granted", "S": "design_granted"}
FOSHAN: Final = "广东省佛山市顺德区容桂街道1号"
Rows = tuple[list[Row], list[Row]]


def document(
    number: str, published: str, address: str, filed: str | None = None, party: str = "中山市某某灯饰有限公司"
) -> Row:
    """A row of the gazette; the kind follows from the letters of the publication number."""
    code = number.lstrip("CN0123456789")
    day = date.fromisoformat(published)
    return {
        "_known_on": day,
        "publication_number": number,
        "kind_code": code,
        "patent_kind": KINDS[code[0]],
        "is_correction": len(code) == 2,
        "title": "一种灯具",
        "publication_date": day,
        "filing_date": date.fromisoformat(filed) if filed else day - timedelta(days=500),
        "application_number_status": "missing",
        "patentees": party,
        "address": address,
        "main_class": "26-05" if code[0] == "S" else "F21K9/232",
        "class_scheme": "loc" if code[0] == "S" else "ipc",
    }


def event(number: str, code: str, effective: str, known: str, address_after: str | None = None) -> Row:
    """A row of the legal events."""
    return {
        "_known_on": date.fromisoformat(known),
        "publication_number": number,
        "patent_kind": KINDS[number.lstrip("CN0123456789")[0]],
        "application_number_status": "missing",
        "event_code": code,
        "event_date": date.fromisoformat(known),
        "effective_date": date.fromisoformat(effective),
        "address_after": address_after,
    }


def address_in(town: str) -> str:
    """An address of the city that names the town."""
    return f"广东省中山市{town}工业大道1号"


def case_1() -> Rows:
    """Acceptance case 1: granted inventions of 古镇镇."""
    town = address_in("古镇镇")
    documents = [
        document("CN100000001B", "2003-05-07", town, "2000-03-15"),
        document("CN100000002B", "2014-02-05", town, "2011-06-10"),
        document("CN100000003B", "2015-04-01", town, "2012-01-20"),
        document("CN100000004B", "2016-09-07", town, "2013-08-01"),
        document("CN100000005B", "2019-12-31", town, "2019-02-02"),
    ]
    events = [
        event("CN100000002B", "CF01", "2019-06-10", "2020-08-04"),
        event("CN100000003B", "CF01", "2018-01-20", "2019-03-12"),
        event("CN100000003B", "RR01", "2018-01-20", "2019-09-03"),
        event("CN100000004B", "IW01", "2016-09-07", "2020-05-12"),
    ]
    return documents, events


def case_1_again() -> Rows:
    """What case 1 leaves out, in 三乡镇: other terms, compensations, surrender, double patenting, a second lapse."""
    town = address_in("三乡镇")
    documents = [
        # International date of a PCT application, the parent's date of a divisional: the document's filing date.
        document("CN110000001B", "2005-06-01", town, "2001-02-10"),
        document("CN110000002B", "2012-03-07", town, "2001-05-20"),
        # Ten years filed to 2021-05-31, fifteen from 2021-06-01.
        document("CN110000003S", "2021-10-01", town, "2021-05-31"),
        document("CN110000004S", "2021-10-01", town, "2021-06-01"),
        # Compensated in time (TG01), and only after the regular end (TP01).
        document("CN110000005B", "2012-05-02", town, "2005-03-01"),
        document("CN110000006B", "2004-08-04", town, "2000-09-01"),
        document("CN110000007U", "2015-01-07", town, "2014-03-01"),
        # A utility and the invention of the same day.
        document("CN110000008U", "2018-11-06", town, "2018-02-28"),
        document("CN110000009B", "2020-06-16", town, "2018-02-28"),
        document("CN110000010B", "2014-10-08", town, "2012-07-01"),
        document("CN110000011S", "2014-05-07", town, "2013-12-02"),
        document("CN110000012B", "2016-02-03", town, "1996-02-29"),
        # A correction and a published application are no rights; a partial invalidation ends none.
        document("CN110000010B8", "2015-03-04", town, "2012-07-01"),
        document("CN110000013A", "2016-03-02", town, "2015-07-01"),
    ]
    events = [
        event("CN110000005B", "TG01", "2025-12-15", "2021-04-06"),
        event("CN110000006B", "TP01", "2025-09-01", "2020-12-01"),
        event("CN110000007U", "AV01", "2020-04-10", "2020-04-28"),
        event("CN110000008U", "AR01", "2020-06-16", "2020-06-16"),
        event("CN110000010B", "CF01", "2016-07-01", "2017-08-01"),
        event("CN110000010B", "RR01", "2016-07-01", "2018-02-01"),
        event("CN110000010B", "CF01", "2019-07-01", "2020-08-18"),
        event("CN110000010B", "IP01", "2014-10-08", "2019-01-08"),
        event("CN110000011S", "IW01", "2014-05-07", "2019-03-19"),
        event("CN110000011S", "RR01", "2014-05-07", "2019-09-03"),
    ]
    return documents, events


def case_2() -> Rows:
    """Acceptance case 2: utility models of 小榄 with transfers and late knowledge, year 2021."""
    xiaolan, guzhen = address_in("小榄镇"), address_in("古镇镇")
    names = [f"CN{200000000 + number}U" for number in range(1, 102)]
    expiring = set(names[10:14])
    documents = [
        document(name, "2017-06-06", xiaolan, "2011-08-01" if name in expiring else "2016-08-01") for name in names
    ]
    documents += [document(f"CN{200000200 + number}U", "2021-04-06", xiaolan, "2020-08-01") for number in range(12)]
    documents += [document(f"CN{200000300 + number}U", "2017-06-06", guzhen, "2016-08-01") for number in range(2)]
    events = [event(name, "CF01", "2020-08-01", "2021-03-02") for name in names[0:6]]
    events += [event(name, "CF01", "2021-08-01", "2021-12-28") for name in names[6:9]]
    # The 101st had lapsed in 2020, was not in the stock at the end of 2020, and was restored in 2021.
    events += [
        event(names[100], "CF01", "2020-01-01", "2020-11-03"),
        event(names[100], "RR01", "2020-01-01", "2021-05-04"),
    ]
    events += [event(name, "CX01", "2021-08-01", "2021-08-20") for name in sorted(expiring)]
    events += [
        event(names[20], "AR01", "2021-06-01", "2021-06-01"),
        event(names[21], "IW01", "2017-06-06", "2021-07-06"),
    ]
    events += [event(f"CN{200000300 + number}U", "TR01", "2021-02-02", "2021-02-19", xiaolan) for number in range(2)]
    events += [event(names[22], "TR01", "2021-02-02", "2021-02-19", guzhen)]
    events += [event(name, "TR01", "2021-09-02", "2021-09-17", FOSHAN) for name in names[23:25]]
    events += [event(name, "CP01", "2021-09-02", "2021-09-17") for name in names[30:35]]
    return documents, events


def case_2_again() -> Rows:
    """Designs of 黄圃镇 (40 published at the end of 2019) and 东升镇, year 2020: moves known late, in the wrong order, and
    from outside.
    """
    huangpu, dongsheng = address_in("黄圃镇"), address_in("东升镇")
    names = [f"CN{300000000 + number}S" for number in range(1, 41)]
    documents = [document(name, "2016-03-02", huangpu, "2015-09-01") for name in names]
    documents += [document(f"CN{300000100 + number}S", "2020-07-07", huangpu, "2020-01-06") for number in range(5)]
    documents += [document(f"CN{300000200 + number}S", "2016-03-02", dongsheng, "2015-09-01") for number in range(3)]
    documents += [document(f"CN{300000300 + number}S", "2016-03-02", FOSHAN, "2015-09-01") for number in range(4)]
    # Late lapses: 7 effective in 2019, 2 effective in 2020.
    events = [event(name, "CF01", "2019-09-01", "2020-10-20") for name in names[0:7]]
    events += [event(name, "CF01", "2020-09-01", "2020-12-22") for name in names[7:9]]
    # Moves that took effect in 2019 and became known in 2020: 1 to 东升镇, 3 from 佛山.
    events += [event(names[10], "TR01", "2019-12-03", "2020-01-07", dongsheng)]
    events += [event(f"CN{300000300 + number}S", "CP02", "2019-11-05", "2020-02-04", huangpu) for number in range(3)]
    # Moves of 2020: 2 out to 东升镇, 1 in from there; one that came home again, and whose going is announced last.
    events += [event(name, "CP03", "2020-05-05", "2020-05-26", dongsheng) for name in names[11:13]]
    events += [event("CN300000200S", "TR01", "2020-06-02", "2020-06-23", huangpu)]
    events += [
        event(names[14], "TR01", "2020-03-02", "2020-11-24", dongsheng),
        event(names[14], "TR01", "2020-08-04", "2020-08-25", huangpu),
    ]
    events += [event(names[15], "CP01", "2020-05-05", "2020-05-26", dongsheng)]
    events += [event(names[16], "AV01", "2020-04-01", "2020-04-21")]
    events += [event(names[17], "IW01", "2016-03-02", "2020-09-08")]
    return documents, events
