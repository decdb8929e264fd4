"""Copies listed by a CDX server, as the Wayback Machine and pywb run one.

By the documents of the two: github.com/internetarchive/wayback, wayback-cdx-server/README.md (`url`, `from`, `to`,
`filter`, `limit`, `output=json`: an array of arrays, whose first names the fields, and nothing at all where there is
no copy) and pywb.readthedocs.io, CDX Server API (`sort=closest` with `closest`; `output=json` gives one object a
line there). A server that does not know `sort` leaves it out of account; so the nearest is worked out here once more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from sources.addresses import RefusedAddress, read
from sources.archives.asking import Asker, words
from sources.archives.copies import Archive, Memento, is_of, noon
from sources.archives.limits import ArchiveLimits
from sources.fetching import Fetcher
from sources.replies import Reply

_FIELDS = ("timestamp", "original", "statuscode", "digest")
_PYWB_NAMES = {"url": "original", "status": "statuscode"}
_TIMESTAMP = re.compile(r"[0-9]{14}\Z")
_DIGEST = re.compile(r"[A-Za-z0-9:+/=_-]{8,200}\Z")


class CdxArchive(Archive):
    """Looks copies up in the index of an archive. Only what was a success when it was copied counts as a copy."""

    def __init__(self, *, fetcher: Fetcher, limits: ArchiveLimits) -> None:
        self._limits = limits
        self._asker = Asker(limits.cdx_url, fetcher=fetcher, limits=limits, gap=limits.gap_seconds)
        self.name = self._asker.name

    async def nearest(self, url: str, day: date) -> Memento | None:
        copies = await self._copies(
            url, sort="closest", closest=f"{noon(day):%Y%m%d%H%M%S}", limit=str(self._limits.rows)
        )
        return min(copies, key=lambda memento: memento.distance(day), default=None)

    async def holds(self, memento: Memento) -> bool:
        moment = f"{memento.captured_at.astimezone(UTC):%Y%m%d%H%M%S}"
        found = await self._copies(memento.original_url, **{"from": moment, "to": moment}, limit="5")
        return any(copy.captured_at == memento.captured_at and memento.digest in (None, copy.digest) for copy in found)

    async def _copies(self, url: str, **more: str) -> list[Memento]:
        asked = {"url": url.partition("#")[0], "output": "json", "filter": "statuscode:200", **more}
        separator = "&" if "?" in self._limits.cdx_url else "?"
        reply = await self._asker.ask(f"{self._limits.cdx_url}{separator}{urlencode(asked)}")
        if reply.status == 404 and words(reply).lstrip()[:1] != "<":  # how pywb says that there is none
            return []
        if reply.status != 200:
            raise self._asker.nonsense(f"answered a question for copies with status {reply.status}")
        if not reply.body.strip():
            return []
        rows = list(self._rows(reply))
        copies = [copy for row in rows if (copy := self._copy(row, url))]
        if rows and not any(_TIMESTAMP.match(str(row.get("timestamp", ""))) for row in rows):
            raise self._asker.nonsense("listed copies without saying of when they are")
        return list(dict.fromkeys(copies))  # twice in the list is once in the archive

    def _rows(self, reply: Reply) -> Iterator[dict[str, Any]]:
        if words(reply).lstrip().startswith("{"):
            for line in words(reply).splitlines():
                row = self._asker.json(reply._replace(body=line.encode())) if line.strip() else {}
                if isinstance(row, dict) and row:
                    yield {_PYWB_NAMES.get(name) or str(name): value for name, value in row.items()}
            return
        table = self._asker.json(reply)
        if not isinstance(table, list):
            raise self._asker.nonsense("was asked for a table of copies and sent something else")
        if not table:
            return
        if not isinstance(table[0], list) or not all(name in table[0] for name in _FIELDS[:3]):
            raise self._asker.nonsense("sent a table of copies that does not say what its columns are")
        for row in table[1:]:
            # Cut off in the middle, or something else between them: no row for us, the others may be good.
            if isinstance(row, list) and len(row) == len(table[0]):
                yield dict(zip(map(str, table[0]), row, strict=True))

    def _copy(self, row: dict[str, Any], url: str) -> Memento | None:
        timestamp, original, status, digest = (str(row.get(name, "")) for name in _FIELDS)
        if status != "200" or not _TIMESTAMP.match(timestamp) or not is_of(original, url):
            return None
        try:
            captured_at = datetime.strptime(timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
            archived_url = f"{self._limits.replay_url}{timestamp}/{original}"
            read(archived_url)
        except (ValueError, RefusedAddress):
            return None
        if captured_at > datetime.now(UTC) + timedelta(days=1):
            return None
        return Memento(
            archived_url=archived_url,
            captured_at=captured_at,
            original_url=original,
            status=200,
            archive=read(self._limits.replay_url).host,
            digest=digest if _DIGEST.match(digest) else None,
        )
