"""Names of parties: one form for comparison, the type of applicant, and pseudonyms for natural persons.

A normalised name only proposes a match. Two enterprises may share one (中山X and 中山市X are two firms), so a name that
meets more than one entry of the register is listed for review, never guessed.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Final

from ingest.applicants import APPLICANT_TYPES, ApplicantType, classify_applicant, is_natural_person
from ingest.text import compact

__all__ = ["APPLICANT_TYPES", "ApplicantType", "classify_applicant", "is_natural_person", "normalise_name", "pseudonym"]

#: To be raised when a rule changes that alters a normalised name, a type or a pseudonym.
RESOLVER_VERSION: Final = 1

_BRACKETED_FORM = re.compile(
    r"\((?:个体工商户|个体户|个体|个人独资企业?|个人独资|普通合伙|有限合伙|特殊(?:的)?普通合伙|筹|筹备|原.{2,30})\)"
)
_OWNERSHIP_SUFFIX = re.compile(r"(?:个体工商户|个体户|\((?:个体|个独))$")
_BRANCH = re.compile(r"^(.{2,}?公司)(?!.*公司.*公司).*(?:分公司|分厂|分店|分行|分部|分所|营业部)$")
_PUNCTUATION = re.compile(r"[^\w]|_")
_CITY_PREFIX = re.compile(r"^(?:中国)?(?:广东省?)?中山市?(?=.{4})(?!大学|港|路|[东南西北]路)")
_PROVINCE_OF_CITY = re.compile(r"^广东省(?=.{4})")
#: After the city's name firms write a town with or without its suffix (古镇镇元普灯饰厂, 古镇元普灯饰厂).
_TOWN_PREFIX = re.compile(
    r"^(小榄|黄圃|民众|东凤|东升|古镇|沙溪|坦洲|港口|三角|横栏|南头|阜沙|南朗|三乡|板芙|大涌|神湾)(?:镇|街道)(?=.{2})"
)
_DISTRICT_PREFIX = re.compile(
    r"^(石岐|五桂山)(?:区|街道|镇)(?=.{2})|^([东西南]区)街道(?=.{2})|^(火炬开发区)街道(?=.{2})"
)


def normalise_name(name: str | None) -> str:
    """The name in the form in which two spellings of one party are equal; empty for an empty name.

    NFKC, simplified characters, upper case, no spaces, brackets or punctuation; 有限责任公司 is 有限公司; the notes
    个体工商户 and 普通合伙 are left out; a branch (X公司中山分公司) is its company; an enterprise's prefix 广东省中山市
    is left out, and 镇 after its town.
    """
    text = _OWNERSHIP_SUFFIX.sub("", _BRACKETED_FORM.sub("", compact(name).upper()))
    is_enterprise = classify_applicant(text) == "enterprise"
    text = _PUNCTUATION.sub("", text)
    if not is_enterprise:
        return text
    text = text.replace("有限责任公司", "有限公司").replace("股份有限责任公司", "股份有限公司")
    if branch := _BRANCH.match(text):
        text = branch[1]
    without_city = _CITY_PREFIX.sub("", text)
    if without_city != text:
        without_town = _TOWN_PREFIX.sub(r"\1", without_city)
        return _DISTRICT_PREFIX.sub(lambda match: match[1] or match[2] or match[3], without_town)
    return _PROVINCE_OF_CITY.sub("广东", text)


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
