"""What a site asks of robots (robots.txt, RFC 9309; Crawl-delay as most read it).

A file holds for one origin: scheme, host and port. Reading texts and keeping captures obey it; the plain
question whether a page still answers does so only where `LINK_CHECK_ROBOTS_FOR_CHECKS` says so.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import NamedTuple

from protego import Protego

from sources.addresses import RefusedAddress, read
from sources.reading import decoded
from sources.replies import Fault, Reply

LONGEST_FILE = 512_000  # bytes: RFC 9309, section 2.5, asks for 500 KiB at least
MOST_HOPS = 5  # section 2.3.1.2
_LONGEST_LINE = 2_000
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")  # no rule needs them, and no table holds them all
_NAME = re.compile(r"user[- ]?agent\s*:?\s*(.*)\Z", re.IGNORECASE)
_RULE = re.compile(r"(?:di|all|crawl)", re.IGNORECASE)  # “disallow” is often misspelt, and then read all the same


class RobotsFile(NamedTuple):
    """A site's robots.txt. `text` is empty where it has none, and None where it could not be read."""

    text: str | None
    fetched_at: datetime


def origin(url: str) -> str:
    """Scheme, host and port of an address, as the base of others.

    :raises RefusedAddress: if this is no http or https address.
    """
    address = read(url)
    return f"{address.scheme}://{address.authority}"


def is_old(file: RobotsFile | None, *, at: datetime, hours: float) -> bool:
    """Whether a file is to be read again. One that could not be read is asked for sooner."""
    if file is None:
        return True
    keep = timedelta(hours=hours if file.text is not None else min(hours, 1))
    return not timedelta(0) <= at - file.fetched_at < keep


def file_of(reply: Reply, *, at: datetime, user_agent: str) -> RobotsFile:
    """What an answer for /robots.txt means (RFC 9309, section 2.3.1).

    No such file, or more redirects than it is worth: everything may be read. No answer, or one that speaks
    of the server's own troubles (a request to slow down among them): nothing is read for now.
    """
    status = reply.status
    if reply.fault is Fault.HOPS:
        return RobotsFile("", at)
    if status is not None and 200 <= status < 300 and reply.fault is None:
        return RobotsFile(for_us(decoded(reply.body[:LONGEST_FILE], "utf-8"), user_agent=user_agent), at)
    if status is not None and 400 <= status < 500 and status != 429:
        return RobotsFile("", at)
    return RobotsFile(None, at)


def for_us(text: str, *, user_agent: str) -> str:
    """The groups of a file that speak to us. A file of thousands of groups would cost thousands of times its length."""
    token = product(user_agent)
    kept: list[str] = []
    ours = naming = False
    for line in text.splitlines():
        line = _CONTROLS.sub("", line.partition("#")[0]).strip("\ufeff \t")[:_LONGEST_LINE]
        name = _NAME.match(line)
        if name is not None:
            word = name.group(1).strip().casefold()  # a version may follow the name, though none should
            ours, naming = ours and naming, True
            if word == "*" or _named(word) == token.casefold():
                kept.append(f"User-agent: {'*' if word == '*' else token}")
                ours = True
        elif _RULE.match(line):
            naming = False
            if ours:
                kept.append(line)
    return "\n".join(kept)


def product(user_agent: str) -> str:
    """The name by which a robots.txt speaks of us (RFC 9309, section 2.2.1): letters, hyphens, underscores."""
    return _named(user_agent) or "PledgeRecord"


def _named(text: str) -> str:
    found = re.match(r"[A-Za-z_-]+", text)
    return found.group() if found else ""


class Robots:
    """What one file says, read once for many questions."""

    def __init__(self, file: RobotsFile, *, user_agent: str) -> None:
        self._token = product(user_agent)
        self._unread = file.text is None
        self._rules = Protego.parse(file.text or "")

    def may_read(self, url: str) -> bool:
        """Whether the text behind an address may be read and kept. Never raises."""
        if self._unread:
            return False
        try:
            return bool(self._rules.can_fetch(read(url).url, self._token))
        except (RefusedAddress, ValueError):
            return False

    def crawl_delay(self, *, longest: float) -> float:
        """Seconds that the site asks to be left alone for between two requests, at most `longest`; 0 if it does not."""
        return min(self._rules.crawl_delay(self._token) or 0.0, longest)
