"""Names of parties: forms for comparison, the type of applicant, and pseudonyms for natural persons.

A name has forms of falling strength. Its *written* form is the name itself without what a printer decides (widths,
brackets, spaces, script). Its *normalised* form also leaves out how senders shorten or lengthen a firm's name; equal
normalised names only propose a match: two enterprises may share one (中山X and 中山市X can be two firms), so a name
that meets more than one entry of the register is listed for review, never guessed. A branch is not its head office: the
head office is a form of its own, looked up only for a branch that has no entry.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Final

from ingest.applicants import APPLICANT_TYPES, ApplicantType, classify_applicant, is_natural_person
from ingest.text import compact

__all__ = [
    "APPLICANT_TYPES",
    "ApplicantType",
    "classify_applicant",
    "has_city_prefix",
    "head_office_name",
    "is_natural_person",
    "normalise_name",
    "pseudonym",
    "written_name",
]

#: To be raised when a rule changes that alters a form of a name, a type or a pseudonym.
RESOLVER_VERSION: Final = 2

_BRACKETED_FORM = re.compile(
    r"\((?:个体工商户|个体户|个体|个人独资企业?|个人独资|普通合伙|有限合伙|特殊(?:的)?普通合伙|筹|筹备|原.{2,30}|"
    r"(?:经营者|业主|投资人|负责人):?.{1,20})\)"
)
_OWNERSHIP_SUFFIX = re.compile(r"(?:个体工商户|个体户|\((?:个体|个独))$")
_BRANCH = re.compile(r"^(.{2,}?公司)(?!.*公司.*公司).*(?:分公司|分厂|分店|分行|分部|分所|营业部)$")
_FACTORY_BRANCH = re.compile(r"^(.{4,}?厂)(?:第?[一二三四五六七八九十0-9]+|.{2,8})?分厂$")
_PUNCTUATION = re.compile(r"[^\w]|_")
#: Traditional characters that are simplified ones as well, in names: 昇 is not 升, 钜 is not 巨 where both are written.
_OWN_CHARACTERS = re.compile(r"([昇钜])")
#: 中山 before 大学, 港 (the harbour, not the town 港口) or a road names something else; 中山市 is always the city.
_CITY_PREFIX = re.compile(r"^(?:中国)?(?:广东省?)?(?:中山市|中山(?!市|大学|港(?!口)|路|[东南西北]路))(?=.{4})")
_PROVINCE_OF_CITY = re.compile(r"^广东省(?=.{4})")
#: Firms write a town with or without its suffix, and the city before it or not (古镇镇元普灯饰厂, 古镇元普灯饰厂).
_TOWN_PREFIX = re.compile(
    r"^(小榄|黄圃|民众|东凤|东升|古镇|沙溪|坦洲|港口|三角|横栏|南头|阜沙|南朗|三乡|板芙|大涌|神湾)(?:镇|街道)(?=.{2})"
)
_DISTRICT_PREFIX = re.compile(
    r"^(石岐|五桂山)(?:区|街道|镇)(?=.{2})|^([东西南]区)街道(?=.{2})|^(火炬开发区)街道(?=.{2})"
)
#: Two spellings of one word in the trades of furniture and lamps.
_TRADE_SPELLINGS: Final = (("家俱", "家具"), ("傢具", "家具"), ("灯俱", "灯具"))


def written_name(name: str | None) -> str:
    """The name as written, without what a printer decides: NFKC, simplified, upper case, no spaces or punctuation.

    Characters that are both a traditional form and a name's own stay (昇, 钜); the normalised name unites them.
    """
    parts = _OWN_CHARACTERS.split(name or "")
    one = "".join(part if place % 2 else compact(part) for place, part in enumerate(parts))
    return _PUNCTUATION.sub("", one.upper())


def normalise_name(name: str | None) -> str:
    """The name in the form in which two ways of writing one party are equal; empty for an empty name.

    The written form, and for enterprises: 有限责任公司 is 有限公司; the notes 个体工商户 and 普通合伙 are left out;
    so are the prefix 广东省中山市 (see `has_city_prefix`) and 镇 after its town.
    """
    text = _without_notes(name)
    is_enterprise = classify_applicant(text) == "enterprise"
    text = _PUNCTUATION.sub("", text)
    return _without_place(_with_one_legal_form(text)) if is_enterprise else text


def head_office_name(name: str | None) -> str | None:
    """The normalised name of the company or factory whose branch this is; None for a name that is no branch's."""
    text = _PUNCTUATION.sub("", _without_notes(name))
    branch = _BRANCH.match(text) or _FACTORY_BRANCH.match(text)
    return normalise_name(branch[1]) if branch else None


def has_city_prefix(name: str | None) -> bool:
    """Whether the city's name leads the enterprise's name, which its normalised form leaves out.

    中山市华艺灯饰有限公司 and 华艺灯饰有限公司 have equal normalised names; that they are one firm needs a second sign.
    """
    text = _without_notes(name)
    if classify_applicant(text) != "enterprise":
        return False
    return _CITY_PREFIX.match(_PUNCTUATION.sub("", text)) is not None


def _without_notes(name: str | None) -> str:
    return _OWNERSHIP_SUFFIX.sub("", _BRACKETED_FORM.sub("", compact(name).upper()))


def _with_one_legal_form(text: str) -> str:
    text = text.replace("有限责任公司", "有限公司").replace("股份有限责任公司", "股份有限公司")
    for old, new in _TRADE_SPELLINGS:
        text = text.replace(old, new)
    return text


def _without_place(text: str) -> str:
    text = _TOWN_PREFIX.sub(r"\1", _PROVINCE_OF_CITY.sub("广东", _CITY_PREFIX.sub("", text)))
    return _DISTRICT_PREFIX.sub(lambda match: match[1] or match[2] or match[3], text)


def pseudonym(name: str, key: str | bytes) -> str:
    """A stable name for a natural person: `自然人` and the first 16 hex digits of HMAC-SHA256(key, normalised name).

    The same person's name gives the same pseudonym in every feed that is read with the same key; without the key the
    name can't be found by trying names. Raises ValueError for an empty key.
    """
    secret = key.encode() if isinstance(key, str) else key
    if not secret:
        raise ValueError("the pseudonym key is empty; set IPSTAT_PSEUDONYM_KEY or let the home make one")
    digest = hmac.new(secret, normalise_name(name).encode(), hashlib.sha256).hexdigest()
    return f"自然人{digest[:16]}"
