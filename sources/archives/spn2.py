"""Copies made on request by Save Page Now 2 of the Internet Archive.

By “Save Page Now 2 Public API Docs” (archive.org/details/spn-2-public-api-page-docs-2023-01-22): a form is sent with
`Authorization: LOW key:secret`; the answer names a job; the job is asked after until it says `success` or `error`, for
about an hour. Failures come with status 200 as well, of the first answer too, and then without a job. Job numbers have
no set form. A page is copied five to ten times a day at most, an account has seven saves a minute and few at once.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from sources.addresses import RefusedAddress, read
from sources.archives.asking import Asker
from sources.archives.copies import (
    Archive,
    ArchiveBusy,
    ArchiveRefused,
    ArchiveUnreachable,
    Failed,
    Memento,
    Outcome,
    Pending,
    Saved,
    SaveJob,
    SavingArchive,
    is_of,
)
from sources.archives.limits import ArchiveLimits
from sources.fetching import Fetcher
from sources.replies import Reply, Request

_JOB = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}\Z")
_TIMESTAMP = re.compile(r"[0-9]{14}\Z")
MINUTE, HOUR, DAY = 60, 3600, 86_400


class _Word(NamedTuple):
    """What one of the documented words for a failure means to us."""

    reason: str
    retry_after: int | None = DAY
    for_good: bool = False
    ours: bool = False  # a limit of ours or of the archive, not of the page


_WORDS = {
    "user-session-limit": _Word("has as many saves of this account under way as it allows", MINUTE, ours=True),
    "too-many-daily-captures": _Word("has taken as many copies of this page today as it allows", DAY, ours=True),
    "max-daily-bandwidth": _Word("has taken as much for this account today as it allows", DAY, ours=True),
    "max-daily-bandwidth-from-ip": _Word("has taken as much from this address today as it allows", DAY, ours=True),
    "max-daily-bandwidth-host": _Word("has taken as much of this site today as it allows", DAY, ours=True),
    "no-browsers-available": _Word("has no browser free", HOUR, ours=True),
    "celery": _Word("could not begin the save", HOUR, ours=True),
    "cannot-fetch": _Word("is overloaded", HOUR, ours=True),
    "blocked-url": _Word("takes no copies of this address", None, for_good=True),
    "blocked-client-ip": _Word("takes no saves from this machine's address", None, for_good=True),
    "invalid-url-syntax": _Word("cannot read this address", None, for_good=True),
    "ftp-access-denied": _Word("was not let in", None, for_good=True),
    "filesize-limit": _Word("takes no files of more than 2 GB", None, for_good=True),
    "no-access": _Word("was refused by the page (status 403)"),
    "unauthorized": _Word("was asked by the page for a password (status 401)"),
    "network-authentication-required": _Word("was asked for a password by the page's network (status 511)"),
    "not-found": _Word("did not find the page (status 404)"),
    "blocked": _Word("is blocked by the site (status 999)"),
    "method-not-allowed": _Word("was refused by the page (status 405)"),
    "invalid-host-resolution": _Word("could not find the site's address"),
    "too-many-redirects": _Word("was sent on more than three times"),
    "too-many-requests": _Word("has asked the site too often (status 429)", HOUR),
    "bandwidth-limit-exceeded": _Word("found the site over its limit of traffic (status 509)"),
    "service-unavailable": _Word("found the site out of service (status 503)", HOUR),
    "bad-gateway": _Word("found the site out of order (status 502)", HOUR),
    "gateway-timeout": _Word("had no answer of the site in time (status 504)", HOUR),
    "internal-server-error": _Word("broke down over the page, or the page did", HOUR),
    "read-timeout": _Word("had no answer of the site in time", HOUR),
    "browsing-timeout": _Word("could not show the page in time", HOUR),
    "soft-time-limit-exceeded": _Word("could not copy the page in time", HOUR),
}


class SavePageNow(SavingArchive):
    """Saves pages, and looks copies up in the index of the same archive."""

    def __init__(self, *, fetcher: Fetcher, limits: ArchiveLimits, index: Archive) -> None:
        """
        :param index: where copies of this archive are looked up.
        """
        self._limits = limits
        self._index = index
        self._asker = Asker(limits.save_url, fetcher=fetcher, limits=limits, gap=limits.save_gap_seconds)
        self.name = self._asker.name

    async def nearest(self, url: str, day: date) -> Memento | None:
        return await self._index.nearest(url, day)

    async def holds(self, memento: Memento) -> bool:
        return await self._index.holds(memento)

    async def save(self, url: str) -> SaveJob:
        asked_at = datetime.now(UTC)
        form = {
            "url": url.partition("#")[0],
            "capture_all": "0",  # an error page is no evidence
            "skip_first_archive": "1",
            "if_not_archived_within": str(self._limits.save_again_seconds),
        }
        said = await self._said(
            self._limits.save_url,
            Request(
                "POST",
                self._headers() | {"Content-Type": "application/x-www-form-urlencoded"},
                urlencode(form).encode(),
            ),
        )
        if said.get("status_ext") or said.get("status") == "error":
            raise self._fault(said)
        job = said.get("job_id")
        if not isinstance(job, str) or not _JOB.match(job):
            raise self._asker.nonsense("took the save without giving it a number")
        return SaveJob(job, url, asked_at, self.name, _text(said, "message"))

    async def outcome(self, job: SaveJob) -> Outcome:
        if not _JOB.match(job.id):
            raise self._asker.nonsense("is to be asked after a save whose number it cannot have given")
        reply = await self._asker.ask(f"{self._limits.save_url}/status/{job.id}", Request("GET", self._headers()))
        if reply.status == 404:
            return Failed(f"{self.name} no longer knows of this save.", retry_after=0)
        said = self._object(reply)
        match said.get("status"):
            case "pending":
                return Pending(self._limits.poll_seconds)
            case "success":
                return self._saved(said, job)
            case "error":
                word = _word(said)
                return Failed(f"{self.name} {word.reason}.", word.retry_after, word.for_good)
        raise self._asker.nonsense("does not say how the save stands")

    def _saved(self, said: dict[str, Any], job: SaveJob) -> Saved:
        timestamp, original = _text(said, "timestamp"), _text(said, "original_url")
        archived_url = f"{self._limits.replay_url}{timestamp}/{original}"
        try:
            if not _TIMESTAMP.match(timestamp):
                raise ValueError(timestamp)
            captured_at = datetime.strptime(timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
            read(original)
            read(archived_url)
        except (ValueError, RefusedAddress) as fault:
            raise self._asker.nonsense("says that the page was saved, but not where or when") from fault
        archive = read(self._limits.replay_url).host
        return Saved(Memento(archived_url, captured_at, original, 200, archive), elsewhere=not is_of(original, job.url))

    def _fault(self, said: dict[str, Any]) -> ArchiveBusy | ArchiveRefused | ArchiveUnreachable:
        word = _word(said)
        if word.ours:
            return ArchiveBusy(self.name, word.reason, retry_after=word.retry_after)
        if word.for_good:
            return ArchiveRefused(self.name, word.reason)
        return ArchiveUnreachable(self.name, word.reason, retry_after=word.retry_after)

    async def _said(self, url: str, request: Request) -> dict[str, Any]:
        return self._object(await self._asker.ask(url, request))

    def _object(self, reply: Reply) -> dict[str, Any]:
        said = self._asker.json(reply)
        if not isinstance(said, dict) or ((reply.status or 0) >= 300 and "status_ext" not in said):
            raise self._asker.nonsense(f"answered with status {reply.status} and not as documented")
        return said

    def _headers(self) -> dict[str, str]:
        return {
            "Accept": "application/json",
            "Authorization": f"LOW {self._limits.access_key}:{self._limits.secret_key}",
        }


def _text(said: dict[str, Any], name: str) -> str:
    value = said.get(name)
    return value[:2_000] if isinstance(value, str) else ""


def _word(said: dict[str, Any]) -> _Word:
    name = _text(said, "status_ext").removeprefix("error:")
    known = _WORDS.get(name)
    if known is not None:
        return known
    shown = re.sub(r"[^a-z0-9-]", "", name.lower())[:60] or "without saying why"
    return _Word(f"failed to copy the page ({shown})")
