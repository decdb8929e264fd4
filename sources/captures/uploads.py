"""Files that an editor brings: what cannot be fetched, such as a letter, a mail, a page behind a wall.

A file is what its first bytes say, not what its name or a browser says; all three must agree.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from sources.captures.warc import resource_of

LARGEST_UPLOAD = 25_000_000  # bytes
LONGEST_NAME = 200
_UNSAID = ("", "application/octet-stream", "binary/octet-stream")
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_HEADER = re.compile(rb"[!-9;-~]{1,100}:")
_HTML = re.compile(rb"<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE)
_MAIL_HEADER = re.compile(rb"^(?:from|date|received|message-id|subject):", re.IGNORECASE | re.MULTILINE)
_RELATED = re.compile(rb"^content-type:\s*multipart/related", re.IGNORECASE | re.MULTILINE)


class RefusedUpload(ValueError):
    """A file that is not taken. The text says how to mend it."""


class _Kind(NamedTuple):
    media_type: str
    endings: tuple[str, ...]
    also_called: tuple[str, ...]
    is_one: Callable[[bytes], bool]
    mend: str


def _is_pdf(data: bytes) -> bool:
    return b"%PDF-" in data[:1024]


def _is_html(data: bytes) -> bool:
    start = data[:65_536]
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        start = start.replace(b"\0", b"")
    return b"\0" not in start and bool(_HTML.search(start))


def _mail_head(data: bytes) -> bytes:
    """The header of a mail (RFC 5322), or nothing if the file does not begin with one."""
    head = re.split(rb"\r?\n\r?\n", data[:262_144], maxsplit=1)[0]
    return head if _HEADER.match(data) and b"\0" not in head else b""


def _is_saved_page(data: bytes) -> bool:
    return bool(_RELATED.search(_mail_head(data)))


def _is_mail(data: bytes) -> bool:
    return len(set(map(bytes.lower, _MAIL_HEADER.findall(_mail_head(data))))) >= 2


_KINDS = (
    _Kind("application/pdf", (".pdf",), ("application/x-pdf",), _is_pdf, "Print the document to a PDF again"),
    _Kind("message/rfc822", (".eml",), ("text/plain",), _is_mail, "Save the mail with all its headers, as .eml"),
    _Kind("text/html", (".html", ".htm"), ("application/xhtml+xml",), _is_html, "Save the page from the browser again"),
    _Kind(
        "multipart/related",
        (".mhtml", ".mht"),
        ("message/rfc822", "application/x-mimearchive"),
        _is_saved_page,
        "Save the page as a single file from the browser again",
    ),
    _Kind("image/png", (".png",), (), lambda data: data.startswith(_PNG), "Save the picture as PNG again"),
    _Kind("image/jpeg", (".jpg", ".jpeg"), (), lambda data: data.startswith(_JPEG), "Save the picture as JPEG again"),
)
ENDINGS = tuple(ending for kind in _KINDS for ending in kind.endings)


def vetted(data: bytes, *, media_type: str, name: str) -> tuple[str, str]:
    """The media type of a file and its name without folders and unprintable characters.

    :param media_type: what the browser calls it; empty or application/octet-stream if it does not know.
    :raises RefusedUpload: saying how to mend it.
    """
    clean = re.split(r"[/\\]", "".join(each for each in name if each.isprintable()))[-1].strip()
    stem, dot, ending = clean.rpartition(".")
    clean = f"{stem[: LONGEST_NAME - len(ending) - 1]}{dot}{ending}"
    kind = next((each for each in _KINDS if f".{ending.lower()}" in each.endings and stem), None)
    if kind is None:
        raise RefusedUpload(f"Files of this kind are not taken. Bring one whose name ends in {', '.join(ENDINGS)}.")
    if not data:
        raise RefusedUpload("The file is empty. Save it anew and look into it before you bring it.")
    if len(data) > LARGEST_UPLOAD:
        raise RefusedUpload(
            f"The file has more than {LARGEST_UPLOAD / 1e6:.0f} MB, which is the most. "
            "Bring only the pages that matter, or save it with smaller pictures."
        )
    called = media_type.partition(";")[0].strip().lower()
    if called not in (*_UNSAID, kind.media_type, *kind.also_called):
        raise RefusedUpload(
            f"The name ends in .{ending.lower()}, but the file was sent as {called[:60]}. "
            "Give it the ending of what it is."
        )
    if not kind.is_one(data):
        if data.startswith(b"From ") and kind.media_type == "message/rfc822":
            raise RefusedUpload("This is a mailbox. Save the one mail as .eml.")
        raise RefusedUpload(f"The name ends in .{ending.lower()}, but what is in the file is not that. {kind.mend}.")
    return kind.media_type, clean


def uploaded(data: bytes, *, media_type: str, name: str, at: datetime) -> bytes:
    """A capture of a file that an editor has brought.

    :param at: when it was brought, with a time zone.
    :raises RefusedUpload: saying how to mend it.
    """
    found, clean = vetted(data, media_type=media_type, name=name)
    return resource_of(data, content_type=found, name=clean, at=at)
