"""The ledger of silent edits: what companies changed on their own pages, or took away, without saying so.

What is shown are the sentences that went and those that came, never the whole text of a page.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from companies.models import Company
from pledges.models import Citation, Terms
from pledges.services.resting import Resting, pledges_resting_on, resting_on
from sources.models import SilentEdit, Snapshot, Source, TextVersion
from sources.seen import Wordings, compared
from timeline.components import ShownDate
from timeline.naming import pledge_address
from timeline.references import source_address
from timeline.shown import shown_day
from timeline.words import Labels

FOLDER: Final = "/sources/edits/"
MOST_CHANGES: Final = 4
MOST_PLEDGES: Final = 6
KINDS: Final = Labels(
    {
        SilentEdit.Kind.EDITED: pgettext_lazy("what became of a page", "Edited"),
        SilentEdit.Kind.REWRITTEN: pgettext_lazy("what became of a page", "Rewritten"),
        SilentEdit.Kind.REPLACED: pgettext_lazy("what became of a page", "Replaced by another text"),
        SilentEdit.Kind.REMOVED: pgettext_lazy("what became of a page", "Removed"),
    }
)


@dataclass(frozen=True, kw_only=True)
class SideShown:
    """The page before the edit, or after it: our own capture, and a copy in a public archive of the same text."""

    captured: ShownDate | None = None
    digest: str = ""
    archive_href: str = ""
    archived: ShownDate | None = None


@dataclass(frozen=True, kw_only=True)
class EditShown:
    """A line of the ledger.

    between, and_then: the text was last seen at the one moment, and no longer at the other.
    changes: the sentences that went and came, as many as are shown; left_out: how many more there are.
    quotations: how many quoted passages it touched.
    """

    number: int
    href: str
    title: str
    publisher: str
    source_href: str
    language: str
    kind: str
    what: str
    between: datetime
    and_then: datetime
    changes: Sequence[Wordings] = ()
    left_out: int = 0
    weighty: Sequence[str] = ()
    before: SideShown = field(default_factory=SideShown)
    after: SideShown = field(default_factory=SideShown)
    quotations: int = 0
    events: int = 0
    alone: int = 0
    pledges: Sequence[tuple[str, str]] = ()
    more_pledges: int = 0
    restored: datetime | None = None
    withdrawn: datetime | None = None
    withdrawn_because: str = ""


def nothing_found(publishers: Sequence[str]) -> str:
    """What the lack of any edit means: on how many pages none was found, and how many were never read."""
    own = Source.objects.public().filter(link_state__own_page=True)
    if publishers:
        own = own.filter(publisher__in=publishers)
    counted = own.aggregate(pages=Count("pk"), read=Count("pk", filter=Q(link_state__text_seen_at__isnull=False)))
    pages, read = counted["pages"], counted["read"]
    if not pages:
        return _("No page of a company’s own is cited with its words here, so there is none to watch.")
    said = _("Companies’ own pages that are watched: %(pages)s; read so far: %(read)s.")
    if read:
        said = _("Companies’ own pages that are watched: %(pages)s; read so far: %(read)s. No change was seen.")
    return said % {"pages": pages, "read": read}


def public_edits() -> QuerySet[SilentEdit]:
    """The edits of pages that readers may know of, with what a line of the ledger needs of each."""
    return (
        SilentEdit.objects.filter(source__publication__isnull=False, source__retracted_because="")
        .select_related("source", "before__snapshot", "after__snapshot")
        .defer("before__text", "before__fingerprints", "after__text", "after__fingerprints")
    )


def edits_behind(company: Company, day: date) -> QuerySet[SilentEdit]:
    """The edits, seen by a day, of companies' own pages on which pledges of a company rest; the newest first."""
    cited = Citation.objects.filter(effect__pledge__company=company).values("source")
    worded = Terms.objects.filter(pledge__company=company, wording_source__isnull=False).values("wording_source")
    return (
        public_edits()
        .filter(Q(source__in=cited) | Q(source__in=worded), source__link_state__own_page=True, withdrawn_because="")
        .filter(first_seen_after__date__lte=day)
        .order_by("-first_seen_after", "-pk")
    )


def edit_address(number: int) -> str:
    return f"{FOLDER}{number}/"


def shown_edits(edits: Sequence[SilentEdit], *, most_changes: int = MOST_CHANGES) -> list[EditShown]:
    """Edits from ``public_edits`` as the ledger shows them. Five queries."""
    sources = sorted({edit.source_id for edit in edits})
    resting = resting_on(sources)
    pledges = pledges_resting_on(sources) if sources else {}
    copies: dict[int, list[Snapshot]] = defaultdict(list)
    held = Snapshot.objects.filter(source__in=sources, kind=Snapshot.Kind.MEMENTO, lost_at=None)
    for copy in held.order_by("captured_at", "pk"):
        copies[copy.source_id].append(copy)
    found = []
    for edit in edits:
        source, rests = edit.source, resting.get(edit.source_id, Resting())
        made = [(f"{one.company.name}: {one.title}", pledge_address(one)) for one in pledges.get(source.pk, ())]
        changes = list(pairs_of(edit.changes))
        found.append(
            EditShown(
                number=edit.pk,
                href=edit_address(edit.pk),
                title=source.title,
                publisher=source.publisher or "",
                source_href=source_address(source),
                language=source.language or "",
                kind=edit.kind,
                what=KINDS[edit.kind],
                between=edit.last_seen_before,
                and_then=edit.first_seen_after,
                changes=[compared(*pair) for pair in changes[:most_changes]],
                left_out=max(0, len(changes) - most_changes),
                weighty=edit.weighty,
                before=_side(edit.before, copies[source.pk], until=edit.last_seen_before),
                after=_side(edit.after, copies[source.pk], since=edit.first_seen_after),
                quotations=edit.quotations,
                events=rests.events,
                alone=rests.alone,
                pledges=made[:MOST_PLEDGES],
                more_pledges=max(0, len(made) - MOST_PLEDGES),
                restored=edit.restored_at,
                withdrawn=edit.withdrawn_at,
                withdrawn_because=edit.withdrawn_because,
            )
        )
    return found


def pairs_of(changes: Any) -> Iterable[tuple[str, str]]:
    """The pairs of sentences of an edit; what is none of them is passed over."""
    for pair in changes if isinstance(changes, list) else []:
        if isinstance(pair, list | tuple) and len(pair) == 2:
            before, after = (str(one or "") for one in pair)
            if before or after:
                yield before, after


def _side(
    version: TextVersion | None,
    copies: Sequence[Snapshot],
    *,
    until: datetime | None = None,
    since: datetime | None = None,
) -> SideShown:
    """One side of an edit. An archived copy belongs to it only if it was made while that text stood there."""
    if version is None:
        return SideShown()
    first, last = version.seen_from, until or version.seen_until or timezone.now()
    within = [copy for copy in copies if (since or first) <= copy.captured_at <= last]
    best = (within[-1] if until else within[0]) if within else None
    snapshot = version.snapshot
    return SideShown(
        captured=shown_day(snapshot.captured_at.date()) if snapshot else None,
        digest=(snapshot.digest or "") if snapshot else "",
        archive_href=(best.url or "") if best else "",
        archived=shown_day(best.captured_at.date()) if best else None,
    )


def last_change_of(edit: SilentEdit) -> datetime:
    """When what the ledger says of an edit last became so."""
    return max(filter(None, (edit.first_seen_after, edit.restored_at, edit.withdrawn_at)))
