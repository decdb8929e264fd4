"""What archives are asked for and what they give: copies of pages, saves of pages, and the ways in which both fail."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from sources.addresses import RefusedAddress, likeness_key


class ArchiveFault(Exception):
    """An archive could not be asked, or its answer could not be used. The text is a sentence for an editor.

    `retry_after` is in seconds; None where asking again has no set time, or no sense.
    """

    def __init__(self, archive: str, reason: str, *, retry_after: int | None = None) -> None:
        super().__init__(f"{archive} {reason}.")
        self.archive = archive
        self.reason = reason
        self.retry_after = retry_after


class ArchiveBusy(ArchiveFault):
    """It wants a pause: status 429 or 503, or a limit of saves or of bandwidth that is used up."""


class ArchiveUnreachable(ArchiveFault):
    """No answer came, or one that says that the archive itself is in trouble. Nothing is known of the page."""


class ArchiveRefused(ArchiveFault):
    """It answers, and will not do this: the site is excluded, robots.txt forbids it, a key is not accepted."""


class ArchiveSaidNonsense(ArchiveFault):
    """It answered with something that its documentation does not provide for."""


@dataclass(frozen=True, slots=True)
class Memento:
    """A copy of a page in an archive (RFC 7089, section 1.1)."""

    archived_url: str  # where the copy is read
    captured_at: datetime  # UTC, to the second
    original_url: str
    status: int  # of the page when it was copied
    archive: str  # host name of the archive
    digest: str | None = None  # as the archive writes it; SHA-1 in base 32 in a CDX

    def gap_days(self, day: date) -> int:
        """How many days lie between the copy and `day`, whichever comes first."""
        return abs((self.captured_at.astimezone(UTC).date() - day).days)

    def distance(self, day: date) -> timedelta:
        """The same to the second, from the noon of `day`: says which of two copies of equal gap is nearer."""
        return abs(self.captured_at - noon(day))


@dataclass(frozen=True, slots=True)
class SaveJob:
    """A save that an archive has taken on. The archive forgets it after about an hour."""

    id: str
    url: str
    asked_at: datetime
    archive: str
    message: str = ""  # what the archive said beside it, such as that a copy of today will do


@dataclass(frozen=True, slots=True)
class Saved:
    """The archive says that it has a copy. Believe it when `Archive.holds` does."""

    memento: Memento
    elsewhere: bool = False  # the page had led on to another one, and the copy is of that


@dataclass(frozen=True, slots=True)
class Pending:
    """Not done yet. Look again after so many seconds."""

    retry_after: int


@dataclass(frozen=True, slots=True)
class Failed:
    """The archive says that there is no copy. It may be wrong: see `proven`."""

    reason: str
    retry_after: int | None = None  # seconds until a new save may succeed
    for_good: bool = False  # a new save of this address will fail in the same way


Outcome = Saved | Pending | Failed


class Archive(ABC):
    """An archive in which copies are looked up. Every method may raise any `ArchiveFault`."""

    name: str

    @abstractmethod
    async def nearest(self, url: str, day: date) -> Memento | None:
        """The copy of a page nearest to a day, before or after it; None if the archive has none."""

    @abstractmethod
    async def holds(self, memento: Memento) -> bool:
        """Whether this very copy can be looked up. Fresh copies may take hours to appear."""


class SavingArchive(Archive):
    """An archive that also takes copies when asked."""

    @abstractmethod
    async def save(self, url: str) -> SaveJob:
        """Ask for a copy of a page as it is now."""

    @abstractmethod
    async def outcome(self, job: SaveJob) -> Outcome:
        """How a save stands."""


class Search(NamedTuple):
    """What several archives gave together. None with failures is not yet “no archive has it”."""

    memento: Memento | None
    failures: tuple[ArchiveFault, ...] = ()


async def nearest_of(archives: Iterable[Archive], url: str, day: date) -> Search:
    """The copy nearest to a day among those of all archives, one asked after the other. Failures are passed on.

    Of two that are equally near, the one of the archive that was named first.
    """
    found: Memento | None = None
    failures: list[ArchiveFault] = []
    for archive in archives:
        try:
            memento = await archive.nearest(url, day)
        except ArchiveFault as fault:
            failures.append(fault)
            continue
        if memento is not None and (found is None or memento.distance(day) < found.distance(day)):
            found = memento
    return Search(found, tuple(failures))


async def proven(archive: Archive, job: SaveJob, outcome: Outcome, *, younger_than: timedelta) -> Memento | None:
    """The copy that a save has left, looked up whatever the archive said of the save: it errs both ways.

    :param younger_than: how long before the save a copy may have been made that was taken for a new one.
    :raises ArchiveFault: as `Archive.nearest` and `Archive.holds` do.
    """
    if isinstance(outcome, Saved):
        return outcome.memento if await archive.holds(outcome.memento) else None
    memento = await archive.nearest(job.url, job.asked_at.astimezone(UTC).date())
    # A minute, since nobody's clock is exact.
    if memento is None or memento.captured_at < job.asked_at - younger_than - timedelta(minutes=1):
        return None
    return memento


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def is_of(original: str, url: str) -> bool:
    """Whether a copy of `original` is one of `url`, but for scheme, `www.` and the like."""
    try:
        return likeness_key(original) == likeness_key(url)
    except RefusedAddress:
        return False
