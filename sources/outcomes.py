"""The outcome of one check: what a single reply says about a source, and no more.

A pure function of the reply and of what was known before; what follows from several outcomes is decided
in `sources.states`. Rules that need the extracted main text of a page (a soft 404 told by its likeness
to a made-up address, drift of an article) have their outcome here and their place in `_judge_page`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import IntegerChoices

from sources.addresses import Address, RefusedAddress, likeness_key, read, registrable_domain
from sources.quotations import Found, PassageStanding, Quotation, find
from sources.reading import decoded, heading, page_title, visible_text
from sources.replies import Fault, Reply
from sources.text import Drift, PageText, drift, page_text, text_digest


class Outcome(IntegerChoices):
    """What one check saw. The numbers are stored and never change their meaning."""

    OK = 1, "ok"
    NOT_MODIFIED = 2, "not_modified"
    OK_MOVED = 3, "ok_moved"
    OK_TEMP = 4, "ok_temp"
    PAYWALLED = 5, "paywalled"
    GONE = 6, "gone"
    HOME_REDIRECT = 7, "home_redirect"
    SOFT404 = 8, "soft404"
    USURPED = 9, "usurped"
    BLOCKED = 10, "blocked"
    RATE_LIMITED = 11, "rate_limited"
    SERVER_ERROR = 12, "server_error"
    DNS_GONE = 13, "dns_gone"
    DNS_TEMP = 14, "dns_temp"
    TLS_PROBLEM = 15, "tls_problem"
    REDIRECT_LOOP = 16, "redirect_loop"
    TOO_BIG = 17, "too_big"
    WRONG_TYPE = 18, "wrong_type"
    UNSAFE = 19, "unsafe"
    UNSUPPORTED = 20, "unsupported"


ALIVE = frozenset(
    {
        Outcome.OK,
        Outcome.NOT_MODIFIED,
        Outcome.OK_MOVED,
        Outcome.OK_TEMP,
        Outcome.PAYWALLED,
        Outcome.TOO_BIG,
    }
)
HARD = frozenset({Outcome.GONE, Outcome.HOME_REDIRECT, Outcome.SOFT404, Outcome.DNS_GONE})
SOFT = frozenset({Outcome.SERVER_ERROR, Outcome.DNS_TEMP, Outcome.REDIRECT_LOOP})
FAILING = HARD | SOFT


class Likeness(IntegerChoices):
    """Whether the page is still the one that was cited."""

    UNKNOWN = 0, "not told"
    LIKE = 1, "the same page, or the quotation stands in it"
    UNLIKE = 2, "another text"


class Known(NamedTuple):
    """What earlier checks and the record know of a source."""

    digest: int | None = None  # see `short_digest`
    quotations: Sequence[Quotation] = ()
    text: str | None = None  # the accepted main text
    text_digest: int | None = None  # of the text that was read last
    words: int | None = None  # of the accepted text
    drift: Drift | None = None  # of the body with that digest


class Verdict(NamedTuple):
    """One reply, judged. `reason` is a sentence for people; `moved_to` the address that answered instead."""

    outcome: Outcome
    reason: str
    likeness: Likeness = Likeness.UNKNOWN
    moved_to: str | None = None
    by_network: bool = False  # nothing was heard from a server: it may be our own line
    drift: Drift | None = None  # from the accepted text; None where it was not told
    found: tuple[Found, ...] | None = None  # of each quotation; None where the text was not read
    page: PageText | None = None  # what was read, if it is not the text that was read last
    text_digest: int | None = None


_REFUSALS = {
    401: "asks for a log-in (401)",
    403: "refuses robots or this address (403)",
    405: "does not allow reading by robots (405)",
    406: "does not serve robots (406)",
    407: "stands behind a proxy that asks for a log-in (407)",
    451: "is withheld by law where the check comes from (451)",
    999: "refuses robots (999)",
}
_FAULTS = {
    Fault.NO_SUCH_NAME: Outcome.DNS_GONE,
    Fault.NAME_LOOKUP: Outcome.DNS_TEMP,
    Fault.TIME_OUT: Outcome.SERVER_ERROR,
    Fault.REFUSED: Outcome.SERVER_ERROR,
    Fault.CUT_OFF: Outcome.SERVER_ERROR,
    Fault.MALFORMED: Outcome.SERVER_ERROR,
    Fault.TLS: Outcome.TLS_PROBLEM,
    Fault.LOOP: Outcome.REDIRECT_LOOP,
    Fault.HOPS: Outcome.REDIRECT_LOOP,
    Fault.TOO_BIG: Outcome.TOO_BIG,
    Fault.UNSAFE: Outcome.UNSAFE,
    Fault.UNSUPPORTED: Outcome.UNSUPPORTED,
}
_BY_NETWORK = frozenset({Fault.NO_SUCH_NAME, Fault.NAME_LOOKUP, Fault.TIME_OUT, Fault.REFUSED, Fault.CUT_OFF})

SHORT_PAGE = 1_500  # characters of visible text; an article is longer, an error page is not
_CHALLENGE_TITLE = re.compile(
    r"just a moment|attention required|access (?:to this page has been )?denied|are you (?:a )?(?:human|robot)"
    r"|robot check|pardon our interruption|human verification|security check|verify(?:ing)? you are human"
    r"|one more step|ddos-guard|please wait\b.*verif|client challenge",
    re.IGNORECASE,
)
_CHALLENGE_MARK = re.compile(
    r"cf-chl-|/cdn-cgi/challenge-platform|_incapsula_resource|px-captcha|captcha-delivery\.com|g-recaptcha"
    r"|hcaptcha\.com|awswafcaptcha|enable javascript and cookies to continue",
    re.IGNORECASE,
)
_NOT_FOUND = re.compile(
    r"\A\W*404\W*\Z|\berror\W{0,3}404\b|\b404\W{1,5}(?:error|not found|page|file)\b|\bpage (?:was )?not found\b"
    r"|\A\W*not found\W*\Z|\bfile not found\b|page (?:you requested |you are looking for )?(?:could not|cannot|can't)"
    r" be found|page (?:does not|doesn't|no longer) exists?|content (?:is )?(?:no longer|not) available"
    r"|seite (?:wurde )?nicht gefunden|page (?:introuvable|non trouvée)|página no encontrada|pagina non trovata"
    r"|página não encontrada|pagina niet gevonden|sidan (?:kunde inte hittas|hittades inte)|страница не найдена"
    r"|ページが見つかりません|找不到(?:页面|頁面|網頁|网页)|页面不存在",
    re.IGNORECASE,
)
_PARKED = re.compile(
    r"(?:this )?domain(?: name)? (?:\S+ )?(?:is|may be) for sale|buy this domain|domain has expired"
    r"|this domain is parked|parked free|parkingcrew|sedoparking|bodis\.com|dan\.com/buy-domain",
    re.IGNORECASE,
)
_PARKING_DOMAINS = frozenset(
    {
        "afternic.com",
        "bodis.com",
        "dan.com",
        "hugedomains.com",
        "parkingcrew.net",
        "sedo.com",
        "sedoparking.com",
        "undeveloped.com",
    }
)
_NOT_FREE = re.compile(r'"isAccessibleForFree"\s*:\s*"?false', re.IGNORECASE)
# Languages (ISO 639-1) and countries whose names stand alone in the addresses of front pages.
_LANGUAGE = re.compile(
    r"(?:ar|bg|bn|cs|da|de|el|en|es|et|fa|fi|fr|ga|he|hi|hr|hu|id|is|it|ja|ko|lt|lv|ms|nb|nl|nn|no|pl|pt|ro|ru|sk|sl"
    r"|sr|sv|sw|ta|te|th|tr|uk|ur|vi|zh|us|gb|au|ca|eu|in|intl|international)(?:[-_][a-z]{2,4})?\Z",
    re.IGNORECASE,
)
_FRONT_PAGE = re.compile(r"(?:index|default|home|homepage|main|start)(?:\.[a-z]{2,5})?\Z", re.IGNORECASE)
_ERROR_PAGE = re.compile(r"(?:4\d\d|errors?|not-?found|page-?not-?found|404-?\w*)(?:\.[a-z]{2,5})?\Z", re.IGNORECASE)
_LOG_IN = re.compile(r"(?:log-?in|sign-?in|sso|wp-login\.php|authorize|oauth2?)\Z", re.IGNORECASE)
_VARIANT = frozenset({"amp", "print", "all", "1", "full", "view"})
_PERMANENT = frozenset({301, 308})


def short_digest(digest: bytes | None) -> int | None:
    """The first eight bytes of a digest as a signed number: enough to see that a body is the same."""
    return int.from_bytes(digest[:8], "big", signed=True) if digest else None


def judge(reply: Reply, *, known: Known | None = None) -> Verdict:
    """What a reply says about the source it was asked for."""
    known = known or Known()
    if reply.status is None or reply.fault is Fault.TOO_BIG:
        return _judge_fault(reply)
    status = reply.status
    if reply.challenge:
        return Verdict(Outcome.BLOCKED, "asks visitors to prove that they are human")
    if status == 410:
        return Verdict(Outcome.GONE, "says that it was removed for good (410)")
    if status in _REFUSALS:
        return Verdict(Outcome.BLOCKED, _REFUSALS[status])
    if status == 402:
        return Verdict(Outcome.PAYWALLED, "asks for a payment (402)")
    if status == 429 or (status == 503 and reply.retry_after is not None):
        return Verdict(Outcome.RATE_LIMITED, f"asks us to come back later ({status})")
    if status in (404, 503) and _is_challenge(_markup(reply)):
        return Verdict(Outcome.BLOCKED, "asks visitors to prove that they are human")
    if status == 404:
        return Verdict(Outcome.GONE, "says that there is no such page (404)")
    if status == 304:
        asked = len(reply.hops) == 1
        return (
            Verdict(Outcome.NOT_MODIFIED, "says that it has not changed (304)", Likeness.LIKE, drift=known.drift)
            if asked and known.digest is not None
            else Verdict(Outcome.SERVER_ERROR, "answered 304 to a question that was not asked")
        )
    if reply.fault is not None:
        return _judge_fault(reply)
    if 200 <= status < 300:
        return _judge_page(reply, known)
    if status >= 500:
        return Verdict(Outcome.SERVER_ERROR, f"answered with an error of the server ({status})")
    return Verdict(Outcome.SERVER_ERROR, f"answered {status}, which says nothing about the page")


def _judge_fault(reply: Reply) -> Verdict:
    fault = reply.fault or Fault.MALFORMED
    outcome = _FAULTS[fault]
    if fault is Fault.TOO_BIG and not 200 <= (reply.status or 0) < 300:
        outcome = Outcome.SERVER_ERROR
    words = f"{fault.value}: {reply.detail}" if reply.detail else fault.value
    return Verdict(outcome, words, by_network=fault in _BY_NETWORK and reply.status is None and not reply.hops)


def _judge_page(reply: Reply, known: Known) -> Verdict:
    """A page that came whole with a status of success."""
    if not reply.body:
        return Verdict(Outcome.SERVER_ERROR, "answered with nothing")
    asked, final = read(reply.url), read(reply.final_url)
    is_html = "html" in reply.content_type or reply.content_type in ("", "application/octet-stream")
    markup = _markup(reply) if is_html or reply.content_type.startswith("text/") else ""
    text = visible_text(markup) if is_html else markup
    title = page_title(markup)
    found = page = digest = drifted = None
    likeness = Likeness.UNKNOWN
    if known.digest is not None and known.digest == short_digest(reply.digest):
        likeness, drifted = Likeness.LIKE, known.drift
    elif is_html:
        page = page_text(reply.body, content_type=reply.content_type, charset=reply.charset, url=reply.final_url)
        digest = text_digest(page.main)
        found = tuple(find(quotation, page.whole) for quotation in known.quotations)
        if known.text is not None:
            drifted = drift(known.text, page.main)
            likeness = Likeness.LIKE if drifted <= Drift.EDITED else Likeness.UNLIKE
        if any(one.standing is PassageStanding.PRESENT for one in found):
            likeness = Likeness.LIKE
        if digest == known.text_digest:
            page = None

    if likeness is not Likeness.LIKE:
        fault = _not_the_page(reply, asked=asked, final=final, markup=markup, text=text, title=title)
        if fault is not None:
            return fault._replace(found=found)
    if _NOT_FREE.search(markup):
        return Verdict(Outcome.PAYWALLED, "is there, for subscribers only", likeness, found=found)
    verdict = _where_it_stands(reply, asked=asked, final=final, likeness=likeness)
    return verdict._replace(found=found, page=page, text_digest=digest, drift=drifted)


def _not_the_page(
    reply: Reply, *, asked: Address, final: Address, markup: str, text: str, title: str
) -> Verdict | None:
    """The ways in which a success is none, in the order in which they explain each other."""
    redirected = asked.url != final.url
    if redirected and registrable_domain(final.host) in _PARKING_DOMAINS:
        return Verdict(Outcome.USURPED, "leads to a seller of domain names", moved_to=final.url)
    if redirected and final.host.startswith("consent."):
        return Verdict(Outcome.BLOCKED, "asks visitors for their consent first")
    short = len(text) <= SHORT_PAGE
    if _is_challenge(markup, text=text):
        return Verdict(Outcome.BLOCKED, "asks visitors to prove that they are human")
    if short and (_PARKED.search(text) or _PARKED.search(markup[:20_000])):
        return Verdict(Outcome.USURPED, "its domain is for sale or parked", moved_to=final.url)
    if redirected and _segments(final) and _ERROR_PAGE.match(_segments(final)[-1]):
        return Verdict(Outcome.SOFT404, "leads to an error page that calls itself a success", moved_to=final.url)
    if redirected and any(map(_LOG_IN.match, _segments(final))) and not any(map(_LOG_IN.match, _segments(asked))):
        return Verdict(Outcome.WRONG_TYPE, "leads to a log-in", moved_to=final.url)
    if redirected and _ends_at_a_front_page(asked, final):
        return Verdict(Outcome.HOME_REDIRECT, "leads to a front page", moved_to=final.url)
    if _is_other_kind(asked, reply.content_type):
        return Verdict(Outcome.WRONG_TYPE, f"is now a file of the type {reply.content_type[:60]}")
    if short and (_NOT_FOUND.search(title) or _NOT_FOUND.search(heading(markup)) or _NOT_FOUND.search(text[:300])):
        return Verdict(Outcome.SOFT404, "says “not found” on a page that calls itself a success")
    return None


def _where_it_stands(reply: Reply, *, asked: Address, final: Address, likeness: Likeness) -> Verdict:
    if len(reply.hops) == 1 or _look_alike(asked.url, final.url):
        return Verdict(Outcome.OK, "answers as it should", likeness)
    permanent = all(hop.status in _PERMANENT for hop in reply.hops[:-1])
    if registrable_domain(asked.host) != registrable_domain(final.host):
        # Another owner may stand behind it: alive, but nobody is told that the page has moved.
        return Verdict(Outcome.OK_TEMP, "leads to another site", likeness, moved_to=final.url)
    if permanent:
        return Verdict(Outcome.OK_MOVED, "has moved for good", likeness, moved_to=final.url)
    return Verdict(Outcome.OK_TEMP, "leads on for the time being", likeness)


def _look_alike(one: str, other: str) -> bool:
    try:
        return likeness_key(one) == likeness_key(other)
    except RefusedAddress:
        return False


def _markup(reply: Reply) -> str:
    return decoded(reply.body, reply.charset)


def _is_challenge(markup: str, text: str | None = None) -> bool:
    words = visible_text(markup) if text is None else text
    if len(words) > SHORT_PAGE:
        return False
    return bool(_CHALLENGE_TITLE.search(page_title(markup)) or _CHALLENGE_MARK.search(markup))


def _segments(address: Address) -> list[str]:
    return [part for part in address.path.split("/") if part]


def _ends_at_a_front_page(asked: Address, final: Address) -> bool:
    """A root, a language's root or a section's root, though something deeper was asked for."""
    before, after = _segments(asked), _segments(final)
    if before and _FRONT_PAGE.match(before[-1]):
        before.pop()
    if after and _FRONT_PAGE.match(after[-1]):
        after.pop()
    if not before or (all(map(_LANGUAGE.match, before)) and "?" not in asked.target):
        return False
    if len(after) <= 2 and all(map(_LANGUAGE.match, after)):
        return not ("?" in final.target and len(final.target) > 10)
    if len(after) < len(before) and [part.lower() for part in after] == [part.lower() for part in before[: len(after)]]:
        lost = before[len(after) :]
        slug_kept = after[-1].count("-") >= 3 or bool(re.search(r"\d{4}", after[-1]))
        return not slug_kept and not all(part.lower() in _VARIANT for part in lost)
    return False


def _is_other_kind(asked: Address, content_type: str) -> bool:
    """Whether what came is no text although the address does not look like a file of that kind."""
    main, _, sub = content_type.partition("/")
    if main not in ("image", "audio", "video", "font") and not re.search(
        r"zip|x-tar|x-rar|x-7z|msdownload|x-apple-diskimage|android\.package", sub
    ):
        return False
    ending = asked.path.rpartition("/")[2].rpartition(".")[2].lower()
    kind = {"jpg": "jpeg", "mp3": "mpeg", "mov": "quicktime"}.get(ending, ending)
    return not (len(ending) in (2, 3, 4) and kind in sub)
