"""The text of a page, and how far two texts differ.

Pages are compared by their extracted main text, never raw: navigation and advertisements change daily.
"""

from __future__ import annotations

import hashlib
import io
import logging
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from django.db.models import IntegerChoices
from django.utils.translation import pgettext_lazy

from sources.limits import between, from_settings
from sources.reading import decoded, page_title, visible_text
from sources.wording import common_ends, comparable, is_unspaced, tokens_of, weighty_counts, words_of

logger = logging.getLogger(__name__)
# They warn of each fault of each page that others wrote, which nobody who runs this can mend.
for _library in ("pypdf", "trafilatura"):
    logging.getLogger(_library).setLevel(logging.CRITICAL)

# What is crossed out is no longer said; readings set above Japanese or Chinese words are not among them.
_NOT_SEEN_NAMES = """
    head script style template noscript svg iframe textarea object audio video canvas datalist annotation
    del s strike rt rp
"""
_NOT_SEEN = frozenset(_NOT_SEEN_NAMES.split())
_HIDING_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|text-decoration[a-z-]*\s*:[^;]*line-through",
    re.IGNORECASE,
)
# Classes by which the common frameworks hide words from the eye that they say to those who cannot see.
_HIDING_CLASS = re.compile(
    r"(?:^|\s)(?:sr-only|visually-?hidden|screen-reader-text|element-invisible|u-hidden-visually)(?:\s|$)",
    re.IGNORECASE,
)
_ICON_CLASS = re.compile(r"icon", re.IGNORECASE)
_DROPPED = "{dropped}element"  # no page can hold one: HTML has no such names
_BLOCK_NAMES = """
    address article aside blockquote body br button caption center dd details dialog dir div dl dt fieldset figcaption
    figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol optgroup option p
    pre search section select summary table tbody tfoot thead title tr ul
"""
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_GAPS = frozenset(("td", "th", "img", "input"))
# What no tree of XML may hold, though a page that is read leniently may.
_CONTROLS = re.compile(
    r"[\x00-\x08\x0b\x0e-\x1f\ud800-\udfff\ufffe\uffff]"
    r"|&#(?:0*(?:[0-8]|1[1-9]|2\d|3[01]|6553[45])(?!\d)|x0*(?:[0-8bcef]|1[\da-f]|d[89a-f][\da-f]{2}|fff[ef])(?![\da-f]));?",
    re.IGNORECASE,
)
_PDF = b"%PDF-"
_NO_TEXT = re.compile(r"(?:image|audio|video|font)/|application/(?:zip|gzip|x-|vnd\.|msword)", re.IGNORECASE)
# A page with more than these is taken for its own article: extraction would take many seconds. Its time grows with
# the elements, the elements above each, and the tables.
_MOST_ELEMENTS = 30_000
_MOST_DEPTHS = 600_000
_MOST_TABLES = 500
_STAMP = re.compile(
    r"""(?:
        (?:last\s+|originally\s+|first\s+)?(?:updated|modified|edited|reviewed|published|posted)\b.{0,60}\d
        | .{0,40}\d.{0,20}\bmin(?:ute)?s?[ .-]+read\b
        | \d[\d.,]*\s*[km]?\s+(?:comments?|shares?|views?|likes?|reads?|reactions?|people\s.{0,30})
        | (?:©|\(c\)|copyright\b).{0,120} | (?:share|print|e-?mail|tweet|save)(?:\s.{0,30})?
        | (?:zuletzt\s+)?(?:aktualisiert|veröffentlicht|stand)\b.{0,40}\d | (?:mis\s+à\s+jour|publié)\b.{0,40}\d
        | (?:actualizado|publicado|aggiornato|pubblicato|atualizado|bijgewerkt)\b.{0,40}\d
        | (?:обновлено|опубликовано)\b.{0,40}\d
        | (?:更新|发布|發布|最終更新|公開)(?:日|于|於|时间)?\s*[:：]?.{0,30}\d
    ).{0,30}""",
    re.IGNORECASE | re.VERBOSE,
)
_LONGEST_STAMP = 140
_PDF_PAGES = 400
_PDF_CHARACTERS = 2_000_000
_PDF_SECONDS = 5.0
_PDF_PAGE_BYTES = 1_000_000  # parsed at once, at some 3 s a megabyte of the worst kind
_PDF_OBJECTS = 300_000  # found at once, before any time can be taken
# Word lists of this length are aligned in well under a second; beyond, shared runs of words alone decide.
_MOST_ALIGNED = 20_000
_RUN = 4
_SHINGLE = 5
_SHINGLE_UNSPACED = 10
_WINDOW = 4
_MOST_FINGERPRINTED = 40_000


