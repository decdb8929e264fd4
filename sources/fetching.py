"""Fetch one page from a web that may be broken or hostile, and say soberly what came back.

`Fetcher.fetch` never raises for anything the other side does: every fault is part of the `Reply`.
It follows redirects itself, one vetted hop at a time. A host name is looked up once and all its
answers are vetted; the socket is made only to a vetted answer, and is vetted once more where it is
made, since addresses written as numbers never pass through a resolver.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import socket
import ssl
import time
import weakref
import zlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookies import CookieError, SimpleCookie
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from sources.addresses import Address, RefusedAddress, follow, vet, vet_ip
from sources.limits import Limits
from sources.reading import decoded, mentions, printable
from sources.replies import Conditions, Fault, Hop, Reply, Request
from sources.shells import LONGEST_THAT_LEADS_ON, leads_nowhere_else, refresh

REDIRECTS = frozenset({301, 302, 303, 307, 308})
# By which the servers before a page say that it is kept back for a challenge.
_CHALLENGE_HEADERS = ("cf-mitigated", "x-amzn-waf-action", "x-vercel-mitigated")
_ANSWERS_KEPT_SECONDS = 60.0
_ANSWERS_KEPT = 2_000


class NoSuchName(OSError):
    """The name does not exist, on a second look as well."""


class NameLookupFailed(OSError):
    """The name could not be looked up now; that says nothing about the page."""


class _Stop(Exception):
    """Ends a fetch with this fault."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(detail)
        self.fault = fault
        self.detail = detail


LookUp = Callable[[str], Sequence[str]]


def system_lookup(host: str) -> list[str]:
    """All addresses of a name by the system's resolver, asked for as a full name (no search domains).

    :raises OSError: socket.gaierror as the system gives it.
    """
    rows = socket.getaddrinfo(host + ".", None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in rows))


