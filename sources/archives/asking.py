"""One way to ask an archive: at a polite pace, through the vetting of `sources.fetching`, with typed failures."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any
from weakref import WeakKeyDictionary

from sources.addresses import read, registrable_domain
from sources.archives.copies import ArchiveBusy, ArchiveRefused, ArchiveSaidNonsense, ArchiveUnreachable
from sources.archives.limits import ArchiveLimits
from sources.fetching import Fetcher
from sources.replies import Fault, Reply, Request

_NO_ANSWER = frozenset({Fault.NO_SUCH_NAME, Fault.NAME_LOOKUP, Fault.TIME_OUT, Fault.REFUSED, Fault.CUT_OFF, Fault.TLS})
# Wayback software says in this header, and in the body, why it keeps a page back:
# github.com/edgi-govdata-archiving/wayback/issues/34.
_WHY = b"x-archive-wayback-runtime-error"
_EXCLUDED = re.compile(r"[^<>{}\[\]]{0,400}(?:Administrative|Robot)AccessControlException")


class _Pace:
    """One question at a time, and when the next may be put."""

    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        self.free_at = 0.0


# Index and TimeGate of one archive, and all who use one fetcher, share a pace: it is the archive that is spared.
_PACES: WeakKeyDictionary[Fetcher, dict[tuple[str, float], _Pace]] = WeakKeyDictionary()


class Asker:
    """Asks one address of an archive; its registrable domain is never asked faster than `gap` seconds apart."""

    def __init__(
        self,
        url: str,
        *,
        fetcher: Fetcher,
        limits: ArchiveLimits,
        gap: float,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.name = read(url).host
        self._fetcher = fetcher
        self._limits = limits
        self._gap = gap
        self._pause = pause
        self._pace = _PACES.setdefault(fetcher, {}).setdefault((registrable_domain(self.name), gap), _Pace())

    async def ask(self, url: str, request: Request | None = None) -> Reply:
        """The answer, whatever its status, unless that says something of the archive and not of the page.

        :raises ArchiveFault: as its kinds say.
        """
        async with self._pace.turn:
            left = self._pace.free_at - time.monotonic()
            if left > 0:
                await self._pause(left)
            try:
                reply = await self._fetcher.fetch(url, request=request, follow=False)
            finally:
                self._pace.free_at = time.monotonic() + self._gap
        self._refuse_broken(reply, head=request is not None and request.method == "HEAD")
        return reply

    def _refuse_broken(self, reply: Reply, *, head: bool) -> None:
        status = reply.status or 0
        if header(reply, b"memento-datetime"):
            status = 0  # of a page as it was once, not of the archive (RFC 7089, section 4.5)
        if status in (429, 503, 509):
            wait = self._limits.busy_seconds if reply.retry_after is None else reply.retry_after
            raise ArchiveBusy(self.name, "asks to be left alone for a while", retry_after=wait)
        if _EXCLUDED.match(header(reply, _WHY)) or _EXCLUDED.match(words(reply)[:1_000]):
            raise ArchiveRefused(self.name, "keeps copies of this site back, at its owner's wish or by its robots.txt")
        if status == 401:
            raise ArchiveRefused(self.name, "does not accept the keys; see ARCHIVE_ACCESS_KEY and ARCHIVE_SECRET_KEY")
        if status in (403, 451):
            raise ArchiveRefused(self.name, f"refuses to say (status {status})")
        if status >= 500:
            raise ArchiveUnreachable(self.name, f"is in trouble (status {status})")
        if reply.fault in _NO_ANSWER:
            raise ArchiveUnreachable(self.name, f"does not answer: {reply.detail or reply.fault}")
        if reply.fault is Fault.UNSUPPORTED:
            raise ArchiveRefused(self.name, f"cannot be asked this: {reply.detail}")
        if reply.fault is not None and not (reply.fault is Fault.TOO_BIG and head):
            raise ArchiveSaidNonsense(self.name, f"gave an answer that cannot be read: {reply.detail or reply.fault}")

    def json(self, reply: Reply) -> Any:
        """The answer's JSON.

        :raises ArchiveSaidNonsense: if it is none.
        """
        try:
            return json.loads(words(reply))
        except (ValueError, RecursionError) as fault:
            kind = "a web page" if words(reply).lstrip()[:1] == "<" else "something else, or only the beginning of it"
            raise ArchiveSaidNonsense(self.name, f"was asked for JSON and sent {kind}") from fault

    def nonsense(self, reason: str) -> ArchiveSaidNonsense:
        return ArchiveSaidNonsense(self.name, reason)


def header(reply: Reply, name: bytes) -> str:
    """The values of a header of the last answer, joined as RFC 9110, section 5.3, has it."""
    return ", ".join(value.decode("latin-1") for key, value in reply.headers if key.lower() == name)


def words(reply: Reply) -> str:
    return reply.body.decode("utf-8", "replace")
