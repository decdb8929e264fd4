"""What an editor is told while a source is entered: what the page says, what is on record of it, what copies what.

Nothing is accepted by itself and nothing is written. Seven copies of one report are one witness, so that a page whose
words stand on record already is offered as a copy.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import connection

from dates.edtf import display_day
from sources.addresses import RefusedAddress, identity_key, likeness_key, vet
from sources.archiving import held_in
from sources.fetching import Fetcher
from sources.intake import Reading, read_page
from sources.limits import Limits
from sources.models import Snapshot, Source, TextVersion
from sources.quotations import Found, PassageStanding, Quotation, anchor, find
from sources.replies import Reply
from sources.text import fingerprints, page_text

log = logging.getLogger(__name__)

COPY_SHARE = 0.6  # of the shorter text, from which one text is offered as a copy of the other
LEAST_FINGERPRINTS = 20  # a text with fewer shares too little to tell
MOST_COPIES = 20
MOST_VERSIONS = 20  # of a source, among which a quotation is looked for
SHOWN_WORDS = 300  # characters of what stands on the page instead


class Copy(NamedTuple):
    """A source with the same words. `share` is that of the shorter text's fingerprints which the other has too."""

    source: Source
    share: float


class QuotationCheck(NamedTuple):
    """A quotation and the page: with the words around it where it stands, with the nearest words where it does not."""

    given: str
    found: Found
    anchored: Quotation | None

    @property
    def stands(self) -> bool:
        return self.anchored is not None


class Entry(NamedTuple):
    """All that is known of an address before it becomes a source."""

    url: str
    identity_key: str
    likeness_key: str
    on_record: Source | None  # under the same address: cite that one
    alike: tuple[Source, ...]  # under an address that looks the same: perhaps the same page
    reading: Reading
    copies: tuple[Copy, ...]
    quotations: tuple[QuotationCheck, ...]
    at: datetime | None = None
    whole: bool = True  # False: the page is longer than what was read of it


def read_source(
    url: str,
    *,
    limits: Limits,
    at: datetime | None = None,
    quotations: Sequence[str] = (),
    reply: Reply | None = None,
) -> Entry:
    """Read what is at an address, for its entry. Asks for the page once, unless it is given.

    :param at: when this is; dates after it are slips. Now, if not given.
    :param quotations: words that the editor means to quote, looked for in the page.
    :param reply: the page, if it was read already or saved.
    :raises RefusedAddress: if the address may not be asked for; its text says how to mend it.
    """
    vet(url, allowed=limits.allowed_networks)
    identity, likeness = identity_key(url), likeness_key(url)
    reply = reply or _fetched(url, limits)
    reading = read_page(reply, today=at.date() if at else None)
    on_record = Source.objects.filter(identity_key=identity).first()
    return Entry(
        url=url,
        identity_key=identity,
        likeness_key=likeness,
        on_record=on_record,
        alike=tuple(_alike(url, reading, on_record)),
        reading=reading,
        copies=tuple(copies_of(reading.text.main, besides=on_record)),
        quotations=tuple(_checked(words, reading.text.whole) for words in quotations),
        at=at,
        whole=reply.whole,
    )


def _fetched(url: str, limits: Limits) -> Reply:
    async def once() -> Reply:
        async with Fetcher(limits=limits) as fetcher:
            return await fetcher.fetch(url)

    return asyncio.run(once())


def _alike(url: str, reading: Reading, on_record: Source | None) -> Iterator[Source]:
    """Sources under an address like the one given, or like one that the page says is its own."""
    own = [value.value for value in reading.canonical if "doubtful" not in value.basis]
    keys: set[str] = set()
    for address in (url, *own):
        try:
            keys.add(likeness_key(address))
        except RefusedAddress:
            continue
    found = Source.objects.filter(likeness_key__in=keys).order_by("pk")
    yield from found.exclude(pk=on_record.pk)[:MOST_COPIES] if on_record else found[:MOST_COPIES]


