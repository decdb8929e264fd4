"""Copies of sources: what is asked of public archives and when, our own captures and their chain, editors' files.

Archives are asked by one worker at a time, from a queue of its own in the database. What an archive says of a save is
not believed either way; the copy is looked up, and looked up again a day later.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from queue import SimpleQueue
from typing import Any, BinaryIO, NamedTuple

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from sources.archives.copies import (
    Archive,
    ArchiveFault,
    ArchiveRefused,
    Failed,
    Memento,
    Pending,
    SaveJob,
    SavingArchive,
    nearest_of,
    proven,
)
from sources.archives.installed import archives_of, saver_of
from sources.archives.limits import ArchiveLimits, fetch_limits
from sources.captures import storing
from sources.captures.chain import ChainFault, ChainLink, StoredLink, chain_digest, verify_chain
from sources.captures.uploads import LARGEST_UPLOAD, RefusedUpload, uploaded, vetted
from sources.captures.warc import Captured, payload_digest, read_capture, warc_of
from sources.checking import in_batches
from sources.fetching import Fetcher, LookUp, system_lookup
from sources.leases import database_now
from sources.limits import limits
from sources.models import ArchiveJob, LinkState, Passage, Snapshot, Source
from sources.quotations import PassageStanding, Quotation, find
from sources.replies import Reply
from sources.text import page_text

HELD_FOR = timedelta(minutes=15)  # a worker that is lost costs no more than this
MOST_TRIES = 8
FIRST_WAIT = timedelta(minutes=5)
LOOK_AGAIN_AFTER = timedelta(days=30)  # for a day for which no archive had a copy
VERIFY_AFTER = timedelta(days=1)
VERIFY_AGAIN_AFTER = timedelta(hours=6)  # a fresh copy may take hours to appear
LOST_AFTER_TRIES = 4
LONGEST_SAVE = timedelta(days=1)

# --- What is wanted -----------------------------------------------------------------------------------------


def want_copies(pairs: Iterable[tuple[int, date]], *, at: datetime | None = None) -> int:
    """Have the copies looked for that are nearest to some days. Safe to repeat.

    :param pairs: a source and a day, such as that of an event for which it is cited.
    :returns: how many look-ups were added; days for which one was made lately, or a copy is known, are passed over.
    """
    wanted = sorted(set(pairs))
    if not wanted:
        return 0
    now = at or database_now()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO sources_archivejob (source_id, kind, near, asked_at, due_at, tries, said)
            SELECT w.source_id, 'look-up', w.near, %(now)s, %(now)s, 0, ''
            FROM unnest(%(sources)s::bigint[], %(days)s::date[]) AS w(source_id, near)
            JOIN sources_source s ON s.id = w.source_id AND s.url IS NOT NULL AND s.retracted_because = ''
            WHERE NOT EXISTS (
                SELECT FROM sources_snapshot c
                WHERE c.source_id = w.source_id AND c.kind = 'memento' AND c.near = w.near AND c.lost_at IS NULL
            ) AND NOT EXISTS (
                SELECT FROM sources_archivejob j
                WHERE j.source_id = w.source_id AND j.kind = 'look-up' AND j.near = w.near AND j.ended_at > %(since)s
            )
            ON CONFLICT DO NOTHING
            """,
            {
                "now": now,
                "since": now - LOOK_AGAIN_AFTER,
                "sources": [source for source, _ in wanted],
                "days": [day for _, day in wanted],
            },
        )
        return int(cursor.rowcount)


def want_copy(source: Source, *, near: date | None = None, at: datetime | None = None) -> None:
    """Have a copy of one source looked for now: nearest to a day, or to the day it was published, or to today."""
    now = at or database_now()
    day = near or source.published_latest or now.date()
    ArchiveJob.objects.bulk_create(
        [ArchiveJob(source=source, kind=ArchiveJob.Kind.LOOK_UP, near=day, asked_at=now, due_at=now)],
        ignore_conflicts=True,
    )


