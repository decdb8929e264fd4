"""A web of small sites, each with one story: alive in an odd dress, lost, walled off, broken, or a trap.

Every site says what a check of its story must come to. `serve` puts them all on one server, by host name.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import socket
import ssl
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from sources.outcomes import Outcome
from tests.sources.web import (
    BEHAVIOURS,
    CERTIFICATES,
    CHALLENGE,
    PARKED,
    SHORT_ERROR,
    Asked,
    Behaviour,
    Web,
    always,
    answer,
    missing,
)

QUOTED = "we will not sell facial recognition to police until a law is in place"
STORY = "/2020/06/story"
ELSEWHERE = "/new-place/story-of-2020"


def page(title: str, *parts: str, head: str = "", lang: str = "en", paragraphs: int = 30) -> str:
    """A page of a newspaper, long enough to be no error page, with its parts before the body of the text."""
    body = "".join(f"<p>{part}</p>" for part in parts) + "".join(
        f"<p>In paragraph {number} of “{title}” the reporter told what the company had promised, and to whom.</p>"
        for number in range(paragraphs)
    )
    return (
        f'<!doctype html><html lang="{lang}"><head><title>{title}</title>{head}</head>'
        f"<body><nav><a href='/'>Front page</a></nav><main><h1>{title}</h1>{body}</main></body></html>"
    )


ARTICLE = page("Company pauses sales", f"“{QUOTED[0].upper()}{QUOTED[1:]},” the company said.")
FRONT = page("The Paper", "News of the day, of every kind and from everywhere.")
OTHER = page("Shoes", "Shoes of every size and colour are sold here, and sent for nothing.")


class Site(NamedTuple):
    """One story on a host of its own, and what a check of it must come to."""

    name: str
    outcome: Outcome
    story: Behaviour
    path: str = STORY
    others: Mapping[str, Behaviour] = {}
    certificate: str = ""  # speaks TLS and shows this one
    names: Sequence[str] | int = ("127.0.0.1",)  # what the name server says; a number is its error
    again: bool = False  # judged on the second visit
    url: str = ""  # where it is not the story on the site's own host
    silent: bool = False  # nothing may be asked of it


# --- what a server may do ----------------------------------------------------------------------------------------


def to(where: str, *, status: int = 302, **headers: str) -> Behaviour:
    return always(status, "", Location=where, **headers)


def html(text: str, *, charset: str = "utf-8", said: str | None = None, status: int = 200, **headers: str) -> Behaviour:
    kind = "text/html" if said == "" else f"text/html; charset={said or charset}"
    return always(status, text.encode(charset), Content_Type=kind, **headers)


def raw(*pieces: bytes, pause: float = 0.0, hold: bool = False) -> Behaviour:
    """Sends these bytes as they are, with a pause between them, and closes or holds the connection."""

    async def behaviour(web: Web, asked: Asked, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            with contextlib.suppress(ConnectionError):
                writer.write(piece)
                await writer.drain()
            if pause:
                await asyncio.sleep(pause)
        if hold:
            await asyncio.sleep(3600)

    return behaviour


def for_ever(beginning: bytes, piece: bytes, *, pause: float = 0.0) -> Behaviour:
    async def behaviour(web: Web, asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(beginning)
        while True:
            writer.write(piece)
            await writer.drain()
            if pause:
                await asyncio.sleep(pause)

    return behaviour


def by_path(choose: Callable[[str], tuple[int, str, dict[str, str]]]) -> Behaviour:
    async def behaviour(web: Web, asked: Asked, writer: asyncio.StreamWriter) -> None:
        status, body, headers = choose(asked.path)
        await answer(writer, status, body, headers)

    return behaviour


def if_header(name: str, holds: str, then: Behaviour, otherwise: Behaviour) -> Behaviour:
    async def behaviour(web: Web, asked: Asked, writer: asyncio.StreamWriter) -> None:
        await (then if holds in asked.headers.get(name, "") else otherwise)(web, asked, writer)

    return behaviour


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> Behaviour:
    head = OK_HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    return raw(head + b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + end)


def packed(kind: str, body: bytes, **headers: str) -> Behaviour:
    return always(200, body, Content_Encoding=kind, **headers)


def zeros(megabytes: int, *, wbits: int) -> bytes:
    squeezing = zlib.compressobj(9, zlib.DEFLATED, wbits)
    return b"".join(squeezing.compress(bytes(1_000_000)) for _ in range(megabytes)) + squeezing.flush()


def countdown(status: int, *, of: int, at_end: str = "/end") -> dict[str, Behaviour]:
    """Redirects through /1 … /N to the end."""
    steps: dict[str, Behaviour] = {f"/{n}": to(f"/{n + 1}", status=status) for n in range(1, of)}
    return steps | {f"/{of}": to(at_end, status=status), "/end": html(ARTICLE)}


CHUNKS = [ARTICLE.encode()[at : at + 700] for at in range(0, len(ARTICLE.encode()), 700)]
OK_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"


# --- alive, in an odd dress ----------------------------------------------------------------------------------------


def living() -> list[Site]:
    """Pages that stand, and that a careless checker would call dead."""
    o = Outcome
    cyrillic = page("Компания обещала", "Компания не будет продавать распознавание лиц полиции.", lang="ru")
    japanese = page("会社の約束", "会社は警察に顔認識を販売しないと発表した。", lang="ja")
    chinese = page("公司的承诺", "公司宣布不向警方出售人脸识别技术。", lang="zh")
    french = page("L’entreprise s’engage", "Elle ne vendra pas la reconnaissance faciale à la police.", lang="fr")
    about_404 = page("Page not found: how companies let their promises vanish", "“404 not found” is all that is left.")
    return [
        Site("nine redirects for now", o.OK_TEMP, to("/1"), others=countdown(302, of=9)),
        Site("nine redirects for good", o.OK_MOVED, to("/1", status=301), others=countdown(301, of=9)),
        Site("one of two redirects is for now", o.OK_TEMP, to("/1", status=301), others=countdown(307, of=1)),
        *(
            Site(f"redirect with {status}", outcome, to(ELSEWHERE, status=status), others={ELSEWHERE: html(ARTICLE)})
            for status, outcome in ((308, o.OK_MOVED), (303, o.OK_TEMP))
        ),
        Site("redirect that adds a slash", o.OK, to(STORY + "/", status=301), others={STORY + "/": html(ARTICLE)}),
        Site(
            "redirect written without a host",
            o.OK_MOVED,
            to("../08/story", status=301),
            others={"/2020/08/story": html(ARTICLE)},
        ),
        Site(
            "redirect with spaces and letters beyond ASCII",
            o.OK_TEMP,
            to(" /2020/é à/story-of-2020 "),
            others={"/2020/%C3%A9%20%C3%A0/story-of-2020": html(ARTICLE)},
        ),
        Site(
            "page that leads on by itself",
            o.OK_TEMP,
            html('<meta http-equiv="refresh" content="0; url=/2020/06/story-of-2020">'),
            others={"/2020/06/story-of-2020": html(ARTICLE)},
        ),
        Site(
            "page that wants its cookie back",
            o.OK,
            if_header("cookie", "seen=yes", html(ARTICLE), to(STORY, Set_Cookie="seen=yes; Path=/")),
        ),
        Site(
            "cookies by the hundred",
            o.OK,
            always(200, ARTICLE, Set_Cookie="a=1\r\n" + "\r\n".join(f"Set-Cookie: c{n}=1" for n in range(100))),
        ),
        Site("windows-1251 that says so", o.OK, html(cyrillic, charset="windows-1251")),
        Site("windows-1251 that says nothing", o.OK, html(cyrillic, charset="windows-1251", said="")),
        Site("Shift_JIS called UTF-8", o.OK, html(japanese, charset="shift_jis", said="utf-8")),
        Site("GB 18030 called Latin-1", o.OK, html(chinese, charset="gb18030", said="iso-8859-1")),
        Site("UTF-16 with a mark at its start", o.OK, html(japanese, charset="utf-16", said="")),
        Site("Windows letters in a page called UTF-8", o.OK, html(french, charset="cp1252", said="utf-8")),
        Site("a charset that nobody knows", o.OK, html(ARTICLE, said="klingon-8")),
        Site(
            "bytes that are no text among the words",
            o.OK,
            always(200, ARTICLE.encode().replace(b"reporter", b"rep\xff\xfe\x00orter")),
        ),
        Site("squeezed by gzip", o.OK, packed("gzip", gzip.compress(ARTICLE.encode()))),
        Site("squeezed by deflate with its frame", o.OK, packed("deflate", zlib.compress(ARTICLE.encode()))),
        Site("gzip that lost its end", o.OK, packed("gzip", gzip.compress(ARTICLE.encode())[:-60])),
        Site(
            "two gzip files in one answer, words in the first",
            o.OK,
            packed("gzip", gzip.compress(ARTICLE.encode()) + gzip.compress(b" ")),
        ),
        Site("in chunks", o.OK, chunked(*CHUNKS)),
        Site("in chunks, with a trailer", o.OK, chunked(*CHUNKS, end=b"0\r\nX-Sum: 1\r\n\r\n")),
        Site(
            "in chunks of one byte", o.OK, chunked(*(ARTICLE.encode()[n : n + 1] for n in range(len(ARTICLE.encode()))))
        ),
        Site("no length, ends with the connection", o.OK, raw(OK_HEAD + b"\r\n" + ARTICLE.encode())),
        Site("HTTP/1.0", o.OK, raw(OK_HEAD.replace(b"1.1", b"1.0") + b"\r\n" + ARTICLE.encode())),
        Site("slow, under the cap", o.OK, raw(OK_HEAD + b"\r\n", *CHUNKS[:4], pause=0.02)),
        Site("no type given", o.OK, raw(b"HTTP/1.1 200 OK\r\n\r\n" + ARTICLE.encode())),
        Site("no doctype, no head, tags left open", o.OK, html("<p>" + "The company said that it would stop. " * 90)),
        Site("status 203", o.OK, html(ARTICLE, status=203)),
        Site("status 206 though nobody asked for a part", o.OK, html(ARTICLE, status=206)),
        Site(
            "not modified, by its tag",
            o.NOT_MODIFIED,
            if_header("if-none-match", '"one"', always(304, ETag='"one"'), html(ARTICLE, ETag='"one"')),
            again=True,
        ),
        Site(
            "not modified, by its date",
            o.NOT_MODIFIED,
            if_header(
                "if-modified-since", "2020", always(304), html(ARTICLE, Last_Modified="Mon, 08 Jun 2020 10:00:00 GMT")
            ),
            again=True,
        ),
        Site("a report on pages that are not found", o.OK, html(about_404)),
        Site(
            "“page not found” in a script and a comment only",
            o.OK,
            html(page("A promise", head="<script>var e='Page not found'</script><!-- 404 not found -->")),
        ),
        Site(
            "an article on captchas with a comment form",
            o.OK,
            html(
                page(
                    "Captcha firms promise",
                    "Each asks: are you human?",
                    head='<script src="https://www.google.com/recaptcha/api.js"></script>',
                )
            ),
        ),
        Site(
            "a report on a domain for sale",
            o.OK,
            html(page("This domain is for sale", "So says the page where the pledge once stood.")),
        ),
        Site(
            "a short press note",
            o.OK,
            html(
                "<title>Statement</title><h1>Statement</h1>"
                "<p>We have ended the sale of face recognition to the police, and will not take it up again.</p>"
            ),
        ),
        Site("no title", o.OK, html(ARTICLE.replace("<title>Company pauses sales</title>", ""))),
        Site("a title of a hundred thousand letters", o.OK, html(page("long " * 20_000, paragraphs=2))),
        Site(
            "ten thousand tags within each other",
            o.OK,
            html("<title>Deep</title>" + "<div>" * 10_000 + "The company said so, and meant it. " * 80),
        ),
        Site(
            "a letter by its number, of six thousand digits",
            o.OK,
            html(page("Numbers &#" + "9" * 6_000 + ";", "&#" + "9" * 6_000 + ";")),
        ),
        Site("hidden marks by the ten thousand", o.OK, html(page("A promise", "<i hidden>x</i>word " * 40_000))),
        Site(
            "links and addresses that are none",
            o.OK,
            html(
                page(
                    "A promise",
                    "<a href='http://[::1'>there</a>",
                    head='<base href="http://[bad"><link rel="canonical" href="http://[worse">'
                    '<script type="application/ld+json">{"@type": "Article", "url": "http://[::1", "a": 1}</script>',
                )
            ),
        ),
        Site(
            "plain text",
            o.OK,
            always(200, "The company said that it would stop.\n" * 90, Content_Type="text/plain; charset=utf-8"),
        ),
        Site("XHTML", o.OK, always(200, '<?xml version="1.0"?>' + ARTICLE, Content_Type="application/xhtml+xml")),
        Site("the site's front page is the source", o.OK, html(FRONT), path="/"),
        Site(
            "the front page of a language is the source", o.OK_TEMP, to("/en/"), path="/", others={"/en/": html(FRONT)}
        ),
        Site(
            "odd headers, folded and empty",
            o.OK,
            raw(OK_HEAD + b"X-Empty:\r\nX-Odd: \xe9\xff\r\n\r\n" + ARTICLE.encode()),
        ),
        Site("answers every made-up address with its front page", o.OK, html(ARTICLE), others={"*": html(FRONT)}),
        Site("on two addresses of one name", o.OK, html(ARTICLE), names=("127.0.0.1", "127.0.0.2")),
        Site("with a certificate that is in order", o.OK, html(ARTICLE), certificate="good"),
    ]


# --- lost, walled off, broken, traps -------------------------------------------------------------------------------


def lost() -> list[Site]:
    """Stories that are gone, whatever their servers say."""
    o = Outcome
    not_found = page("Page not found", paragraphs=0)
    everything = {"*": html(page("Our promise to you", paragraphs=12))}
    return [
        Site("says 404", o.GONE, missing),
        Site("says 410", o.GONE, always(410, SHORT_ERROR)),
        Site("404 in the dress of an article", o.GONE, html(ARTICLE, status=404)),
        Site("404 without a word", o.GONE, always(404)),
        Site("404 at the end of redirects", o.GONE, to("/lost", status=301)),
        Site("leads to the front page", o.HOME_REDIRECT, to("/"), others={"/": html(FRONT)}),
        Site("leads to the front page for good", o.HOME_REDIRECT, to("/", status=301), others={"/": html(FRONT)}),
        Site("leads to the front page of a language", o.HOME_REDIRECT, to("/en/"), others={"/en/": html(FRONT)}),
        Site(
            "leads to its section",
            o.HOME_REDIRECT,
            to("/news/"),
            path="/news/2020/06/a-story",
            others={"/news/": html(FRONT)},
        ),
        Site("leads to index.html", o.HOME_REDIRECT, to("/index.html"), others={"/index.html": html(FRONT)}),
        Site(
            "leads home by itself, with a page between",
            o.HOME_REDIRECT,
            html('<meta http-equiv="refresh" content="0;url=/">'),
            others={"/": html(FRONT)},
        ),
        Site("“not found” called a success", o.SOFT404, html(not_found)),
        Site(
            "“Seite nicht gefunden” called a success",
            o.SOFT404,
            html(page("Seite nicht gefunden", lang="de", paragraphs=0)),
        ),
        Site(
            "“ページが見つかりません” called a success",
            o.SOFT404,
            html(page("ページが見つかりません", lang="ja", paragraphs=0)),
        ),
        Site(
            "the same long page for every address",
            o.SOFT404,
            html(page("Our promise to you", paragraphs=12)),
            others=everything,
        ),
        Site(
            "leads to an error page called a success",
            o.SOFT404,
            to("/error/404.html"),
            others={"/error/404.html": html(FRONT)},
        ),
        Site("a name that does not exist", o.DNS_GONE, missing, names=socket.EAI_NONAME),
        Site("a name without an address", o.DNS_GONE, missing, names=()),
        Site("the name has no data", o.DNS_GONE, missing, names=getattr(socket, "EAI_NODATA", socket.EAI_NONAME)),
        Site("domain for sale", o.USURPED, html(PARKED)),
        Site(
            "domain for sale, auf Deutsch",
            o.USURPED,
            html("<title>story.example</title><p>Diese Domain steht zum Verkauf.</p>"),
        ),
        Site(
            "a parking service's frame",
            o.USURPED,
            html('<title>x</title><iframe src="https://www.sedoparking.com/x"></iframe>'),
        ),
    ]


def walled() -> list[Site]:
    """Stories that stand behind something, and about which nothing bad is known."""
    o = Outcome
    captcha = '<title>Access</title><p>Confirm that you are not a robot</p><div class="g-recaptcha"></div>'
    not_free = '<script type="application/ld+json">{"isAccessibleForFree": "False"}</script>'
    log_in = page("Log in", '<form><input type="password"></form>')
    return [
        Site("asks for money (402)", o.PAYWALLED, always(402, "Pay first.")),
        Site("says that it is not free", o.PAYWALLED, html(page("A story", head=not_free))),
        Site("says so of a teaser", o.PAYWALLED, html(page("A story", head=not_free, paragraphs=1))),
        Site("asks for a log-in (401)", o.BLOCKED, always(401, SHORT_ERROR, WWW_Authenticate="Basic")),
        Site("refuses (403)", o.BLOCKED, always(403, SHORT_ERROR)),
        Site("refuses the method (405)", o.BLOCKED, always(405, SHORT_ERROR)),
        Site("refuses what we can read (406)", o.BLOCKED, always(406, SHORT_ERROR)),
        Site("withheld by law (451)", o.BLOCKED, always(451, SHORT_ERROR)),
        Site("a number of its own (999)", o.BLOCKED, always(999, SHORT_ERROR)),
        Site("a challenge with 200", o.BLOCKED, html(CHALLENGE)),
        Site("a challenge with 403", o.BLOCKED, html(CHALLENGE, status=403)),
        Site("a challenge with 404", o.BLOCKED, html(CHALLENGE, status=404)),
        Site("a challenge with 503", o.BLOCKED, html(CHALLENGE, status=503)),
        Site(
            "a challenge told by a header alone",
            o.BLOCKED,
            html("<p>One moment</p>", status=403, Cf_Mitigated="challenge"),
        ),
        Site("a captcha", o.BLOCKED, html(captcha)),
        Site(
            "a wall of consent",
            o.BLOCKED,
            to("/consent?back=story"),
            others={"/consent": html(page("Before you continue"))},
        ),
        Site(
            "drawn by a script",
            o.BLOCKED,
            html('<title>The Paper</title><div id="root"></div><script src="/app.js"></script>'),
        ),
        Site("too many requests", o.RATE_LIMITED, always(429, SHORT_ERROR)),
        Site("too many requests, back in two minutes", o.RATE_LIMITED, always(429, SHORT_ERROR, Retry_After="120")),
        Site(
            "too many requests, back in a hundred years",
            o.RATE_LIMITED,
            always(429, SHORT_ERROR, Retry_After="Fri, 31 Dec 2126 23:59:59 GMT"),
        ),
        Site(
            "too many requests, back at a time of no zone",
            o.RATE_LIMITED,
            always(429, SHORT_ERROR, Retry_After="Mon, 08 Jun 2020 10:00:00 +99999999999999"),
        ),
        Site("busy, back in an hour", o.RATE_LIMITED, always(503, SHORT_ERROR, Retry_After="3600")),
        Site("leads to a log-in", o.WRONG_TYPE, to("/login?next=story"), others={"/login": html(log_in)}),
        Site("is a log-in now", o.WRONG_TYPE, html('<title>Log in</title><form><input type="password"></form>')),
        Site("is a picture now", o.WRONG_TYPE, always(200, b"\x89PNG....", Content_Type="image/png")),
        Site("is a film now", o.WRONG_TYPE, always(200, b"....ftyp", Content_Type="video/mp4")),
        Site("is an archive file now", o.WRONG_TYPE, always(200, b"PK\x03\x04", Content_Type="application/zip")),
    ]


def broken() -> list[Site]:
    """Servers that fail, hang, lie and attack."""
    o = Outcome
    drip = for_ever(OK_HEAD + b"Content-Length: 1000000\r\n\r\n", b"x", pause=0.05)
    no_end = for_ever(OK_HEAD + b"\r\n", b"x" * 65_536)
    gigabytes = OK_HEAD + b"Content-Length: 4000000000\r\n\r\n<html>"
    long_line = b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 1_000_000 + b"\r\n\r\n"
    many_lines = b"HTTP/1.1 200 OK\r\n" + b"X-More: a\r\n" * 20_000 + b"\r\n"
    twice = gzip.compress(zeros(20, wbits=31))
    return [
        Site("error of the server (500)", o.SERVER_ERROR, always(500, SHORT_ERROR)),
        Site("bad gateway (502)", o.SERVER_ERROR, always(502, SHORT_ERROR)),
        Site("busy, says not until when (503)", o.SERVER_ERROR, always(503, SHORT_ERROR)),
        Site("gateway time-out (504)", o.SERVER_ERROR, always(504, SHORT_ERROR)),
        Site("a status of 600", o.SERVER_ERROR, always(600, SHORT_ERROR)),
        Site("a status that means nothing here (418)", o.SERVER_ERROR, always(418, SHORT_ERROR)),
        Site("304 that nobody asked for", o.SERVER_ERROR, always(304)),
        Site("an empty success", o.SERVER_ERROR, always(200)),
        Site("204", o.SERVER_ERROR, always(204)),
        Site("a redirect that names no place", o.SERVER_ERROR, always(302)),
        Site("closes without a word", o.SERVER_ERROR, raw()),
        Site("resets the connection", o.SERVER_ERROR, BEHAVIOURS["reset"]),
        Site("never answers", o.SERVER_ERROR, raw(hold=True)),
        Site("hangs within its headers", o.SERVER_ERROR, raw(OK_HEAD, hold=True)),
        Site("hangs within its body", o.SERVER_ERROR, raw(OK_HEAD + b"Content-Length: 9999\r\n\r\n<html>", hold=True)),
        Site(
            "hangs within a chunk",
            o.SERVER_ERROR,
            raw(OK_HEAD + b"Transfer-Encoding: chunked\r\n\r\n10\r\nabc", hold=True),
        ),
        Site("drips a byte at a time", o.SERVER_ERROR, drip),
        Site("drips its headers", o.SERVER_ERROR, for_ever(OK_HEAD, b"X-A: b\r\n", pause=0.05)),
        Site("speaks no HTTP", o.SERVER_ERROR, raw(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")),
        Site("speaks TLS where HTTP was asked", o.SERVER_ERROR, raw(b"\x15\x03\x03\x00\x02\x02\x46")),
        Site("a header line of a megabyte", o.SERVER_ERROR, raw(long_line)),
        Site("twenty thousand header lines", o.SERVER_ERROR, raw(many_lines)),
        Site("ends before its length", o.SERVER_ERROR, raw(OK_HEAD + b"Content-Length: 5000\r\n\r\n<html>only this")),
        Site("ends within a chunk", o.SERVER_ERROR, raw(OK_HEAD + b"Transfer-Encoding: chunked\r\n\r\nff\r\nabc")),
        Site(
            "a chunk whose size is no number",
            o.SERVER_ERROR,
            raw(OK_HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n"),
        ),
        Site(
            "two lengths that differ",
            o.SERVER_ERROR,
            raw(OK_HEAD + b"Content-Length: 5\r\nContent-Length: 9\r\n\r\nabcde1234"),
        ),
        Site(
            "a length and chunks",
            o.SERVER_ERROR,
            raw(OK_HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
        ),
        Site("a length below zero", o.SERVER_ERROR, raw(OK_HEAD + b"Content-Length: -1\r\n\r\nabc")),
        Site("called gzip and is none", o.SERVER_ERROR, packed("gzip", ARTICLE.encode())),
        Site(
            "gzip of which nothing can be unpacked",
            o.SERVER_ERROR,
            packed("gzip", gzip.compress(ARTICLE.encode())[:12]),
        ),
        Site("an encoding that was not asked for", o.SERVER_ERROR, packed("br", b"\x1b\x00\x00")),
        Site(
            "an encoding whose name is no text",
            o.SERVER_ERROR,
            raw(OK_HEAD + b"Content-Encoding: \xff\x0bx\xed\xa0\x80\r\n\r\nabc"),
        ),
        Site("refuses connections", o.SERVER_ERROR, missing, url="http://refuses.example:1" + STORY),
        Site("fifty megabytes in fifty kilobytes", o.TOO_BIG, packed("gzip", zeros(50, wbits=31))),
        Site("the same with deflate", o.TOO_BIG, packed("deflate", zeros(50, wbits=15))),
        Site("announces four gigabytes", o.TOO_BIG, raw(gigabytes, hold=True)),
        Site("never ends", o.TOO_BIG, no_end),
        Site("a bomb within a bomb, of which one is unpacked", o.OK, packed("gzip", twice)),
        Site("the name server fails", o.DNS_TEMP, missing, names=socket.EAI_AGAIN),
        Site("the name server breaks down", o.DNS_TEMP, missing, names=socket.EAI_FAIL),
        Site("a certificate that has run out", o.TLS_PROBLEM, html(ARTICLE), certificate="expired"),
        Site("a certificate that does not hold yet", o.TLS_PROBLEM, html(ARTICLE), certificate="early"),
        Site("a certificate for another name", o.TLS_PROBLEM, html(ARTICLE), certificate="other"),
        Site("a certificate that vouches for itself", o.TLS_PROBLEM, html(ARTICLE), certificate="self-signed"),
    ]


def traps() -> list[Site]:
    """Redirects that go nowhere, go round, or go where nobody may be asked."""
    o = Outcome
    inside = "http://169.254.169.254/latest/meta-data/"
    sites = [
        Site("redirects to itself", o.REDIRECT_LOOP, to(STORY)),
        Site("redirects in a ring", o.REDIRECT_LOOP, to("/a"), others={"/a": to("/b"), "/b": to(STORY)}),
        Site("eleven redirects", o.REDIRECT_LOOP, to("/1"), others=countdown(302, of=11)),
        Site(
            "redirects for ever, each to a new place",
            o.REDIRECT_LOOP,
            to("/1"),
            others={"*": by_path(lambda at: (302, "", {"Location": at + "1"}))},
        ),
        Site(
            "leads on by itself in a ring",
            o.REDIRECT_LOOP,
            html('<meta http-equiv="refresh" content="0;url=/a">'),
            others={"/a": html(f'<meta http-equiv="refresh" content="0;url={STORY}">')},
        ),
        Site("its cookie makes no difference", o.REDIRECT_LOOP, to(STORY, Set_Cookie="seen=yes")),
        Site("redirects inside", o.UNSAFE, to(inside)),
        Site("redirects inside on the second hop", o.UNSAFE, to("/1"), others={"/1": to(inside)}),
        Site(
            "redirects inside by the page itself",
            o.UNSAFE,
            html(f'<meta http-equiv="refresh" content="0;url={inside}">'),
        ),
        Site("redirects to another port", o.UNSAFE, to("http://93.184.216.34:22/")),
        Site("redirects with a password", o.UNSAFE, to("http://user:secret@example.org/")),
        Site("redirects to a name that leads inside", o.UNSAFE, to("http://leads-inside.example/")),
        Site("a name that leads inside", o.UNSAFE, missing, names=("10.0.0.7",), silent=True),
        Site("one of its two addresses is inside", o.UNSAFE, missing, names=("127.0.0.1", "10.0.0.7"), silent=True),
        Site("its address is inside, wrapped", o.UNSAFE, missing, names=("::ffff:10.0.0.7",), silent=True),
    ]
    for there in ("ftp://example.org/file", "mailto:press@example.org", "data:text/html,hello", "javascript:alert(1)"):
        sites.append(Site(f"redirects to {there.partition(':')[0]}", o.UNSUPPORTED, to(there)))
    sites.append(Site("redirects to the Tor network", o.UNSUPPORTED, to("http://expyuzz4wqqyqhjn.onion/")))
    return sites


HOSTILE = [*lost(), *walled(), *broken(), *traps()]
LIVING = living()


# --- all of them on one server -------------------------------------------------------------------------------------


def host_of(number: int, site: Site) -> str:
    return f"site-{number}.secure.example" if site.certificate else f"site-{number}.example"


def serve(web: Web, sites: Sequence[Site]) -> list[str]:
    """Puts the sites on the server and gives the address of each one's story."""
    if any(site.certificate for site in sites):
        web.show_certificates()
    urls = []
    for number, site in enumerate(sites):
        host = host_of(number, site)
        web.sites[host] = _behaviour_of(site)
        if site.certificate:
            urls.append(f"https://{host}:{web.secure_ports[site.certificate]}{site.path}")
        else:
            urls.append(site.url or web.url(site.path, host=host))
    return urls


def trust() -> ssl.SSLContext:
    """Verifies by the authority of the sites' own certificates, and by no other."""
    return ssl.create_default_context(cafile=CERTIFICATES / "authority.pem")


def _behaviour_of(site: Site) -> Behaviour:
    async def behaviour(web: Web, asked: Asked, writer: asyncio.StreamWriter) -> None:
        path = asked.path.partition("?")[0]
        if path == site.path:
            chosen = site.story
        elif path == "/robots.txt":
            chosen = missing
        else:
            chosen = site.others.get(path) or site.others.get("*") or missing
        await chosen(web, asked, writer)

    return behaviour


def name_server(sites: Sequence[Site]) -> Callable[[str], list[str]]:
    """The look-up of names on which all sites are found."""
    known = {host_of(number, site): site.names for number, site in enumerate(sites)}

    def look_up(host: str) -> list[str]:
        if host == "leads-inside.example":
            return ["192.168.0.1"]
        names = known.get(host, ["127.0.0.1"])
        if isinstance(names, int):
            raise socket.gaierror(names, "as the test says")
        return list(names)

    return look_up
