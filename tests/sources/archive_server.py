"""An archive on loopback that speaks CDX, Memento and Save Page Now 2 as they are documented, and fails as they do.

What it does right follows the documents; each part names its own. What it does wrong is switched on by a test: the
names of `broken` are the keys of `BREAKAGES`.
"""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import parse_qs, unquote, urlsplit

from tests.sources.web import Asked, Web, answer

KEYS = ("access", "secret")
HTML = "<!DOCTYPE html><html><title>Wayback Machine</title><body>We are moving house.</body></html>"
FIELDS = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]
# What the Wayback Machine's index says of a site that its owner wants kept out, with status 403; the same words stand
# in the header X-Archive-Wayback-Runtime-Error (issue 34 of the client edgi-govdata-archiving/wayback).
EXCLUDED = (
    "org.archive.util.io.RuntimeIOException: org.archive.wayback.exception.AdministrativeAccessControlException: "
    "Blocked Site Error"
)


@dataclass
class Held:
    """A copy that the archive has."""

    original: str
    timestamp: str
    status: int = 200
    digest: str = "Q4YULN754FHV2U6Q5JUT6Q2P57WEWNNY"
    body: str = ""

    @property
    def moment(self) -> datetime:
        return datetime.strptime(self.timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


@dataclass
class Job:
    """A save under way: what is said each time someone asks, the last of it for ever."""

    answers: list[dict[str, object]]


Breaking = Callable[[asyncio.StreamWriter], Awaitable[None]]


def answering(status: int, body: bytes | str = b"", **headers: str) -> Breaking:
    async def breaking(writer: asyncio.StreamWriter) -> None:
        await answer(writer, status, body, {name.replace("_", "-"): value for name, value in headers.items()})

    return breaking


async def _hang(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(3600)


async def _cut(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n[[")
    await writer.drain()


async def _not_http(writer: asyncio.StreamWriter) -> None:
    writer.write(b"\x16\x03\x01 no http\r\n\r\n")
    await writer.drain()


BREAKAGES: dict[str, Breaking] = {
    "busy": answering(429, "<h1>Too Many Requests</h1>", Retry_After="90"),
    "busy without a time": answering(429, "<h1>Too Many Requests</h1>"),
    "resting": answering(503, HTML, Retry_After="120"),
    "over its traffic": answering(509, HTML),
    "broken": answering(502, HTML),
    "silent": _hang,
    "cut off": _cut,
    "excluded": answering(403, EXCLUDED, X_Archive_Wayback_Runtime_Error=EXCLUDED),
    "excluded by robots": answering(403, EXCLUDED.replace("Administrative", "Robot")),
    "forbidden": answering(403, HTML),
    "withheld": answering(451, HTML),
    "a page": answering(200, HTML),
    "bytes": answering(200, bytes(range(256)) * 20),
    "huge": answering(200, b"[" * 3_000_000),
    "deep": answering(200, b"[" * 50_000),
    "a number": answering(200, b"42"),
    "not http": _not_http,
}


@dataclass
class Said:
    """What a test has the server say, beside what it holds."""

    broken: str = ""
    cdx_body: str | None = None
    ignores_the_query: bool = False
    pywb: bool = False
    style: str = "302"  # of the TimeGate: "302", "200" or "200 without Content-Location"
    gate_headers: dict[str, str] = field(default_factory=dict)
    gate_leads_to: str | None = None
    no_head: bool = False
    save_body: str | None = None
    save_leads_to: str = ""


class HeadOnly:
    """Lets the head of an answer through, which is all that is due to a HEAD (RFC 9110, section 9.3.2)."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    def write(self, data: bytes) -> None:
        head, end, _ = data.partition(b"\r\n\r\n")
        self._writer.write(head + end)

    async def drain(self) -> None:
        await self._writer.drain()

    def close(self) -> None:
        self._writer.close()


class ArchiveServer(Web):
    """Use as a context manager. `held` is what it has; `said` what it says wrongly."""

    def __init__(self) -> None:
        super().__init__()
        self.held: list[Held] = []
        self.said = Said()
        self.jobs: dict[str, Job] = {}
        self.forms: list[dict[str, str]] = []
        self.listed = True  # whether index and TimeGate know of what is held

    @property
    def cdx_url(self) -> str:
        return self.url("/cdx/search/cdx")

    @property
    def gate_url(self) -> str:
        return self.url("/gate/")

    @property
    def replay_url(self) -> str:
        return self.url("/web/")

    @property
    def save_url(self) -> str:
        return self.url("/save")

    def hold(self, original: str, timestamp: str, **more: object) -> Held:
        one = Held(original, timestamp, **more)  # type: ignore[arg-type]
        self.held.append(one)
        return one

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, path, version = lines[0].split(" ")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            asked = Asked(path, headers | {"method": method}, version)
            self.asked.append(asked)
            if method == "HEAD":
                writer = HeadOnly(writer)  # type: ignore[assignment]
            if self.said.broken:
                await BREAKAGES[self.said.broken](writer)
            elif path.startswith("/cdx/"):
                await self._cdx(asked, writer)
            elif path.startswith("/gate/"):
                await self._gate(asked, writer)
            elif path.startswith("/web/"):
                await self._copy(asked, writer)
            elif path.startswith("/save"):
                await self._save(asked, body, writer)
            else:
                await answer(writer, 404, HTML)
        with contextlib.suppress(Exception):
            writer.close()

    def _known(self, url: str) -> list[Held]:
        return [one for one in self.held if self.listed and _key(one.original) == _key(url)]

    # --- The index: github.com/internetarchive/wayback, wayback-cdx-server/README.md; pywb's CDX Server API -----------

    async def _cdx(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        if self.said.cdx_body is not None:
            await answer(writer, 200, self.said.cdx_body, {"Content-Type": "application/json"})
            return
        query = {name: values[-1] for name, values in parse_qs(urlsplit(asked.path).query).items()}
        rows = sorted(self._known(query["url"]), key=lambda one: one.timestamp)
        if not self.said.ignores_the_query:
            # Both ends are part of it; a filter is a field and a regular expression.
            rows = [one for one in rows if query.get("from", "0") <= one.timestamp <= query.get("to", "9")]
            if query.get("filter") == "statuscode:200":
                rows = [one for one in rows if one.status == 200]
            if query.get("sort") == "closest":
                wanted = datetime.strptime(query["closest"], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
                rows.sort(key=lambda one: abs(one.moment - wanted))
            rows = rows[: int(query.get("limit", 150_000))]
        if self.said.pywb:
            # pywb gives an object a line, and says with 404 that it has nothing.
            lines = [
                json.dumps({"urlkey": "x", "timestamp": one.timestamp, "url": one.original, "mime": "text/html",
                            "status": str(one.status), "digest": one.digest})
                for one in rows
            ]  # fmt: skip
            if lines:
                await answer(writer, 200, "\n".join(lines) + "\n", {"Content-Type": "text/x-ndjson"})
            else:
                await answer(writer, 404, '{"message": "No Captures found"}', {"Content-Type": "application/json"})
            return
        table = [FIELDS] + [
            ["x", one.timestamp, one.original, "text/html", str(one.status), one.digest, "1415"] for one in rows
        ]
        await answer(writer, 200, json.dumps(table) if rows else "[]\n", {"Content-Type": "application/json"})

    # --- The TimeGate and the copies: RFC 7089, sections 2 and 4 ------------------------------------------------------

    async def _gate(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        if self.said.no_head and asked.headers["method"] == "HEAD":
            await answer(writer, 405)
            return
        if self.said.gate_leads_to is not None:
            await answer(writer, 302, headers={"Location": self.said.gate_leads_to, "Vary": "accept-datetime"})
            return
        original = unquote(asked.path.removeprefix("/gate/"))
        known = self._known(original)
        wanted = parsedate_to_datetime(asked.headers["accept-datetime"])
        if not known:
            await answer(writer, 404, HTML)
            return
        best = min(known, key=lambda one: abs(one.moment - wanted))
        if self.said.style == "302":
            link = f'<{best.original}>; rel="original", <{self.url("/timemap/")}>; rel="timemap"; type="x, y"'
            await answer(writer, 302, headers={"Location": self._place(best), "Vary": "accept-datetime", "Link": link})
            return
        more = {"Vary": "accept-datetime"}
        if "without" not in self.said.style:
            more["Content-Location"] = self._place(best)
        await self._send(best, writer, more | self.said.gate_headers)

    async def _copy(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        timestamp, _, original = asked.path.removeprefix("/web/").partition("/")
        exact = [one for one in self._known(original) if one.timestamp == timestamp]
        others = self._known(original)
        if exact:
            await self._send(exact[0], writer, self.said.gate_headers)
        elif others:
            # A copy that is not in the index yet: the reader is sent to an older one.
            await answer(writer, 302, headers={"Location": self._place(others[0])})
        else:
            await answer(writer, 404, HTML)

    async def _send(self, one: Held, writer: asyncio.StreamWriter, more: dict[str, str]) -> None:
        link = f'<{one.original}>; rel="original", <{self.gate_url}{one.original}>; rel="timegate"'
        given = {"Memento-Datetime": format_datetime(one.moment, usegmt=True), "Link": link} | more
        headers = {name: value for name, value in given.items() if value}
        if one.status in (301, 302):
            headers["Location"] = f"{self.replay_url}{one.timestamp}/https://elsewhere.example/"
        await answer(writer, one.status, one.body, headers)

    def _place(self, one: Held) -> str:
        return f"{self.replay_url}{one.timestamp}/{one.original}"

    # --- Save Page Now 2: “Save Page Now 2 Public API Docs” of the Internet Archive -----------------------------------

    async def _save(self, asked: Asked, body: bytes, writer: asyncio.StreamWriter) -> None:
        if asked.headers.get("authorization") != f"LOW {KEYS[0]}:{KEYS[1]}":
            said: object = {"message": "You need to be logged in to use Save Page Now."}
            await answer(writer, 401, json.dumps(said), {"Content-Type": "application/json"})
            return
        if self.said.save_leads_to:
            await answer(writer, 302, headers={"Location": self.said.save_leads_to})
            return
        if self.said.save_body is not None:
            await answer(writer, 200, self.said.save_body, {"Content-Type": "application/json"})
            return
        if asked.headers["method"] == "POST":
            form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
            self.forms.append(form)
            # Job numbers are given without set form, and the same one for the same page for a while.
            said = {"url": form["url"], "job_id": "spn2-9b1f03"}
        else:
            job = self.jobs.get(asked.path.rpartition("/")[2])
            if job is None:
                await answer(writer, 404, HTML)
                return
            said = job.answers.pop(0) if len(job.answers) > 1 else job.answers[0]
        await answer(writer, 200, json.dumps(said), {"Content-Type": "application/json"})


def _key(url: str) -> str:
    """The index knows an address without its scheme, port 80 and www."""
    return url.partition("://")[2].removeprefix("www.").replace(":80/", "/")


@contextlib.contextmanager
def archive_serving() -> Iterator[ArchiveServer]:
    with ArchiveServer() as server:
        yield server