def want_saves(source_ids: Iterable[int], *, at: datetime) -> None:
    """Have copies made of sources as they are now, one each at a time."""
    ArchiveJob.objects.bulk_create(
        [
            ArchiveJob(source_id=source_id, kind=ArchiveJob.Kind.SAVE, asked_at=at, due_at=at)
            for source_id in sorted(set(source_ids))
        ],
        ignore_conflicts=True,
    )


def want_verifying(snapshots: Iterable[Snapshot], *, at: datetime, after: timedelta = VERIFY_AFTER) -> None:
    """Have copies looked up again later."""
    ArchiveJob.objects.bulk_create(
        [
            ArchiveJob(
                source_id=one.source_id, kind=ArchiveJob.Kind.VERIFY, snapshot=one, asked_at=at, due_at=at + after
            )
            for one in snapshots
        ],
        ignore_conflicts=True,
    )


# --- Asking ---------------------------------------------------------------------------------------------------


def claim_jobs(*, most: int, at: datetime | None = None) -> list[ArchiveJob]:
    """Take jobs that are due; none while another worker holds some, for archives are asked by one at a time."""
    now = at or database_now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('sources_archivejob'))")
        if ArchiveJob.objects.filter(leased_until__gt=now, ended_at=None).exists():
            return []
        due = ArchiveJob.objects.filter(ended_at=None, due_at__lte=now).order_by("due_at", "pk")
        ids = list(due.values_list("pk", flat=True)[:most])
        ArchiveJob.objects.filter(pk__in=ids).update(leased_until=now + HELD_FOR)
    jobs = ArchiveJob.objects.filter(pk__in=ids).select_related("source", "snapshot").order_by("due_at", "pk")
    return list(jobs)


class Answer(NamedTuple):
    """What came of asking for one job."""

    memento: Memento | None = None
    held: bool | None = None  # of a copy that was looked up again
    ticket: dict[str, Any] | None = None
    wait: timedelta | None = None  # ask again after this
    said: str = ""
    for_good: bool = False
    quotations: tuple[int, int] | None = None  # looked for in the copy, and found


def ask_archives(
    jobs: Sequence[ArchiveJob],
    *,
    asked: ArchiveLimits,
    look_up: LookUp = system_lookup,
    at: datetime | None = None,
) -> int:
    """Do claimed jobs one after the other and write each answer as it comes.

    :returns: how many came to an end.
    """
    if not jobs:
        return 0
    quotations = _quotations_of(jobs)

    async def work(queue: SimpleQueue[tuple[ArchiveJob, Answer]]) -> None:
        async with Fetcher(limits=fetch_limits(asked), look_up=look_up) as fetcher:
            desk = _Desk(archives_of(asked, fetcher), saver_of(asked, fetcher), fetcher, asked)
            for job in jobs:
                queue.put((job, await desk.ask(job, quotations.get(job.source_id, ()))))

    ended = 0
    for batch in in_batches(work, every=0.5):
        for job, answer in batch:
            ended += record_answer(job, answer, at=at)
    return ended


def _quotations_of(jobs: Sequence[ArchiveJob]) -> dict[int, list[Quotation]]:
    found: dict[int, list[Quotation]] = {}
    for passage in Passage.objects.filter(source__in={job.source_id for job in jobs}).order_by("pk"):
        found.setdefault(passage.source_id, []).append(Quotation(passage.exact, passage.prefix, passage.suffix))
    return found


