"""A quotation and the page it was taken from: does it stand there word for word, and if not, what stands there now.

The three parts of a quotation are those of a TextQuoteSelector (W3C Web Annotation Data Model). A line break in
the words before or after it parts blocks of the page, as in `PageText.whole`: what another block says, a menu or a
date, is no part of what the quotation means.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from heapq import nlargest
from typing import NamedTuple
from urllib.parse import quote

from django.db.models import TextChoices

from sources.limits import between, from_settings
from sources.reading import plain
from sources.wording import UNSPACED, Change, comparable, lettered, weighty, word_changes, words_of

__all__ = [
    "Change",
    "Found",
    "PassageRules",
    "PassageStanding",
    "Quotation",
    "anchor",
    "find",
    "fragment",
    "passage_rules",
    "weighty",
    "word_changes",
]

CONTEXT = 32
_LEFT_OUT = re.compile(r"[\[［][^\[\]［］]{0,200}[\]］]|\(\s*(?:\.\.\.+|…)\s*\)|\.\.\.+|…+|\. \. \.(?: \.)?")
_UNSPACED = re.compile(rf"[{UNSPACED}]")
_NO_LETTERS = re.compile(r"[\W_]+")
_WORD = re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+")
_BROKEN_WORD = re.compile(r"[^\W\d_][-‐]\s+[^\W\d_]")
_SENTENCE_END = re.compile(r"[.!?。！？…](?=[\s\"'”’)»」]|$)|\n|[。！？]")
_UNSEEN = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_HYPHENS = "-‐‑"
_BLOCK = 2_000  # characters between two places where letters were counted
_MOST_TRIED = 20_000  # places where a piece is looked at, should it be a single letter
_MOST_PLACES = 100
_MOST_HITS = 20_000
_LONGEST_QUOTATION = 20_000
_LONGEST_FRAGMENT = 300  # beyond, browsers themselves make a link of its first and last words
_FRAGMENT_WORDS = 5
_FRAGMENT_CHARACTERS = 12


class Quotation(NamedTuple):
    """Quoted words and the words around them, empty where these are not known."""

    exact: str
    prefix: str = ""
    suffix: str = ""


class PassageStanding(TextChoices):
    """Whether a quotation stands on its page."""

    PRESENT = "present", "stands word for word"
    ALTERED = "altered", "stands there in other words"
    MISSING = "missing", "is no longer there"
    UNREADABLE = "unreadable", "could not be looked for"


class Found(NamedTuple):
    """What was found of a quotation. `text` is what stands there now, `weighty` the words that change its meaning."""

    standing: PassageStanding
    text: str = ""
    score: float = 0.0  # 0 to 100; 100 only where present
    weighty: tuple[str, ...] = ()
    prefix: str = ""
    suffix: str = ""
    context_changed: bool = False


@dataclass(frozen=True, slots=True)
class PassageRules:
    """When a passage counts as the quoted one. Each field is a setting: `LINK_CHECK_` and its name in capitals."""

    passage_altered: float = between(60, 0, 100)  # the score from which it is the same passage in other words
    passage_gap: int = between(2_000, 0, 1_000_000)  # characters that an ellipsis leaves out, at most


def passage_rules() -> PassageRules:
    """The rules of this installation.

    :raises ValueError: naming the setting that cannot be read.
    """
    return from_settings(PassageRules)


class _Span(NamedTuple):
    """Where something stands in a text."""

    start: int
    end: int


class _Piece(NamedTuple):
    """Words between two that were left out. An open end lies within a word, as in “[W]e will”."""

    text: str
    key: str
    open_start: bool = False
    open_end: bool = False


def find(quotation: Quotation, whole: str, rules: PassageRules | None = None) -> Found:
    """Look for a quotation in all the visible text of a page.

    Only an exact match makes it present, for one “not” fewer scores 97 of 100 and more in every measure of
    likeness. Case, kinds of quotation marks, dashes, spaces and hyphens at the end of a line are no matter.
    What is there in other words is found by the words that it shares, the rarest of them weighing most.

    :param whole: as `PageText.whole` has it. Looking for several quotations in one page, one after the other,
        costs little more than for one.
    :param rules: those of this installation, if not given.
    """
    exact = quotation.exact[:_LONGEST_QUOTATION]
    if not whole.strip() or not _letters(comparable(exact)):
        return Found(PassageStanding.UNREADABLE)
    rules = rules or passage_rules()
    page = _page(whole)
    places = list(_places(exact, page, gap=rules.passage_gap))
    if places:
        return min(
            (_present(quotation, page, spans) for spans in places),
            key=lambda found: (found.context_changed, len(found.weighty)),
        )
    return _altered(exact, page, rules)


def anchor(exact: str, whole: str, *, context: int = CONTEXT) -> Quotation | None:
    """The quotation with the words before and after it, as they stand in the text; None where it does not stand.

    :param context: characters before and after, at most; a word is never cut.
    """
    if not _letters(comparable(exact)):
        return None
    page = _page(whole)
    spans = next(_places(exact, page, gap=passage_rules().passage_gap), None)
    if spans is None:
        return None
    standing = exact if len(spans) > 1 or _LEFT_OUT.search(exact) else _slice(page.text, spans[0], exact)
    return Quotation(standing, *_context(page.text, spans, context))


def fragment(quotation: Quotation) -> str:
    """The text fragment that leads into the passage, `:~:text=…` (WICG Scroll To Text Fragment), without the #.

    A long quotation, one with an ellipsis, or one of several blocks is named by its first and last words.
    """
    texts = [_whole_words(piece) for piece in _pieces(quotation.exact)]
    texts = [text for text in texts if _letters(text)]
    if not texts:
        return ":~:text=" + _encoded(quotation.exact)
    first, last = texts[0].split("\n")[0].strip(), texts[-1].split("\n")[-1].strip()
    parts = [_encoded(first)]
    if len(texts) > 1 or first != last or len(first) > _LONGEST_FRAGMENT:
        parts = [_encoded(_some_words(first)), _encoded(_some_words(last, from_end=True))]
    before = quotation.prefix.rstrip().split("\n")[-1].strip()
    after = quotation.suffix.lstrip().split("\n")[0].strip()
    if _letters(before):
        parts.insert(0, _encoded(before) + "-")
    if _letters(after):
        parts.append("-" + _encoded(after))
    return ":~:text=" + ",".join(parts)


def _encoded(text: str) -> str:
    """Percent-encoded; hyphens, commas and ampersands part the directive itself."""
    return quote(text.encode("utf-8", "replace"), safe="").replace("-", "%2D")


def _whole_words(piece: _Piece) -> str:
    """A piece without the parts of words the rest of which stands in brackets: browsers match whole words only."""
    text = piece.text
    if piece.open_start:
        text = text.partition(" ")[2]
    if piece.open_end:
        text = text.rpartition(" ")[0]
    return text.strip()


def _some_words(text: str, *, from_end: bool = False) -> str:
    words = text.split(" ")
    if len(words) > 1:
        return " ".join(words[-_FRAGMENT_WORDS:] if from_end else words[:_FRAGMENT_WORDS])
    return text[-_FRAGMENT_CHARACTERS:] if from_end else text[:_FRAGMENT_CHARACTERS]


def _letters(text: str) -> int:
    return len(_NO_LETTERS.sub("", text))


class _Counted:
    """How many letters and digits stand before each place of a text, and the place of each."""

    def __init__(self, text: str, *, is_key: bool) -> None:
        self.text = text
        self.is_key = is_key
        self.places = array("I", [0])
        self.counts = array("I", [0])
        at = 0
        while at < len(text):
            end = min(len(text), at + _BLOCK)
            # Letters that make one together stand in one word: blocks end where words do, if these end at all.
            while end < len(text) and end < at + 2 * _BLOCK and not text[end - 1].isspace():
                end += 1
            self.counts.append(self.counts[-1] + self._count(at, end))
            self.places.append(end)
            at = end

    def _count(self, start: int, end: int) -> int:
        part = self.text[start:end]
        return _letters(part if self.is_key else lettered(part))

    def before(self, place: int) -> int:
        block = bisect_right(self.places, place) - 1
        return self.counts[block] + self._count(self.places[block], place)

    def place_of(self, letter: int) -> int:
        """Where the letter stands that so many letters precede."""
        letter = max(0, min(letter, self.counts[-1] - 1))
        block = min(bisect_right(self.counts, letter) - 1, len(self.places) - 2)
        low, high = self.places[block], self.places[block + 1]
        wanted = letter - self.counts[block]
        begin = low
        while low < high:
            middle = (low + high) // 2
            if self._count(begin, middle + 1) > wanted:
                high = middle
            else:
                low = middle + 1
        return min(low, len(self.text) - 1)


class _Page:
    """A text made ready for looking up several quotations."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.key = comparable(text)

    @cached_property
    def _in_text(self) -> _Counted:
        return _Counted(self.text, is_key=False)

    @cached_property
    def _in_key(self) -> _Counted:
        return _Counted(self.key, is_key=True)

    @cached_property
    def _in_joined(self) -> _Counted:
        return _Counted(self.joined, is_key=True)

    @cached_property
    def joined(self) -> str:
        """The key without hyphens, where a word may be broken at a line's end; empty elsewhere."""
        return self.key.replace("-", "") if _BROKEN_WORD.search(self.text) else ""

    @cached_property
    def words(self) -> _Words:
        return _Words(self.key)

    def span(self, start: int, end: int, *, joined: bool = False) -> _Span:
        """Where the letters of a stretch of the key stand in the text; the stretch holds a letter."""
        counted = self._in_joined if joined else self._in_key
        first, behind = counted.before(start), counted.before(end)
        begin = self._in_text.place_of(first)
        last = self._in_text.place_of(behind - 1) + 1
        while last < len(self.text) and _is_mark(self.text[last]):
            last += 1
        return _Span(begin, last)


