"""Many small sites on loopback, served by one process that does as little as it can beside the answers.

``python -m benchmarks.web --hosts 200 --port 18400 [--delay 0.5]`` serves until its standard input is closed.
Paths say what comes: ``/stories/N`` an article, ``/moved/N`` a redirect to one, ``/lost/N`` a 404.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import subprocess
import sys
from collections.abc import Iterator

PAGES = 97
_WORDS = (
    "the company said on Tuesday that it would pause sales of its software to the police while a law is written and"
    " critics answered that a pause is not an end since older contracts run on and new ones are signed abroad where no"
    " such promise holds so that readers of the record may judge what was kept"
).split()


def host(number: int) -> str:
    """The address of a site. Each is a host of its own to whoever asks politely."""
    return f"127.0.{1 + number // 250}.{1 + number % 250}"


def addresses(*, count: int, hosts: int, port: int) -> list[str]:
    """Addresses spread over the sites, in no order: 95 in 100 are articles, 3 redirects, 2 lost."""
    chance = random.Random(7)
    kinds = chance.choices(["stories", "moved", "lost"], weights=[95, 3, 2], k=count)
    found = [f"http://{host(number % hosts)}:{port}/{kind}/{number:06}" for number, kind in enumerate(kinds)]
    chance.shuffle(found)
    return found


def article(number: int) -> bytes:
    """A page of 2 to 20 kB as newspapers send them: head, navigation, a script, paragraphs, a foot."""
    chance = random.Random(number)

    def sentence() -> str:
        return " ".join(chance.choices(_WORDS, k=chance.randint(8, 30))).capitalize() + "."

    size = chance.randint(2_000, 20_000)
    title = " ".join(chance.choices(_WORDS, k=9)).capitalize()
    parts = [
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} | The Paper</title>'
        f'<meta name="description" content="{sentence()}"><link rel="stylesheet" href="/site.css">'
        '<script>window.pages=window.pages||[];pages.push({"kind":"article"});</script></head><body>'
        '<header><nav><ul><li><a href="/">Home</a></li><li><a href="/world/">World</a></li>'
        f'<li><a href="/money/">Money</a></li></ul></nav></header><main><article><h1>{title}</h1>'
    ]
    foot = '</article></main><footer><p>© The Paper. <a href="/about/">About us</a></p></footer></body></html>'
    length = len(parts[0]) + len(foot)
    while length < size:
        link = (
            f' <a href="/topics/{chance.randrange(99)}">{chance.choice(_WORDS)}</a> ' if chance.random() < 0.3 else " "
        )
        parts.append(f"<p>{sentence()}{link}{sentence()} <em>{sentence()}</em></p>\n")
        length += len(parts[-1])
    return ("".join(parts) + foot).encode()


def _answer(status: str, body: bytes, *headers: str) -> bytes:
    head = [
        f"HTTP/1.1 {status}",
        "Server: bench",
        "Date: Sun, 01 Mar 2026 12:00:00 GMT",
        "Content-Type: text/html; charset=utf-8",
        "Cache-Control: max-age=60",
        "Vary: Accept-Encoding",
        f"Content-Length: {len(body)}",
        *headers,
    ]
    return ("\r\n".join(head) + "\r\n\r\n").encode() + body


# No site has more; an address that was made up is missing here, as it is outside.
STORIES = 10_000_000


class _Site(asyncio.Protocol):
    """One connection. Knows GET and HEAD of what it was told, and nothing else of HTTP."""

    articles = [
        _answer("200 OK", article(number), f'ETag: "{number}"', "Last-Modified: Sun, 01 Feb 2026 12:00:00 GMT")
        for number in range(PAGES)
    ]
    lost = _answer(
        "404 Not Found", b"<html><head><title>Not found</title></head><body><h1>Not found</h1></body></html>"
    )
    delay = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.unread = b""

    def data_received(self, data: bytes) -> None:
        self.unread += data
        while b"\r\n\r\n" in self.unread:
            head, _, self.unread = self.unread.partition(b"\r\n\r\n")
            answer = self._answer_to(head)
            if self.delay:
                asyncio.get_running_loop().call_later(self.delay, self._write, answer)
            else:
                self._write(answer)

    def _write(self, answer: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(answer)

    def _answer_to(self, head: bytes) -> bytes:
        kind, _, number = head.split(b" ", 2)[1].strip(b"/").partition(b"/")
        if kind == b"stories" and int(number) < STORIES:
            return self.articles[int(number) % PAGES]
        if kind == b"moved":
            return _answer("301 Moved Permanently", b"", f"Location: /stories/{number.decode()}")
        return self.lost


async def _serve(hosts: int, port: int, delay: float) -> None:
    _Site.delay = delay
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Site, [host(number) for number in range(hosts)], port, backlog=512)
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()


@contextlib.contextmanager
def serving(*, hosts: int, port: int, delay: float = 0.0) -> Iterator[None]:
    """The sites in a process of their own, for as long as the block runs."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.web",
        "--hosts",
        str(hosts),
        "--port",
        str(port),
        "--delay",
        str(delay),
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        if process.stdout.readline().strip() != b"ready":
            raise SystemExit(f"The sites did not come up; is port {port} taken? Choose another with --port.")
        try:
            yield
        finally:
            process.stdin.close()
            process.terminate()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--hosts", type=int, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--delay", type=float, default=0.0)
    given = parser.parse_args()
    asyncio.run(_serve(given.hosts, given.port, given.delay))
