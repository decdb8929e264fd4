"""The outcome of one check: what a single reply says about a source, and no more.

A pure function of the reply and of what was known before; what follows from several outcomes is decided
in `sources.states`. It takes the processor up to seconds where the text of a page is to be read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.db.models import IntegerChoices

from sources.addresses import Address, RefusedAddress, likeness_key, read, registrable_domain
from sources.limits import between, from_settings
from sources.made_up import COMPARED, MadeUp, answer_kept, says_nothing_of_its_own, sibling
from sources.quotations import Found, PassageStanding, Quotation, find
from sources.reading import LONGEST_TITLE, decoded, heading, mentions, opening_words, page_title, visible_text
from sources.replies import Fault, Reply
from sources.shells import is_led_on_by_script, is_shell
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


@dataclass(frozen=True, slots=True)
class Signs:
    """What pages are told apart by. Each is a setting: `LINK_CHECK_` and its name in capitals."""

    short_page_characters: int = between(1_500, 0, 1_000_000)  # of visible text; an error page is not longer
    bare_page_characters: int = between(500, 0, 1_000_000)  # a page so short is nothing but what it first says
    shell_characters: int = between(120, 0, 1_000_000)  # beside the title; a script draws the rest
    made_up_likeness: float = between(0.85, 0.01, 1)  # from here on a page is the answer for a made-up address
    made_up_own_words: int = between(3, 0, 1_000)  # but not if it has more words of its own
    teaser_share: float = between(0.4, 0, 1)  # of the words of the accepted text; a page with fewer may be a teaser


def signs() -> Signs:
    """The signs of this installation.

    :raises ValueError: naming the setting that cannot be read.
    """
    return from_settings(Signs)


class Known(NamedTuple):
    """What earlier checks and the record know of a source. With none of it the text is read all the same."""

    digest: int | None = None  # see `short_digest`
    quotations: Sequence[Quotation] = ()
    text: str | None = None  # main text of the accepted baseline
    text_digest: int | None = None  # of the main text that was seen last
    words: int | None = None  # of the baseline
    drift: Drift | None = None  # from the baseline, of the body with that digest


class Verdict(NamedTuple):
    """One reply, judged. `reason` is a sentence for people; `moved_to` the address that answered instead.

    What is said of the text is said only where the page stands as the source: where it is alive and was read.
    """

    outcome: Outcome
    reason: str
    likeness: Likeness = Likeness.UNKNOWN
    moved_to: str | None = None
    by_network: bool = False  # nothing was heard from a server: it may be our own line
    drift: Drift | None = None  # from the accepted text; None where it was not told
    found: tuple[Found, ...] | None = None  # one for each quotation; None where the body was not read anew
    page: PageText | None = None  # only where it says something else than when it was last read
    text_digest: int | None = None  # of the main text that stands there now, as far as that is known


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

# Titles of the pages that stand before a page and ask for proof of being human.
_CHALLENGE_TITLE = re.compile(
    r"\W*(?:just a moment|attention required|access (?:to this page has been )?denied|are you (?:a )?(?:human|robot)"
    r"|robot (?:check|challenge)(?: screen)?|pardon our interruption|human verification|bot verification"
    r"|(?:vercel )?security check(?:point)?|verify(?:ing)? (?:that )?you are (?:a )?human|one more step|ddos-guard"
    r"|please wait\b.{0,60}|client challenge|making sure you.re not a bot|request (?:rejected|unsuccessful)"
    r"|checking your browser\b.{0,60}|you have been blocked|vérification de sécurité|nur einen moment|un momento"
    r"|un instant|请稍候|請稍候|しばらくお待ちください|captcha(?: challenge)?|radware (?:captcha|bot manager) page)\W*",
    re.IGNORECASE,
)
_CHALLENGE_MARK = re.compile(
    r"cf-chl-|/cdn-cgi/challenge-platform|_incapsula_resource|px-captcha|captcha-delivery\.com|awswafcaptcha"
    r"|token\.awswaf\.com|enable javascript and cookies to continue|/\.well-known/sgcaptcha|sucuri_cloudproxy_js"
    r"|incapsula incident id|kpsdk|/ips\.js\?|your support id is|_sec/cp_challenge|bm-verify=|\.website/x/cmd/anubis"
    r"|vercel-challenge|ddos-guard/js-challenge|perfdrive\.com|smartcaptcha\.yandexcloud|geo\.captcha|arkoselabs\.com/fc"
    r"|wordfence.{0,60}block|checking your browser before accessing",
    re.IGNORECASE,
)
# Also stand in the comment forms of ordinary pages: they say something only where little else is said.
_CAPTCHA = re.compile(r"g-recaptcha|recaptcha/api|hcaptcha\.com|challenges\.cloudflare\.com/turnstile", re.IGNORECASE)
_CAPTCHA_WORDS = re.compile(
    r"captcha|not a robot|you are (?:a )?human|unusual traffic|automated (?:requests|access)|kein(?:e)? robot"
    r"|pas un robot|no (?:es|eres|soy) un robot|人机验证|ロボットではありません",
    re.IGNORECASE,
)
_CONSENT_TITLE = re.compile(
    r"\A\W*(?:before you continue\b|we value your privacy|your privacy choices|(?:cookie|privacy)[ -]?(?:consent|wall)"
    r"|consent|cookies?|avant de continuer|bevor (?:sie|du) (?:fortfahren|fortfährst)|voor u verdergaat"
    r"|antes de continuar|prima di continuare)\W",
    re.IGNORECASE,
)
_CONSENT_PATH = re.compile(r"(?:consent|collectconsent|cookie-?(?:wall|consent)|privacy-?(?:gate|wall)|gdpr)\Z", re.I)
_CONSENT_HOST = re.compile(r"(?:consent|guce|myprivacy|cmp)\.", re.IGNORECASE)
_LOG_IN_HOST = re.compile(r"(?:log-?in|sign-?in|auth|sso|accounts?|id|idp)\.", re.IGNORECASE)
_LOG_IN_TITLE = re.compile(
    r"\A\W*(?:log ?-?in|sign ?-?in|anmelden|einloggen|se connecter|connexion|iniciar sesión|accedi|entrar|inloggen"
    r"|logga in|zaloguj się|войти|ログイン|登录|登入)\b",
    re.IGNORECASE,
)
_PASSWORD = re.compile(r"<input\b[^<>]*\btype\s*=\s*[\"']?password", re.IGNORECASE)

_NOT_FOUND_WORDS = (
    r"(?:(?:http )?(?:error|fehler|erreur|errore|erro|fel|ошибка)\W{0,3}404|404\W{0,3}(?:error|fehler|erreur)?"
    r"|(?:the |this |that )?(?:page|file|article|document|content|site|url) (?:you (?:requested|are looking for|were"
    r" looking for) )?(?:was |is |could |can )?(?:not|cannot|can't|couldn't|can’t|couldn’t) (?:be )?found|not found"
    r"|(?:this |the |that )?page (?:does not|doesn't|doesn’t|no longer) exists?"
    r"|(?:this |the )?(?:content|page|article) (?:is )?(?:no longer|not) available"
    r"|(?:die |diese )?(?:seite|artikel) (?:wurde |konnte )?nicht (?:gefunden|vorhanden)(?: werden)?"
    r"|(?:die |diese )?(?:seite) existiert nicht(?: mehr)?"
    r"|(?:la |cette )?page (?:est )?(?:introuvable|non trouvée)|cette page n.existe (?:pas|plus)"
    r"|(?:la )?página no (?:encontrada|existe)|no se (?:ha )?encontr(?:ó|ado) la página"
    r"|(?:la )?pagina non (?:trovata|esiste)|(?:a )?página (?:não|nao) (?:foi )?(?:encontrada|existe)"
    r"|(?:de )?pagina (?:is )?niet gevonden|(?:deze )?pagina bestaat niet"
    r"|sidan (?:kunde inte hittas|hittades inte|finns inte)|siden (?:blev |ble )?ikke (?:fundet|funnet)"
    r"|nie znaleziono strony|strona nie (?:istnieje|została znaleziona)|stránka nenalezena|sivua ei löyd(?:y|etty)"
    r"|страница не найдена|сторінку не знайдено|sayfa bulunamadı|a(?:z oldal)? nem található"
    r"|(?:お探しの)?ページ(?:が|は)(?:見つかりません(?:でした)?|存在しません)|(?:指定された)?ページ(?:が|は)ありません"
    r"|找不到(?:该|該|您访问的)?(?:页面|頁面|網頁|网页)|(?:页面|頁面|网页)(?:不存在|未找到)|페이지를 찾을 수 없습니다)"
)
_NOT_FOUND = re.compile(rf"(?<![^\W_])(?:{_NOT_FOUND_WORDS})(?![^\W_])", re.IGNORECASE)
_NOTHING_BUT_NOT_FOUND = re.compile(
    rf"\W*(?:(?:404|oops|sorry|uh-oh|whoops|error|hoppla|ups|désolé|entschuldigung)\W+)*(?:{_NOT_FOUND_WORDS})\W*(?:404)?\W*",
    re.IGNORECASE,
)
_TITLE_PARTS = re.compile(r"\s+[|·–—»:-]\s+|\s*[|»]\s*|:\s+")
_QUOTED = re.compile(r"[“\"«„‘'「][^“”\"«»„‘’「」]{0,300}[”\"»“’'」]")

_PARKED = re.compile(
    r"\bthis (?:web ?site|domain|domain name|premium domain)(?: \S+)? (?:is|may be|could be) (?:for sale|available)"
    r"|buy this domain|(?:this|the) domain (?:has|name has) expired|this domain (?:is|has been) parked"
    r"|parked free|diese domain (?:steht zum verkauf|ist zu verkaufen|wurde registriert)|domain zu verkaufen"
    r"|ce (?:nom de )?domaine est (?:à vendre|en vente)|este dominio está en venta"
    r"|este domínio está à venda|questo dominio è in vendita"
    r"|dit domein is te koop|domänen är till salu|этот домен продаётся|домен продается"
    r"|このドメインは(?:売り出し中|販売中)|本域名出售|该域名(?:正在)?出售|make an offer (?:on|for) this domain",
    re.IGNORECASE,
)
_PARKED_MARK = re.compile(
    r"""(?:src|href|action)\s*=\s*["']?[^"'\s<>]{0,200}(?:parkingcrew\.net|sedoparking\.com|bodis\.com|dan\.com/buy"""
    r"""|afternic\.com/forsale|hugedomains\.com/domain_profile|parklogic\.com|above\.com/marketplace|cashparking"""
    r"""|d38psrni17bvxu\.cloudfront|sedo\.com/search/details)""",
    re.IGNORECASE,
)
_FOR_SALE = re.compile(r"for sale|zu verkaufen|à vendre|en venta|à venda|in vendita|te koop|till salu", re.IGNORECASE)
_PARKING_DOMAINS = frozenset(
    {
        "above.com",
        "afternic.com",
        "atom.com",
        "bodis.com",
        "brandbucket.com",
        "buydomains.com",
        "dan.com",
        "dynadot.com",
        "hugedomains.com",
        "parkingcrew.net",
        "parklogic.com",
        "sedo.com",
        "sedoparking.com",
        "undeveloped.com",
    }
)
_SUBSCRIBERS = re.compile(
    r"subscri(?:be|ption) (?:now |today |required )?(?:to|for) (?:continue|read|keep|access|unlimited|full)"
    r"|already a (?:subscriber|member)|subscriber[- ]only|(?:only )?for subscribers|subscribers only"
    r"|to (?:continue|keep) reading|read the full (?:article|story)|unlock this (?:article|story)"
    r"|(?:create an? (?:free )?account|register|log in|sign in|become a member) to (?:continue|read)"
    r"|this (?:article|story|content) is (?:reserved|exclusive)|reached your (?:limit|article limit)"
    r"|jetzt (?:abonnieren|weiterlesen)|nur für abonnenten|weiterlesen mit|artikel freischalten|exklusiv für abonnent"
    r"|réservé aux abonnés|il vous reste .{1,40}à lire|abonnez-vous pour|déjà abonné"
    r"|(?:solo|exclusivo) para suscriptores|suscríbe(?:te|ase) para|ya (?:eres|soy) suscriptor"
    r"|riservato agli abbonati|abbonati per|sei già abbonato|(?:exclusivo|só) para assinantes|assine para"
    r"|alleen voor abonnees|lees verder met|word abonnee|endast för prenumeranter|för att läsa vidare"
    r"|(?:kun|bare) for abonnenter|vain tilaajille|tylko dla (?:prenumeratorów|subskrybentów)|тільки для передплатників"
    r"|только для подписчиков"
    r"|有料会員|会員限定|続きを読むには|订阅后(?:阅读|继续)|付费(?:阅读|内容)|訂閱(?:後|以)|구독자 전용",
    re.IGNORECASE,
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


_DEFAULTS = Signs()
_A_CHALLENGE = "asks visitors to prove that they are human"
_DRAWN = "draws its text with a script, which we do not run"


def judge(
    reply: Reply,
    *,
    known: Known | None = None,
    may_read: bool = True,
    signs: Signs = _DEFAULTS,
) -> Verdict:
    """What a reply says about the source it was asked for.

    The text is compared step by step, each only if the one before has not answered: 304, the same body, the
    same main text, and only then quotations and drift.

    :param known: what is known of the source; without it the text is not read, which spares the processor.
    :param may_read: whether the site lets robots read the page; if not, its text is left alone.
    """
    if reply.status is None or reply.fault is Fault.TOO_BIG:
        return _judge_fault(reply)
    status = reply.status
    if reply.challenge:
        return Verdict(Outcome.BLOCKED, _A_CHALLENGE)
    if status == 410:
        return Verdict(Outcome.GONE, "says that it was removed for good (410)")
    if status in _REFUSALS:
        return Verdict(Outcome.BLOCKED, _REFUSALS[status])
    if status == 402:
        return Verdict(Outcome.PAYWALLED, "asks for a payment (402)")
    if status == 429 or (status == 503 and reply.retry_after is not None):
        return Verdict(Outcome.RATE_LIMITED, f"asks us to come back later ({status})")
    if status >= 400 and reply.body and _is_challenge(_Page(reply, signs), at_error=True):
        return Verdict(Outcome.BLOCKED, _A_CHALLENGE)
    if status == 404:
        return Verdict(Outcome.GONE, "says that there is no such page (404)")
    if status == 304:
        if len(reply.hops) == 1 and known is not None and known.digest is not None:
            return Verdict(
                Outcome.NOT_MODIFIED,
                "says that it has not changed (304)",
                Likeness.LIKE,
                text_digest=known.text_digest,
            )
        return Verdict(Outcome.SERVER_ERROR, "answered 304 to a question that was not asked")
    if reply.fault is not None:
        return _judge_fault(reply)
    if 200 <= status < 300:
        return _judge_page(reply, known, may_read=may_read, signs=signs)
    if status >= 500:
        return Verdict(Outcome.SERVER_ERROR, f"answered with an error of the server ({status})")
    return Verdict(Outcome.SERVER_ERROR, f"answered {status}, which says nothing about the page")


def reads_text(reply: Reply, known: Known | None) -> bool:
    """Whether judging a reply takes the processor long, for the text of a page is to be read."""
    return known is not None and reply.status == 200 and reply.fault is None and not _is_same_body(reply, known)


def _judge_fault(reply: Reply) -> Verdict:
    fault = reply.fault or Fault.MALFORMED
    outcome = _FAULTS[fault]
    if fault is Fault.TOO_BIG and not 200 <= (reply.status or 0) < 300:
        outcome = Outcome.SERVER_ERROR
    words = f"{fault.value}: {reply.detail}" if reply.detail else fault.value
    return Verdict(outcome, words, by_network=fault in _BY_NETWORK and reply.status is None and not reply.hops)


def _is_html(content_type: str) -> bool:
    return "html" in content_type or content_type in ("", "application/octet-stream")


class _Page:
    """A page that came, and what is read off it when it is asked for."""

    def __init__(self, reply: Reply, signs: Signs) -> None:
        self.reply = reply
        self.signs = signs
        self.asked = read(reply.url)
        self.final = read(reply.final_url)
        kind = reply.content_type
        self.is_html = _is_html(kind)
        self.has_text = self.is_html or kind.startswith("text/") or (kind == "application/pdf" and reply.whole)

    @cached_property
    def markup(self) -> str:
        is_text = self.is_html or self.reply.content_type.startswith("text/")
        return decoded(self.reply.body, self.reply.charset) if is_text else ""

    @cached_property
    def visible(self) -> str:
        return visible_text(self.markup) if self.is_html else self.markup

    @cached_property
    def opening(self) -> str:
        """All that is seen of a page that is short in any sense, some of what is seen of any other."""
        if "visible" in self.__dict__ or not self.is_html:
            return self.visible
        signs = self.signs
        longest = max(signs.short_page_characters, signs.bare_page_characters, signs.shell_characters + LONGEST_TITLE)
        return opening_words(self.markup, more_than=longest)

    @cached_property
    def title(self) -> str:
        return page_title(self.markup)

    @cached_property
    def heading(self) -> str:
        return heading(self.markup)

    @cached_property
    def is_shell(self) -> bool:
        return self.is_html and is_shell(
            self.markup, text=self.opening, title=self.title, most_text=self.signs.shell_characters
        )


class _Reading(NamedTuple):
    """The text of a page, held against what is known."""

    text: PageText
    digest: int
    is_new: bool
    drift: Drift | None
    found: tuple[Found, ...] | None
    likeness: Likeness


def _judge_page(reply: Reply, known: Known | None, *, may_read: bool, signs: Signs) -> Verdict:
    """A page that came whole with a status of success."""
    if not reply.body:
        return Verdict(Outcome.SERVER_ERROR, "answered with nothing")
    page = _Page(reply, signs)
    if known is not None and _is_same_body(reply, known):
        return _alive(page, Likeness.LIKE)._replace(text_digest=known.text_digest, drift=known.drift)
    reading = _read_text(page, known) if known is not None and may_read and page.has_text else None
    if reading is not None and reading.likeness is Likeness.LIKE:
        return _read(_alive(page, Likeness.LIKE), reading)
    fault = _not_the_page(page)
    if fault is not None:
        return fault
    if reading is None or page.is_shell:
        return _alive(page, Likeness.UNKNOWN)
    if known is not None and _is_teaser(page, reading, known, signs):
        # What a teaser does not show is not missing, and a teaser is no version of the text.
        return Verdict(
            Outcome.PAYWALLED,
            "shows its beginning only, for others than subscribers",
            found=_only_present(reading.found),
        )
    return _read(_alive(page, reading.likeness), reading)


def _is_same_body(reply: Reply, known: Known) -> bool:
    return known.digest is not None and known.digest == short_digest(reply.digest)


def _read_text(page: _Page, known: Known) -> _Reading | None:
    reply = page.reply
    text = page_text(reply.body, content_type=reply.content_type, charset=reply.charset, url=reply.final_url)
    if not text.main and not text.whole:
        return None
    digest = text_digest(text.main)
    is_new = digest != known.text_digest
    found = tuple(find(quotation, text.whole) for quotation in known.quotations)
    if not reply.whole:
        # What is missing may stand in the part that was cut off, and what is left is no version of the text.
        found = _only_present(found) or ()
    apart = drift(known.text, text.main) if known.text and text.main and reply.whole else None
    if any(one.standing is PassageStanding.PRESENT for one in found) or (apart is not None and apart <= Drift.EDITED):
        likeness = Likeness.LIKE
    elif apart is None:
        likeness = Likeness.UNKNOWN if is_new else Likeness.LIKE
    else:
        # A rewritten page may be the same one brought up to date: that is told as drift, and left to a person.
        likeness = Likeness.UNLIKE if apart is Drift.REPLACED else Likeness.UNKNOWN
    return _Reading(
        text=text,
        digest=digest,
        is_new=is_new and reply.whole and bool(text.main),
        drift=apart,
        found=found,
        likeness=likeness,
    )


def _only_present(found: tuple[Found, ...] | None) -> tuple[Found, ...] | None:
    """What was found, for a text that is not whole: whatever was not seen could not be looked for."""
    if found is None:
        return None
    unreadable = Found(PassageStanding.UNREADABLE)
    return tuple(one if one.standing is PassageStanding.PRESENT else unreadable for one in found)


def _read(verdict: Verdict, reading: _Reading) -> Verdict:
    if verdict.outcome is Outcome.PAYWALLED and (reading.drift is None or reading.drift > Drift.EDITED):
        # The rest of it is for subscribers: what was not seen may stand there.
        return verdict._replace(found=_only_present(reading.found))
    return verdict._replace(
        drift=reading.drift,
        found=reading.found,
        page=reading.text if reading.is_new else None,
        text_digest=reading.digest,
    )


def _is_teaser(page: _Page, reading: _Reading, known: Known, signs: Signs) -> bool:
    before = known.words if known.words is not None else len((known.text or "").split())
    return reading.text.words < signs.teaser_share * before and bool(_SUBSCRIBERS.search(page.visible))


def _alive(page: _Page, likeness: Likeness) -> Verdict:
    if mentions(page.reply.body, b"isaccessibleforfree") and _NOT_FREE.search(page.markup):
        return Verdict(Outcome.PAYWALLED, "is there, for subscribers only", likeness)
    return _where_it_stands(page.reply, asked=page.asked, final=page.final, likeness=likeness)


def _not_the_page(page: _Page) -> Verdict | None:
    """The ways in which a success is none, in the order in which they explain each other."""
    asked, final = page.asked, page.final
    moved_to = final.url
    redirected = asked.url != final.url
    if redirected and registrable_domain(final.host) in _PARKING_DOMAINS:
        return Verdict(Outcome.USURPED, "leads to a seller of domain names", moved_to=moved_to)
    if redirected and _is_consent(asked, final):
        return Verdict(Outcome.BLOCKED, "asks visitors for their consent first")
    if _is_challenge(page):
        return Verdict(Outcome.BLOCKED, _A_CHALLENGE)
    if _is_parked(page):
        return Verdict(Outcome.USURPED, "its domain is for sale or parked", moved_to=moved_to)
    if redirected and _is_error_address(asked, final):
        return Verdict(Outcome.SOFT404, "leads to an error page that calls itself a success", moved_to=moved_to)
    if redirected and _is_log_in_address(asked, final):
        return Verdict(Outcome.WRONG_TYPE, "leads to a log-in", moved_to=moved_to)
    if redirected and _ends_at_a_front_page(asked, final):
        return Verdict(Outcome.HOME_REDIRECT, "leads to a front page", moved_to=moved_to)
    if _is_other_kind(asked, page.reply.content_type):
        return Verdict(Outcome.WRONG_TYPE, f"is now a file of the type {page.reply.content_type[:60]}")
    if not page.is_html:
        return None
    if len(page.opening) <= page.signs.short_page_characters:
        if _says_not_found(page):
            return Verdict(Outcome.SOFT404, "says “not found” on a page that calls itself a success")
        if _LOG_IN_TITLE.search(page.title) and _PASSWORD.search(page.markup):
            return Verdict(Outcome.WRONG_TYPE, "is now a log-in")
        if _CONSENT_TITLE.match(page.title + " "):
            return Verdict(Outcome.BLOCKED, "asks visitors for their consent first")
    shell = page.is_shell
    if shell and is_led_on_by_script(page.markup):
        return Verdict(Outcome.BLOCKED, "leads on by a script, which we do not run")
    if shell and page.opening == page.title:
        return Verdict(Outcome.BLOCKED, _DRAWN)
    return None


class Said(NamedTuple):
    """What a page says, kept small, to be held against the answer for a made-up address."""

    url: str
    visible: str
    main: str
    is_shell: bool


def sibling_to_ask(reply: Reply, verdict: Verdict) -> str | None:
    """The made-up address whose answer would tell a page from a soft 404; None where there is nothing to tell."""
    if (
        reply.status != 200
        or verdict.outcome not in (Outcome.OK, Outcome.OK_MOVED, Outcome.OK_TEMP)
        or verdict.likeness is Likeness.LIKE
        or not _is_html(reply.content_type)
    ):
        return None
    asked = read(reply.url)
    names = _segments(asked)
    if not names or _FRONT_PAGE.match(names[-1]) or all(map(_LANGUAGE.match, names)):
        return None
    return sibling(asked.url)


def said_by(reply: Reply, verdict: Verdict, *, signs: Signs = _DEFAULTS) -> Said:
    """What a page says, to be judged by `judge_by_made_up` when its reply is no longer kept."""
    page = _Page(reply, signs)
    return Said(
        url=page.asked.url,
        visible=page.visible[:COMPARED],
        main=verdict.page.main[:COMPARED] if verdict.page else "",
        is_shell=page.is_shell,
    )


def answer_for_made_up(reply: Reply, *, with_main: bool) -> MadeUp | None:
    """What an answer for a made-up address says; None where it says, as it should, that there is no such page.

    :param with_main: read its main text too, which takes the processor longer.
    """
    if reply.status != 200 or reply.fault is not None or not reply.body or reply.challenge:
        return None
    page = _Page(reply, _DEFAULTS)
    if not page.is_html or (page.asked.url != page.final.url and _ends_at_a_front_page(page.asked, page.final)):
        return None
    main = page_text(reply.body, charset=reply.charset, url=reply.final_url).main if with_main else ""
    return answer_kept(page.asked.url, visible=page.visible, main=main)


def judge_by_made_up(verdict: Verdict, said: Said, made_up: MadeUp, *, signs: Signs = _DEFAULTS) -> Verdict:
    """A page that answers well, judged anew by what its host answers for an address that nobody ever wrote."""
    if not says_nothing_of_its_own(
        said.url,
        made_up,
        visible=said.visible,
        main=said.main,
        alike_from=signs.made_up_likeness,
        own_words=signs.made_up_own_words,
    ):
        return verdict
    if said.is_shell:
        return Verdict(Outcome.BLOCKED, _DRAWN)
    return Verdict(Outcome.SOFT404, "says the same as the site’s answer for an address that was made up")


def _is_consent(asked: Address, final: Address) -> bool:
    if _CONSENT_HOST.match(final.host) and not _CONSENT_HOST.match(asked.host):
        return True
    return any(map(_CONSENT_PATH.match, _segments(final))) and not any(map(_CONSENT_PATH.match, _segments(asked)))


def _is_log_in_address(asked: Address, final: Address) -> bool:
    if _LOG_IN_HOST.match(final.host) and not _LOG_IN_HOST.match(asked.host):
        return True
    return any(map(_LOG_IN.match, _segments(final))) and not any(map(_LOG_IN.match, _segments(asked)))


def _is_error_address(asked: Address, final: Address) -> bool:
    before, after = _segments(asked), _segments(final)
    return bool(after and _ERROR_PAGE.match(after[-1]) and not (before and _ERROR_PAGE.match(before[-1])))


def _is_parked(page: _Page) -> bool:
    if not page.is_html or len(page.opening) > page.signs.short_page_characters:
        return False
    if _PARKED_MARK.search(page.markup):
        return True
    domain = registrable_domain(page.final.host)
    if domain in page.title.lower() and _FOR_SALE.search(page.title):
        return True
    return len(page.opening) <= page.signs.bare_page_characters and bool(_PARKED.search(_QUOTED.sub(" ", page.opening)))


def _says_not_found(page: _Page) -> bool:
    """Whether a short page is nothing but the word that there is none; a page about such pages says more."""
    if page.heading:
        if _NOTHING_BUT_NOT_FOUND.fullmatch(page.heading):
            return True
        if _NOT_FOUND.search(page.heading) is None and len(page.opening) > page.signs.bare_page_characters:
            return False
    parts = _TITLE_PARTS.split(page.title)
    titled = any(map(_NOTHING_BUT_NOT_FOUND.fullmatch, parts)) and all(
        _NOTHING_BUT_NOT_FOUND.fullmatch(part) or len(part.split()) <= 3 for part in parts
    )
    if titled:
        return not page.heading or len(page.opening) <= page.signs.bare_page_characters
    if len(page.opening) > page.signs.bare_page_characters:
        return False
    return bool(_NOT_FOUND.search(_QUOTED.sub(" ", page.opening.removeprefix(page.title))[:300]))


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


def _is_challenge(page: _Page, *, at_error: bool = False) -> bool:
    """Whether a page only asks its visitor to prove to be human.

    :param at_error: it came with an error; then a captcha alone says nothing, for it may be a form's.
    """
    if len(page.opening) > page.signs.short_page_characters:
        return False
    if any(map(_CHALLENGE_TITLE.fullmatch, map(str.strip, _TITLE_PARTS.split(page.title)))):
        return True
    if _CHALLENGE_MARK.search(page.markup):
        return True
    bare = len(page.opening) <= page.signs.bare_page_characters
    return (
        bare
        and bool(_CAPTCHA.search(page.markup))
        and (
            bool(_CAPTCHA_WORDS.search(page.opening)) or not (at_error or page.opening.removeprefix(page.title).strip())
        )
    )


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