class _Words:
    """The words of a key, their places, and where each word stands."""

    def __init__(self, key: str) -> None:
        self.starts, self.ends = array("I"), array("I")
        self.words: list[str] = []
        self.numbers: dict[str, array[int]] = {}
        for number, found in enumerate(_WORD.finditer(key)):
            word = found.group()
            numbers = self.numbers.get(word)
            if numbers is None:
                numbers = self.numbers[word] = array("I")
            numbers.append(number)
            self.words.append(word)
            self.starts.append(found.start())
            self.ends.append(found.end())


@lru_cache(maxsize=1)
def _page(text: str) -> _Page:
    return _Page(text)


def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "M"


def _is_lettered(character: str) -> bool:
    return character.isalnum() or character == "_" or _is_mark(character)


def _pieces(exact: str) -> list[_Piece]:
    pieces = []
    at = 0
    open_start = False
    for left_out in [*_LEFT_OUT.finditer(exact), None]:
        text = exact[at : left_out.start() if left_out else len(exact)]
        in_brackets = left_out is not None and left_out.group()[0] in "[［"
        key = comparable(text)
        if _letters(key):
            open_end = in_brackets and text[-1:].isalnum()
            pieces.append(_Piece(text.strip(), key, open_start and text[:1].isalnum(), open_end))
        if left_out:
            open_start = in_brackets
            at = left_out.end()
    return pieces


