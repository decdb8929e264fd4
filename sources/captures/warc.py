"""WARC records of what a fetch brought: WARC/1.1 (ISO 28500:2017), each record squeezed by itself.

A file holds, in this order:

- `warcinfo`: who made it, and in what it falls short of the conversation that took place;
- `metadata` for each redirect on the way: its status and where it led to. Its headers and body are not kept by a fetch,
  so it is no `response`;
- `request` of the last hop: its line, host and user agent. Its other headers are not kept;
- `response` of the last hop: all its headers, and its body *unpacked*. So `Content-Encoding`, `Transfer-Encoding` and
  `Content-Length` as they came are named `X-Original-...`, and `Content-Length` is that of what is there. Of a body
  that is not there to its end `WARC-Truncated: length` says so;
- `metadata` with the server's certificate in DER, where there was one.

Digests are SHA-256 in hexadecimal. The same reply gives the same bytes at any time: record numbers are made from what
the records hold, so that a capture that is kept twice is one file.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import uuid
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from http.client import responses
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from sources.addresses import RefusedAddress, read
from sources.replies import Fault, Hop, Reply

VERSION = "WARC/1.1"
CERTIFICATE = "application/pkix-cert"
LARGEST_PAYLOAD = 64_000_000  # bytes unpacked; more is not read back
_OVERHEAD = 2_000_000  # of all other records and headers of a capture
_NUMBERS = uuid.UUID("5b0f6d5e-7f3c-5d0a-9c53-3c9a1f0f6a10")
_NOT_IN_A_NAME = re.compile(rb"[^!#$%&'*+\-.^_`|~0-9A-Za-z]")
_NOT_IN_A_VALUE = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]+")
_CHANGED_BY_UNPACKING = frozenset({b"content-encoding", b"transfer-encoding", b"content-length"})
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))


class NothingToKeep(ValueError):
    """A fetch brought no answer of which a capture could be made."""


class UnreadableCapture(ValueError):
    """The bytes are no capture, are damaged, or hold more than is read back."""


class Captured(NamedTuple):
    """What a capture holds, read back."""

    url: str  # of the last hop; of a file that was brought, `ni:///sha-256;...` (RFC 6920)
    at: datetime
    content_type: str
    payload: bytes
    digest: str  # SHA-256 of the payload in hexadecimal
    headers: tuple[tuple[bytes, bytes], ...] = ()
    status: int | None = None  # None for a file that was brought
    truncated: str | None = None  # the word of WARC-Truncated
    name: str | None = None  # of a file that was brought
    certificate: bytes | None = None  # DER


def payload_digest(payload: bytes) -> str:
    """The SHA-256 of a payload in hexadecimal: what captures are compared and found by."""
    return hashlib.sha256(payload).hexdigest()


def warc_of(reply: Reply, *, at: datetime, user_agent: str) -> bytes:
    """A capture of what a fetch brought, whatever its status.

    :param at: when the answer came, with a time zone.
    :param user_agent: how we named ourselves in the request.
    :raises NothingToKeep: if no answer came, or it broke off and its body was not kept.
    """
    if reply.status is None or not reply.hops or (reply.fault is not None and reply.fault is not Fault.TOO_BIG):
        raise NothingToKeep("No answer came of which a capture could be made; fetch the page again.")
    *before, last = reply.hops
    writing = _Writing(at)
    writing.add(
        "warcinfo",
        _fields(
            ("software", user_agent),
            ("format", VERSION),
            ("description", f"A page that is cited as a source, asked for as {_line(reply.url)}"),
            ("request-headers", "request line, host and user agent only; others are not kept"),
            ("response-body", "unpacked; headers that spoke of its packing are named X-Original-..."),
        ),
    )
    for hop in before:
        writing.add("metadata", _redirect(hop), uri=hop.url, ip=hop.ip)
    writing.add(
        "request",
        _request(last.url, user_agent),
        content_type="application/http;msgtype=request",
        uri=last.url,
        ip=last.ip,
        payload=b"",
    )
    response = writing.add(
        "response",
        _response(reply),
        content_type="application/http;msgtype=response",
        uri=last.url,
        ip=last.ip,
        payload=reply.body,
        truncated=None if reply.whole else "length",
    )
    if reply.certificate:
        writing.add(
            "metadata",
            reply.certificate,
            content_type=CERTIFICATE,
            uri=last.url,
            ip=last.ip,
            more={"WARC-Concurrent-To": response},
        )
    return writing.file()


def resource_of(payload: bytes, *, content_type: str, name: str, at: datetime) -> bytes:
    """A capture of a file that was not fetched but brought. Vetting it is `uploads.uploaded`'s part."""
    writing = _Writing(at)
    writing.add(
        "warcinfo", _fields(("format", VERSION), ("description", "A file that an editor has brought as a source"))
    )
    named = base64.urlsafe_b64encode(hashlib.sha256(payload).digest()).decode().rstrip("=")
    writing.add(
        "resource",
        payload,
        content_type=content_type,
        uri=f"ni:///sha-256;{named}",
        more={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='', errors='replace')}"},
    )
    return writing.file()