class PageText(NamedTuple):
    """What a page says. `main` is its article, paragraphs on lines of their own; `whole` all of its visible words."""

    main: str
    whole: str
    title: str = ""
    language: str | None = None  # ISO 639-1, as the page states it

    @property
    def words(self) -> int:
        return len(self.main.split())


class Drift(IntegerChoices):
    """How far a text is from an earlier one. The numbers are stored and never change their meaning."""

    NONE = 0, pgettext_lazy("how far a text is from an earlier one", "the same words")
    MINOR = 1, pgettext_lazy("how far a text is from an earlier one", "minor changes")
    EDITED = 2, pgettext_lazy("how far a text is from an earlier one", "edited")
    REWRITTEN = 3, pgettext_lazy("how far a text is from an earlier one", "rewritten")
    REPLACED = 4, pgettext_lazy("how far a text is from an earlier one", "replaced")


@dataclass(frozen=True, slots=True)
class DriftRules:
    """The likeness, 0 to 1, from which a change counts as no more than minor, an edit, or a rewriting.

    Each field is a setting: `LINK_CHECK_` and its name in capitals.
    """

    drift_minor: float = between(0.97, 0, 1)
    drift_edited: float = between(0.80, 0, 1)
    drift_rewritten: float = between(0.30, 0, 1)


def drift_rules() -> DriftRules:
    """The rules of this installation.

    :raises ValueError: naming the setting that cannot be read.
    """
    return from_settings(DriftRules)


def page_text(body: bytes, *, content_type: str = "text/html", charset: str | None = None, url: str = "") -> PageText:
    """The text of a body as it came, decoded, in at most a few seconds; empty where it holds none.

    What a reader does not see is left out: scripts, comments, hidden elements, and words that are crossed out.
    `aria-hidden` words are seen, and stay, unless they name an icon. Lines that hold only a date of the page
    itself, a counter or a notice of copyright are no part of `main`, for they change by themselves.

    :param url: where the body came from, which helps to find the article; not fetched.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/pdf" or body[:1024].lstrip().startswith(_PDF):
        words = _pdf_text(body)
        return PageText(main=_without_stamps(words), whole=words)
    if _NO_TEXT.match(kind):
        return PageText("", "")
    markup = _CONTROLS.sub("", decoded(body, charset).replace("\f", " "))
    if kind.startswith("text/") and kind != "text/html":
        return PageText(main=_without_stamps(markup), whole=markup)
    title = page_title(markup)
    root = _tree(markup)
    if root is None:
        whole = visible_text(markup)
        return PageText(main=whole, whole=whole, title=title)
    language = _language(root)
    extractable = _drop_unseen(root)
    whole = _words(root)
    main = _article(root, url) if extractable else ""
    main = _without_stamps(main) or _without_stamps(whole) or whole
    return PageText(main, whole, title, language)


def _tree(markup: str) -> Any:
    """The parsed page, or None where the parser gave up on it or lost some of it."""
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(markup.encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None
    if root is None or any(fault.level_name == "FATAL" for fault in parser.error_log):
        return None
    return root


def _language(root: Any) -> str | None:
    stated = (root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or "").strip().lower()
    language = re.split(r"[-_]", stated)[0]
    return language if re.fullmatch(r"[a-z]{2}", language) else None


def _drop_unseen(root: Any) -> bool:
    """Take out what a reader does not see; say whether what stays is small enough to look for an article in it."""
    from lxml import etree

    elements = depth = depths = tables = 0
    unseen = []
    skipped = None
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "end":
            depth -= 1
            if element is skipped:
                skipped = None
            continue
        depth += 1
        if skipped is not None:
            continue
        elements += 1
        if element is not root and _is_unseen(element):
            skipped = element
            unseen.append(element)
            continue
        depths += depth
        tables += element.tag == "table"
    for element in unseen:
        if element.tag != "head":
            element.tag = _DROPPED
    # All in one go: dropped one by one, the words behind each are joined to all those before, time and again.
    etree.strip_elements(root, _DROPPED, with_tail=False)
    return elements <= _MOST_ELEMENTS and depths <= _MOST_DEPTHS and tables <= _MOST_TABLES


def _is_unseen(element: Any) -> bool:
    tag = element.tag
    if not isinstance(tag, str) or tag in _NOT_SEEN or (tag == "sup" and _is_note(element)):
        return True
    given = element.attrib
    if "hidden" in given or (tag == "dialog" and "open" not in given):
        return True
    if "style" in given and _HIDING_STYLE.search(given["style"]):
        return True
    classes = given.get("class", "")
    if classes and _HIDING_CLASS.search(classes):
        return True
    is_icon = tag in ("i", "span") and bool(_ICON_CLASS.search(classes))
    return is_icon and given.get("aria-hidden", "").lower() == "true"


def _is_note(element: Any) -> bool:
    """A footnote's mark, which is no word of the sentence that it stands in."""
    return any("#" in link.get("href", "") for link in islice(element.iter("a"), 3))


