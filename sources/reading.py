"""What can be read off a page's markup without understanding it: its title, its words, a quotation in them.

Everything here takes time in proportion to its input, whatever the input: pages are written by others.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from html import unescape

_UNREAD = re.compile(r"<(script|style|template|svg|noscript|iframe|textarea)\b|<!--", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_INLINE_TAG = re.compile(
    r"</?(?:a|abbr|b|bdi|bdo|cite|code|em|font|i|kbd|mark|q|s|small|span|strong|sub|sup|u|wbr)(?![a-z0-9])[^<>]*>",
    re.IGNORECASE,
)
LONGEST_TITLE = 1_000  # characters
_TITLE = re.compile(rf"<title\b[^<>]*>([^<]{{0,{LONGEST_TITLE}}})", re.IGNORECASE)
_HEADING = re.compile(r"<h1\b[^<>]*>", re.IGNORECASE)
_HEADING_ENDS = re.compile(r"</h1", re.IGNORECASE)
_CHARSET = re.compile(rb"""<meta\b[^<>]{0,200}?charset\s*=\s*["']?\s*([a-zA-Z0-9_:.-]{2,40})""", re.IGNORECASE)
_QUOTE_MARKS = {ord(mark): "'" for mark in "‘’‚‛′ʼ`´‹›"} | {ord(mark): '"' for mark in "“”„‟″«»「」『』〝〞〟"}
_DASHES = {ord(mark): "-" for mark in "‐‑‒–—―−"}
# What is not seen: soft hyphens, joiners, marks of direction, selectors of a glyph, and the Arabic stretching line.
_SOFT = dict.fromkeys(
    map(
        ord,
        "\u00ad\u034f\u061c\u0640\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
        "\u2060\u2066\u2067\u2068\u2069\ufe00\ufe01\ufe0e\ufe0f\ufeff",
    )
)
_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CODEC = re.compile(
    r"utf-8|iso8859-\d+|cp(125\d|866|874|932|949)|koi8-[ru]|mac-(roman|cyrillic)|gbk|gb18030|big5|big5hkscs|euc_jp|"
    r"iso2022_jp|shift_jis"
)
_READ_AS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
_PLAIN = _QUOTE_MARKS | _DASHES | _SOFT
_ENDLESS_NUMBER = re.compile(r"&#\d{8,};?")
_LEFT_OUT = re.compile(r"\.\.\.|\[[^\[\]]{0,200}\]")


def decoded(body: bytes, charset: str | None) -> str:
    """The text of a page: by its byte order mark, its header, its own word, else as UTF-8 or windows-1252.

    Names of charsets mean what browsers take them for (WHATWG Encoding), and no others are believed: Python knows
    codecs that are no charsets, some of which take quadratic time.
    """
    for mark, name in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    named = _CHARSET.search(body[:4096])
    for codec in (_codec(charset), _codec(named.group(1).decode("ascii"), in_markup=True) if named else None):
        if codec:
            return body.decode(codec, "replace")
    text = body.decode("utf-8", "replace")
    # A body that was cut within a letter, or holds a stray byte, is UTF-8 all the same.
    faults = text.count("\ufffd")
    if faults and 2 * faults > sum(not character.isascii() for character in text):
        return body.decode("cp1252", "replace")
    return text


def _codec(charset: str | None, *, in_markup: bool = False) -> str | None:
    if not charset:
        return None
    try:
        name = codecs.lookup(charset.strip().strip("\"'")).name
    except (LookupError, ValueError):
        return None
    if name.startswith("utf-16"):
        # Markup that could be read as far as its own word on the matter is not UTF-16.
        return "utf-8" if in_markup else name
    return _READ_AS.get(name, name if _CODEC.fullmatch(name) else None)


def mentions(body: bytes, word: bytes) -> bool:
    """Whether a word of ASCII, given in small letters, stands in a page in whatever case, before it is decoded.

    Reads right in every charset that `decoded` believes. Over a whole page it takes a fraction of the time that text
    would take, or a pattern that minds no case.
    """
    return word in body.lower() or (b"\0" in body and word in body.replace(b"\0", b"").lower())


def page_title(markup: str) -> str:
    found = _TITLE.search(markup)
    return _one_line(unescaped(found.group(1))) if found else ""


def heading(markup: str) -> str:
    """The first top heading, without its marks."""
    begins = _HEADING.search(markup)
    ends = _HEADING_ENDS.search(markup, begins.end(), begins.end() + 2_000) if begins else None
    return _one_line(unescaped(_TAG.sub("", markup[begins.end() : ends.start()]))) if begins and ends else ""


def visible_text(markup: str) -> str:
    """The words of a page, with its scripts, styles, comments and tags taken out, on one line."""
    # Tags within a line leave no gap, so that a word stays whole; all others part words.
    return _one_line(unescaped(_TAG.sub(" ", _INLINE_TAG.sub("", _without_unread(markup)))))


def opening_words(markup: str, *, more_than: int) -> str:
    """All the words of a page; of a page with more than so many characters of them, only some of its beginning.

    To see that a page is long, its beginning is enough, and taking out tags is most of the work.
    """
    size = more_than + more_than // 2
    while size < len(markup):
        # Up to the beginning of a tag, and without a gap for any: counted too low, never too high.
        text = _TAG.sub("", _without_unread(markup[: max(0, markup.rfind("<", 0, size))]))
        if "<" in text:
            break  # what looks like no tag here may be part of one that ends later
        words = _one_line(unescaped(text))
        if len(words) > more_than:
            return words
        size *= 3
    return visible_text(markup)


def printable(text: str) -> str:
    """Text that others may have written, as it can be shown on a line and stored: what cannot be seen is marked."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


def unescaped(text: str) -> str:
    """Text with its character references read (HTML, section 13.2.5.72), those that name no character too."""
    try:
        return unescape(text)
    except ValueError:  # Python reads no number of more than some thousand digits
        return unescape(_ENDLESS_NUMBER.sub("\ufffd", text))


def _without_unread(markup: str) -> str:
    kept = []
    at = 0
    while found := _UNREAD.search(markup, at):
        kept.append(markup[at : found.start()])
        if found.group(1):
            closing = re.compile(rf"</{found.group(1)}\b[^<>]*>?", re.IGNORECASE).search(markup, found.end())
            at = closing.end() if closing else len(markup)
        else:
            end = markup.find("-->", found.end())
            at = end + 3 if end >= 0 else len(markup)
    kept.append(markup[at:])
    return " ".join(kept)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def plain(text: str) -> str:
    """Text for comparison: NFKC, one kind of quotation mark and dash, no soft hyphens, one space, no case."""
    return _one_line(unicodedata.normalize("NFKC", text.translate(_PLAIN)).translate(_PLAIN)).casefold()


def stands_in(quotation: str, text: str) -> bool:
    """Whether the quoted words stand in a text word for word, its parts in order round what is left out.

    :param text: already made plain, since one text is searched for many quotations.
    """
    at = 0
    pieces = [piece.strip() for piece in _LEFT_OUT.split(plain(quotation)) if piece.strip()]
    for piece in pieces:
        at = text.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return bool(pieces)