class _Writing:
    """A file in the making. All its records are of one moment."""

    def __init__(self, at: datetime) -> None:
        from warcio.warcwriter import WARCWriter

        if at.tzinfo is None:
            raise ValueError("A capture needs a moment with a time zone.")
        self._date = f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
        self._out = io.BytesIO()
        self._writer = WARCWriter(self._out, gzip=True, warc_version=VERSION)
        self._written = 0

    def add(
        self,
        kind: str,
        block: bytes,
        *,
        content_type: str = "application/warc-fields",
        uri: str | None = None,
        ip: str | None = None,
        payload: bytes | None = None,
        truncated: str | None = None,
        more: dict[str, str] | None = None,
    ) -> str:
        """Write a record and give back its number. The payload is the whole block unless another is given."""
        from warcio.recordloader import ArcWarcRecord
        from warcio.statusandheaders import StatusAndHeaders

        digest = payload_digest(block)
        seed = f"{self._written} {kind} {self._date} {uri} {content_type} {ip} {digest} {more}"
        number = f"<urn:uuid:{uuid.uuid5(_NUMBERS, seed)}>"
        self._written += 1
        given = {
            "WARC-Type": kind,
            "WARC-Record-ID": number,
            "WARC-Date": self._date,
            "WARC-Target-URI": _line(uri) if uri else None,
            "WARC-IP-Address": _line(ip) if ip else None,
            "WARC-Truncated": truncated,
            "WARC-Block-Digest": f"sha256:{digest}",
            "WARC-Payload-Digest": None
            if kind == "warcinfo"
            else f"sha256:{digest if payload is None else payload_digest(payload)}",
            **(more or {}),
        }
        headers = StatusAndHeaders("", [(name, text) for name, text in given.items() if text], protocol=VERSION)
        record = ArcWarcRecord("warc", kind, headers, io.BytesIO(block), None, content_type, len(block))
        self._writer.write_record(record)
        return number

    def file(self) -> bytes:
        return self._out.getvalue()


def _fields(*fields: tuple[str, str]) -> bytes:
    """A block of application/warc-fields (ISO 28500, section 7): a name and a value a line."""
    return "".join(f"{name}: {_line(value, kept=' ')}\r\n" for name, value in fields).encode()


def _redirect(hop: Hop) -> bytes:
    return _fields(
        ("status", str(hop.status)),
        ("location", hop.location or ""),
        ("note", "a redirect; its other headers and its body are not kept"),
    )