def _words(root: Any) -> str:
    """The words of a tree that holds nothing unseen, each block on a line of its own."""
    from lxml import etree

    pieces: list[str] = []
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        if tag == "head":
            if event == "start":
                walk.skip_subtree()
            continue
        if event == "start":
            pieces.append(_seam(tag, opens=True))
            pieces.append(_inside(element.text))
        else:
            pieces.append(_seam(tag, opens=False))
            if element is not root:
                pieces.append(_inside(element.tail))
    return _lines("".join(pieces))


def _seam(tag: str, *, opens: bool) -> str:
    if tag in _BLOCKS:
        return "\n"
    if tag in _GAPS:
        return " "
    if tag == "q":
        return "“" if opens else "”"
    return ""


def _inside(text: str | None) -> str:
    """Text of one element, in which line breaks are nothing but space."""
    return text.replace("\n", " ").replace("\r", " ") if text else ""


def _lines(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _article(root: Any, url: str) -> str:
    from trafilatura import extract

    try:
        found = extract(root, url=url or None, include_comments=False, include_tables=True)
    except Exception:  # it fails in many ways on pages that browsers read; the whole page is there to fall back on
        logger.debug("no main text could be extracted", exc_info=True)
        return ""
    return _lines(found or "")


def _without_stamps(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if not _is_stamp(line))


def _is_stamp(line: str) -> bool:
    return len(line) <= _LONGEST_STAMP and bool(_STAMP.fullmatch(line.strip()))


def _pdf_text(body: bytes) -> str:
    """The words of a PDF, page by page, as far as they can be read within limits; empty where they cannot."""
    from pypdf import PdfReader

    ends = time.monotonic() + _PDF_SECONDS

    def stop_in_time(*_: Any) -> None:
        if time.monotonic() > ends:
            raise TimeoutError

    pages: list[str] = []
    length = 0
    try:
        if body.count(b" obj") > _PDF_OBJECTS:
            raise ValueError("more objects than a document has")
        reader = PdfReader(io.BytesIO(body))
        for number, page in enumerate(reader.pages):
            if number >= _PDF_PAGES or length >= _PDF_CHARACTERS:
                break
            stop_in_time()
            contents = page.get_contents()
            if contents is None or len(contents.get_data()) > _PDF_PAGE_BYTES:
                continue
            pages.append(page.extract_text(visitor_operand_before=stop_in_time))
            length += len(pages[-1])
    except Exception:  # broken files fail in any way; what was read until then is what there is
        logger.debug("a PDF could not be read to its end", exc_info=True)
    return _lines("\n".join(pages).replace("\0", "")[:_PDF_CHARACTERS])


def text_digest(text: str) -> int:
    """First eight bytes, signed, of the SHA-256 of a text: the same for the same words, however they are set."""
    return int.from_bytes(hashlib.sha256(comparable(text).encode("utf-8", "replace")).digest()[:8], "big", signed=True)


def likeness(one: str, other: str) -> float:
    """How alike two texts are, 0 to 1: the mean of how well their words align and how many runs of four they share.

    Words that both begin or end with are set aside first. Where more than 20,000 remain on both sides, the
    alignment would take long, and the shared runs alone decide.
    """
    return _likeness(comparable(one), comparable(other))


def _likeness(one: str, other: str) -> float:
    from rapidfuzz import fuzz

    if one == other:
        return 1.0
    first, second = words_of(one), words_of(other)
    if not first or not second:
        return 1.0 if first == second else 0.0
    shared = _shared_runs(first, second)
    begin, end = common_ends(first, second)
    rest, other_rest = first[begin : len(first) - end], second[begin : len(second) - end]
    if min(len(rest), len(other_rest)) > _MOST_ALIGNED:
        return shared
    # The ratio of the whole follows from that of the rest: all else is aligned.
    in_rest = fuzz.ratio(rest, other_rest) / 100 * (len(rest) + len(other_rest))
    aligned = (2 * (begin + end) + in_rest) / (len(first) + len(second))
    return (aligned + shared) / 2


def _shared_runs(one: Sequence[str], other: Sequence[str]) -> float:
    """The share of runs of four words, each as often as it stands, that two lists have in common."""
    length = min(_RUN, len(one), len(other))
    runs, other_runs = (Counter(_runs(words, length)) for words in (one, other))
    return (runs & other_runs).total() / max(runs.total(), other_runs.total())


def _runs(words: Sequence[str], length: int) -> Iterator[tuple[str, ...]]:
    return zip(*(words[at:] for at in range(length)), strict=False)


def drift(before: str, after: str, rules: DriftRules | None = None) -> Drift:
    """How far `after` is from `before`; a change of a weighty word is never minor.

    :param rules: those of this installation, if not given.
    """
    one, other = comparable(before), comparable(after)
    if one == other:
        return Drift.NONE
    rules = rules or drift_rules()
    alike = _likeness(one, other)
    if alike >= rules.drift_minor:
        return Drift.EDITED if _changes_weight(one, other) else Drift.MINOR
    if alike >= rules.drift_edited:
        return Drift.EDITED
    return Drift.REWRITTEN if alike >= rules.drift_rewritten else Drift.REPLACED


def _changes_weight(one: str, other: str) -> bool:
    """Whether a weighty word is gone, new, or beside another word than before."""
    first, second = tokens_of(one), tokens_of(other)
    begin, end = common_ends(first, second)
    # Two words more on either side, so that a phrase is seen that changed in part.
    begin, end = max(0, begin - 2), max(0, end - 2)
    return weighty_counts(first[begin : len(first) - end]) != weighty_counts(second[begin : len(second) - end])


def fingerprints(text: str) -> list[int]:
    """Winnowed fingerprints of a text (Schleimer, Wilkerson and Aiken 2003): signed 64-bit numbers, sorted.

    They are taken of runs of five words, or of ten characters where words are not spaced, one from every four
    neighbouring runs at least: whatever eight words two texts share, they share a fingerprint of. Of a very
    long text, the first 40,000 words are taken.
    """
    simple = comparable(text)
    words = words_of(simple)[:_MOST_FINGERPRINTED]
    if not words:
        return []
    length = min(_SHINGLE_UNSPACED if is_unspaced(simple) else _SHINGLE, len(words))
    hashes = [
        int.from_bytes(
            hashlib.blake2b(" ".join(run).encode("utf-8", "replace"), digest_size=8).digest(), "big", signed=True
        )
        for run in _runs(words, length)
    ]
    chosen = {min(hashes[at : at + _WINDOW]) for at in range(max(1, len(hashes) - _WINDOW + 1))}
    return sorted(chosen)


def containment(fewer: list[int], more: list[int]) -> float:
    """The share of the first's fingerprints that the second has too, 0 to 1."""
    wanted = set(fewer)
    return len(wanted & set(more)) / len(wanted) if wanted else 0.0
