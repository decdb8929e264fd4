"""In which language an answer is: what the address asks, else what the reader chose, else what the browser asks."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

PARAMETER: Final = "lang"
# Pages for those who work on the record, which are in English. Its files are what the same address gives to everybody,
# whatever their browser says, and only the address can ask for another language.
IN_ENGLISH: Final = ("/desk/", "/admin/")
FILES: Final = re.compile(r"/(cite|cards|static)/|/export/|\.[a-z]{2,4}$")


def known(tag: str) -> str:
    """The language of ours that a tag names (RFC 5646), by its first part; empty if there is none."""
    first = tag.replace("_", "-").split("-")[0].lower()
    return next((code for code, _ in settings.LANGUAGES if code.split("-")[0] == first), "")


class ReadersLanguage:
    """Activates the language for the time of a request, and says so to whoever keeps copies."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        private = request.path.startswith(IN_ENGLISH)
        asked = "" if private else known(request.GET.get(PARAMETER, ""))
        fixed = bool(asked) or private or FILES.search(request.path) is not None
        language = asked or (settings.LANGUAGE_CODE if fixed else translation.get_language_from_request(request))
        with translation.override(language):
            response = self.answer(request)
            response.headers.setdefault("Content-Language", language)
        if not fixed:
            patch_vary_headers(response, ["Accept-Language", "Cookie"])
        return response
