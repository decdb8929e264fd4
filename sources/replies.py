"""What comes back from a fetch, whoever fetched it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple


class Fault(StrEnum):
    """Why there is no whole answer. The words are for the operator's eye and for tests."""

    UNSAFE = "unsafe"
    UNSUPPORTED = "unsupported"
    NO_SUCH_NAME = "no such name"
    NAME_LOOKUP = "name lookup failed"
    TIME_OUT = "time-out"
    REFUSED = "connection refused"
    CUT_OFF = "connection cut off"
    TLS = "certificate or TLS"
    MALFORMED = "malformed answer"
    LOOP = "redirect loop"
    HOPS = "too many redirects"
    TOO_BIG = "too big"


class Hop(NamedTuple):
    """One request on the way: what was asked, what it answered, and where it was sent."""

    url: str
    status: int
    location: str | None
    ip: str | None


class Reply(NamedTuple):
    """All that one fetch brought. `status` and `fault` may both be there: too big, or cut off midway."""

    url: str
    final_url: str
    hops: tuple[Hop, ...] = ()
    status: int | None = None
    fault: Fault | None = None
    detail: str = ""
    content_type: str = ""
    charset: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    retry_after: int | None = None  # seconds
    challenge: bool = False  # the server said in a header that it wants a human being
    body: bytes = b""  # decoded, at most Limits.kept_bytes
    digest: bytes | None = None  # SHA-256 of the whole decoded body
    wire_bytes: int = 0
    elapsed_ms: int = 0
    headers: tuple[tuple[bytes, bytes], ...] = ()  # of the last answer, as they came, for a capture of it
    certificate: bytes | None = None  # of the last answer's server, in DER
    whole: bool = False  # `body` is the whole body, not cut at Limits.kept_bytes


class Request(NamedTuple):
    """What is asked of an address, where that is more than to be given the page."""

    method: str = "GET"
    headers: Mapping[str, str] = MappingProxyType({})
    body: bytes | None = None


class Conditions(NamedTuple):
    """What the last reading left for a conditional request (RFC 9110, section 13)."""

    etag: str | None = None
    last_modified: str | None = None
