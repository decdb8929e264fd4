"""What every request passes: unreadable input is refused once, and every answer carries the same headers."""

import logging
from collections.abc import Callable, Iterator
from typing import cast
from urllib.parse import unquote_to_bytes

import brotli
from django.core.exceptions import DisallowedHost
from django.db import InterfaceError, OperationalError
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.text import compress_sequence, compress_string

logger = logging.getLogger(__name__)

Answer = Callable[[HttpRequest], HttpResponseBase]
NOT_UTF8 = "bytes that are not UTF-8"
PERMISSIONS_POLICY = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), "
    "microphone=(), midi=(), payment=(), usb=()"
)

# Where the people who keep the record sign in and work.
PRIVATE = ("/accounts/", "/admin/", "/desk/")

SHORT = 200  # bytes that are not worth it
QUALITY = 5  # of 11: a fifth smaller than gzip, in the same time
# What becomes smaller; pictures in pixels and packed files do not.
TEXTS = (
    "text/",
    "application/atom+xml",
    "application/json",
    "application/vnd.citationstyles.csl+json",
    "application/x-ndjson",
    "application/xml",
    "image/svg+xml",
)


class SecurityHeaders:
    """The headers that neither Django nor django-csp sets."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.answer(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if response.headers.get("Content-Type", "").startswith("text/html"):
            # The theme stands in the page; whoever keeps copies for others must not mix them up.
            patch_vary_headers(response, ["Cookie"])
        if request.path.startswith(PRIVATE):
            # Whatever else a page there has set: it is for one person, and is kept nowhere.
            response.headers["Cache-Control"] = "no-store, private"
        return response


class Compressed:
    """Compresses what readers read, and nothing that holds what only one person may know.

    From the length of a compressed answer that repeats what was asked for, its secrets can be guessed (BREACH). Pages
    of the record hold none, not even a token. Where people sign in and work, and what may be kept nowhere, stays as it
    is.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.answer(request)
        is_text = response.headers.get("Content-Type", "").startswith(TEXTS)
        if _is_for_one_person(request, response) or not is_text:
            return response
        patch_vary_headers(response, ["Accept-Encoding"])
        way = _way_to_compress(request.headers.get("Accept-Encoding", ""))
        if not way or response.has_header("Content-Encoding"):
            return response
        if isinstance(response, StreamingHttpResponse):
            pieces = cast(Iterator[bytes], response.streaming_content)
            response.streaming_content = _in_brotli(pieces) if way == "br" else compress_sequence(pieces)
            del response.headers["Content-Length"]
        elif isinstance(response, HttpResponse):
            if len(response.content) < SHORT:
                return response
            body = response.content
            response.content = (
                brotli.compress(body, mode=brotli.MODE_TEXT, quality=QUALITY) if way == "br" else compress_string(body)
            )
            response.headers["Content-Length"] = str(len(response.content))
        response.headers["Content-Encoding"] = way
        return response


def _is_for_one_person(request: HttpRequest, response: HttpResponseBase) -> bool:
    kept_nowhere = "no-store" in response.headers.get("Cache-Control", "")
    return request.path.startswith(PRIVATE) or bool(response.cookies) or kept_nowhere


def _way_to_compress(accepted: str) -> str:
    """The better of the ways that a client names and does not refuse (RFC 9110, 12.5.3)."""
    offers = (offer.replace(" ", "").lower().partition(";q=") for offer in accepted.split(","))
    takes = {name for name, _, weight in offers if not weight or weight.strip("0.")}
    return next((way for way in ("br", "gzip") if way in takes), "")


def _in_brotli(pieces: Iterator[bytes]) -> Iterator[bytes]:
    packer = brotli.Compressor(mode=brotli.MODE_TEXT, quality=QUALITY)
    for piece in pieces:
        if packed := packer.process(piece):
            yield packed
    yield packer.finish()


class NoBodyForHead:
    """Answers HEAD with the headers of GET and nothing else (RFC 9110, 9.3.2); an export is not even begun."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.answer(request)
        if request.method == "HEAD":
            if isinstance(response, StreamingHttpResponse):
                response.streaming_content = ()
            elif isinstance(response, HttpResponse):
                response.content = b""
        return response


class WhileTheDatabaseIsAway:
    """Says that it is so, and when to come again, instead of speaking of a fault of this site."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.answer(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, OperationalError | InterfaceError) or _is_about_limits(exception):
            return None
        logger.error("The database does not answer: %s", str(exception).strip().partition("\n")[0])
        response = render(request, "503.html", status=503)
        response.headers["Retry-After"] = "30"
        return response


def _is_about_limits(exception: Exception) -> bool:
    """Whether the database answers, and says that something is too large (SQLSTATE class 54)."""
    return (getattr(exception.__cause__, "pgcode", None) or "").startswith("54")


def what_is_wrong(raw: bytes) -> str:
    """Why some bytes cannot be read as text, or nothing if they can."""
    if b"\x00" in raw:
        return "a NUL character"
    try:
        raw.decode()
    except UnicodeDecodeError:
        return NOT_UTF8
    return ""


def refuse(request: HttpRequest, place: str, fault: str) -> HttpResponse:
    """The 400 page, with what is wrong and where."""
    message = f"{place} contains {fault}. Remove it and send the request again."
    return render(request, "400.html", {"message": message}, status=400)


class ReadableInput:
    """Refuses an address whose path or query holds NUL or invalid UTF-8, and a Host that is not this site's."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            request.get_host()
        except DisallowedHost:
            # In plain words: a page of the site would print its own address, and this name is not the site's.
            message = "This site does not answer under the name that was asked for.\n"
            return HttpResponseBadRequest(message, content_type="text/plain; charset=utf-8")
        # Django has decoded the path by now, and escaped again what it could not decode (RFC 3987, 3.2).
        path = unquote_to_bytes(request.path_info)
        # WSGI hands the query over as text of one character a byte (PEP 3333).
        query = unquote_to_bytes(str(request.META.get("QUERY_STRING", "")).encode("latin-1", "replace"))
        for place, raw in (("The address", path), ("The part of the address after “?”", query)):
            fault = what_is_wrong(raw)
            if fault:
                return refuse(request, place, fault)
        return self.answer(request)


class ReadableForms:
    """The same for what a form sends. Stands after the CSRF check, which reads the form anyway."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.answer(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        if request.method != "POST":
            return None
        if request.content_type == "application/x-www-form-urlencoded":
            fault = what_is_wrong(unquote_to_bytes(request.body))
            return refuse(request, "The form", fault) if fault else None
        for name, values in request.POST.lists():
            for value in (name, *values):
                # Django has read the parts of a multipart form by now, and put U+FFFD for what it could not.
                fault = NOT_UTF8 if "\ufffd" in value else what_is_wrong(value.encode(errors="replace"))
                if fault:
                    return refuse(request, "The form", fault)
        return None