def _places(exact: str, page: _Page, *, gap: int) -> Iterator[list[_Span]]:
    """Every place where the quotation stands word for word, its pieces in order; at most a hundred of them."""
    undivided = [_Piece(exact, comparable(exact))]
    for tried in (undivided, _pieces(exact)) if _LEFT_OUT.search(exact) else (undivided,):
        for joined in (False, True):
            found = False
            for spans in _sequences(tried, page, gap=gap, joined=joined):
                found = True
                yield spans
            if found:
                return


def _sequences(pieces: list[_Piece], page: _Page, *, gap: int, joined: bool) -> Iterator[list[_Span]]:
    text = page.joined if joined else page.key
    if not pieces or not text:
        return
    if joined:
        pieces = [piece._replace(key=piece.key.replace("-", "")) for piece in pieces]
    count = 0
    for start, span in _occurrences(pieces[0], page, text, 0, len(text), joined=joined):
        spans = [span]
        at = start + len(pieces[0].key)
        for piece in pieces[1:]:
            following = next(_occurrences(piece, page, text, at, at + gap + len(piece.key), joined=joined), None)
            if following is None:
                break
            spans.append(following[1])
            at = following[0] + len(piece.key)
        if len(spans) == len(pieces):
            yield spans
            count += 1
            if count >= _MOST_PLACES:
                return


