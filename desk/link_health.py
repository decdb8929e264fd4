"""The editors' pages on the links of sources: what needs a person, one source, and how the watch keeps to its times."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from mimetypes import guess_extension
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from dates.edtf import display_day
from pledges.models import Citation
from sources import upkeep
from sources.archives.limits import archive_limits
from sources.archiving import held_in, keep_upload, want_copy
from sources.health import SLUGS, Badge, badge, badge_of, slug_expression
from sources.leases import database_now
from sources.limits import limits
from sources.models import Finding, LinkState, PassageState, SilentEdit, Snapshot, Source
from sources.quotations import PassageStanding
from sources.seen import matches_words
from sources.services import close_finding, end_override, override_state
from sources.states import State, rules
from sources.versions import accept_text, withdraw_edit
from sources.watching import make_due, watch_sources
from sources.wording import spaced_out, word_changes

from . import link_table
from .link_forms import CloseForm, OverrideForm, TakeAddressForm, UploadForm, WithdrawForm
from .services.addresses import proposed_address
from .services.moves import take_new_address, waiting_change_of_address
from .services.refusals import Refused
from .views import _frame, _person, editors_only

MOST_FINDINGS = 50
MOST_OF_A_KIND = 20
MAY_ACT = "sources.change_finding"
Kind = Finding.Kind

# A promise that may have been turned round comes before everything else.
_FIRST = Q(kind__in=[Kind.SILENT_EDIT, Kind.QUOTATION], evidence__weighty__0__isnull=False) | Q(
    kind=Kind.SILENT_EDIT, evidence__quotations__gt=0
)
_THEN = (Kind.HIJACKED, Kind.DEAD, Kind.SILENT_EDIT, Kind.QUOTATION, Kind.MOVED, Kind.CHANGED)
PRIORITY = Case(
    When(_FIRST, then=Value(0)),
    *(When(kind=kind, then=Value(rank)) for rank, kind in enumerate(_THEN, start=1)),
    default=Value(len(_THEN) + 1),
    output_field=IntegerField(),
)

BADGES: dict[str, Badge] = {
    one.slug: one
    for one in (
        badge(State.LIVE),
        badge(State.LIVE, moved=True),
        badge(State.LIVE, changed=True),
        badge(State.UNVERIFIABLE),
        badge(State.SUSPECT),
        badge(State.DEAD),
        badge(State.DEAD, has_archive=True),
        badge(State.UNCHECKED),
    )
}


def open_findings() -> QuerySet[Finding]:
    """What waits for a person, the gravest first, and the oldest first among these."""
    return Finding.objects.filter(closed_at=None).order_by(PRIORITY, "opened_at", "pk")


class Waiting(NamedTuple):
    """An open finding, and how many citations hang on its source."""

    finding: Finding
    citations: int


# --- all sources ----------------------------------------------------------------------------------------------


@require_safe
@editors_only
def overview(request: HttpRequest) -> HttpResponse:
    """How the links stand, and what needs a person."""
    now = database_now()
    findings = list(open_findings().select_related("source", "passage")[:MOST_FINDINGS])
    cited = _citations_of({finding.source_id for finding in findings})
    overridden = LinkState.objects.overridden(at=now).select_related("source", "overridden_by")
    chosen, words, refused = _chosen(request)
    counts = _counts(now)
    context = _frame(
        request,
        section="link-health",
        counts=counts,
        total=sum(count for _, count in counts),
        chosen=chosen,
        words=words,
        refused=refused,
        chips=_chips(counts, chosen, now),
        page=link_table.page_of(
            link_table.selected(chosen=chosen, words=words, at=now),
            link_table.Place(after=_number(request, "after"), before=_number(request, "before")),
            kept={"badge": chosen, "q": words},
            at=now,
        ),
        may_act=_person(request).has_perm(MAY_ACT),
        waiting=[Waiting(finding, cited.get(finding.source_id, 0)) for finding in findings],
        findings=Finding.objects.filter(closed_at=None).count(),
        overridden=list(overridden.order_by("override_until", "pk")[:200]),
    )
    return render(request, "desk/link_health.html", context, status=400 if refused else 200)


def _citations_of(source_ids: set[int]) -> dict[int, int]:
    counted = Citation.objects.filter(source__in=source_ids).values_list("source").annotate(Count("pk"))
    return dict(counted.order_by())


def _counts(now: datetime) -> list[tuple[Badge, int]]:
    counted = dict(
        link_table.watched()
        .annotate(badge_slug=slug_expression(at=now))
        .values_list("badge_slug")
        .annotate(Count("pk"))
        .order_by()
    )
    return [(BADGES[slug], counted.get(slug, 0)) for slug in SLUGS]


def _chosen(request: HttpRequest) -> tuple[str, str, str]:
    """What the list is narrowed to: one of its filters or nothing, and words; and what is wrong with that, if it is."""
    chosen, refused = request.GET.get("badge", ""), ""
    if chosen and chosen not in link_table.FILTERS:
        refused = f"Sources are not filtered by “{chosen[:40]}”. Choose one of: {', '.join(link_table.FILTERS)}."
        chosen = ""
    return chosen, " ".join(request.GET.get("q", "").split())[:200], refused


def _number(request: HttpRequest, name: str) -> int | None:
    written = request.GET.get(name, "")
    return int(written) if written.isascii() and written.isdecimal() and len(written) < 19 else None


def _chips(counts: list[tuple[Badge, int]], chosen: str, now: datetime) -> list[tuple[str, str, int, bool]]:
    """The filters that find anything, and the one that is on: its name, its words, how many it finds."""
    found = [(one.slug, one.label, count) for one, count in counts]
    for slug, label in ((link_table.PERSON, "Needs a person"), (link_table.BY_HAND, "Checked by a person")):
        found.append((slug, label, link_table.selected(chosen=slug, words="", at=now).count()))
    return [(slug, label, count, slug == chosen) for slug, label, count in found if count or slug == chosen]


@require_safe
@editors_only
def table(request: HttpRequest) -> HttpResponseBase:
    """The same selection of sources as a file of comma-separated values, all of it."""
    now = database_now()
    chosen, words, refused = _chosen(request)
    if refused:
        return HttpResponseBadRequest(refused, content_type="text/plain; charset=utf-8")
    lines = link_table.csv_lines(link_table.selected(chosen=chosen, words=words, at=now), at=now)
    name = f"link-health{f'-{chosen}' if chosen else ''}-{now:%Y-%m-%d}.csv"
    return StreamingHttpResponse(
        lines,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


# --- one source -----------------------------------------------------------------------------------------------


@dataclass
class Forms:
    """The forms of a source's page, and which of them was sent but could not be carried out."""

    refused: forms.Form | None = None
    act: str = ""
    key: int | None = None
    summary: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def sent(cls, form: forms.Form, act: str, key: int | None) -> Forms:
        """:returns: the forms with the one that was sent, its errors summed up."""
        summary = []
        for name, errors in form.errors.items():
            bound = form[name] if name in form.fields else None
            for error in errors:
                words = f"{bound.label}: {error}" if bound else str(error)
                summary.append((bound.id_for_label if bound else "", words))
        return cls(form, act, key, summary)

    def form(self, act: str, key: int | None = None) -> forms.Form:
        """The form for an act, as it was sent or empty."""
        if self.refused is not None and (self.act, self.key) == (act, key):
            return self.refused
        return _form(act, key)


