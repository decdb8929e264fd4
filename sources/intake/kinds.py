"""What kind of source a page may be. Always a guess: the editor decides."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sources.addresses import Address
from sources.intake.values import Value

WIRES = {
    "reuters.com": "Reuters",
    "apnews.com": "Associated Press",
    "afp.com": "AFP",
    "dpa.com": "dpa",
    "upi.com": "UPI",
    "kyodonews.net": "Kyodo",
}
_WIRE_NAMES = re.compile(
    r"\A(?:by\s+)?(?:the\s+)?(reuters|associated press|ap|afp|agence france[- ]presse|dpa|upi|kyodo(?: news)?|xinhua"
    r"|bloomberg(?: news)?|ans[ae]|efe|tass|press association|pa media)(?:\s+(?:staff|news agency))?\Z",
    re.IGNORECASE,
)
_FULL_NAMES = {
    "ap": "Associated Press",
    "associated press": "Associated Press",
    "afp": "AFP",
    "agence france presse": "AFP",
    "agence france-presse": "AFP",
    "reuters": "Reuters",
}
_DATELINE = re.compile(
    r"[(（]\s*(Reuters|AP|AFP|dpa|UPI|Kyodo)\s*[)）]\s*(?:[-–—:]|\Z|\n)|^(?:Reuters|AP|AFP)\s+[-–—]\s"
)
_RELEASE_LINE = re.compile(
    r"/\s?(?:PRNewswire|CNW)\b|\(BUSINESS WIRE\)|\(GLOBE NEWSWIRE\)|\bFOR IMMEDIATE RELEASE\b", re.I
)
_RELEASE_SITES_NAMES = (
    "prnewswire.com businesswire.com globenewswire.com newswire.ca accesswire.com einpresswire.com prweb.com"
)
_RELEASE_SITES = frozenset(_RELEASE_SITES_NAMES.split())
_PETITION_SITES_NAMES = "change.org moveon.org avaaz.org openpetition.eu sumofus.org ipetitions.com"
_PETITION_SITES = frozenset(_PETITION_SITES_NAMES.split())
_HOSTS = (
    (re.compile(r"(?:^|\.)(?:congress\.gov|legislation\.gov\.uk|eur-lex\.europa\.eu|legiscan\.com)$"), "legislation"),
    (
        re.compile(r"(?:^|\.)(?:leg|legis|legislature|ilga|leginfo)\.|(?:^|\.)(?:ilga|malegislature)\.gov$"),
        "legislation",
    ),
    (re.compile(r"(?:^|\.)(?:courtlistener\.com|curia\.europa\.eu|bailii\.org)$|uscourts\.gov$|court"), "court"),
    (re.compile(r"(?:^|\.)petitions?\."), "petition"),
    (re.compile(r"^(?:newsroom|press|media|news)\.[^.]+\.[a-z]+$"), "press-release"),
)
# Parts of an address, of which the last may be the page's own name.
_PATHS = (
    (re.compile(r"/(?:opinions?|op-?eds?|commentisfree|editorials?|columns?|kommentare?)/", re.I), "op-ed"),
    (re.compile(r"/(?:(?:press|news)-?releases?|pressroom|newsroom|press|presse)/", re.I), "press-release"),
    (re.compile(r"/(?:petitions?|p/[^/]+/sign|sign)/", re.I), "petition"),
    (re.compile(r"/(?:bills?|statutes?|legislation|acts?|ordinances?)/", re.I), "legislation"),
    (re.compile(r"/(?:judgments?|rulings?|dockets?|court)/", re.I), "court"),
    (re.compile(r"/(?:reports?|publications?|research|whitepapers?)/", re.I), "report"),
    (re.compile(r"/(?:privacy|terms|polic(?:y|ies)|legal|principles|about|trust)[-/.\w]*\Z", re.I), "company-page"),
)  # fmt: skip
_OPINION = re.compile(r"\b(?:opinion|op-ed|editorial|comment(?:ary)?|tribune|meinung|opinión)\b", re.IGNORECASE)
_LINKED_KINDS = {
    "opinionnewsarticle": "op-ed",
    "newsarticle": "news",
    "reportagenewsarticle": "news",
    "analysisnewsarticle": "news",
    "liveblogposting": "news",
    "report": "report",
    "scholarlyarticle": "report",
    "legislation": "legislation",
    "legislationobject": "legislation",
    "pressrelease": "press-release",
}


def wire_named(name: str) -> str:
    """The news agency that a by-line names; empty for a person, or for a by-line that names somebody besides."""
    found = _WIRE_NAMES.match(name.strip().strip("."))
    return _FULL_NAMES.get(found[1].lower(), found[1]) if found else ""


def wire_in_dateline(main: str) -> str:
    """The news agency in the line of place and day with which a report begins."""
    found = _DATELINE.search(main[:600])
    if found is None:
        return ""
    return wire_named(found[1] or found.group().split()[0])


def guessed_kinds(
    *, address: Address | None, site: str, kind: str, sections: list[str], main: str, is_pdf: bool, og_type: str
) -> Iterator[Value[str]]:
    """What the page may be, the best guess first.

    :param kind: the type that its JSON-LD gives it, in lower case.
    :param site: the registrable domain.
    :param sections: under which heads of the paper it stands.
    """
    if site in WIRES:
        yield Value("wire", "the site of a news agency", False)
    if site in _RELEASE_SITES or _RELEASE_LINE.search(main[:1_500]):
        yield Value("press-release", "a service for press releases, by its site or its first lines", False)
    if site in _PETITION_SITES:
        yield Value("petition", "a site of petitions", False)
    if any(
        re.search(r"\b(?:opinion|op-ed|editorial|comment(?:ary)?|tribune|meinung|opinión)\b", s, re.I) for s in sections
    ):
        yield Value("op-ed", "the section of the paper", False)
    if _LINKED_KINDS.get(kind) not in (None, "news"):
        yield Value(_LINKED_KINDS[kind], "JSON-LD of the page: @type", False)
    if address is not None:
        for pattern, guess in _HOSTS:
            if pattern.search(address.host):
                yield Value(guess, "the host of the address", False)
        for pattern, guess in _PATHS:
            if pattern.search(address.path):
                yield Value(guess, "the address", False)
    if wire_in_dateline(main):
        yield Value("wire", "the first line of the text names a news agency", False)
    if kind in _LINKED_KINDS:
        yield Value(_LINKED_KINDS[kind], "JSON-LD of the page: @type", False)
    if is_pdf:
        yield Value("report", "a PDF", False)
    if og_type == "article":
        yield Value("news", "meta tag og:type", False)