def _occurrences(
    piece: _Piece, page: _Page, text: str, at: int, end: int, *, joined: bool
) -> Iterator[tuple[int, _Span]]:
    mapped = 0
    for _ in range(_MOST_TRIED):
        at = text.find(piece.key, at, end)
        if at < 0 or mapped >= 5 * _MOST_PLACES:
            return
        behind = at + len(piece.key)
        if (piece.open_start or not _runs_on(text, at)) and (piece.open_end or not _runs_on(text, behind)):
            span = page.span(at, behind, joined=joined)
            mapped += 1
            if (
                (piece.open_start or _begins_word(page.text, span.start))
                and (piece.open_end or _ends_word(page.text, span.end))
                and (not joined or _BROKEN_WORD.search(page.text, span.start, span.end))
            ):
                yield at, span
        at += 1


def _runs_on(text: str, at: int) -> bool:
    """Whether a word goes on over a place in a text."""
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    if _UNSPACED.match(before) or _UNSPACED.match(after):
        return False
    return _is_lettered(before) and _is_lettered(after)


def _begins_word(text: str, at: int) -> bool:
    before = text[max(0, at - 8) : at].rstrip(_UNSEEN)
    if not before:
        return True
    after = text[at]
    last, earlier = before[-1], before[-2:-1]
    if _UNSPACED.match(last) or _UNSPACED.match(after):
        return True
    if _is_lettered(last):
        return False
    if last in _HYPHENS and earlier.isalnum():
        return False
    if earlier.isdigit() and after.isdigit() and last in ".,:/–":
        return False
    # An article that lost its vowel may be left out of a quotation, a negation may not: “l’usage”, “n’utilise”.
    return not (last in "'’" and earlier in ("n", "N") and not before[-3:-2].isalpha())


def _ends_word(text: str, at: int) -> bool:
    after = text[at : at + 8].lstrip(_UNSEEN)
    if not after:
        return True
    before = text[at - 1]
    if _UNSPACED.match(after[0]) or _UNSPACED.match(before):
        return True
    if _is_lettered(after[0]):
        return False
    following = after[1:2]
    if after[0] in _HYPHENS and following.isalnum():
        return False
    if before.isdigit() and (after[0] in "%‰" or (after[0] in ".,:/–" and following.isdigit())):
        return False
    # “Amazon” may be quoted from “Amazon’s”, but “do” not from “don’t”.
    return not (after[0] in "'’" and following.isalpha() and not re.match(r"[sS](?!\w)", after[1:]))


def _slice(text: str, span: _Span, exact: str) -> str:
    """The words at a place with the marks that the quotation begins and ends with."""
    start, end = span
    stripped = exact.strip()
    lead = next((at for at, each in enumerate(stripped) if each.isalnum()), 0)
    trail = next((at for at, each in enumerate(reversed(stripped)) if _is_lettered(each)), 0)
    while lead and start and not text[start - 1].isspace() and not _is_lettered(text[start - 1]):
        start, lead = start - 1, lead - 1
    while trail and end < len(text) and not text[end].isspace() and not _is_lettered(text[end]):
        end, trail = end + 1, trail - 1
    return text[start:end]


