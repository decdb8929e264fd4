"""The editors' pages: what is waiting, what it would change, and the decision on it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from history.models import Published
from history.services import last_revisions

from .comparison import Shown, change_shown, draft_shown
from .models import Proposal
from .services import proposals
from .services.entries import BY_TABLE, RECORDS, drafts, entry_of, row_of
from .services.refusals import NotAllowed, OwnWork, Refused

P = ParamSpec("P")
MOST_SHOWN = 200
KINDS: dict[str, type[Published]] = {str(model._meta.model_name): model for model in RECORDS}


def editors_only(view: Callable[Concatenate[HttpRequest, P], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A page for those who may read the desk; others are asked to sign in, or told that they may not."""

    @wraps(view)
    def checked(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not request.user.has_perm("desk.view_proposal"):
            raise PermissionDenied("The desk is for the people who keep the record.")
        return view(request, *args, **kwargs)

    return never_cache(checked)


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)


def _frame(request: HttpRequest, **context: Any) -> dict[str, Any]:
    """What every page of the desk shows."""
    return {"waiting_count": Proposal.objects.waiting().count(), "person": _person(request), **context}


# --- the queue ----------------------------------------------------------------------------------------------------


@require_safe
@editors_only
def queue(request: HttpRequest) -> HttpResponse:
    """What waits for a second person, what came back, and drafts that nobody has handed over."""
    waiting = list(Proposal.objects.waiting().select_related("proposed_by")[:MOST_SHOWN])
    handed_over = {(one.table_name, one.row_id) for one in waiting if one.kind == Proposal.Kind.ENTRY}
    loose = [draft for some in drafts().values() for draft in some if row_of(draft) not in handed_over]
    last = last_revisions([row_of(draft) for draft in loose])
    people = User.objects.in_bulk([r.who_id for r in last.values() if r.who_id is not None])
    listed = [
        {
            "draft": draft,
            "kind": draft._meta.verbose_name,
            "address": reverse("desk:draft", args=[draft._meta.model_name, draft.pk]),
            "at": last[row_of(draft)].at,
            "who": people.get(last[row_of(draft)].who_id or 0, ""),
        }
        for draft in loose
    ]
    context = _frame(
        request,
        section="queue",
        waiting=waiting,
        sent_back=list(Proposal.objects.sent_back_to(_person(request)).select_related("decided_by")[:MOST_SHOWN]),
        drafts=listed,
        decided=list(
            Proposal.objects.filter(state=Proposal.State.ACCEPTED)
            .select_related("proposed_by", "decided_by")
            .order_by("-decided_at", "-pk")[:10]
        ),
    )
    return render(request, "desk/queue.html", context)


# --- a proposal ---------------------------------------------------------------------------------------------------


@require_safe
@editors_only
def proposal(request: HttpRequest, key: int) -> HttpResponse:
    """One proposal, old and new side by side, with what the reader may do about it."""
    found = get_object_or_404(Proposal.objects.select_related("proposed_by", "decided_by"), pk=key)
    return _proposal_page(request, found)


def _proposal_page(request: HttpRequest, found: Proposal, *, refused: Refused | None = None) -> HttpResponse:
    person = _person(request)
    subject = proposals.subject_of(found)
    own = found.proposed_by == person
    right = "desk.accept_proposal" if found.kind == Proposal.Kind.CHANGE else "desk.publish_proposal"
    if found.kind == Proposal.Kind.CHANGE:
        shown, read, authors = change_shown(found), found.version, [found.proposed_by]
    elif isinstance(subject, Published):
        entry = entry_of(subject)
        shown, read, authors = draft_shown(subject, reader=person), entry.as_read(), entry.authors()
    else:
        shown, read, authors = Shown([], refusal="The draft is no longer on record."), 0, []
    mine = own or person in authors
    bound = proposals.bound_to(person, [found.proposed_by, *authors])
    context = _frame(
        request,
        proposal=found,
        shown=shown,
        read=read,
        mine=mine,
        bound=bound,
        authors=authors,
        steps=found.steps.select_related("who").order_by("pk"),
        may_accept=found.is_waiting and not mine and not bound and person.has_perm(right),
        may_send_back=found.is_waiting and not own and person.has_perm("desk.send_back_proposal"),
        may_withdraw=found.is_open and own,
        edit_address=_edit_address(found) if found.is_open and (own or found.kind == Proposal.Kind.ENTRY) else "",
        refused=refused,
        note=request.POST.get("note", ""),
    )
    return render(request, "desk/proposal.html", context, status=_status(refused))