FORMS: dict[str, type[forms.Form]] = {
    "close": CloseForm,
    "withdraw": WithdrawForm,
    "take-address": TakeAddressForm,
    "override": OverrideForm,
    "upload": UploadForm,
    "check": forms.Form,
    "end-override": forms.Form,
    "accept": forms.Form,
    "look-for-copy": forms.Form,
}
OF_ONE = frozenset({"close", "withdraw"})


def _form(act: str, key: int | None, request: HttpRequest | None = None) -> forms.Form:
    # Many forms stand on one page, and each of their fields needs an id of its own.
    auto_id = f"{act}-{key}-%s" if key else f"{act}-%s"
    if request is None:
        return FORMS[act](auto_id=auto_id)
    return FORMS[act](request.POST, request.FILES, auto_id=auto_id)


@require_safe
@editors_only
def one_source(request: HttpRequest, slug: str) -> HttpResponse:
    """A source's link: what was seen of it, what waits for a person, and what a person may do."""
    return _source_page(request, _source(slug), Forms())


def _source(slug: str) -> Source:
    return get_object_or_404(Source.objects.select_related("link_state__host", "link_state__overridden_by"), slug=slug)


def _source_page(request: HttpRequest, source: Source, shown: Forms) -> HttpResponse:
    now = database_now()
    link: LinkState | None = getattr(source, "link_state", None)
    findings = list(open_findings().filter(source=source).select_related("passage"))
    edits = list(source.silent_edits.order_by("-first_seen_after", "-pk")[:MOST_OF_A_KIND])
    not_there = PassageState.objects.filter(passage__source=source).exclude(standing=PassageStanding.PRESENT)
    context = _frame(
        request,
        section="link-health",
        source=source,
        link=link,
        badge=badge_of(link, at=now) if source.url else None,
        overridden=link is not None and link.is_overridden(at=now),
        citations=_citations_of({source.pk}).get(source.pk, 0),
        findings=[(finding, shown.form("close", finding.pk)) for finding in findings],
        quotations=[
            (state, _pieces(state.passage.exact, state.text) if state.text else [])
            for state in not_there.select_related("passage").order_by("passage_id")[:MOST_OF_A_KIND]
        ],
        edits=[(edit, _edit_pieces(edit), shown.form("withdraw", edit.pk)) for edit in edits],
        snapshots=list(source.snapshots.order_by("-captured_at", "-pk")[:MOST_OF_A_KIND]),
        jobs=list(source.archive_jobs.order_by("-asked_at", "-pk")[:MOST_OF_A_KIND]),
        new_address="" if source.retracted_because else proposed_address(link),
        address_form=shown.form("take-address"),
        proposal=waiting_change_of_address(source),
        override_form=shown.form("override"),
        upload_form=shown.form("upload"),
        has_text=source.text_versions.exists(),
        asks_archives=archive_limits().looks_up,
        may_act=_person(request).has_perm(MAY_ACT),
        errors=shown.summary,
    )
    return render(request, "desk/link_health_source.html", context, status=400 if shown.refused is not None else 200)


