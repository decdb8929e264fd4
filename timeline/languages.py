"""Names of languages: in English those of ISO 639, in other languages those of CLDR."""

from __future__ import annotations

from functools import lru_cache

import pycountry
from babel import Locale

from timeline.words import locale


def language_name(tag: str) -> str:
    """“English” for “en”, to stand by itself; the tag itself if it is none that is known."""
    return _language_name(tag, locale()) if tag else ""


@lru_cache(maxsize=1024)
def _language_name(tag: str, within: Locale) -> str:
    part = tag.split("-")[0].lower()
    called = within.languages.get(part) if within.language != "en" else None
    if called:
        return str(called[:1].upper() + called[1:])
    found = pycountry.languages.get(alpha_2=part) if len(part) == 2 else pycountry.languages.get(alpha_3=part)
    return str(found.name).split(" (")[0] if found else tag
