"""A page, or a PDF, read for its entry. A pure function of what came back from the web."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urljoin

from sources.addresses import Address, RefusedAddress, identity_key, likeness_key, read, registrable_domain
from sources.intake.days import is_past, printed_days, stated_day
from sources.intake.kinds import WIRES, guessed_kinds, wire_in_dateline, wire_named
from sources.intake.languages import contradicts, language_code, seeming_language
from sources.intake.linked import Linked, Node, first_text, from_broken, names_of, read_linked, types_of
from sources.intake.marks import NOTHING, Marks, marks_of
from sources.intake.pdf import read_pdf
from sources.intake.values import Reading, Value, agreed, same_words
from sources.outcomes import ALIVE, judge
from sources.reading import decoded
from sources.replies import Reply
from sources.text import PageText, page_text

logger = logging.getLogger(__name__)

LONGEST_TITLE = 500
LONGEST_NAME = 120
MOST_AUTHORS = 30
_PDF = b"%PDF-"
_HEAD = 1_500  # characters at the top of a page among which its date stands

_TITLES = (
    "og:title",
    "citation_title",
    "dc.title",
    "dcterms.title",
    "parsely-title",
    "sailthru.title",
    "itemprop headline",
    "twitter:title",
)
_AUTHORS = (
    "citation_author",
    "author",
    "parsely-author",
    "sailthru.author",
    "article:author",
    "dc.creator",
    "dcterms.creator",
    "byl",
    "itemprop author",
)
_PUBLISHERS = ("og:site_name", "citation_publisher", "citation_journal_title", "dc.publisher", "dcterms.publisher")
_DATES = (
    "article:published_time", "og:article:published_time", "og:published_time", "itemprop datepublished",
    "citation_publication_date", "citation_online_date", "citation_date", "parsely-pub-date", "sailthru.date",
    "dc.date.issued", "dcterms.issued", "dc.date.created", "dcterms.created", "dc.date", "dcterms.date",
    "publish-date", "publishdate", "pubdate", "publication_date", "article.published", "date",
)  # fmt: skip
# Names under which some sites write the day of their last change.
_LOOSE_DATES = frozenset({"date", "dc.date", "dcterms.date", "dc.date.created", "dcterms.created"})
_UPDATES = ("article:modified_time", "og:updated_time", "itemprop datemodified", "dcterms.modified", "dc.date.modified")
_TITLE_END = re.compile(r"\s+(?:[-–—|·•:]|::|»|‹|/)\s+([^|]{1,100})\Z")
_NO_PERSON = re.compile(r"https?:|www\.|@|\d{3}|\A\W*\Z", re.IGNORECASE)
_VAGUE_AUTHOR = re.compile(
    r"\A(?:(?:the\s+)?(?:admin(?:istrator)?|editor(?:s|ial(?: staff| board| team)?)?|staff(?: (?:writer|reporter))?"
    r"|news(?: ?desk| staff)|web ?master|redaktion|redaction|rédaction|redacción|redazione|guest|unknown"
    r"|anonymous|root))\Z",
    re.IGNORECASE,
)
_COMPANY = re.compile(r"\b(?:inc|ltd|llc|corp|gmbh|plc|company|institute|team|newsroom)\b\.?\Z", re.IGNORECASE)
_BY = re.compile(r"\A(?:(?:by|von|par|por|di|door)\s+|(?:автор|作者|文)\s*[:：]\s*)", re.IGNORECASE)
_UPDATED_WORDS = re.compile(
    r"\b(?:last\s+)?(?:updated|modified|revised|reviewed|effective(?:\s+date)?)\b|zuletzt|aktualisiert|mis(?:e)?\s+à\s+jour"
    r"|actualizad|atualizad|aggiornat|обновлен|更新|תעדכ|עודכן|تحديث",
    re.IGNORECASE,
)
_PUBLISHED_WORDS = re.compile(
    r"\b(?:published|posted|first published|veröffentlicht|publié|publicado|pubblicato)\b", re.I
)
_COPYRIGHT = re.compile(r"©|\(c\)|copyright", re.IGNORECASE)
_PAY_WORDS = re.compile(
    r"subscribe (?:now )?to (?:continue|read|keep)|for subscribers only|subscriber[- ]exclusive|already a subscriber"
    r"|réservé aux abonnés|weiterlesen mit|nur für abonnenten|solo para suscriptores",
    re.IGNORECASE,
)
_LOG_IN_TITLE = re.compile(
    r"\b(?:log|sign)[ -]?in\b|anmelden|se connecter|iniciar sesión|войти|ログイン|登录", re.IGNORECASE
)
_IDLE_IN_NAMES = re.compile(r"\A(?:the|le|la|der|die)\s+|\.(?:com|org|net|co\.uk|de|fr)\Z|,? inc\.?\Z", re.IGNORECASE)
_CLOCK_IN_UTC = re.compile(r"T\d{2}:\d{2}.*(?:Z|[+-]00:?00)\Z")


def read_page(reply: Reply, *, today: date | None = None) -> Reading:
    """What a page says of itself, each value with where it says so; nothing if what came is not the page.

    Read in this order: JSON-LD, meta tags, then the text. A page that says two things of one field has both listed,
    and neither is sure. `Reply` may also be made of a saved file: its address, its type and its bytes.

    :param today: dates after tomorrow are slips; the day on which this runs, if not given.
    """
    today = today or datetime.now(UTC).date()
    try:
        verdict = judge(reply)
    except RefusedAddress as refused:
        return Reading(refused=refused.reason)
    if verdict.outcome not in ALIVE:
        return Reading(refused=f"Nothing was read: the page {_sentence(verdict.reason)}.")
    if not reply.body or not 200 <= (reply.status or 0) < 300:
        return Reading(refused=f"Nothing was read: the page {_sentence(verdict.reason)}.")
    text = verdict.page or page_text(
        reply.body, content_type=reply.content_type, charset=reply.charset, url=reply.final_url
    )
    if "pdf" in reply.content_type or reply.body[:1024].lstrip().startswith(_PDF):
        return _read_pdf(reply, text, today)
    return _Page(reply, text, today).reading()


def _sentence(reason: str) -> str:
    return reason if reason.split(" ")[0] in _VERBS else f"could not be had ({reason})"


_VERBS_NAMES = "answered answers asks does has is its leads refuses says stands"
_VERBS = frozenset(_VERBS_NAMES.split())


def _read_pdf(reply: Reply, text: PageText, today: date) -> Reading:
    address = _address(reply.final_url)
    found = read_pdf(reply.body, text.whole, today=today)
    language = seeming_language(text.main)
    return Reading(
        **found,
        language=[Value(language, "the words of the text", False)] if language else [],
        publisher=_domain_guess(address),
        canonical=_canonical([], reply, address),
        type=agreed(
            guessed_kinds(
                address=address, site=_site(address), kind="", sections=[], main=text.main, is_pdf=True, og_type=""
            )
        ),
        text=text,
    )


def _address(url: str) -> Address | None:
    try:
        return read(url)
    except RefusedAddress:
        return None


def _site(address: Address | None) -> str:
    return registrable_domain(address.host) if address else ""


def _domain_guess(address: Address | None) -> list[Value[str]]:
    site = _site(address)
    return [Value(site, "the domain of the address", False)] if site and "." in site else []


def _key(url: str, kind: Any) -> str:
    try:
        return str(kind(url))
    except (RefusedAddress, ValueError):
        return ""


class _Page:
    """One page in HTML."""

    def __init__(self, reply: Reply, text: PageText, today: date) -> None:
        self.reply = reply
        self.text = text
        self.today = today
        self.address = _address(reply.final_url)
        self.root = _parsed(decoded(reply.body, reply.charset).replace("\0", ""))
        self.marks: Marks = NOTHING if self.root is None else marks_of(self.root)
        self._here = {_key(url, likeness_key) for url in (reply.url, reply.final_url)} - {""}
        self.linked: Linked = read_linked(self.marks.scripts, is_here=self._is_here)
        self.node: Node = self.linked.main or {}
        self.stated = partial(stated_day, today=today)

    def _is_here(self, url: str) -> bool:
        try:
            whole = urljoin(self.reply.final_url, url)
        except ValueError:  # no address at all
            return False
        return _key(whole, likeness_key) in self._here

    def reading(self) -> Reading:
        if self.marks.asks_for_password and self.text.words < 80 and _LOG_IN_TITLE.search(self.marks.title):
            return Reading(refused="Nothing was read: the page asks for a log-in.")
        publisher = agreed(self._publishers(), alike=_same_name) or _domain_guess(self.address)
        named = {same_words(value.value) for value in publisher if "domain" not in value.basis}
        guess = self._guess()
        title = agreed(self._titles(named), alike=same_words)
        if not title:
            title = agreed(self._guessed_titles(named, guess), alike=same_words)
        authors = agreed(self._authors(named), alike=lambda names: tuple(map(same_words, names)))
        if not authors and guess is not None and guess.author:
            names = _people(re.split(r";", guess.author))
            authors = [Value(names, "the by-line, by trafilatura", False)] if names else []
        published, possible = self._published()
        return Reading(
            title=title,
            authors=authors,
            publisher=publisher,
            published=published,
            possible=possible,
            updated=agreed(self._updates()),
            language=self._languages(),
            canonical=_canonical(list(self._canonicals()), self.reply, self.address),
            type=self._kinds(),
            paywalled=self._paywalled(),
            syndicated_from=self._syndicated(authors),
            text=self.text,
        )

    def _said(self, name: str) -> str:
        kind = f" of the {self.linked.kind}" if self.linked.kind.endswith("page") else ""
        return f"JSON-LD of the page: {name}{kind}"

    # --- Title -----------------------------------------------------------------------------------------------------

    def _titles(self, publishers: set[str]) -> Iterator[Value[str]]:
        is_page = self.linked.kind.endswith("page")
        for name in ("headline", "name"):
            if title := first_text(self.node.get(name)):
                # The name of a page is what stands in its title, with whatever was added there.
                sure = self.linked.alone and not is_page and name == "headline"
                yield self._title(title, self._said(name), publishers, sure=sure)
                break
        else:
            titles = from_broken(self.linked.broken, "headline")
            if titles:
                yield self._title(titles[0], "JSON-LD of the page, which is broken: headline", publishers, sure=False)
        for name, title in self.marks.meta(*_TITLES):
            if len(title) >= 2:
                yield self._title(title, f"meta tag {name}", publishers, sure=name != "twitter:title")

    def _title(self, title: str, basis: str, publishers: set[str], *, sure: bool) -> Value[str]:
        end = _TITLE_END.search(title)
        if end and same_words(end[1]) in publishers:
            return Value(title[: end.start()].strip(), f"{basis}, without the publisher’s name at its end", sure)
        return Value(title[:LONGEST_TITLE], basis, sure and len(title) <= LONGEST_TITLE)

    def _guessed_titles(self, publishers: set[str], guess: Any) -> Iterator[Value[str]]:
        headings = [heading for heading in self.marks.headings if len(heading) > 2]
        if len(headings) == 1 and same_words(headings[0]) not in publishers:
            yield self._title(headings[0], "the heading of the page", publishers, sure=False)
        if self.marks.title:
            yield self._title(self.marks.title, "the title of the window", publishers, sure=False)
        if guess is not None and guess.title:
            yield self._title(" ".join(guess.title.split()), "the text, by trafilatura", publishers, sure=False)

    # --- Who -------------------------------------------------------------------------------------------------------

    def _publishers(self) -> Iterator[Value[str]]:
        for name, _ in names_of(self.node.get("publisher"), self.linked):
            if len(name) <= LONGEST_NAME:
                yield Value(name, self._said("publisher"), self.linked.alone)
        for tag, name in self.marks.meta(*_PUBLISHERS):
            if len(name) <= LONGEST_NAME and not name.startswith(("http:", "https:")):
                yield Value(name, f"meta tag {tag}", True)
        if not self.linked.main:
            organisations = {
                first_text(node.get("name"))
                for node in self.linked.nodes
                if {"organization", "newsmediaorganization", "corporation"} & set(types_of(node))
            } - {""}
            if len(organisations) == 1:
                yield Value(organisations.pop(), "JSON-LD of the page: the only organisation named", False)

    def _authors(self, publishers: set[str]) -> Iterator[Value[tuple[str, ...]]]:
        named = names_of(self.node.get("author"), self.linked)
        given = _people([name for name, _ in named])
        if given:
            people = all("organization" not in kinds for _, kinds in named)
            sure = people and self.linked.alone and self._are_people(given, publishers)
            yield Value(given, self._said("author"), sure)
        tags: dict[str, list[str]] = {}
        for tag, text in self.marks.meta(*_AUTHORS):
            tags.setdefault(tag, []).append(text)
        for tag, texts in tags.items():
            given = _people([one for text in texts for one in _split(text, tag)])
            if given:
                yield Value(given, f"meta tag {tag}", self._are_people(given, publishers))
        if not given and not tags:
            texts = list(dict.fromkeys(self.marks.bylines))
            if 0 < len(texts) <= 4:
                given = _people([one for text in texts for one in _split(text, "by-line")])
                if given:
                    yield Value(given, "the by-line of the page", False)
                    return
            for line in self._top():
                if len(line) <= 80 and (by := _BY.match(line)):
                    given = _people(_split(re.split(r"[\s,|·(]*\d", line[by.end() :])[0], "by-line"))
                    if given:
                        yield Value(given, f"the top of the page, which says “{line}”", False)
                        return

    def _are_people(self, names: tuple[str, ...], publishers: set[str]) -> bool:
        site = same_words(_site(self.address).partition(".")[0])
        return not any(
            same_words(name) in publishers | {site}
            or _VAGUE_AUTHOR.match(name)
            or wire_named(name)
            or _COMPANY.search(name)
            or len(name.split()) > 6
            or name.islower()
            for name in names
        )

    def _syndicated(self, authors: list[Value[tuple[str, ...]]]) -> list[Value[str]]:
        if _site(self.address) in WIRES:
            return []
        found: list[Value[str]] = []
        for value in authors:
            found += [
                Value(wire, f"the by-line ({value.basis})", False) for n in value.value if (wire := wire_named(n))
            ]
        for name, _ in names_of(self.node.get("sourceOrganization") or self.node.get("provider"), self.linked):
            if wire := wire_named(name):
                found.append(Value(wire, self._said("sourceOrganization"), False))
        if wire := wire_in_dateline(self.text.main):
            found.append(Value(wire, "the first line of the text", False))
        for tag, url in self.marks.meta("syndication-source", "original-source"):
            site = _site(_address(url))
            if site and site != _site(self.address):
                found.append(Value(WIRES.get(site, site), f"meta tag {tag}", False))
        return agreed(found, alike=same_words)

    # --- When ------------------------------------------------------------------------------------------------------

    def _published(self) -> tuple[list[Value[str]], list[Value[str]]]:
        values: list[Value[str]] = []
        possible: list[Value[str]] = []

        def note(text: str, basis: str, *, sure: bool) -> None:
            days = self.stated(text)
            if len(days) > 1:
                possible.extend(_readings(days, f"{basis}, which says “{text[:40]}”"))
            values.extend(Value(day, basis, sure and len(day) == 10) for day in days[:1] if len(days) == 1)

        is_page = self.linked.kind.endswith("page")
        if stated := first_text(self.node.get("datePublished")):
            note(stated, self._said("datePublished"), sure=self.linked.alone and not is_page)
            values = self._as_printed(values, stated)
        elif len(said := from_broken(self.linked.broken, "datePublished")) == 1:
            note(said[0], "JSON-LD of the page, which is broken: datePublished", sure=False)
        for tag, text in self.marks.meta(*_DATES):
            note(text, f"meta tag {tag}", sure=tag not in _LOOSE_DATES)
        for time in self.marks.times:
            if time.is_published and not time.updates and not time.beside:
                note(time.stated or time.printed, "the time that the page marks as published", sure=bool(time.stated))
        found = agreed(values)
        if not any(value.sure for value in found):
            found = agreed([*found, *self._guessed_days()]) if not possible or found else found
        if not found and not possible:
            possible = self._undecided()
        return found, [one for one in agreed(possible) if one.value not in {value.value for value in found}]

    def _as_printed(self, values: list[Value[str]], stated: str) -> list[Value[str]]:
        """Of a time given in universal time, the day as the page prints it, which may be its neighbour."""
        if not values or not values[0].sure or not _CLOCK_IN_UTC.search(stated.strip()):
            return values
        day = date.fromisoformat(values[0].value)
        printed = printed_days(self.text.whole[:20_000], today=self.today)
        days = [one.days[0] for one in printed if len(one.days) == 1]
        if day.isoformat() in days:
            return values
        for one in days:
            if abs(date.fromisoformat(one) - day) == timedelta(days=1):
                return [Value(one, "the day as the page prints it", False), values[0]._replace(sure=False)]
        return values

    def _guessed_days(self) -> Iterator[Value[str]]:
        """Days that stand where a page has its date, the likeliest first. A page's last change is none of them."""
        days = {
            self.stated(time.stated or time.printed)
            for time in self.marks.times
            if not time.beside and not time.updates and not _is_of_change(time.printed)
        }
        single = {day[0] for day in days if len(day) == 1 and len(day[0]) == 10}
        if len(single) == 1 and len(days) == 1:
            yield Value(single.pop(), "the only time marked in the text", False)
        if (found := self._printed_at_the_top()) is not None and len(found.days) == 1:
            yield Value(found.days[0], f"the top of the page, which says “{found.words}”", False)
        if self.address is not None:
            path = self.address.path
            if in_path := re.search(r"/((?:19|20)\d\d)[/-]?(\d\d)[/-]?(\d\d)(?:/|-|\.|\Z)", path):
                day = "-".join(in_path.groups())
                if is_past(day, today=self.today):
                    yield Value(day, "the address", False)
        if day := self._dated_by_library():
            yield Value(day, "the text, by htmldate", False)

    def _printed_at_the_top(self) -> Any:
        for line in self._top():
            if len(line) > 160 or _COPYRIGHT.search(line) or _is_of_change(line):
                continue
            if printed := printed_days(line, today=self.today, most=2):
                return printed[0]
        return None

    def _top(self) -> list[str]:
        """The lines that follow on the heading, or with which the page begins."""
        whole = self.text.whole
        start = max(0, whole.find(self.marks.headings[0])) if len(self.marks.headings) == 1 else 0
        return whole[start : start + _HEAD].split("\n")[:25]

    def _undecided(self) -> list[Value[str]]:
        found = self._printed_at_the_top()
        return list(_readings(found.days, f"the top of the page, which says “{found.words}”")) if found else []

    def _dated_by_library(self) -> str:
        """What htmldate takes for the date, if such a day is written out on the page, and in one way only."""
        if self.root is None or not self.marks.extractable:
            return ""
        from htmldate import find_date

        try:
            day = find_date(self.root, extensive_search=False, original_date=True, max_date=self.today.isoformat())
        except Exception:  # it fails in many ways on pages that browsers read
            logger.debug("no date could be looked for", exc_info=True)
            return ""
        if not day or not is_past(day, today=self.today):
            return ""
        printed = printed_days(self.text.main[:5_000], today=self.today)
        return day if any(one.days == (day,) for one in printed) else ""

    def _updates(self) -> Iterator[Value[str]]:
        if stated := first_text(self.node.get("dateModified")):
            yield from (Value(day, self._said("dateModified"), True) for day in self.stated(stated)[:1])
        for tag, text in self.marks.meta(*_UPDATES):
            yield from (Value(day, f"meta tag {tag}", True) for day in self.stated(text)[:1])
        for line in self.text.whole.split("\n"):
            if len(line) <= 160 and _is_of_change(line) and not _COPYRIGHT.search(line):
                for one in printed_days(line, today=self.today, most=1):
                    if len(one.days) == 1:
                        yield Value(one.days[0], f"the text, which says “{line[:80]}”", False)
                return

    def _guess(self) -> Any:
        """What trafilatura takes for title and author. Asked only where the page itself does not say."""
        if self.root is None or not self.marks.extractable:
            return None
        if self.node.get("headline") and self.node.get("author"):
            return None
        from trafilatura.metadata import extract_metadata

        dated = {"extensive_search": False, "original_date": True}
        try:
            return extract_metadata(self.root, self.reply.final_url, dated, False)
        except Exception:  # it fails in many ways on pages that browsers read
            logger.debug("nothing could be read of the page's text", exc_info=True)
            return None

    # --- The rest --------------------------------------------------------------------------------------------------

    def _languages(self) -> list[Value[str]]:
        def stated() -> Iterator[Value[str]]:
            given = first_text(self.node.get("inLanguage"))
            for text, basis in [
                (given, self._said("inLanguage")),
                (self.marks.language, "the page’s lang"),
                *((locale, "meta tag og:locale") for _, locale in self.marks.meta("og:locale")),
                *(
                    (text, f"meta tag {tag}")
                    for tag, text in self.marks.meta("http-equiv content-language", "language")
                ),
            ]:
                if code := language_code(text):
                    # Locales are left at what the software came with.
                    sure = "og:locale" not in basis and not contradicts(code, self.text.main)
                    yield Value(code, basis, sure)

        found = agreed(stated())
        if any(value.sure for value in found):
            return found
        seeming = seeming_language(self.text.main or self.text.whole)
        guess = [Value(seeming, "the words of the text", False)] if seeming else []
        return agreed([*guess, *found])

    def _canonicals(self) -> Iterator[tuple[str, str]]:
        for url in self.marks.links.get("canonical", ()):
            yield url, "link rel=canonical"
        for _, url in self.marks.meta("og:url"):
            yield url, "meta tag og:url"

    def _kinds(self) -> list[Value[str]]:
        sections = [text for _, text in self.marks.meta("article:section", "parsely-section", "section")]
        given = self.node.get("articleSection")
        sections += [first_text(one) for one in (given if isinstance(given, list) else [given])[:20]]
        og_type = next((text.lower() for _, text in self.marks.meta("og:type")), "")
        return agreed(
            guessed_kinds(
                address=self.address,
                site=_site(self.address),
                kind=self.linked.kind,
                sections=sections,
                main=self.text.main,
                is_pdf=False,
                og_type=og_type,
            )
        )

    def _paywalled(self) -> list[Value[bool]]:
        def said() -> Iterator[Value[bool]]:
            parts = self.node.get("hasPart")
            for owner in (self.node, *(parts[:20] if isinstance(parts, list) else [parts])):
                if isinstance(owner, dict) and (free := _truth(owner.get("isAccessibleForFree"))) is not None:
                    yield Value(not free, self._said("isAccessibleForFree"), True)
                    if not free:
                        return
            for tag, tier in self.marks.meta("article:content_tier", "content_tier", "article.content_tier"):
                if tier.lower() in ("free", "locked", "metered", "paid", "premium"):
                    yield Value(tier.lower() != "free", f"meta tag {tag}", True)
            if self.text.words < 400 and _PAY_WORDS.search(self.text.whole):
                yield Value(True, "the words of the page", False)

        return agreed(said())


