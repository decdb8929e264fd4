"""Soft 404s told by a made-up address: what a host answers for an address that nobody ever wrote.

After Bar-Yossef, Broder, Kumar and Tomkins, “Sic transit gloria telae” (2004): a host that answers a random
sibling of an address like the address itself has no page there. Every doubt is decided for the page: it is
called missing only if it says next to nothing that the answer for the made-up address does not say too.
"""

from __future__ import annotations

import re
import secrets
import string
from collections import Counter
from typing import NamedTuple
from urllib.parse import unquote

from sources.addresses import RefusedAddress, read
from sources.reading import plain
from sources.text import likeness

COMPARED = 20_000  # characters of each text: more would cost time and memory and tell nothing new
_NAME_PART = re.compile(r"[^\W\d_]+|\d+")
# In scripts that part no words, each character counts as one.
_WORD = re.compile(
    r"[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]|[^\W_]+"
)


class MadeUp(NamedTuple):
    """What a host answered for a made-up address, with success. Texts are made plain and cut at `COMPARED`."""

    url: str
    visible: str
    main: str


def sibling(url: str) -> str | None:
    """An address in the same folder that surely nobody wrote, its last name in the same style.

    :returns: None for a root, which has no siblings.
    """
    address = read(url)
    folder, last, slash = _last_name(address.path)
    if not last:
        return None
    stem, dot, ending = last.rpartition(".")
    if not stem or not re.fullmatch(r"[a-zA-Z][a-zA-Z0-9]{0,4}", ending):
        stem, dot, ending = last, "", ""
    name = _NAME_PART.sub(_invented, unquote(stem, errors="replace")[:80])
    name = re.sub(r"[^A-Za-z0-9._~-]", "-", name)
    if not re.search(r"[a-z0-9]{5}", name):
        name = _letters(12)
    return f"{address.scheme}://{address.authority}{folder}{name}{dot}{ending}{slash}"


def answer_kept(url: str, *, visible: str, main: str) -> MadeUp:
    """An answer, cut to what is compared."""
    return MadeUp(url, plain(visible[:COMPARED]), plain(main[:COMPARED]))


def says_nothing_of_its_own(
    url: str, made_up: MadeUp, *, visible: str, main: str, alike_from: float, own_words: int
) -> bool:
    """Whether a page is the answer for a made-up address over again.

    An answer that repeats the address is held against what it would say of this one. Two texts are alike
    only if their main texts are, and if no more than a few words of the page are missing from the answer,
    each counted as often as it stands: a short article in a big template has more of its own than that.

    :param alike_from: likeness of the main texts, 0 to 1.
    :param own_words: words of its own, numbers left out, that a missing page may have.
    """
    renamed = _renaming(made_up.url, url)
    page = plain(visible[:COMPARED])
    expected = renamed(made_up.visible)
    has, would_have = _words(page), _words(expected)
    if len(has) - len(would_have) > own_words or (Counter(has) - Counter(would_have)).total() > own_words:
        return False
    body, expected_body = plain(main[:COMPARED]), renamed(made_up.main)
    if not body or not expected_body:
        body, expected_body = page, expected
    return likeness(expected_body, body) >= alike_from


def _last_name(path: str) -> tuple[str, str, str]:
    """Folder with its slash, last name, and the slash at the end if there is one."""
    slash = "/" if path.endswith("/") and path.strip("/") else ""
    folder, _, last = path.rstrip("/").rpartition("/")
    return folder + "/", last, slash


def _invented(part: re.Match[str]) -> str:
    length = len(part.group())
    if part.group().isdecimal():
        # Longer than any that is given out, for a number of a few digits may well be another page's.
        return "9" + "".join(secrets.choice(string.digits) for _ in range(max(11, min(length, 12) + 2)))
    return _letters(max(5, min(length, 12)))


def _letters(count: int) -> str:
    return "".join(secrets.choice("bcdfghjklmnpqrstvwxz") for _ in range(count))


class _renaming:  # noqa: N801 -- used as a function
    """Puts the words of one address's last name in the place of those of another's."""

    def __init__(self, made_up: str, real: str) -> None:
        try:
            invented, written = (_words(plain(unquote(_last_name(read(url).path)[1]))) for url in (made_up, real))
        except RefusedAddress:
            invented, written = [], []
        self._names = dict(zip(invented, written, strict=False)) if len(invented) == len(written) else {}

    def __call__(self, text: str) -> str:
        return _WORD.sub(lambda word: self._names.get(word.group(), word.group()), text) if self._names else text


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text) if not word.isdecimal()]