def _context(text: str, spans: Sequence[_Span], length: int = CONTEXT) -> tuple[str, str]:
    """The words before the first and after the last place, never cut within a word."""
    start, end = spans[0].start, spans[-1].end
    # One character more tells whether a word is cut.
    before, after = text[max(0, start - length - 1) : start], text[end : end + length + 1]
    return _end_of(before, length), _start_of(after, length)


def _end_of(text: str, length: int) -> str:
    begin = max(0, len(text) - length)
    while begin < len(text) and _runs_on(text, begin):
        begin += 1
    return text[begin:].lstrip()


def _start_of(text: str, length: int) -> str:
    finish = min(len(text), length)
    while finish and _runs_on(text, finish):
        finish -= 1
    return text[:finish].rstrip()


def _present(quotation: Quotation, page: _Page, spans: Sequence[_Span]) -> Found:
    text = page.text
    gone_or_new = [
        *_changed_beside(quotation.prefix, text[max(0, spans[0].start - 300) : spans[0].start], before=True),
        *_changed_beside(quotation.suffix, text[spans[-1].end : spans[-1].end + 300], before=False),
    ]
    prefix, suffix = _context(text, spans)
    return Found(
        PassageStanding.PRESENT,
        text=" … ".join(text[span.start : span.end] for span in spans)
        if len(spans) > 1
        else _slice(text, spans[0], quotation.exact),
        score=100.0,
        weighty=tuple(dict.fromkeys(word for changes in gone_or_new for word in weighty(changes))),
        prefix=prefix,
        suffix=suffix,
        context_changed=bool(gone_or_new),
    )


def _changed_beside(known: str, now: str, *, before: bool) -> list[list[Change]]:
    """What changed in the words on one side of a quotation: nothing, or one word diff.

    Words of other blocks than the quotation's do not count where it is known that they are of other blocks. Where
    a block began with the quotation, words of another sentence in front of it, such as a date line, do not either.
    """
    if not known.strip():
        return []
    lines = known.split("\n")
    own = lines[-1] if before else lines[0]
    own_words, now_words = words_of(plain(own)), words_of(plain(now))
    if before:
        own_words.reverse()
        now_words.reverse()
    count = len(own_words)
    same = own_words == now_words[:count]
    if not same and count and own_words[:-1] == now_words[: count - 1] and len(now_words) >= count and len(lines) == 1:
        # The outermost word may have been cut where it was noted down by another hand.
        outermost, other = own_words[-1], now_words[count - 1]
        same = other.endswith(outermost) if before else other.startswith(outermost)
    if same and len(lines) > 1:
        same = not _begun_anew(own, now, before=before)
    if same:
        return []
    line = (now.split("\n")[-1] if before else now.split("\n")[0]) if len(lines) > 1 else now
    compared = _end_of(line, len(own) + CONTEXT) if before else _start_of(line, len(own) + CONTEXT)
    changes = word_changes(own, compared)
    # What stands farther out than the words that are known is not new.
    outer = 0 if before else -1
    if len(changes) > 1 and changes[outer].kind == "new" and any(change.kind == "same" for change in changes):
        inner = changes[1] if before else changes[-2]
        if inner.kind == "same":
            del changes[outer]
    return [changes]


def _begun_anew(own: str, now: str, *, before: bool) -> bool:
    """Whether the sentence goes on, on the page, where the block of the quotation had its end."""
    line = now.split("\n")[-1] if before else now.split("\n")[0]
    extra = len(words_of(plain(line))) - len(words_of(plain(own)))
    if extra <= 0:
        return False
    words = list(_WORD.finditer(line))
    if len(words) < extra:
        return False
    if before:
        behind = line[words[extra - 1].end() :]
        return not re.match(r"[^\w]*[.!?:;。！？|–—-]", behind.split(own.strip() or "\0")[0] or behind)
    ahead = line[: words[-extra].start()]
    return not re.search(r"[.!?:;。！？|–—-][^\w]*$", ahead)