def _request(url: str, user_agent: str) -> bytes:
    try:
        address = read(url)
    except RefusedAddress as refused:
        raise NothingToKeep(f"The answer is of an address that cannot be asked. {refused.reason}") from refused
    lines = (
        f"GET {address.target} HTTP/1.1",
        f"Host: {address.authority}",
        f"User-Agent: {_line(user_agent, kept=' ')}",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _response(reply: Reply) -> bytes:
    status = reply.status or 0
    lines = [f"HTTP/1.1 {status:03d} {responses.get(status, '')}".rstrip().encode()]
    for name, value in reply.headers:
        clean = _NOT_IN_A_NAME.sub(b"_", name) or b"_"
        if clean.lower() in _CHANGED_BY_UNPACKING:
            clean = b"X-Original-" + clean
        lines.append(clean + b": " + _NOT_IN_A_VALUE.sub(b" ", value).strip())
    lines.append(b"Content-Length: %d" % len(reply.body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + reply.body


def _line(text: str, *, kept: str = "") -> str:
    """A text that fits into one line of ASCII; what does not is percent-encoded."""
    return quote(text.encode("utf-8", "backslashreplace"), safe=_PRINTABLE + kept)


# --- Reading back -------------------------------------------------------------------------------------------------


def read_capture(data: bytes, *, most: int = LARGEST_PAYLOAD) -> Captured:
    """What a capture holds: the response in it, or the file that was brought.

    :param most: bytes of payload that are read; the whole file may unpack to little more.
    :raises UnreadableCapture: if there is none, it is damaged, or there is more of it.
    """
    _refuse_bomb(data, most=most + _OVERHEAD)
    found: Captured | None = None
    try:
        for kind, headers, block in _records(data):
            if kind in ("response", "resource") and found is None:
                found = _captured(kind, headers, block)
            elif kind == "metadata" and headers.get("content-type") == CERTIFICATE and found is not None:
                found = found._replace(certificate=block)
    except UnreadableCapture:
        raise
    except Exception as fault:
        # The reader of WARC files has no set of errors of its own for what is none.
        raise UnreadableCapture(f"This is no capture, or it is damaged ({type(fault).__name__}).") from fault
    if found is None:
        raise UnreadableCapture("The file holds neither an answer nor a file that was brought.")
    return found


def _records(data: bytes) -> Iterator[tuple[str, dict[str, str], bytes]]:
    from warcio.archiveiterator import WARCIterator

    for record in WARCIterator(io.BytesIO(data), no_record_parse=True):
        headers = {str(name).lower(): str(text) for name, text in record.rec_headers.headers}
        yield str(record.rec_type), headers, record.raw_stream.read()


def _captured(kind: str, headers: dict[str, Any], block: bytes) -> Captured:
    payload, content_type, status = block, str(headers.get("content-type", "")), None
    http_headers: tuple[tuple[bytes, bytes], ...] = ()
    if kind == "response":
        head, end, payload = block.partition(b"\r\n\r\n")
        first, *lines = head.split(b"\r\n")
        words = first.split(b" ")
        if not end or len(words) < 2 or not words[1].isdigit():
            raise UnreadableCapture("The answer in the capture has no head.")
        status = int(words[1][:3])
        pairs = [line.partition(b": ") for line in lines]
        http_headers = tuple((name, value) for name, _, value in pairs)
        given = next((value for name, value in http_headers if name.lower() == b"content-type"), b"")
        content_type = given.decode("latin-1").partition(";")[0].strip().lower()
    digest = payload_digest(payload)
    if headers.get("warc-payload-digest") != f"sha256:{digest}":
        raise UnreadableCapture("What the capture holds is not what its own digest says: it is damaged.")
    name = str(headers.get("content-disposition", "")).partition("filename*=UTF-8''")[2]
    return Captured(
        url=str(headers["warc-target-uri"]),
        at=datetime.fromisoformat(str(headers["warc-date"])).astimezone(UTC),
        content_type=content_type,
        payload=payload,
        digest=digest,
        headers=http_headers,
        status=status,
        truncated=headers.get("warc-truncated"),
        name=unquote(name) or None,
    )


def _refuse_bomb(data: bytes, *, most: int) -> None:
    """Unpack once without keeping anything, to see how much there is."""
    rest, unpacked = data, 0
    while rest:
        unpacking = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
        try:
            while rest and not unpacking.eof:
                unpacked += len(unpacking.decompress(rest, 1_000_000))
                rest = unpacking.unconsumed_tail
                if unpacked > most:
                    raise UnreadableCapture(f"The capture unpacks to more than {most:,} bytes.")
        except zlib.error as fault:
            raise UnreadableCapture("This is no capture, or it is damaged (not squeezed as captures are).") from fault
        if not unpacking.eof:
            raise UnreadableCapture("The capture is not there to its end.")
        rest = unpacking.unused_data