class _Desk:
    """The archives of this installation, asked for one job at a time."""

    def __init__(
        self, archives: Sequence[Archive], saver: SavingArchive | None, fetcher: Fetcher, asked: ArchiveLimits
    ) -> None:
        self.archives, self.saver, self.fetcher, self.asked = archives, saver, fetcher, asked

    async def ask(self, job: ArchiveJob, quotations: Sequence[Quotation]) -> Answer:
        if job.source.url is None:
            return Answer(said="The source has no address any more.", for_good=True)
        try:
            answer = await {
                ArchiveJob.Kind.LOOK_UP: self._look_up,
                ArchiveJob.Kind.SAVE: self._save,
                ArchiveJob.Kind.VERIFY: self._verify,
            }[ArchiveJob.Kind(job.kind)](job, job.source.url)
        except ArchiveFault as fault:
            return _of_fault(fault)
        if quotations and (answer.memento is not None or answer.held):
            url = answer.memento.archived_url if answer.memento else (job.snapshot.url if job.snapshot else None)
            return answer._replace(quotations=await self._look_for(quotations, url or ""))
        return answer

    async def _look_up(self, job: ArchiveJob, url: str) -> Answer:
        if not self.archives:
            return Answer(said="No archive is named in the settings.", for_good=True)
        search = await nearest_of(self.archives, url, job.near or job.asked_at.date())
        if search.memento is None and search.failures:
            return _of_fault(search.failures[0])
        if search.memento is None:
            return Answer(said="No archive has a copy.", for_good=True)
        return Answer(memento=search.memento)

    async def _save(self, job: ArchiveJob, url: str) -> Answer:
        if self.saver is None:
            return Answer(said="Saving is not set up: it needs an address and keys.", for_good=True)
        if job.ticket is None:
            taken = await self.saver.save(url)
            ticket = {
                "id": taken.id,
                "url": taken.url,
                "asked_at": taken.asked_at.isoformat(),
                "archive": taken.archive,
            }
            return Answer(ticket=ticket, wait=timedelta(seconds=self.asked.poll_seconds), said="It is being made.")
        asked_at = datetime.fromisoformat(job.ticket["asked_at"])
        save = SaveJob(job.ticket["id"], job.ticket["url"], asked_at, job.ticket["archive"])
        outcome = await self.saver.outcome(save)
        if isinstance(outcome, Pending):
            return Answer(
                ticket=job.ticket, wait=timedelta(seconds=outcome.retry_after), said="It is still being made."
            )
        younger = timedelta(seconds=self.asked.save_again_seconds)
        memento = await proven(self.saver, save, outcome, younger_than=younger)
        if memento is not None:
            return Answer(memento=memento)
        if isinstance(outcome, Failed):
            wait = None if outcome.retry_after is None else timedelta(seconds=outcome.retry_after)
            return Answer(said=outcome.reason, wait=wait, for_good=outcome.for_good)
        # It says that it saved, and does not show the copy yet: look again later.
        return Answer(ticket=job.ticket, wait=VERIFY_AGAIN_AFTER, said="The copy is said to be made and not found yet.")

    async def _verify(self, job: ArchiveJob, url: str) -> Answer:
        snapshot = job.snapshot
        if snapshot is None or snapshot.url is None:
            return Answer(said="The copy is no longer on record.", for_good=True)
        archive = next((one for one in self.archives if one.name == snapshot.archive), None)
        if archive is None:
            return Answer(said=f"The archive {snapshot.archive or 'of this copy'} is not asked here.", for_good=True)
        memento = Memento(snapshot.url, snapshot.captured_at, url, 200, snapshot.archive)
        return Answer(held=await archive.holds(memento))

    async def _look_for(self, quotations: Sequence[Quotation], url: str) -> tuple[int, int] | None:
        reply = await self.fetcher.fetch(url)
        if reply.status != 200 or reply.fault is not None:
            return None
        page = await asyncio.to_thread(
            page_text, reply.body, content_type=reply.content_type, charset=reply.charset, url=reply.final_url
        )
        standing = [find(quotation, page.whole).standing for quotation in quotations]
        if PassageStanding.UNREADABLE in standing:
            return None
        return len(quotations), standing.count(PassageStanding.PRESENT)


def _of_fault(fault: ArchiveFault) -> Answer:
    wait = None if fault.retry_after is None else timedelta(seconds=fault.retry_after)
    return Answer(said=str(fault), wait=wait, for_good=isinstance(fault, ArchiveRefused) and fault.retry_after is None)