def _altered(exact: str, page: _Page, rules: PassageRules) -> Found:
    """The passage that is likest the quotation, told from it by the words that it shares with it."""
    pieces = _pieces(exact) or [_Piece(exact, comparable(exact))]
    main = max(range(len(pieces)), key=lambda at: len(pieces[at].key))
    score, span = _likest(pieces[main].key, page)
    if span is None or score < rules.passage_altered:
        return Found(PassageStanding.MISSING, score=round(min(score, 99.9), 1))
    text = page.text
    found = [(score, text[span.start : span.end], len(pieces[main].key))]
    spans = [span]
    at = span.start
    for piece in reversed(pieces[:main]):
        each, score = _beside(piece, text, max(0, at - rules.passage_gap - 2 * len(piece.key)), at, from_end=True)
        found.insert(0, (score, text[each.start : each.end] if each else "", len(piece.key)))
        if each:
            spans.insert(0, each)
            at = each.start
    at = span.end
    for piece in pieces[main + 1 :]:
        each, score = _beside(piece, text, at, at + rules.passage_gap + 2 * len(piece.key), from_end=False)
        found.append((score, text[each.start : each.end] if each else "", len(piece.key)))
        if each:
            spans.append(each)
            at = each.end
    score = sum(each * length for each, _, length in found) / sum(length for _, _, length in found)
    if score < rules.passage_altered:
        return Found(PassageStanding.MISSING, score=round(min(score, 99.9), 1))
    now = " … ".join(words for _, words, _ in found if words) if len(pieces) > 1 else _slice(text, span, exact)
    prefix, suffix = _context(text, spans)
    told = [
        word
        for piece, (_, words, _) in zip(pieces, found, strict=True)
        for word in weighty(word_changes(piece.text, words))
    ]
    return Found(
        PassageStanding.ALTERED,
        text=now,
        score=round(min(score, 99.9), 1),
        weighty=tuple(dict.fromkeys(told)),
        prefix=prefix,
        suffix=suffix,
    )


def _beside(piece: _Piece, text: str, start: int, end: int, *, from_end: bool) -> tuple[_Span | None, float]:
    """Where a piece stands, word for word or nearly, in a stretch of a text; and how alike it is."""
    part = _Page(text[start:end])
    whole = [span for _, span in _occurrences(piece, part, part.key, 0, len(part.key), joined=False)]
    if whole:
        span = whole[-1 if from_end else 0]
        return _Span(start + span.start, start + span.end), 100.0
    score, likest = _likest(piece.key, part)
    if likest is None or score < 30:
        return None, 0.0
    return _Span(start + likest.start, start + likest.end), score


def _likest(key: str, page: _Page) -> tuple[float, _Span | None]:
    """The stretch of a page that is likest some words, ending where words or sentences do; 0 to 100 how alike."""
    best: tuple[float, _Span | None] = (0.0, None)
    wanted = [found.group() for found in _WORD.finditer(key)]
    for low, high in _neighbourhoods(wanted, page.words):
        span = _aligned(wanted, page, low, high)
        if span is not None:
            score = _score(key, wanted, page.text[span.start : span.end])
            if score > best[0]:
                best = score, span
    if best[1] is None and len(key) <= 64:
        best = _likest_letters(key, wanted, page)
    return best


