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
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from django.views.decorators.http import require_safe

from dates.edtf import display_day
from sources.models import SilentEdit
from timeline.asking import day_asked, in_language_asked, kept_day, readable, with_day
from timeline.components import Crumb, Pager
from timeline.edits import FOLDER, EditShown, last_change_of, nothing_found, public_edits, shown_edits
from timeline.feeds import PagedFeed, language_written, last_publication, plain, tag
from timeline.keyset import Key, KeysetPage, keyset_page, pager
from timeline.narrowing import Narrowing
from timeline.vocabularies import PUBLISHER
from timeline.words import number

EDITS_A_PAGE: Final = 15
EDITS_IN_A_FEED: Final = 50
ALL_CHANGES: Final = 60
MOST_PUBLISHERS: Final = 30
FEED: Final = f"{FOLDER}feed.atom"
PROMISE: Final = gettext_lazy("A change of a page changes no status by itself.")
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
    total = sum(count for name, count in offered.items() if not publishers or name in publishers)
    context = {
        "as_of": day_asked(request),
        "edits": shown_edits(page.rows),
        "total": total,
        "publishers": [
            (name, with_day(_address(FOLDER, [name]), kept), count, name in publishers)
            for name, count in list(offered.items())[:MOST_PUBLISHERS]
            if name
        ],
        "chosen": publishers,
        "all_href": with_day(FOLDER, kept),
        "all": sum(offered.values()),
        "feed": _address(FEED, publishers),
        "crumbs": [Crumb(label=_("Sources"), href="/sources/"), Crumb(label=_("Silent edits"))],
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
    shown = len(page.rows)
    return pager(
        request,
        page,
        note=ngettext("%(number)s on this page.", "%(number)s on this page.", shown) % {"number": shown},
        back=_("Newer"),
        on=_("Older"),
        label=_("Pages of silent edits"),
    )


def _publishers(rows: QuerySet[SilentEdit]) -> dict[str, int]:
    """How many of some edits are of the pages of each publisher, most first."""
    counts = (
        rows.order_by().values_list("source__publisher").annotate(n=Count("pk")).order_by("-n", "source__publisher")
    )
    return {publisher or "": count for publisher, count in counts}


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
        Crumb(label=_("Sources"), href="/sources/"),
        Crumb(label=_("Silent edits"), href=FOLDER),
        Crumb(label=_("No. %(number)s") % {"number": edit.pk}),
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

    def page_at(cursor: str) -> str:
        return site + in_language_asked(request, _address(FEED, publishers, cursor=cursor))

    name = _("%(site)s: silent edits") % {"site": settings.SITE_NAME}
    written = PagedFeed(
        title=plain(f"{name}: {', '.join(publishers)}" if publishers else name),
        link=site + _address(FOLDER, publishers),
        description="",
        # Translators: the promise is “A change of a page changes no status by itself.”
        subtitle=_("What companies changed on their own pages, or took away, without saying so. %(promise)s")
        % {"promise": PROMISE},
        language=language_written(),
        author_name=settings.SITE_NAME,
        feed_url=page_at(request.GET.get("cursor", "")),
        feed_guid=tag("sources", "edits") if not publishers else tag("sources", f"edits?{first.partition('?')[2]}"),
        otherwise=last_publication(),
        first=page_at(""),
        next=page_at(page.on) if page.on else "",
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
    what = pgettext("a silent edit", "Withdrawn from the ledger") if edit.withdrawn_because else edit.what
    return f"{what}: {edit.title}{f' ({edit.publisher})' if edit.publisher else ''}"


def _description(edit: EditShown) -> str:
    """The line of the ledger in HTML."""
    # Translators: two moments, as “3 March 2026, 08:00”
    window = _("Between %(before)s and %(after)s UTC.")
    window = window % {"before": moment(edit.between), "after": moment(edit.and_then)}
    lines = [f"<p>{window}</p>"]
    if edit.withdrawn_because:
        said = _("Withdrawn from the ledger: %(reason)s")
        lines.append(f"<p>{said % {'reason': escape(plain(edit.withdrawn_because))}}</p>")
    if edit.restored:
        said = _("The earlier text stood there again on %(moment)s UTC.")
        lines.append(f"<p>{said % {'moment': moment(edit.restored)}}</p>")
    tags = {"gone": "del", "new": "ins"}
    for pair in edit.changes:
        runs = []
        for run in pair.both:
            words = escape(plain(run.words))
            marked = f"<{tags[run.kind]}>{words}</{tags[run.kind]}>" if run.kind in tags else words
            runs.append(f"{marked} " if run.spaced else marked)
        lines.append(f"<p>{''.join(runs).strip()}</p>")
    if edit.left_out:
        said = ngettext(
            "%(number)s more change on the page of this entry.",
            "%(number)s more changes on the page of this entry.",
            edit.left_out,
        )
        lines.append(f"<p>{said % {'number': number(edit.left_out)}}</p>")
    if edit.weighty:
        said = _("Words of weight: %(words)s.")
        lines.append(f"<p>{said % {'words': escape(plain(', '.join(edit.weighty)))}}</p>")
    return "".join(lines)


def moment(at: datetime) -> str:
    """“3 March 2026, 08:00”."""
    return _("%(day)s, %(time)s") % {"day": display_day(at.date()), "time": f"{at:%H:%M}"}
