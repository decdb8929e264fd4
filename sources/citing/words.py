"""Text and names, made fit for any citation format."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

# The only markup in texts, as CSL-JSON 1.0.2 allows it in titles; anything else in angle brackets is text.
EMPHASIS = re.compile(r"</?(?:i|b|sup|sub)(?:\s[^<>]*)?>", re.IGNORECASE)
# Marks that turn the direction of text round: a title could make an address beside it read backwards.
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f]")

PARTICLES = {"al", "bin", "da", "das", "de", "del", "della", "den", "der", "di", "do", "dos", "du", "el", "la", "le"}
PARTICLES |= {"van", "von", "zu", "zur", "ten", "ter", "y"}
SUFFIXES = {"jr", "jr.", "sr", "sr.", "ii", "iii", "iv"}
# A name with one of these is that of a body, whatever its shape.
OF_BODIES = frozenset(
    re.findall(
        r"\w+",
        """
        agency alliance and associates association authority board bureau campaign center centre club co
        coalition college commission committee company congress cooperative corp corporation council court
        department desk district editorial editors federation for foundation fund future gmbh government
        group holdings inc initiative institute international journal lab labs law league legal limited llc
        llp lp ltd magazine media ministry network news of office online organisation organization party
        police post press privacy project reporters research school services society staff state states
        systems team technologies technology the times tribune trust union united university watch wire
        writers
        """,
    )
)
PART_OF_A_NAME = re.compile(r"[^\W\d_]+(?:[.’'\-][^\W\d_]*)*\.?")


def clean(text: str) -> str:
    """One line in NFC without control characters; plain emphasis (i, b, sup, sub) stays, without attributes."""
    text = unicodedata.normalize("NFC", text)
    text = EMPHASIS.sub(_plain_tag, text)
    text = TURNING.sub("", text)
    text = "".join(" " if unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") else letter for letter in text)
    return " ".join(text.split())


def _plain_tag(tag: re.Match[str]) -> str:
    return f"{tag[0].split()[0].rstrip('>').lower()}>"


def without_emphasis(text: str) -> str:
    """For formats that know none. Other angle brackets are text, which each format escapes in its own way."""
    return EMPHASIS.sub("", text)


def plain_address(address: str) -> str:
    """An address as it is. Only what would break its line, or turn it round, is percent-encoded."""
    return "".join(quote(letter) if _breaks(letter) else letter for letter in address.strip())


def _breaks(letter: str) -> bool:
    return bool(letter.isspace() or TURNING.match(letter) or unicodedata.category(letter) == "Cc")


def address_in_text(address: str) -> str:
    """An address amid other words, where nothing in it may be taken for markup."""
    return plain_address(address).replace("<", "%3C").replace(">", "%3E")


def split_name(author: str) -> dict[str, str]:
    """An author as CSL names them: ``family`` and ``given`` where the shape leaves no doubt, else ``literal``.

    Bodies, pen names, names with remarks and names in scripts without spaces stay whole.
    """
    author = clean(author)
    parts = author.split(" ")
    suffix = ""
    if len(parts) > 2 and parts[-1].lower() in SUFFIXES:
        suffix = parts.pop()
        parts[-1] = parts[-1].rstrip(",")
    if not 2 <= len(parts) <= 5 or not all(PART_OF_A_NAME.fullmatch(part) for part in parts):
        return {"literal": author}
    if any(part.lower().strip(".") in OF_BODIES for part in parts):
        return {"literal": author}
    is_particle = [part.lower() in PARTICLES and part[0].islower() for part in parts]
    if is_particle[0] or is_particle[-1]:
        return {"literal": author}
    if not all(part[0].isupper() for part, particle in zip(parts, is_particle, strict=True) if not particle):
        return {"literal": author}
    if all(part.isupper() and len(part) > 1 for part in parts):
        return {"literal": author}
    start = is_particle.index(True) if any(is_particle) else len(parts) - 1
    name = {"family": " ".join(parts[start:]), "given": " ".join(parts[:start])}
    return {**name, "suffix": suffix} if suffix else name
