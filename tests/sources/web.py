"""A web server on loopback that behaves, misbehaves and attacks, by the path it is asked for."""

import asyncio
import contextlib
import functools
import gzip
import re
import socket
import ssl
import struct
import threading
import zlib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path
from typing import Self
from urllib.parse import unquote

CERTIFICATES = Path(__file__).parent / "certificates"
MADE_UP = re.compile(r"/[bcdfghjklmnpqrstvwxz]{5,}[^/]*/?\Z")

ARTICLE = (
    "<html><head><title>Company pauses sales of facial recognition</title></head><body><h1>Company pauses</h1>"
    "<p>“We will not sell facial recognition to police until a law is in place,” the company said.</p>"
    + "<p>Long words of an article about a promise, and of what became of it over the years.</p>" * 40
    + "</body></html>"
)
SHORT_ERROR = "<html><head><title>Page not found</title></head><body>Sorry, there is nothing here.</body></html>"
CHALLENGE = "<html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>"
PARKED = "<html><head><title>example</title></head><body>This domain is for sale. Make an offer.</body></html>"
PAYWALLED = ARTICLE.replace(
    "</head>", '<script type="application/ld+json">{"isAccessibleForFree": false}</script></head>'
)


@dataclass
class Asked:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    version: str


@dataclass
class Page:
    """A page whose behaviour a test can change between two visits."""

    status: int = 200
    body: bytes = ARTICLE.encode()
    headers: dict[str, str] = field(default_factory=dict)


Behaviour = Callable[["Web", Asked, asyncio.StreamWriter], Awaitable[None]]


class Web:
    """Use as a context manager. `pages` overrides the built-in behaviours path by path, `sites` host by host."""

    def __init__(self, *, host: str = "127.0.0.1") -> None:
        self.host = host
        self.port = 0
        self.asked: list[Asked] = []
        self.pages: dict[str, Page] = {}
        self.sites: dict[str, Behaviour] = {}
        self.secure_ports: dict[str, int] = {}  # by the name of the certificate that is shown there
        self._servers: list[asyncio.Server] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def url(self, path: str, *, host: str | None = None) -> str:
        return f"http://{host or self.host}:{self.port}{path}"

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    def pages_asked(self) -> list[str]:
        """What was asked for its own sake: no robots.txt, and no address that was made up."""
        return [path for path in self.paths() if path != "/robots.txt" and not MADE_UP.search(path)]

    def __enter__(self) -> Self:
        # Made before anybody waits for it.
        fifty_megabytes_in_fifty_kilobytes()
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()
        return self

    async def _start(self) -> None:
        self.port = await self._listen(None)

    async def _listen(self, secure: ssl.SSLContext | None) -> int:
        server = await asyncio.start_server(self._serve, self.host, 0, ssl=secure)
        self._servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    def show_certificates(self) -> None:
        """Listen with TLS as well, on a port for each certificate."""
        for file in sorted(set(CERTIFICATES.glob("*.pem")) - {CERTIFICATES / "authority.pem"}):
            secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            secure.load_cert_chain(file, CERTIFICATES / "server.key")
            listening = asyncio.run_coroutine_threadsafe(self._listen(secure), self._loop)
            self.secure_ports[file.stem] = listening.result()

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _stop(self) -> None:
        for server in self._servers:
            server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            _, path, version = head[0].split(" ")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
            asked = Asked(path, headers, version)
            self.asked.append(asked)
            host = headers.get("host", "").partition(":")[0]
            if host in self.sites:
                await self.sites[host](self, asked, writer)
            elif path in self.pages:
                page = self.pages[path]
                await answer(writer, page.status, page.body, page.headers)
            else:
                name = unquote(path).strip("/").partition("/")[0].partition("?")[0]
                await BEHAVIOURS.get(name.replace("-", "_"), missing)(self, asked, writer)
        with contextlib.suppress(Exception):
            writer.close()


async def answer(
    writer: asyncio.StreamWriter, status: int, body: bytes | str = b"", headers: dict[str, str] | None = None
) -> None:
    body = body.encode() if isinstance(body, str) else body
    given = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body)), "Connection": "close"}
    lines = [f"HTTP/1.1 {status} Word", *(f"{name}: {value}" for name, value in (given | (headers or {})).items())]
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode("utf-8") + body)
    await writer.drain()


def always(status: int, body: bytes | str = b"", **headers: str) -> Behaviour:
    async def behaviour(web: Web, asked: Asked, writer: asyncio.StreamWriter) -> None:
        await answer(writer, status, body, {name.replace("_", "-"): value for name, value in headers.items()})

    return behaviour


async def missing(web: Web, asked: Asked, writer: asyncio.StreamWriter) -> None:
    await answer(writer, 404, SHORT_ERROR)


async def not_modified(web: Web, asked: Asked, writer: asyncio.StreamWriter) -> None:
    if asked.headers.get("if-none-match") == '"one"':
        await answer(writer, 304, b"", {"ETag": '"one"'})
    else:
        await answer(writer, 200, ARTICLE, {"ETag": '"one"', "Last-Modified": formatdate(0, usegmt=True)})