def _neighbourhoods(wanted: list[str], words: _Words) -> list[tuple[int, int]]:
    """Up to five stretches of a page, by the numbers of their words, that share most with the words wanted."""
    places = sorted((words.numbers[word] for word in set(wanted) if word in words.numbers), key=len)
    hits: list[tuple[int, float]] = []
    for numbers in places:
        if len(hits) + len(numbers) > _MOST_HITS and hits:
            break
        hits.extend((number, 1 / (1 + len(numbers)) ** 0.5) for number in numbers[:_MOST_HITS])
    hits.sort()
    width = len(wanted) * 3 // 2 + 4
    scored = []
    first = 0
    total = 0.0
    inside: dict[str, int] = {}
    for number, weight in hits:
        word = words.words[number]
        inside[word] = inside.get(word, 0) + 1
        total += weight if inside[word] == 1 else 0
        while hits[first][0] <= number - width:
            out = words.words[hits[first][0]]
            inside[out] -= 1
            total -= hits[first][1] if inside[out] == 0 else 0
            first += 1
        scored.append((total, hits[first][0], number))
    chosen: list[tuple[int, int]] = []
    for _, low, high in nlargest(200, scored):
        if all(high < other_low or low > other_high for other_low, other_high in chosen):
            chosen.append((low, high))
            if len(chosen) == 5:
                break
    slack = len(wanted) // 2 + 2
    return [(max(0, low - slack), min(len(words.words), high + slack + 1)) for low, high in chosen]


def _aligned(wanted: list[str], page: _Page, low: int, high: int) -> _Span | None:
    """The part of a neighbourhood that aligns best with the words wanted."""
    from rapidfuzz.distance import Indel

    words = page.words
    matched = [
        (block.a + step, low + block.b + step)
        for block in Indel.opcodes(wanted, words.words[low:high]).as_matching_blocks()
        for step in range(block.size)
    ]
    if not matched:
        return None
    # At both ends, stray words match that belong to other sentences: the stretch is narrowed to the densest.
    step = max(1, len(matched) // 200)
    places = sorted({*range(0, len(matched), step), len(matched) - 1})
    _, first, last = max(
        (2 * (last - first + 1) / (len(wanted) + matched[last][1] - matched[first][1] + 1), first, last)
        for number, first in enumerate(places)
        for last in places[number:]
    )
    span = page.span(words.starts[matched[first][1]], words.ends[matched[last][1]])
    return _widened(page.text, span, matched[first][0], len(wanted) - 1 - matched[last][0])


def _widened(text: str, span: _Span, missing_before: int, missing_after: int) -> _Span:
    """A stretch with whole words, and with those that took the place of the words missing at its ends."""
    start, end = span
    if missing_before:
        ahead = text[max(0, start - 40 * (missing_before + 3)) : start]
        ends = [found.end() for found in _SENTENCE_END.finditer(ahead)]
        ahead = ahead[ends[-1] :] if ends else ahead
        words = list(_WORD.finditer(ahead))
        taken = words if ends and len(words) <= missing_before + 3 else words[-missing_before:]
        if taken:
            start -= len(ahead) - taken[0].start()
    if missing_after:
        behind = text[end : end + 40 * (missing_after + 3)]
        stop = _SENTENCE_END.search(behind)
        behind = behind[: stop.start()] if stop else behind
        words = list(_WORD.finditer(behind))
        taken = words if len(words) <= missing_after + 3 else words[:missing_after]
        if taken:
            end += taken[-1].end()
    for _ in range(100):
        if start == 0 or _begins_word(text, start):
            break
        start -= 1
    for _ in range(100):
        if end >= len(text) or _ends_word(text, end):
            break
        end += 1
    return _Span(start, end)


def _score(key: str, wanted: list[str], text: str) -> float:
    """How alike, 0 to 100: the mean of letters and words, since any two sentences of a language share letters."""
    from rapidfuzz import fuzz

    other = comparable(text)
    return (fuzz.ratio(key, other) + fuzz.ratio(wanted, [found.group() for found in _WORD.finditer(other)])) / 2


def _likest_letters(key: str, wanted: list[str], page: _Page) -> tuple[float, _Span | None]:
    """The same for a few words none of which stands on the page, as where a noun became a plural."""
    from rapidfuzz import fuzz

    found = fuzz.partial_ratio_alignment(key, page.key[:500_000], score_cutoff=60)
    if found is None or not _letters(page.key[found.dest_start : found.dest_end]):
        return 0.0, None
    span = _widened(page.text, page.span(found.dest_start, found.dest_end), 0, 0)
    return fuzz.ratio(key, comparable(page.text[span.start : span.end])), span
