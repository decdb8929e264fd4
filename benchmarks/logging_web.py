"""Sites on loopback that write down every request: ``python -m benchmarks.logging_web FILE PORT FIRST COUNT``.

A line is host, path, when it began and ended by the wall clock, and whether the answer was taken. Each answer takes a
while, so that two requests at once would be seen. Nothing but the pages is there. Serves until its standard input is
closed.
"""

from __future__ import annotations

import asyncio
import resource
import sys
import time
import zlib
from typing import IO, NamedTuple

from benchmarks.web import article

PAGES = "/statements/on-face-recognition-"
BODY = article(11)
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY
NOT_THERE = b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\nNot found\n"


class Request(NamedTuple):
    """One request as a site saw it."""

    host: str
    path: str
    began: float
    ended: float
    answered: bool


def host(number: int) -> str:
    """The address of a site; as a number it is a host of its own."""
    return f"127.{20 + number // 10_000}.{number // 100 % 100}.{1 + number % 100}"


def read(line: str) -> Request:
    where, path, began, ended, answered = line.split()
    return Request(where, path, float(began), float(ended), answered == "1")


class _Site(asyncio.Protocol):
    log: IO[str]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.host = transport.get_extra_info("sockname")[0]
        self.unread = b""
        self.under_way: tuple[str, float] | None = None

    def data_received(self, data: bytes) -> None:
        self.unread += data
        if b"\r\n\r\n" in self.unread and self.under_way is None:
            head, _, self.unread = self.unread.partition(b"\r\n\r\n")
            path = head.split(b" ", 2)[1].decode()
            self.under_way = (path, time.time())
            seconds = 0.15 + zlib.crc32(path.encode()) % 300 / 1000
            asyncio.get_running_loop().call_later(seconds, self._answer, path)

    def _answer(self, path: str) -> None:
        if not self.transport.is_closing():
            # Whoever asks may have the answer before this process is given the processor again.
            ended = time.time()
            self.transport.write(ANSWER if path.startswith(PAGES) else NOT_THERE)
            self._note(ended, answered=True)

    def connection_lost(self, reason: Exception | None) -> None:
        self._note(time.time(), answered=False)

    def _note(self, ended: float, *, answered: bool) -> None:
        if self.under_way:
            path, began = self.under_way
            self.under_way = None
            self.log.write(f"{self.host} {path} {began:.6f} {ended:.6f} {int(answered)}\n")


async def main(log: IO[str], port: int, first: int, count: int) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    _Site.log = log
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Site, [host(number) for number in range(first, first + count)], port)
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()


if __name__ == "__main__":
    path, port, first, count = sys.argv[1:]
    with open(path, "w", buffering=1) as file:
        asyncio.run(main(file, int(port), int(first), int(count)))