async def chain(web: Web, asked: Asked, writer: asyncio.StreamWriter) -> None:
    left = int(asked.path.rpartition("/")[2])
    await answer(writer, 302, headers={"Location": f"/chain/{left - 1}" if left else "/ok"})


async def ring(web: Web, asked: Asked, writer: asyncio.StreamWriter) -> None:
    at = int(asked.path.rpartition("/")[2])
    await answer(writer, 302, headers={"Location": f"/ring/{(at + 1) % 3}"})


async def cookie(web: Web, asked: Asked, writer: asyncio.StreamWriter) -> None:
    if "seen=yes" in asked.headers.get("cookie", ""):
        await answer(writer, 200, ARTICLE)
    else:
        await answer(writer, 302, headers={"Location": "/cookie", "Set-Cookie": "seen=yes; Path=/"})


async def hang(web: Web, asked: Asked, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(3600)


async def slow(web: Web, asked: Asked, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(0.05)
    await answer(writer, 200, ARTICLE)


async def drip(web: Web, asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def endless(web: Web, asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        writer.write(b"x" * 65_536)
        await writer.drain()


async def reset(web: Web, asked: Asked, writer: asyncio.StreamWriter) -> None:
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def cut(web: Web, asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000\r\n\r\n<html>only this")
    await writer.drain()


async def garbage(web: Web, asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"\x16\x03\x01 this is no http at all\r\n\r\n")
    await writer.drain()


@functools.cache
def fifty_megabytes_in_fifty_kilobytes() -> bytes:
    squeezing = zlib.compressobj(1, zlib.DEFLATED, 31)
    return b"".join(squeezing.compress(bytes(1_000_000)) for _ in range(50)) + squeezing.flush()


async def bomb(web: Web, asked: Asked, writer: asyncio.StreamWriter) -> None:
    await answer(writer, 200, fifty_megabytes_in_fifty_kilobytes(), {"Content-Encoding": "gzip"})


async def section(web: Web, asked: Asked, writer: asyncio.StreamWriter) -> None:
    if asked.path == "/section":
        await answer(writer, 200, "<title>Section</title>" + "News of the day. " * 200)
    else:
        await answer(writer, 301, headers={"Location": "/section"})


async def squeezed(web: Web, asked: Asked, writer: asyncio.StreamWriter) -> None:
    await answer(writer, 200, gzip.compress(ARTICLE.encode()), {"Content-Encoding": "gzip"})


async def huge_header(web: Web, asked: Asked, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        writer.write(b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 5_000_000 + b"\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()


async def many_headers(web: Web, asked: Asked, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        writer.write(b"HTTP/1.1 200 OK\r\n" + b"X-More: a\r\n" * 100_000 + b"Content-Length: 0\r\n\r\n")
        await writer.drain()


async def goto(web: Web, asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Redirects to whatever stands after the question mark."""
    await answer(writer, 302, headers={"Location": unquote(asked.path.partition("?")[2])})


BEHAVIOURS: dict[str, Behaviour] = {
    "": always(200, "<html><title>Front page</title><body>" + "News of the day. " * 200 + "</body></html>"),
    "ok": always(200, ARTICLE),
    "squeezed": squeezed,
    "not_modified": not_modified,
    "moved": always(301, Location="/new/place/of-the-article"),
    "new": always(200, ARTICLE),
    "temp": always(302, Location="/new/place/of-the-article"),
    "removed": always(410, SHORT_ERROR),
    "limited": always(429, SHORT_ERROR, Retry_After="120"),
    "busy": always(503, SHORT_ERROR, Retry_After="Fri, 31 Dec 2100 23:59:59 GMT"),
    "refused": always(403, SHORT_ERROR),
    "withheld": always(451, SHORT_ERROR),
    "broken": always(500, SHORT_ERROR),
    "loop": always(302, Location="/loop"),
    "ring": ring,
    "chain": chain,
    "cookie": cookie,
    "hang": hang,
    "slow": slow,
    "drip": drip,
    "endless": endless,
    "reset": reset,
    "cut": cut,
    "garbage": garbage,
    "bomb": bomb,
    "huge_header": huge_header,
    "many_headers": many_headers,
    "goto": goto,
    "home": always(302, Location="/"),
    "section": section,
    "soft404": always(200, SHORT_ERROR),
    "challenge": always(200, CHALLENGE),
    "parked": always(200, PARKED),
    "paywalled": always(200, PAYWALLED),
    "members": always(302, Location="/login?next=members"),
    "login": always(200, "<html><title>Log in</title><form>" + "Welcome back. " * 200 + "</form></html>"),
    "image": always(200, b"\x89PNG....", Content_Type="image/png"),
    "empty": always(200, b""),
    "brotli": always(200, b"\x1b\x00\x00", Content_Encoding="br"),
}


@contextlib.contextmanager
def serving(*, host: str = "127.0.0.1") -> Iterator[Web]:
    with Web(host=host) as web:
        yield web
