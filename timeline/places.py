"""Names of places: ISO 3166-1 and -2 codes, and the two words that the record adds to them.

In English they are those of ISO and of this file; in other languages those of CLDR and, for parts of countries, of the
translations of ISO 3166-2 that come with pycountry.
"""

from __future__ import annotations

import gettext
from functools import lru_cache
from typing import Final

import pycountry
from babel import Locale
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from timeline.words import Labels, listed, locale

BESIDE_ISO: Final = Labels({"world": gettext_lazy("the whole world"), "EU": gettext_lazy("the European Union")})
# As people say them in English; ISO has longer forms.
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


def place_name(code: str) -> str:
    """A place as it stands in a sentence (“the United States”, “Illinois”); the code itself if it is none of ours."""
    return BESIDE_ISO.get(code) or _of_iso(code, locale())


def place_label(code: str) -> str:
    """The same to stand by itself (“United States”, “Worldwide”)."""
    if code == "world":
        return _("Worldwide")
    if code == "EU":
        return _("European Union")
    return _of_iso(code, locale()).removeprefix("the ")


@lru_cache(maxsize=2048)
def _of_iso(code: str, within: Locale) -> str:
    english = within.language == "en"
    if "-" in code:
        part = pycountry.subdivisions.get(code=code)  # type: ignore[no-untyped-call]
        if part is None:
            return code
        return str(part.name) if english else _parts(within.language).gettext(part.name)
    known = COMMON.get(code) if english else within.territories.get(code)
    if known:
        return known
    country = pycountry.countries.get(alpha_2=code)
    return str(getattr(country, "common_name", country.name)) if country else code


@lru_cache(maxsize=16)
def _parts(language: str) -> gettext.NullTranslations:
    return gettext.translation("iso3166-2", pycountry.LOCALES_DIR, languages=[language], fallback=True)


def outside(codes: list[str]) -> str:
    """What lies outside some places, in words; nothing if they take in the whole world."""
    if not codes or "world" in codes:
        return ""
    countries = {code for code in codes if "-" not in code}
    parts = sorted({code.split("-")[0] for code in codes if "-" in code} - countries)
    if parts:
        return _("the rest of %(countries)s, and everywhere else") % {"countries": listed(map(place_name, parts))}
    return _("everywhere else")
