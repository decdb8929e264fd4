"""The sources of a page: each gets a number where it is first cited, and a row in the list at the foot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dates.edtf import display_day
from pledges.models import Citation
from sources.health import badge_of_source
from sources.models import Passage, Snapshot, Source
from sources.quotations import PassageStanding, Quotation, fragment
from sources.versions import last_seen_word_for_word
from timeline.components import CitationMark, ShownDate, SourceItem, SourceUse
from timeline.shown import shown_date, shown_day
from timeline.words import listed

NO_ADDRESS: Final = gettext_lazy("It has no address on record, so there is nothing to check.")


def link_mark(source: Source, *, at: datetime) -> str:
    """The slug of the mark beside a source (one of ``words.LINK_STATES``)."""
    badge = badge_of_source(source, at=at)
    return badge.mark if badge else "no-address"


def link_reason(source: Source, *, at: datetime) -> str:
    """Why the mark beside a source is what it is, in a sentence."""
    badge = badge_of_source(source, at=at)
    return badge.reason if badge else str(NO_ADDRESS)


def passage_address(source: Source, passage: Passage, *, at: datetime) -> str:
    """The address that leads right to quoted words; empty where they do not stand there, or must not be linked."""
    state = getattr(passage, "state", None)
    badge = badge_of_source(source, at=at)
    if not source.url or badge is None or not badge.linked:
        return ""
    if state and (state.standing != PassageStanding.PRESENT or not badge.stands):
        return ""
    directive = fragment(Quotation(passage.exact, passage.prefix, passage.suffix))
    return f"{source.url}{'' if '#' in source.url else '#'}{directive}"


def may_link(source: Source, *, at: datetime) -> bool:
    """Whether the address may be offered: there is one, and nobody else has taken it over."""
    badge = badge_of_source(source, at=at)
    return badge is not None and badge.linked


def byline(authors: Sequence[str]) -> str:
    """“Jeffrey Dastin and Munsif Vengattil”."""
    return listed(authors)


def where_read(source: Source) -> str:
    """What a reader must know of the copy that was read."""
    if source.syndicated_from:
        return _("copy of a text by %(publisher)s") % {"publisher": source.syndicated_from}
    if source.first_reported_by:
        return _("first reported by %(publisher)s") % {"publisher": source.first_reported_by}
    return ""


def published(source: Source) -> ShownDate | None:
    if not source.published:
        return None
    return shown_date(source.published, printed=source.date_printed, basis=source.date_basis)


def source_address(source: Source) -> str:
    return f"/sources/{source.slug}/"


@dataclass
class _Cited:
    number: int
    source: Source
    uses: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)
    passages: dict[str, Passage] = field(default_factory=dict)


class References:
    """Numbers sources in the order in which a page cites them."""

    def __init__(self, *, at: datetime, listed: bool = True) -> None:
        """
        :param listed: the page ends with the list, so that marks lead to it; else they lead to the source's page.
        """
        self.at = at
        self.listed = listed
        self._cited: dict[int, _Cited] = {}

    def __len__(self) -> int:
        return len(self._cited)

    @property
    def sources(self) -> list[Source]:
        return [cited.source for cited in self._cited.values()]

    def source(self, source: Source, *, stance: str = "supports") -> CitationMark:
        """The mark of a source, which takes a number if it has none yet."""
        cited = self._cited.get(source.pk)
        if cited is None:
            cited = self._cited[source.pk] = _Cited(len(self._cited) + 1, source)
        href = f"#source-{source.slug}" if self.listed else source_address(source)
        return CitationMark(
            number=cited.number,
            href=href,
            link_state=link_mark(source, at=self.at),
            stance=stance,
            reason=link_reason(source, at=self.at),
        )

    def mark(self, citation: Citation, used_for: str = "") -> CitationMark:
        """The mark of a citation, of which the list keeps what it was used for."""
        mark = self.source(citation.source, stance=citation.stance)
        quotation = citation.passage.exact if citation.passage else ""
        use = (citation.stance, quotation, citation.locator or "")
        if citation.passage:
            self._cited[citation.source.pk].passages[quotation] = citation.passage
        purposes = self._cited[citation.source.pk].uses.setdefault(use, [])
        if used_for and used_for not in purposes:
            purposes.append(used_for)
        return mark

    def marks(self, citations: Iterable[Citation], used_for: str = "") -> list[CitationMark]:
        """One mark a source, by number; what disputes stands apart, behind the others.

        What a source is used for as context adds nothing where the source also supports or disputes.
        """
        marks = {(mark.number, mark.stance): mark for mark in [self.mark(one, used_for) for one in citations]}
        return sorted(
            (
                mark
                for (number, stance), mark in marks.items()
                if stance != "context" or {(number, "supports"), (number, "disputes")}.isdisjoint(marks)
            ),
            key=lambda mark: (mark.stance == "disputes", mark.number),
        )

    def items(self, snapshots: Mapping[int, Snapshot] | None = None) -> list[SourceItem]:
        """The list at the foot of the page.

        :param snapshots: the archived copy to offer, by the source's key.
        """
        return [self._item(cited, (snapshots or {}).get(cited.source.pk)) for cited in self._cited.values()]

    def _item(self, cited: _Cited, snapshot: Snapshot | None) -> SourceItem:
        source = cited.source
        return SourceItem(
            number=cited.number,
            slug=source.slug,
            title=source.title,
            record_href=source_address(source),
            title_is_headline=source.is_headline,
            language=source.language or "",
            byline=byline(source.authors),
            publisher=source.publisher or "",
            via=_("retracted: %(reason)s") % {"reason": source.retracted_because}
            if source.retracted_because
            else where_read(source),
            published=published(source),
            link_state=link_mark(source, at=self.at),
            link_reason=link_reason(source, at=self.at),
            read_href=(source.url or "") if may_link(source, at=self.at) else "",
            archived_href=(snapshot.url or "") if snapshot else "",
            archived=shown_day(snapshot.captured_at.date()) if snapshot else None,
            uses=[
                self._use(cited, stance, quotation, locator, purposes)
                for (stance, quotation, locator), purposes in cited.uses.items()
            ],
        )

    def _use(self, cited: _Cited, stance: str, quotation: str, locator: str, purposes: Sequence[str]) -> SourceUse:
        source, passage = cited.source, cited.passages.get(quotation)
        state = getattr(passage, "state", None)
        seen = last_seen_word_for_word(state, getattr(source, "link_state", None)) if state else None
        return SourceUse(
            stance=stance,
            quotation=quotation,
            language=source.language or "",
            locator=locator,
            used_for=", ".join(purposes),
            last_seen=shown_day(seen.date()) if seen else None,
            standing=state.standing if state else "",
            passage_href=passage_address(source, passage, at=self.at) if passage else "",
        )

    def last_checked(self) -> str:
        """When the latest check of a link of this page was, as printed; nothing if none was."""
        moments = [
            state.last_checked_at
            for source in self.sources
            if (state := getattr(source, "link_state", None)) and state.last_checked_at
        ]
        return display_day(max(moments).date()) if moments else ""


def best_copies(sources: Iterable[Source], *, near: date | None) -> dict[int, Snapshot]:
    """The copy in a public archive to offer for each source, by ``best_copy``. One query."""
    keys = [source.pk for source in sources]
    found: dict[int, list[Snapshot]] = defaultdict(list)
    for copy in Snapshot.objects.filter(source__in=keys, kind=Snapshot.Kind.MEMENTO, lost_at=None).order_by(
        "captured_at", "pk"
    ):
        found[copy.source_id].append(copy)
    return {source: best for source, copies in found.items() if (best := best_copy(copies, near=near))}


def best_copy(copies: Sequence[Snapshot], *, near: date | None) -> Snapshot | None:
    """Of some copies, oldest first, the one made nearest to a day.

    :param near: the day that the page is about; without one the oldest copy is taken.
    """
    if near is None:
        return next(iter(copies), None)
    return min(copies, key=lambda copy: abs((copy.captured_at.date() - near).days), default=None)
