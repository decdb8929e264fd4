"""Copies found by the TimeGate of an archive, or of many archives together: RFC 7089 (Memento).

The TimeGate is asked with `Accept-Datetime` (section 2.1.1). It sends to a copy by 302, or is the copy itself with 200,
and then `Content-Location` says where that stays (section 4, the patterns of negotiation). What makes an answer a copy
is `Memento-Datetime` (section 2.1.1); of which page it is, `Link` with `rel="original"` says (section 2.2).
`Vary: accept-datetime` is due from a TimeGate, but what it sends is judged by what it is.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

from sources.addresses import RefusedAddress, follow, read
from sources.archives.asking import Asker, header
from sources.archives.copies import Archive, Memento, is_of, noon
from sources.archives.limits import ArchiveLimits
from sources.fetching import REDIRECTS, Fetcher
from sources.replies import Reply, Request

_NO_HEAD = (405, 501)
_LINK = re.compile(r"<([^<>]{1,4000})>([^<]{0,1000})")
_REL = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]{0,200})\"|([^\s;,\"]{1,50}))", re.IGNORECASE)


class TimeGateArchive(Archive):
    """Asks one TimeGate. Copies may lie in another archive than the one that it stands at."""

    def __init__(self, timegate: str, *, fetcher: Fetcher, limits: ArchiveLimits) -> None:
        self._timegate = timegate
        self._limits = limits
        self._asker = Asker(timegate, fetcher=fetcher, limits=limits, gap=limits.gap_seconds)
        self.name = self._asker.name

    async def nearest(self, url: str, day: date) -> Memento | None:
        wanted = {"Accept-Datetime": format_datetime(noon(day), usegmt=True)}
        at = self._timegate + url.partition("#")[0]
        seen: set[str] = set()
        while at not in seen:
            seen.add(at)
            if len(seen) > self._limits.hops + 1:
                raise self._asker.nonsense(f"leads on more than {self._limits.hops} times")
            reply = await self._head(at, wanted)
            location = header(reply, b"location")
            if reply.status not in REDIRECTS or not location:
                return self._copy(reply, at=at, url=url)
            # Also a copy of a redirect: the archive leads on to the copy of where that had led.
            at = follow(at, location)
        raise self._asker.nonsense("leads back to where it came from")

    async def holds(self, memento: Memento) -> bool:
        reply = await self._head(memento.archived_url, {})
        # Until it has a fresh copy in its index, the Wayback Machine sends to an older one instead.
        return reply.status == 200 and self._datetime(reply) == memento.captured_at

    async def _head(self, at: str, headers: dict[str, str]) -> Reply:
        reply = await self._asker.ask(at, Request("HEAD", headers))
        if reply.status in _NO_HEAD:
            return await self._asker.ask(at, Request("GET", headers))
        return reply

    def _copy(self, reply: Reply, *, at: str, url: str) -> Memento | None:
        captured_at = self._datetime(reply)
        if reply.status == 404 or (captured_at and reply.status != 200):
            return None  # it has no copy, or one of an error (section 4.5)
        if reply.status != 200:
            raise self._asker.nonsense(f"answered with status {reply.status} and not as documented")
        if captured_at is None:
            raise self._asker.nonsense("sent a page without saying of when it is (no Memento-Datetime)")
        if captured_at > datetime.now(UTC) + timedelta(days=1):
            raise self._asker.nonsense("sent a copy that is of the future")
        original = _linked(reply, "original") or url
        if not is_of(original, url):
            return None
        try:
            archived = read(follow(at, header(reply, b"content-location") or at))
            original = read(original).url
        except RefusedAddress as refused:
            raise self._asker.nonsense(f"names an address that cannot be asked: {refused.reason}") from refused
        return Memento(
            archived_url=archived.url,
            captured_at=captured_at,
            original_url=original,
            status=200,
            archive=archived.host,
        )

    def _datetime(self, reply: Reply) -> datetime | None:
        """When the copy was made; None if the answer does not say that it is one."""
        text = header(reply, b"memento-datetime")
        if not text:
            return None
        try:
            moment = parsedate_to_datetime(text[:100])
        except (ValueError, OverflowError, TypeError, IndexError) as fault:
            raise self._asker.nonsense(f"gives a time that cannot be read: “{text[:60]}”") from fault
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _linked(reply: Reply, relation: str) -> str | None:
    """The first target of a relation in the Link headers (RFC 8288)."""
    for target, parameters in _LINK.findall(header(reply, b"link")[:65_536]):
        rel = _REL.search(parameters)
        if rel and relation in (rel[1] or rel[2] or "").lower().split():
            return str(target).strip()
    return None
