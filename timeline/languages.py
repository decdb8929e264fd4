"""Names of languages, from ISO 639."""

from __future__ import annotations

from functools import lru_cache

import pycountry


@lru_cache(maxsize=512)
def language_name(tag: str) -> str:
    """“English” for “en”; the tag itself if it is none that is known."""
    if not tag:
        return ""
    part = tag.split("-")[0].lower()
    found = pycountry.languages.get(alpha_2=part) if len(part) == 2 else pycountry.languages.get(alpha_3=part)
    return str(found.name).split(" (")[0] if found else tag