_KINDS_OF_PIECES = {"gone": "removed", "new": "added"}


def _pieces(before: str, after: str) -> list[dict[str, str]]:
    """A word diff as the desk's pages show comparisons."""
    changes = spaced_out(word_changes(before, after))
    return [
        {"kind": _KINDS_OF_PIECES.get(one.kind, "same"), "text": f"{one.words}{' ' if one.spaced else ''}"}
        for one in changes
    ]


def _edit_pieces(edit: SilentEdit) -> list[list[dict[str, str]]]:
    return [_pieces(before, after) for before, after in edit.changes[:MOST_OF_A_KIND]]


@require_http_methods(["GET", "HEAD", "POST"])
@editors_only
def act_on_source(request: HttpRequest, slug: str, act: str, key: int | None = None) -> HttpResponse:
    """Carry out what a person decided about a source, or one finding or entry of the ledger of it."""
    if act not in FORMS or (key is not None) != (act in OF_ONE):
        raise Http404(act)
    if request.method != "POST":
        # The address of a form that was refused, opened anew.
        return HttpResponseRedirect(reverse("desk:link-health-source", args=[_source(slug).slug]))
    if not _person(request).has_perm(MAY_ACT):
        raise PermissionDenied("Your roles do not let you change sources: ask somebody whose roles do.")
    source = _source(slug)
    form = _form(act, key, request)
    if form.is_valid():
        try:
            messages.success(request, _carry_out(request, source, act, key, form.cleaned_data))
        except ValidationError as refused:
            form.add_error(None, refused)
        except Refused as refused:
            form.add_error(None, str(refused))
    if form.non_field_errors() and (typed := form.cleaned_data.get("because")):
        # What it was about may be gone from the page, and the form with it.
        form.add_error(None, f"You wrote: “{typed}”")
    if form.errors:
        return _source_page(request, _source(slug), Forms.sent(form, act, key))
    return HttpResponseRedirect(reverse("desk:link-health-source", args=[source.slug]))