def _parsed(markup: str) -> Any:
    """The page as far as it can be parsed; None if there is nothing in it."""
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(markup.encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None


def _truth(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    word = first_text(value).lower().rsplit("/", 1)[-1]
    return {"true": True, "false": False, "yes": True, "no": False}.get(word)


def _same_name(name: str) -> str:
    """A publisher's name without what the same publisher leaves out elsewhere."""
    return same_words(
        re.sub(r"\A(?:the|le|la|der|die)\s+|\.(?:com|org|net|co\.uk|de|fr)\Z|,? inc\.?\Z", "", name, flags=re.I)
    )


def _split(text: str, tag: str) -> list[str]:
    """The names in one text. A comma stays where it may part a family name from a given one."""
    text = _BY.sub("", text)
    if tag.startswith(("citation_", "dc", "itemprop")):
        return text.split(";")
    if _COMPANY.search(text):
        return [text]
    return re.split(r"\s*(?:;|,|\s+(?:and|und|et|y|e|&)\s+)\s*", text)


def _people(names: list[str]) -> tuple[str, ...]:
    """Names that may be those of authors, each once; addresses and profiles are none."""
    found = (_BY.sub("", " ".join(name.split())).strip(" ,;|") for name in names)
    kept = [name for name in found if 2 <= len(name) <= LONGEST_NAME and not _NO_PERSON.search(name)]
    return tuple(dict.fromkeys(kept))[:MOST_AUTHORS]


def _is_of_change(line: str) -> bool:
    return bool(_UPDATED_WORDS.search(line)) and not _PUBLISHED_WORDS.search(line)


def _readings(days: tuple[str, ...], basis: str) -> Iterator[Value[str]]:
    if len(days) == 1:
        yield Value(days[0], basis, False)
        return
    yield Value(days[0], f"{basis}, read with the day first", False)
    yield Value(days[1], f"{basis}, read with the month first", False)


def _canonical(given: list[tuple[str, str]], reply: Reply, address: Address | None) -> list[Value[str]]:
    """Addresses that may be the page's own; suggestions, the doubtful last."""
    good: list[Value[str]] = []
    doubtful: list[Value[str]] = []
    for url, basis in [*given[:10], (reply.final_url, "the address that answered")]:
        try:
            whole = urljoin(reply.final_url, url.strip())
            meant = read(whole)
            key = identity_key(whole)
        except (RefusedAddress, ValueError):
            continue
        if address is not None and registrable_domain(meant.host) != registrable_domain(address.host):
            doubtful.append(Value(key, f"{basis}; doubtful, for it is on another site", False))
        elif address is not None and meant.target == "/" and address.target != "/":
            doubtful.append(Value(key, f"{basis}; doubtful, for it is the front page", False))
        else:
            good.append(Value(key, basis, False))
    return agreed([*good, *doubtful])