@transaction.atomic
def record_answer(job: ArchiveJob, answer: Answer, *, at: datetime | None = None) -> bool:
    """Write what an archive said. Does nothing if the job is not held any more.

    :returns: whether the job came to an end.
    """
    now = at or database_now()
    held = ArchiveJob.objects.select_for_update().filter(pk=job.pk, ended_at=None, leased_until=job.leased_until)
    row = held.first()
    if row is None:
        return False
    row.leased_until = None
    row.said = answer.said[:1000]
    row.ticket = answer.ticket
    if answer.memento is not None:
        row.snapshot = _keep_memento(row, answer.memento, answer, at=now)
        row.ended_at, row.said = now, "A copy was found."
    elif answer.held is not None:
        _keep_verdict(row, answer, at=now)
    elif answer.for_good:
        row.ended_at = now
    else:
        _ask_again(row, answer, at=now)
    row.save()
    return row.ended_at is not None


def _ask_again(row: ArchiveJob, answer: Answer, *, at: datetime) -> None:
    if answer.ticket is not None and answer.wait is not None and at - row.asked_at < LONGEST_SAVE:
        row.due_at = at + answer.wait  # under way: looking is no new try
        return
    row.tries += 1
    row.ticket = None
    if row.tries >= MOST_TRIES:
        row.ended_at, row.said = at, f"Given up after {row.tries} tries. {row.said}"
        return
    row.due_at = at + max(answer.wait or FIRST_WAIT, FIRST_WAIT * 2 ** (row.tries - 1))


def _keep_memento(row: ArchiveJob, memento: Memento, answer: Answer, *, at: datetime) -> Snapshot:
    asked, found = answer.quotations or (None, None)
    snapshot, _ = Snapshot.objects.update_or_create(
        source_id=row.source_id,
        url=memento.archived_url,
        kind=Snapshot.Kind.MEMENTO,
        defaults={
            "captured_at": memento.captured_at,
            "archive": memento.archive,
            "near": row.near,
            "verified_at": at,
            "lost_at": None,
            "quotations_asked": asked,
            "quotations_found": found,
        },
    )
    _settle_badge(row.source_id)
    if row.kind == ArchiveJob.Kind.SAVE:
        want_verifying([snapshot], at=at)
    return snapshot


def _keep_verdict(row: ArchiveJob, answer: Answer, *, at: datetime) -> None:
    snapshot = row.snapshot
    if snapshot is None:
        row.ended_at = at
        return
    if answer.held:
        snapshot.verified_at, snapshot.lost_at = at, None
        if answer.quotations:
            snapshot.quotations_asked, snapshot.quotations_found = answer.quotations
        row.ended_at, row.said = at, "The copy is still there."
    elif row.tries + 1 < LOST_AFTER_TRIES:
        row.tries += 1
        row.due_at, row.said = at + VERIFY_AGAIN_AFTER, "The copy was not found; it is looked for again."
        return
    else:
        snapshot.lost_at = at
        row.ended_at, row.said = at, f"The copy was not found, {row.tries + 1} times."
    snapshot.save(update_fields=["verified_at", "lost_at", "quotations_asked", "quotations_found"])
    _settle_badge(row.source_id)


def _settle_badge(source_id: int) -> None:
    has = Snapshot.objects.filter(source=source_id, kind=Snapshot.Kind.MEMENTO, lost_at=None).exists()
    LinkState.objects.filter(pk=source_id).exclude(has_archive=has).update(has_archive=has)


# --- Copies of our own ----------------------------------------------------------------------------------------


class NewCapture(NamedTuple):
    """A capture whose file is stored and that is not yet on record."""

    url: str | None
    captured_at: datetime
    digest: str  # SHA-256 of the body, in hex
    file: str
    file_digest: str
    bytes: int
    media_type: str


def store_capture(reply: Reply, *, at: datetime) -> NewCapture:
    """Store what a source answered, as WARC records.

    :raises OSError: if the store of captures cannot be written to.
    """
    warc = warc_of(reply, at=at, user_agent=limits().user_agent)
    return _stored(warc, payload=reply.body, url=reply.final_url, at=at, media_type=reply.content_type)


def _stored(warc: bytes, *, payload: bytes, url: str | None, at: datetime, media_type: str) -> NewCapture:
    digest = payload_digest(payload)
    return NewCapture(
        url=url,
        captured_at=at,
        digest=digest,
        file=storing.keep(warc, digest),
        file_digest=hashlib.sha256(warc).hexdigest(),
        bytes=len(warc),
        media_type=media_type[:100],
    )