def _carry_out(request: HttpRequest, source: Source, act: str, key: int | None, given: dict[str, Any]) -> str:
    """:returns: what was done, in words.

    :raises ValidationError: where it cannot be done, and why.
    """
    person = _person(request)
    match act:
        case "close":
            found = get_object_or_404(Finding, pk=key, source=source)
            close_finding(found, because=given["because"], by=person)
            return f"Closed: {found.get_kind_display()}."
        case "withdraw":
            edit = get_object_or_404(SilentEdit, pk=key, source=source)
            withdraw_edit(edit, because=given["because"], by=person)
            return "Withdrawn from the ledger. It stays in the list, with the reason."
        case "take-address":
            proposal = take_new_address(source, shown=given["address"], because=given["because"], by=person)
            if proposal is None:
                watch_sources(source_ids=[source.pk])
                return "Taken. It will be checked at its new address soon."
            return f"Submitted for review as proposal {proposal.pk}: somebody else has to accept it."
        case "upload":
            file = given["file"]
            kept = keep_upload(source, file, file.name, by=person, media_type=file.content_type or "")
            words = matches_words(kept.quotations_asked, kept.quotations_found)
            return f"Kept: {kept.note or 'the file'}. {words}"
    _must_be_watched(source)
    match act:
        case "check":
            if not make_due(slugs=[source.slug], not_checked_since=database_now()):
                exempt = source.link_state.published_state(at=database_now()) is State.EXEMPT
                why = "A person has it exempt from checks." if exempt else "It is being checked at this moment."
                raise ValidationError(why)
            return "It will be checked as soon as its host may be asked again."
        case "override":
            override_state(
                source=source, state=given["state"], until=given["until"], because=given["because"], by=person
            )
            source.refresh_from_db()
            shown = badge_of(source.link_state, at=database_now())
            return f"Readers see “{shown.label}” until the end of {display_day(given['until'].date())}."
        case "end-override":
            end_override(source, by=person)
            return "Ended: readers see again what the checks see."
        case "accept":
            accept_text(source, by=person)
            return "Accepted: from now on the page is held against the text that was read last."
        case _:
            if not archive_limits().looks_up:
                raise ValidationError("No public archive is named in the settings of this site.")
            want_copy(source)
            return "A copy is being looked for in public archives."


def _must_be_watched(source: Source) -> None:
    if source.retracted_because:
        raise ValidationError("This source was retracted: it is not watched any more.")
    if source.url is None:
        raise ValidationError("This source has no address: give it one first.")
    if getattr(source, "link_state", None) is None:
        raise ValidationError("This source is not watched yet: try again in a few minutes.")


# --- a copy of our own ------------------------------------------------------------------------------------------


@require_safe
@editors_only
def copy_of_ours(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What a capture or an editor's file holds, byte for byte. Given as a file: no page of others is shown as ours."""
    copy = get_object_or_404(Snapshot, pk=number, source__slug=slug, file__isnull=False)
    try:
        held = held_in(copy)
    except (OSError, ValueError) as fault:
        raise Http404("The file of this copy cannot be read.") from fault
    ending = guess_extension(held.content_type.partition(";")[0].strip()) or ".bin"
    return HttpResponse(
        held.payload,
        content_type="application/octet-stream",
        headers={
            "Content-Disposition": f'attachment; filename="{slug}-{copy.captured_at:%Y-%m-%d}{ending}"',
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
        },
    )


# --- the timetable ----------------------------------------------------------------------------------------------


@require_safe
@editors_only
def schedule(request: HttpRequest) -> HttpResponse:
    """How the watch keeps to its times."""
    now = database_now()
    context = _frame(
        request,
        section="link-health",
        now=now,
        times=upkeep.timetable(at=now),
        hosts=upkeep.hosts_now(at=now),
        resting=upkeep.resting_hosts(at=now, most=MOST_OF_A_KIND),
        overfull=upkeep.overfull_hosts(at=now, limits=limits(), rules=rules(), most=MOST_OF_A_KIND),
        archives=upkeep.archive_work(at=now),
        oldest_month=upkeep.oldest_month_of_checks(),
    )
    return render(request, "desk/link_health_schedule.html", context)
