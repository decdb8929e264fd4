"""The ledger of silent edits: as a list, one line by itself, and as a feed."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import escape
from django.views.decorators.http import require_safe

from sources.models import SilentEdit
from timeline.asking import day_asked, kept_day, readable, with_day
from timeline.components import Crumb, Pager
from timeline.edits import FOLDER, EditShown, last_change_of, nothing_found, public_edits, shown_edits
from timeline.feeds import PagedFeed, last_publication, plain, tag
from timeline.keyset import Key, KeysetPage, keyset_page, pager
from timeline.narrowing import Narrowing
from timeline.vocabularies import PUBLISHER
from timeline.words import counted

EDITS_A_PAGE: Final = 15
EDITS_IN_A_FEED: Final = 50
ALL_CHANGES: Final = 60
MOST_PUBLISHERS: Final = 30
FEED: Final = f"{FOLDER}feed.atom"
PROMISE: Final = "A change of a page changes no status by itself."
_NEWEST_FIRST: Final = [Key("first_seen_after", datetime, falls=True), Key("pk", int, falls=True)]


@require_safe
@readable
def ledger(request: HttpRequest) -> HttpResponse:
    """Every edit on record, newest first; of one publisher where the address asks for it."""
    asked = Narrowing(request, takes=("publisher",))
    publishers = list(asked.chosen("publisher", PUBLISHER))
    kept = kept_day(request)
    rows = _edits(request)
    page = _page(request, rows, publishers, size=EDITS_A_PAGE)
    offered = _publishers(rows)
    total = sum(number for name, number in offered.items() if not publishers or name in publishers)
    context = {
        "as_of": day_asked(request),
        "edits": shown_edits(page.rows),
        "total": total,
        "publishers": [
            (name, with_day(_address(FOLDER, [name]), kept), number, name in publishers)
            for name, number in list(offered.items())[:MOST_PUBLISHERS]
            if name
        ],
        "chosen": publishers,
        "all_href": with_day(FOLDER, kept),
        "all": sum(offered.values()),
        "feed": _address(FEED, publishers),
        "crumbs": [Crumb(label="Sources", href="/sources/"), Crumb(label="Silent edits")],
        "pager": _pager(request, page),
        "promise": PROMISE,
        "nothing_found": "" if page.rows else nothing_found(publishers),
    }
    return render(request, "timeline/edits.html", context)


def _edits(request: HttpRequest) -> QuerySet[SilentEdit]:
    """The edits that had been seen by the day asked for; all, if none was."""
    day = day_asked(request)
    return public_edits().filter(first_seen_after__date__lte=day) if kept_day(request) else public_edits()


def _page(
    request: HttpRequest, rows: QuerySet[SilentEdit], publishers: list[str], *, size: int
) -> KeysetPage[SilentEdit]:
    if publishers:
        rows = rows.filter(source__publisher__in=publishers)
    return keyset_page(rows, keys=_NEWEST_FIRST, cursor=request.GET.get("cursor", ""), size=size)


def _address(path: str, publishers: list[str], *, cursor: str = "") -> str:
    given = [("publisher", name) for name in publishers] + ([("cursor", cursor)] if cursor else [])
    return f"{path}?{urlencode(given)}" if given else path


def _pager(request: HttpRequest, page: KeysetPage[SilentEdit]) -> Pager | None:
    if not (page.back or page.on):
        return None
    return pager(
        request, page, note=f"{len(page.rows)} on this page.", back="Newer", on="Older", label="Pages of silent edits"
    )


def _publishers(rows: QuerySet[SilentEdit]) -> dict[str, int]:
    """How many of some edits are of the pages of each publisher, most first."""
    counts = (
        rows.order_by().values_list("source__publisher").annotate(n=Count("pk")).order_by("-n", "source__publisher")
    )
    return {publisher or "": number for publisher, number in counts}


@require_safe
@readable
def edit_page(request: HttpRequest, number: int) -> HttpResponse:
    """One edit, with every sentence that is on record of it."""
    day_asked(request)  # an entry of the ledger says when it was, on whatever day it is read
    edit = public_edits().filter(pk=number).first()
    if edit is None:
        raise Http404("No silent edit has this number.")
    shown = shown_edits([edit], most_changes=ALL_CHANGES)[0]
    crumbs = [
        Crumb(label="Sources", href="/sources/"),
        Crumb(label="Silent edits", href=FOLDER),
        Crumb(label=f"No. {edit.pk}"),
    ]
    return render(request, "timeline/edit.html", {"edit": shown, "crumbs": crumbs, "promise": PROMISE})


@require_safe
@readable
def feed(request: HttpRequest) -> HttpResponse:
    """The ledger as an Atom feed (RFC 4287), newest first, in pages (RFC 5005)."""
    asked = Narrowing(request, takes=("publisher",))
    publishers = list(asked.chosen("publisher", PUBLISHER))
    page = _page(request, _edits(request), publishers, size=EDITS_IN_A_FEED)
    site = request.build_absolute_uri("/").rstrip("/")
    first = _address(FEED, publishers)
    of_whom = f": {', '.join(publishers)}" if publishers else ""
    written = PagedFeed(
        title=plain(f"{settings.SITE_NAME}: silent edits{of_whom}"),
        link=site + _address(FOLDER, publishers),
        description="",
        subtitle=f"What companies changed on their own pages, or took away, without saying so. {PROMISE}",
        language="en",
        author_name=settings.SITE_NAME,
        feed_url=site + _address(FEED, publishers, cursor=request.GET.get("cursor", "")),
        feed_guid=tag("sources", "edits") if not publishers else tag("sources", f"edits?{first.partition('?')[2]}"),
        otherwise=last_publication(),
        first=site + first,
        next=site + _address(FEED, publishers, cursor=page.on) if page.on else "",
    )
    for edit, shown in zip(page.rows, shown_edits(page.rows), strict=True):
        written.add_item(
            title=plain(_title(shown)),
            link=site + shown.href,
            description=_description(shown),
            unique_id=tag("sources", "edits", str(edit.pk)),
            updateddate=last_change_of(edit),
            pubdate=edit.first_seen_after,
            categories=[plain(shown.what)],
        )
    return HttpResponse(written.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


def _title(edit: EditShown) -> str:
    what = "Withdrawn from the ledger" if edit.withdrawn_because else edit.what
    return f"{what}: {edit.title}{f' ({edit.publisher})' if edit.publisher else ''}"


def _description(edit: EditShown) -> str:
    """The line of the ledger in HTML."""
    window = f"Between {moment(edit.between)} and {moment(edit.and_then)} UTC."
    lines = [f"<p>{window}</p>"]
    if edit.withdrawn_because:
        lines.append(f"<p>Withdrawn from the ledger: {escape(plain(edit.withdrawn_because))}</p>")
    if edit.restored:
        lines.append(f"<p>The earlier text stood there again on {moment(edit.restored)} UTC.</p>")
    tags = {"gone": "del", "new": "ins"}
    for pair in edit.changes:
        runs = []
        for run in pair.both:
            words = escape(plain(run.words))
            marked = f"<{tags[run.kind]}>{words}</{tags[run.kind]}>" if run.kind in tags else words
            runs.append(f"{marked} " if run.spaced else marked)
        lines.append(f"<p>{''.join(runs).strip()}</p>")
    if edit.left_out:
        lines.append(f"<p>{counted(edit.left_out, 'more change')} on the page of this entry.</p>")
    if edit.weighty:
        lines.append(f"<p>Words of weight: {escape(plain(', '.join(edit.weighty)))}.</p>")
    return "".join(lines)


def moment(at: datetime) -> str:
    """“3 March 2026, 08:00”."""
    return f"{at.day} {at:%B %Y, %H:%M}"
