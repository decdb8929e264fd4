"""A selection as an Atom feed (RFC 4287), in pages (RFC 5005)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Max
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dates.edtf import display
from history.models import Publication, Revision
from pledges.services.reading import Happening
from sources.citing.words import clean, plain_address, without_emphasis
from timeline.exports.about import About
from timeline.naming import event_address
from timeline.rows import kinds_of

# RFC 4151: the day on which the name of the site's host was ours; it never changes.
TAGGED_ON: Final = "2026-01-01"
# What XML cannot hold, even escaped.
UNWRITABLE: Final = "\ufffe\uffff"


class PagedFeed(Atom1Feed):
    """Atom with links to the pages before and after, dated by what is in it."""

    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        for relation in ("first", "next"):
            href = self.feed.get(relation)
            if href:
                handler.addQuickElement("link", "", {"rel": relation, "href": href})

    def latest_post_date(self) -> datetime:
        dates = [item["updateddate"] for item in self.items]
        latest: datetime = max(dates) if dates else self.feed["otherwise"]
        return latest


def tag(*path: str) -> str:
    """A name that stays the same wherever the page is: “tag:example.org,2026-01-01:events/slug”."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return f"tag:{host},{TAGGED_ON}:{'/'.join(path)}"


def atom(
    happenings: Sequence[Happening],
    about: About,
    *,
    feed: str,
    selected: str,
    updated: Mapping[int, datetime],
    first: str = "",
    following: str = "",
) -> str:
    """The feed as XML.

    :param feed: the address of this page of the feed, without the host.
    :param selected: what was selected, in words; empty for everything.
    :param updated: when each event last changed, by its key.
    :param first, following: addresses of the first and the next page, without the host.
    """
    every = _("%(site)s: every event") % {"site": settings.SITE_NAME}
    name = f"{settings.SITE_NAME}: {selected}" if selected else every
    written = PagedFeed(
        title=plain(name),
        link=about.selection,
        description="",
        subtitle=_("What companies pledged about facial recognition, and whether they kept it."),
        language=language_written(),
        author_name=settings.SITE_NAME,
        feed_url=about.address(feed),
        feed_guid=tag(about.selection.removeprefix(about.site).lstrip("/")),
        otherwise=last_publication(),
        first=about.address(first) if first else "",
        next=about.address(following) if following else "",
    )
    for happening in happenings:
        event = happening.event
        written.add_item(
            title=plain(happening.title),
            link=about.address(event_address(event)),
            description=_description(happening),
            unique_id=tag("events", event.slug),
            updateddate=updated.get(event.pk) or last_publication(),
            categories=[plain(kind) for kind in kinds_of(happening)],
        )
    return written.writeString("utf-8")


def language_written() -> str:
    """The language of what is written now, as feeds name it: “en”, “es”."""
    return (get_language() or settings.LANGUAGE_CODE).partition("-")[0]


def plain(text: str) -> str:
    """Text without what XML cannot hold."""
    return without_emphasis(clean("".join(letter for letter in text if letter not in UNWRITABLE)))


def dated(happening: Happening) -> str:
    """When it was, as a sentence begins: “By 2026”."""
    said = display(happening.event.date)
    return said[:1].upper() + said[1:]


def _description(happening: Happening) -> str:
    """The summary with its sources, in HTML."""
    lines = [f"<p>{escape(plain(dated(happening)))}. {escape(plain(happening.summary))}</p>"]
    sources = {citation.source_id: citation.source for citation in happening.citations}
    cited = []
    for source in sources.values():
        title = escape(plain(source.title))
        linked = f'<a href="{escape(plain_address(source.url))}">{title}</a>' if source.url else title
        cited.append(f"<li>{linked}{f', {escape(plain(source.publisher))}' if source.publisher else ''}</li>")
    return "".join([*lines, f"<ul>{''.join(cited)}</ul>" if cited else ""])


def day_of(moment: datetime) -> datetime:
    """The beginning of its day: nobody needs to know at which hour an editor was at work.

    The order of changes stays, and none is dated in the future.
    """
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def last_publication() -> datetime:
    """The day on which anything was last published; the beginning of time where nothing was."""
    at = Publication.objects.aggregate(at=Max("at"))["at"]
    return day_of(at) if at else datetime(1970, 1, 1, tzinfo=UTC)


def last_changes(happenings: Sequence[Happening]) -> dict[int, datetime]:
    """The day on which each event, or what it did, was last changed, from the history. Two queries."""
    of_effects = {effect.pk: one.event.pk for one in happenings for effect in one.effects}
    latest = latest_changes("pledges_event", [one.event.pk for one in happenings])
    for effect, at in latest_changes("pledges_effect", list(of_effects)).items():
        event = of_effects[effect]
        latest[event] = max(latest.get(event, at), at)
    return latest


def latest_changes(table: str, keys: Sequence[int]) -> dict[int, datetime]:
    """The day on which each row of a table was last changed, by its key. One query."""
    changes = Revision.objects.filter(table_name=table, row_id__in=keys).order_by()
    return {row: day_of(at) for row, at in changes.values_list("row_id").annotate(Max("at"))}
