"""Names of places: ISO 3166-1 and -2 codes, and the two words that the record adds to them."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import pycountry

BESIDE_ISO: Final = {"world": "the whole world", "EU": "the European Union"}
# As people say them; ISO has longer forms.
COMMON: Final = {
    "US": "the United States",
    "GB": "the United Kingdom",
    "AE": "the United Arab Emirates",
    "NL": "the Netherlands",
    "CZ": "the Czech Republic",
    "PH": "the Philippines",
    "KR": "South Korea",
    "RU": "Russia",
    "IR": "Iran",
    "VN": "Vietnam",
    "TW": "Taiwan",
    "BO": "Bolivia",
    "VE": "Venezuela",
    "SY": "Syria",
    "TZ": "Tanzania",
    "MD": "Moldova",
    "LA": "Laos",
    "PS": "Palestine",
    "CN": "China",
    "TR": "Turkey",
}


@lru_cache(maxsize=1024)
def place_name(code: str) -> str:
    """A place as it stands in a sentence (“the United States”, “Illinois”); the code itself if it is none of ours."""
    known = BESIDE_ISO.get(code) or COMMON.get(code)
    if known:
        return known
    if "-" in code:
        part = pycountry.subdivisions.get(code=code)  # type: ignore[no-untyped-call]
        return str(part.name) if part else code
    country = pycountry.countries.get(alpha_2=code)
    return str(getattr(country, "common_name", country.name)) if country else code


def place_label(code: str) -> str:
    """The same to stand by itself (“United States”, “Worldwide”)."""
    if code == "world":
        return "Worldwide"
    name = place_name(code)
    return name.removeprefix("the ")


def outside(codes: list[str]) -> str:
    """What lies outside some places, in words; nothing if they take in the whole world."""
    if not codes or "world" in codes:
        return ""
    countries = {code for code in codes if "-" not in code}
    parts = sorted({code.split("-")[0] for code in codes if "-" in code} - countries)
    if parts:
        rest = " and ".join(place_name(country) for country in parts)
        return f"the rest of {rest}, and everywhere else"
    return "everywhere else"