def _edit_address(found: Proposal) -> str:
    """Where the form of its record is; a proposed change is carried along."""
    model = BY_TABLE[found.table_name]
    carried = f"?proposal={found.pk}" if found.kind == Proposal.Kind.CHANGE else ""
    try:
        return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[found.row_id]) + carried
    except NoReverseMatch:
        return ""


@require_POST
@editors_only
def decide(request: HttpRequest, key: int, decision: str) -> HttpResponse:
    """Accept, send back or withdraw a proposal."""
    found = get_object_or_404(Proposal, pk=key)
    person, note = _person(request), request.POST.get("note", "")
    try:
        match decision:
            case "accept":
                proposals.accept(proposal=found, by=person, read=_number(request, "read"), note=note)
                messages.success(request, f"Accepted: “{found}” is public.")
            case "send-back":
                proposals.send_back(proposal=found, by=person, note=note)
                messages.success(request, f"“{found}” was sent back to {found.proposed_by}.")
            case "withdraw":
                proposals.withdraw(proposal=found, who=person)
                messages.success(request, f"“{found}” was withdrawn.")
            case _:
                raise Http404(decision)
    except Refused as refused:
        found.refresh_from_db()
        return _proposal_page(request, found, refused=refused)
    return HttpResponseRedirect(reverse("desk:proposal", args=[found.pk]))


# --- a draft ------------------------------------------------------------------------------------------------------


@require_safe
@editors_only
def draft(request: HttpRequest, kind: str, key: int) -> HttpResponse:
    """A draft as a whole: all that would become public with it."""
    return _draft_page(request, _draft(kind, key))


def _draft(kind: str, key: int) -> Published:
    if kind not in KINDS:
        raise Http404(kind)
    found: Published = get_object_or_404(KINDS[kind], pk=key)
    return found


def _draft_page(request: HttpRequest, found: Published, *, refused: Refused | None = None) -> HttpResponse:
    person = _person(request)
    handed_over = proposals.open_proposal_of(found)
    if handed_over is not None and handed_over.is_waiting and refused is None:
        return HttpResponseRedirect(reverse("desk:proposal", args=[handed_over.pk]))
    entry = entry_of(found)
    authors = entry.authors()
    is_draft = found.publication_id is None
    bound = proposals.bound_to(person, authors)
    may_publish = is_draft and person not in authors and not bound and person.has_perm("desk.publish_proposal")
    context = _frame(
        request,
        draft=found,
        kind=found._meta.verbose_name,
        model_name=found._meta.model_name,
        shown=draft_shown(found, reader=person),
        read=entry.as_read(),
        authors=authors,
        mine=person in authors,
        bound=bound,
        sent_back=handed_over,
        is_draft=is_draft,
        may_submit=is_draft and not may_publish and person.has_perm("desk.add_proposal"),
        may_publish=may_publish,
        may_send_back=is_draft and person not in authors and person.has_perm("desk.send_back_proposal"),
        edit_address=reverse(f"admin:{found._meta.app_label}_{found._meta.model_name}_change", args=[found.pk]),
        reason=request.POST.get("reason", handed_over.why if handed_over else proposals.last_reason(entry)),
        refused=refused,
        note=request.POST.get("note", ""),
    )
    return render(request, "desk/draft.html", context, status=_status(refused))


@require_POST
@editors_only
def decide_on_draft(request: HttpRequest, kind: str, key: int, decision: str) -> HttpResponse:
    """Hand a draft over for review, publish it, or tell its author what to mend."""
    found = _draft(kind, key)
    person, note = _person(request), request.POST.get("note", "")
    try:
        match decision:
            case "submit":
                if not person.has_perm("desk.add_proposal"):
                    raise NotAllowed("Your roles do not let you submit entries: ask somebody whose roles do.")
                made = proposals.submit_entry(who=person, why=request.POST.get("reason", ""), draft=found, note=note)
                messages.success(request, f"“{found}” waits for review. Somebody else has to publish it.")
            case "publish":
                made = proposals.publish_draft(draft=found, by=person, read=_number(request, "read"), note=note)
                messages.success(request, f"Published: “{found}”.")
            case "send-back":
                made = proposals.send_back_draft(draft=found, by=person, note=note)
                messages.success(request, f"“{found}” was sent back to {made.proposed_by}.")
            case _:
                raise Http404(decision)
    except Refused as refused:
        found.refresh_from_db()
        return _draft_page(request, found, refused=refused)
    return HttpResponseRedirect(reverse("desk:proposal", args=[made.pk]))


def _number(request: HttpRequest, name: str) -> int:
    given = request.POST.get(name, "")
    return int(given) if given.isdecimal() and len(given) < 19 else -1


def _status(refused: Refused | None) -> int:
    if refused is None:
        return 200
    return 403 if isinstance(refused, NotAllowed | OwnWork) else 409