def copies_of(text: str, *, besides: Source | None = None) -> list[Copy]:
    """The sources on record whose text has most of its words in common with this one, the likest first."""
    wanted = fingerprints(text)
    if len(wanted) < LEAST_FINGERPRINTS:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT source_id, max(share) FROM (
                SELECT v.source_id,
                       (SELECT count(*) FROM unnest(v.fingerprints) AS f(one) WHERE f.one = ANY(%(wanted)s::bigint[]))
                           ::float / least(cardinality(v.fingerprints), cardinality(%(wanted)s::bigint[])) AS share
                FROM sources_textversion v
                WHERE v.fingerprints && %(wanted)s::bigint[] AND cardinality(v.fingerprints) >= %(least)s
            ) AS shares
            WHERE share >= %(share)s AND source_id IS DISTINCT FROM %(besides)s
            GROUP BY source_id ORDER BY max(share) DESC, source_id LIMIT %(most)s
            """,
            {
                "wanted": wanted,
                "least": LEAST_FINGERPRINTS,
                "share": COPY_SHARE,
                "besides": besides.pk if besides else None,
                "most": MOST_COPIES,
            },
        )
        shares = dict(cursor.fetchall())
    sources = Source.objects.in_bulk(shares)
    return [Copy(sources[key], share) for key, share in shares.items()]


def _checked(words: str, whole: str) -> QuotationCheck:
    return QuotationCheck(words, find(Quotation(words), whole), anchor(words, whole))


# --- A quotation as it is entered --------------------------------------------------------------------------------


def check_quotation_at_entry(source: Source, exact: str) -> Quotation | None:
    """The quotation with the words around it, as it stands in what is on record of the source's page.

    Looks into the texts of the page that are kept, the newest first, for a page may have been edited since the words
    were said; then into its newest capture, which has its boxes and captions too. Nothing is asked of the web.

    :returns: None where no text of the source is on record, so that nothing can be said.
    :raises ValidationError: if the words do not stand there: then they were copied wrongly. Shows the nearest.
    """
    newest_first = TextVersion.objects.filter(source=source).order_by("-seen_from", "-pk")
    seen: datetime | None = None
    nearest: Found | None = None
    for at, text in _texts_of(source, newest_first[:MOST_VERSIONS]):
        if not text:
            continue
        if anchored := anchor(exact, text):
            return anchored
        if seen is None:
            seen = at
            nearest = find(Quotation(exact), text)
    if seen is None or nearest is None or nearest.standing is PassageStanding.UNREADABLE:
        return None
    raise ValidationError(_does_not_stand(seen, nearest), code="not-on-the-page")


def _texts_of(source: Source, versions: Iterable[TextVersion]) -> Iterator[tuple[datetime, str]]:
    """When the source was read, and what it said; its newest capture, which takes longest to read, comes last."""
    for version in versions:
        yield version.seen_from, version.text
    capture = Snapshot.objects.filter(source=source, file__isnull=False).order_by("-captured_at", "-pk").first()
    if capture is not None:
        yield capture.captured_at, _captured_text(capture)


def _does_not_stand(seen: datetime, found: Found) -> str:
    words = " ".join(found.text.split())
    shown = words if len(words) <= SHOWN_WORDS else f"{words[:SHOWN_WORDS]}…"
    nearest = f" The nearest words there are: “{shown}”." if shown else " Nothing like them stands there."
    return (
        f"These words do not stand in the source as it was read on {display_day(seen.date())}.{nearest} "
        "Correct the quotation, or tick that you have it from the page itself."
    )


def _captured_text(capture: Snapshot) -> str:
    """All visible words of what was captured; empty where they cannot be read."""
    try:
        held = held_in(capture)
    except (OSError, ValueError) as fault:
        log.warning("Capture %s could not be read: %s", capture.pk, fault)
        return ""
    if not held.content_type.startswith(("text/", "application/xhtml", "application/pdf")):
        return ""
    return page_text(held.payload, content_type=held.content_type, url=held.url).whole