class Names(AbstractResolver):
    """Looks names up in threads, vets every answer, and remembers the good ones for a minute."""

    def __init__(self, *, limits: Limits, look_up: LookUp = system_lookup) -> None:
        self._limits = limits
        self._look_up = look_up
        self._threads = ThreadPoolExecutor(max_workers=16, thread_name_prefix="names")
        self._known: OrderedDict[str, tuple[float, list[str]]] = OrderedDict()

    async def addresses(self, host: str, port: int) -> list[str]:
        """The vetted addresses of a host, IPv4 first.

        :raises RefusedAddress: if a single one of them is not public.
        :raises NoSuchName, NameLookupFailed: as they say.
        """
        kept_at, found = self._known.get(host, (0.0, []))
        if not found or time.monotonic() - kept_at > _ANSWERS_KEPT_SECONDS:
            found = await self._ask(host)
            self._known[host] = (time.monotonic(), found)
            self._known.move_to_end(host)
            if len(self._known) > _ANSWERS_KEPT:
                self._known.popitem(last=False)
        for ip in found:
            vet_ip(ip, port=port, allowed=self._limits.allowed_networks)
        return sorted(found, key=lambda ip: ":" in ip)

    async def _ask(self, host: str) -> list[str]:
        loop = asyncio.get_running_loop()
        for look in (1, 2):
            try:
                async with asyncio.timeout(self._limits.dns_seconds):
                    found = await loop.run_in_executor(self._threads, self._look_up, host)
            except TimeoutError as fault:
                raise NameLookupFailed("no answer in time") from fault
            except socket.gaierror as fault:
                if fault.errno in _NO_SUCH_NAME:
                    if look == 2:
                        raise NoSuchName("the name does not exist") from fault
                    continue
                raise NameLookupFailed(fault.strerror or "look-up failed") from fault
            except (OSError, UnicodeError) as fault:
                raise NameLookupFailed("look-up failed") from fault
            if found:
                return list(found)
        raise NoSuchName("the name has no address")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """For aiohttp: the same vetted answers."""
        return [
            ResolveResult(
                hostname=host,
                host=ip,
                port=port,
                family=socket.AF_INET6 if ":" in ip else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for ip in await self.addresses(host, port)
        ]

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


LAST_SECONDS = 1.0
_NO_SUCH_NAME = frozenset(code for code in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", None)) if code is not None)


class Fetcher:
    """Fetches pages within limits. One per run; use as an async context manager."""

    def __init__(
        self,
        *,
        limits: Limits,
        look_up: LookUp = system_lookup,
        old_protocol: bool = False,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        """
        :param look_up: turns a name into addresses; the system's resolver unless a test brings its own.
        :param old_protocol: speak HTTP/1.0, so that a second look does not repeat the first one's path.
        :param trust: by which certificates are verified, where it is not by the authorities that the system trusts.
        """
        self._trust = trust
        self.limits = limits
        self._old_protocol = old_protocol
        self._names = Names(limits=limits, look_up=look_up)
        self._slots: dict[str, _Slot] = {}
        self._sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Fetcher:
        limits = self.limits
        connector = aiohttp.TCPConnector(
            resolver=self._names,
            use_dns_cache=False,  # Names remembers, and vets what it remembers
            socket_factory=self._vetted_socket,
            ssl=self._trust or True,
            limit=limits.connections,
            keepalive_timeout=max(limits.gap_seconds + 5, 10),
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=limits.connect_seconds, sock_read=limits.silence_seconds
            ),
            max_line_size=limits.header_line_bytes,
            max_field_size=limits.header_line_bytes,
            max_headers=limits.header_lines,
            version=aiohttp.HttpVersion10 if self._old_protocol else aiohttp.HttpVersion11,
            headers={
                "User-Agent": limits.user_agent,
                "Accept": "text/html,application/xhtml+xml,application/pdf;q=0.9,*/*;q=0.8",
                "Accept-Language": "en,*;q=0.5",
                # Nothing else: both can be unpacked under a cap, byte by byte.
                "Accept-Encoding": "gzip, identity",
            },
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()
        await self._hang_up()
        await self._names.close()

    async def _hang_up(self) -> None:
        """See every socket closed, since the loop may end now: also of a peer that does not answer the end of TLS."""
        await asyncio.sleep(0)  # most are closed in the next turn
        for one in self._open_sockets():
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        waited_until = time.monotonic() + LAST_SECONDS
        while self._open_sockets() and time.monotonic() < waited_until:
            await asyncio.sleep(0.01)

    def _open_sockets(self) -> list[socket.socket]:
        return [one for one in self._sockets if one.fileno() >= 0]

    async def fetch(
        self,
        url: str,
        *,
        conditions: Conditions | None = None,
        request: Request | None = None,
        follow: bool = True,
        hops: int | None = None,
        first_bytes: int | None = None,
    ) -> Reply:
        """Ask for a page and everything it redirects to. Never raises for what the other side does.

        A page that leads on by itself (`Refresh`) is followed as a redirect; its status stands at its hop.

        :param request: another method than GET, more headers, a body; all of it goes to `url` alone, since keys may
            be in it: what a redirect leads to is asked with a plain GET.
        :param follow: False gives a redirect back as it is.
        :param hops: most redirects, where they are fewer than the limit.
        :param first_bytes: leave the answer after so many bytes, unpacked; the rest of it does not matter.
        """
        began = time.monotonic()
        trip = _Trip(
            url,
            request=request or Request(),
            follow=follow,
            hops=self.limits.hops if hops is None else hops,
            first_bytes=first_bytes,
        )
        try:
            async with asyncio.timeout(self.limits.total_seconds):
                reply = await self._follow(trip, conditions)
        except _Stop as stop:
            reply = trip.broken(stop.fault, stop.detail)
        except RefusedAddress as refused:
            fault = Fault.UNSAFE if refused.kind == "unsafe" else Fault.UNSUPPORTED
            reply = trip.broken(fault, refused.reason)
        except NoSuchName as fault:
            reply = trip.broken(Fault.NO_SUCH_NAME, str(fault))
        except NameLookupFailed as fault:
            reply = trip.broken(Fault.NAME_LOOKUP, str(fault))
        except (aiohttp.ClientSSLError, aiohttp.ClientConnectorCertificateError) as fault:
            reply = trip.broken(Fault.TLS, _tls_words(fault))
        except TimeoutError:
            reply = trip.broken(Fault.TIME_OUT, "no answer in time")
        except (aiohttp.ClientConnectorError, ConnectionRefusedError) as fault:
            reply = trip.broken(*_connection_words(fault))
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError, ConnectionError):
            reply = trip.broken(Fault.CUT_OFF, "the server closed the connection")
        except aiohttp.ClientPayloadError:
            reply = trip.broken(Fault.CUT_OFF, "the answer ended before its end")
        except (aiohttp.ClientError, ValueError, zlib.error) as fault:
            reply = trip.broken(Fault.MALFORMED, type(fault).__name__)
        return reply._replace(
            detail=printable(reply.detail),
            wire_bytes=trip.wire_bytes,
            elapsed_ms=min(round((time.monotonic() - began) * 1000), 2**31 - 1),
        )

    async def _follow(self, trip: _Trip, conditions: Conditions | None) -> Reply:
        while True:
            address = vet(trip.at, allowed=self.limits.allowed_networks)
            trip.at = address.url
            if not trip.enter(address):
                raise _Stop(Fault.LOOP, "the redirects lead back to where they came from")
            answer = await self._ask(trip, address, conditions if not trip.hops else None)
            if answer is not None:
                return answer
            if len(trip.hops) > trip.most_hops:
                raise _Stop(Fault.HOPS, f"more than {trip.most_hops} redirects")

    async def _ask(self, trip: _Trip, address: Address, conditions: Conditions | None) -> Reply | None:
        """One hop. A reply if the way ends here; None when `trip` has been sent on."""
        if self._session is None:
            raise RuntimeError("Use the fetcher as an async context manager.")
        wire = URL(address.url, encoded=True)
        if (wire.host or "").strip("[]") != address.host or wire.port != address.port:
            # Two readers of one text disagree on where it leads: nobody goes there.
            raise RefusedAddress("unsafe", "The address can be read in two ways.")
        ip = address.host
        if address.ip is None:
            ip = (await self._names.addresses(address.host, address.port))[0]
        trip.status = None
        headers = trip.cookie_header(address)
        if conditions is not None and conditions.etag:
            headers["If-None-Match"] = conditions.etag
        if conditions is not None and conditions.last_modified:
            headers["If-Modified-Since"] = conditions.last_modified
        asked = Request() if trip.hops else trip.request
        async with (
            self._slot(ip),
            self._session.request(
                asked.method, wire, allow_redirects=False, headers=headers | dict(asked.headers), data=asked.body
            ) as response,
        ):
            trip.status = response.status
            transport = response.connection.transport if response.connection else None
            peer = transport.get_extra_info("peername") if transport else None
            location = response.headers.get("Location")
            trip.hops.append(Hop(address.url, response.status, location, str(peer[0]) if peer else ip))
            if response.status in REDIRECTS and location and trip.follow:
                trip.keep_cookies(address, response.headers.getall("Set-Cookie", []))
                trip.at = follow(address.url, _as_text(location))
                return None
            reply = await self._read(trip, response)
            onward = self._leads_on(reply, response) if trip.first_bytes is None else None
            if onward is None:
                return reply
            trip.keep_cookies(address, response.headers.getall("Set-Cookie", []))
            trip.hops[-1] = trip.hops[-1]._replace(location=onward)
            trip.at = onward
            return None

    def _leads_on(self, reply: Reply, response: aiohttp.ClientResponse) -> str | None:
        """Where a page sends its visitors by itself, if that is another page on the web."""
        if reply.status != 200 or reply.fault is not None or len(reply.body) > LONGEST_THAT_LEADS_ON:
            return None
        header = response.headers.get("Refresh")
        if "html" not in reply.content_type or not (header or mentions(reply.body, b"refresh")):
            return None
        there = refresh(decoded(reply.body, reply.charset), header=header, longest_delay=self.limits.refresh_seconds)
        if there is None:
            return None
        try:
            there = follow(reply.final_url, _as_text(there))
        except ValueError:
            return None
        # Other schemes are not followed by browsers either, and the page is what it is.
        is_web = there.lower().startswith(("http://", "https://"))
        return there if is_web and not leads_nowhere_else(reply.final_url, there) else None

    async def _read(self, trip: _Trip, response: aiohttp.ClientResponse) -> Reply:
        reply = Reply(
            url=trip.url,
            final_url=trip.at,
            hops=tuple(trip.hops),
            status=response.status,
            content_type=response.content_type,
            charset=_charset(response),
            etag=_short(response.headers.get("ETag")),
            last_modified=_short(response.headers.get("Last-Modified")),
            retry_after=_retry_after(response.headers.get("Retry-After"), self.limits.longest_wait_seconds),
            challenge=any("challenge" in response.headers.get(name, "") for name in _CHALLENGE_HEADERS)
            or "captcha" in response.headers.get("x-amzn-waf-action", ""),
            headers=response.raw_headers,
            certificate=_certificate(response),
        )
        kept = bytearray()
        digest = hashlib.sha256()
        decoded = 0
        try:
            async for piece in self._decoded(trip, response):
                digest.update(piece)
                decoded += len(piece)
                if decoded > self.limits.decoded_bytes:
                    raise _Stop(Fault.TOO_BIG, f"more than {self.limits.decoded_bytes:,} bytes unpacked")
                if len(kept) < self.limits.kept_bytes:
                    kept += piece[: self.limits.kept_bytes - len(kept)]
                if trip.first_bytes is not None and decoded >= trip.first_bytes:
                    break
        except _Stop as stop:
            return reply._replace(fault=stop.fault, detail=stop.detail, body=bytes(kept))
        whole = decoded == len(kept) and not trip.lost_its_end
        return reply._replace(body=bytes(kept), digest=digest.digest(), whole=whole)

    async def _decoded(self, trip: _Trip, response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
        """The body unpacked, in pieces of at most 64 KiB whatever it unpacks to."""
        encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
        if encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise _Stop(Fault.MALFORMED, f"sent in an encoding that was not asked for ({encoding[:20]})")
        announced = response.headers.get("Content-Length", "")
        if announced.isdecimal() and int(announced) > self.limits.wire_bytes:
            raise _Stop(Fault.TOO_BIG, f"announces {int(announced):,} bytes")
        unpack = None if encoding in ("", "identity") else zlib.decompressobj(wbits=32 + zlib.MAX_WBITS)
        async for chunk in response.content.iter_chunked(65_536):
            trip.wire_bytes += len(chunk)
            if trip.wire_bytes > self.limits.wire_bytes:
                raise _Stop(Fault.TOO_BIG, f"more than {self.limits.wire_bytes:,} bytes")
            if unpack is None:
                yield chunk
                continue
            rest = chunk
            while rest and not unpack.eof:
                yield unpack.decompress(rest, 65_536)
                rest = unpack.unconsumed_tail
        # Browsers show such a page, so it is there; but what it does not say may stand in the part that is lost.
        trip.lost_its_end = unpack is not None and not unpack.eof

    def _vetted_socket(self, where: tuple[Any, Any, int, str, tuple[Any, ...]]) -> socket.socket:
        """The last door: no socket is made to an address that was not vetted, by whatever way it came."""
        family, kind, protocol, _, target = where
        vet_ip(str(target[0]), port=int(target[1]), allowed=self.limits.allowed_networks)
        made = socket.socket(family, kind, protocol)
        self._sockets.add(made)
        return made

    @contextlib.asynccontextmanager
    async def _slot(self, ip: str) -> AsyncIterator[None]:
        slot = self._slots.setdefault(ip, _Slot(self.limits.connections_per_ip))
        slot.users += 1
        try:
            async with slot.free:
                yield
        finally:
            slot.users -= 1
            if not slot.users:
                self._slots.pop(ip, None)


class _Slot:
    """So many connections to one machine, however many names it has."""

    def __init__(self, size: int) -> None:
        self.free = asyncio.Semaphore(size)
        self.users = 0


class _Trip:
    """The state of one fetch while it follows redirects."""

    def __init__(self, url: str, *, request: Request, follow: bool, hops: int, first_bytes: int | None) -> None:
        self.url = url
        self.most_hops = hops
        self.first_bytes = first_bytes
        self.at = url
        self.request = request
        self.follow = follow
        self.hops: list[Hop] = []
        self.status: int | None = None
        self.wire_bytes = 0
        self.lost_its_end = False
        self._seen: set[str] = set()
        self._cookies: dict[str, dict[str, str]] = {}
        self._with_cookies = False

    def enter(self, address: Address) -> bool:
        """False if this address was asked before and asking again can bring nothing new."""
        if address.url in self._seen:
            if self._with_cookies or not self._cookies.get(address.host):
                return False
            # A site that sends everyone round until they carry its cookie: one more round, with it.
            self._with_cookies = True
            self._seen.clear()
        self._seen.add(address.url)
        return True

    def keep_cookies(self, address: Address, lines: Sequence[str]) -> None:
        for line in lines[:20]:
            with contextlib.suppress(CookieError):
                for name, morsel in SimpleCookie(_as_text(line)[:4096]).items():
                    self._cookies.setdefault(address.host, {})[name] = morsel.coded_value

    def cookie_header(self, address: Address) -> dict[str, str]:
        if not self._with_cookies or not self._cookies.get(address.host):
            return {}
        line = "; ".join(f"{name}={value}" for name, value in self._cookies[address.host].items())
        return {"Cookie": line[:4096]} if line.isascii() and line.isprintable() else {}

    def broken(self, fault: Fault, detail: str) -> Reply:
        return Reply(
            url=self.url,
            final_url=self.at,
            hops=tuple(self.hops),
            status=None if fault in (Fault.LOOP, Fault.HOPS, Fault.UNSAFE, Fault.UNSUPPORTED) else self.status,
            fault=fault,
            detail=detail,
        )


def _as_text(header: str) -> str:
    """A header's bytes as a reader meant them: UTF-8, else Latin-1."""
    raw = header.encode("utf-8", "surrogateescape")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _short(header: str | None) -> str | None:
    """A validator worth keeping: plain ASCII of a sane length, since it will be sent back."""
    if header and len(header) <= 200 and header.isascii() and header.isprintable():
        return header
    return None


def _certificate(response: aiohttp.ClientResponse) -> bytes | None:
    transport = response.connection.transport if response.connection else None
    secure = transport.get_extra_info("ssl_object") if transport else None
    return secure.getpeercert(binary_form=True) if secure else None


def _charset(response: aiohttp.ClientResponse) -> str | None:
    try:
        return response.charset
    except (LookupError, ValueError):
        return None


def _retry_after(header: str | None, longest: int) -> int | None:
    """Seconds to wait, from either form of the header (RFC 9110, section 10.2.3), at most `longest`."""
    if not header:
        return None
    text = header.strip()
    if text.isdecimal() and text.isascii():
        return min(int(text[:12]), longest)
    try:
        moment = parsedate_to_datetime(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        wait = round((moment - datetime.now(UTC)).total_seconds())
    except (ValueError, OverflowError):  # a zone of millions of hours, say
        return None
    return max(0, min(wait, longest))


def _tls_words(fault: BaseException) -> str:
    cause = getattr(fault, "certificate_error", None) or getattr(fault, "os_error", None) or fault
    words = getattr(cause, "verify_message", None) or getattr(cause, "reason", None) or "no secure connection"
    return str(words)[:200]


def _connection_words(fault: BaseException) -> tuple[Fault, str]:
    cause = getattr(fault, "os_error", fault)
    if isinstance(cause, ConnectionRefusedError):
        return Fault.REFUSED, "the server refused the connection"
    if isinstance(cause, ConnectionError):
        return Fault.CUT_OFF, "the connection was reset"
    return Fault.REFUSED, (getattr(cause, "strerror", None) or "no connection")[:200]
