"""What can be read off a page's markup without understanding it: its title, its words, a quotation in them.

Everything here takes time in proportion to its input, whatever the input: pages are written by others.
"""

from __future__ import annotations

import re
import unicodedata
from html import unescape

_UNREAD = re.compile(r"<(script|style|template|svg|noscript|iframe|textarea)\b|<!--", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_INLINE_TAG = re.compile(
    r"</?(?:a|abbr|b|bdi|bdo|cite|code|em|font|i|kbd|mark|q|s|small|span|strong|sub|sup|u|wbr)(?![a-z0-9])[^<>]*>",
    re.IGNORECASE,
)
_TITLE = re.compile(r"<title\b[^<>]*>([^<]{0,1000})", re.IGNORECASE)
_HEADING = re.compile(r"<h1\b[^<>]*>", re.IGNORECASE)
_HEADING_ENDS = re.compile(r"</h1", re.IGNORECASE)
_CHARSET = re.compile(rb"""<meta\b[^<>]{0,200}?charset\s*=\s*["']?\s*([a-zA-Z0-9_:.-]{2,40})""", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_QUOTE_MARKS = {ord(mark): "'" for mark in "‘’‚‛′ʼ`´"} | {ord(mark): '"' for mark in "“”„‟″«»"}
_DASHES = {ord(mark): "-" for mark in "‐‑‒–—―−"}
_SOFT = {ord(mark): None for mark in "\u00ad\u200b\u200c\u200d\u2060\ufeff"}
_PLAIN = _QUOTE_MARKS | _DASHES | _SOFT
_LEFT_OUT = re.compile(r"\.\.\.|\[[^\[\]]{0,200}\]")


def decoded(body: bytes, charset: str | None) -> str:
    """The text of a page: by its header, else by its own word, else as UTF-8."""
    named = _CHARSET.search(body[:4096])
    for name in (charset, named.group(1).decode("ascii") if named else None):
        if name:
            try:
                return body.decode(name, "replace")
            except (LookupError, ValueError):
                continue
    return body.decode("utf-8", "replace")


def page_title(markup: str) -> str:
    found = _TITLE.search(markup)
    return _one_line(unescape(found.group(1))) if found else ""


def heading(markup: str) -> str:
    """The first top heading, without its marks."""
    begins = _HEADING.search(markup)
    ends = _HEADING_ENDS.search(markup, begins.end(), begins.end() + 2_000) if begins else None
    return _one_line(unescape(_TAG.sub("", markup[begins.end() : ends.start()]))) if begins and ends else ""


def visible_text(markup: str) -> str:
    """The words of a page, with its scripts, styles, comments and tags taken out, on one line."""
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
    # Tags within a line leave no gap, so that a word stays whole; all others part words.
    return _one_line(unescape(_TAG.sub(" ", _INLINE_TAG.sub("", " ".join(kept)))))


def _one_line(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


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