def link_capture(
    capture: NewCapture,
    *,
    source_id: int,
    kind: Snapshot.Kind = Snapshot.Kind.OWN,
    uploaded_by: int | None = None,
    note: str = "",
) -> Snapshot:
    """Put a stored capture on record, as the next link of the chain of all captures. Call within a transaction."""
    with connection.cursor() as cursor:
        # Held to the end of the transaction: the next link is made from this one.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('sources_chain_of_captures'))")
    last = Snapshot.objects.exclude(link_number=None).order_by("-link_number").first()
    snapshot = Snapshot(
        source_id=source_id,
        kind=kind,
        note=note,
        uploaded_by_id=uploaded_by,
        link_number=(last.link_number or 0) + 1 if last else 1,
        link_before=last.link_digest if last else None,
        **capture._asdict(),
    )
    snapshot.link_digest = chain_digest(snapshot.link_before, chain_link(snapshot))
    snapshot.save()
    return snapshot


def chain_link(snapshot: Snapshot) -> ChainLink:
    """What a copy of our own vouches for in the chain."""
    return ChainLink(
        source_id=snapshot.source_id,
        url=snapshot.url or "",
        captured_at=snapshot.captured_at,
        payload_digest=snapshot.digest or "",
        file_digest=snapshot.file_digest or "",
        kind=snapshot.kind,
    )


def verify_captures() -> Iterator[ChainFault]:
    """Everything that is wrong with the chain of captures and their files."""
    rows = Snapshot.objects.exclude(link_number=None).order_by("link_number").iterator(chunk_size=1_000)
    links = (
        StoredLink(
            position=row.link_number or 0,
            link=chain_link(row),
            previous=row.link_before,
            digest=row.link_digest or "",
            name=row.file or "",
        )
        for row in rows
    )
    return verify_chain(links, storing.opened)


def held_in(copy: Snapshot) -> Captured:
    """What a copy of our own holds.

    :raises OSError, ValueError: if its file is gone, damaged, or not the one that was stored.
    """
    with storing.opened(copy.file or "") as file:
        data = file.read()
    if hashlib.sha256(data).hexdigest() != copy.file_digest:
        raise ValueError("The file of the copy is not the one that was stored.")
    return read_capture(data)


def keep_upload(
    source: Source, file: BinaryIO, name: str, *, by: AbstractBaseUser, media_type: str = "", at: datetime | None = None
) -> Snapshot:
    """Keep a PDF, a mail or a saved page that an editor gives as a capture of a source.

    Quotations of the source are looked for in it.

    :raises ValidationError: at the field `file`, saying how to mend it.
    """
    now = at or database_now()
    data = file.read(LARGEST_UPLOAD + 1)
    try:
        kind, clean = vetted(data, media_type=media_type, name=name)
        warc = uploaded(data, media_type=media_type, name=name, at=now)
    except RefusedUpload as refused:
        raise ValidationError({"file": str(refused)}) from refused
    quotations = [Quotation(p.exact, p.prefix, p.suffix) for p in Passage.objects.filter(source=source).order_by("pk")]
    whole = page_text(data, content_type=kind).whole if quotations else ""
    with transaction.atomic():
        # One after the other, so that two who give the same file at once keep it once.
        Source.objects.select_for_update().get(pk=source.pk)
        same = Snapshot.objects.filter(source=source, kind=Snapshot.Kind.UPLOAD, digest=payload_digest(data)).first()
        if same is not None:
            raise ValidationError({"file": f"This file is kept already: {same.note or 'as a copy'}."})
        capture = _stored(warc, payload=data, url=None, at=now, media_type=kind)
        snapshot = link_capture(capture, source_id=source.pk, kind=Snapshot.Kind.UPLOAD, uploaded_by=by.pk, note=clean)
        if whole.strip():
            snapshot.quotations_asked = len(quotations)
            snapshot.quotations_found = sum(
                find(quotation, whole).standing is PassageStanding.PRESENT for quotation in quotations
            )
            snapshot.save(update_fields=["quotations_asked", "quotations_found"])
    return snapshot
