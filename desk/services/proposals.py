"""Proposals: what one person submits, another accepts, and nobody alone makes public.

``capture`` decides what becomes of a piece of writing. What touches nothing public is written as drafts;
anything else is tried against every rule of the record, noted row by row, undone, and submitted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from accounts.models import User
from desk.models import Proposal, Step
from history import services as history
from history.models import Publication, Published
from pledges.models import Citation
from pledges.services.recording import recording, settle
from sources.models import Source

from .addresses import objection_to
from .changes import RowChange, digest_of, entry_behind, publish, publish_parts, repeat, trial
from .entries import BY_TABLE, Entry, entry_of, parts_of
from .refusals import (
    SAME_WAITS,
    TOUCHES_THE_PUBLIC,
    AlreadyDecided,
    LookAgain,
    NotAllowed,
    OwnWork,
    Refused,
    WaitsAlready,
    refusal_of,
)

T = TypeVar("T")
BOUND = "One of you and {author} has given the other their roles: somebody else has to accept it."


@dataclass(frozen=True)
class Captured(Generic[T]):
    """What came of a piece of writing. Without changes it is on record already, as drafts."""

    result: T
    changes: list[RowChange] = field(default_factory=list)


def capture(*, who: User, why: str, work: Callable[[], T]) -> Captured[T]:
    """Write drafts at once; try and note what would change something public.

    The database says which of the two it is, so nothing public can pass for a draft.

    :param work: writes to the record. It may be called twice, and must leave nothing but what it writes.
    :raises django.db.IntegrityError: where a rule of the record is broken; nothing is written then.
    """
    try:
        with transaction.atomic():
            with recording(who=who, why=why):
                result = work()
            connection.check_constraints()
        return Captured(result)
    except IntegrityError as error:
        if refusal_of(error).rule != TOUCHES_THE_PUBLIC:
            raise
    with trial(who=who, why=why) as tried:
        result = work()
    return Captured(result, tried.changes)


def capture_again(*, proposal: Proposal, who: User, why: str, work: Callable[[], T]) -> Captured[T]:
    """Try and note what a proposal would change, with further writing on top of it.

    :raises GroundMoved: if the record says something else by now than what the proposal would change.
    :raises django.db.IntegrityError: where a rule of the record is broken.
    """
    with trial(who=who, why=why) as tried:
        repeat(changes_of(proposal), publication=None)
        result = work()
    return Captured(result, tried.changes)


def within(proposal: Proposal, *, show: Callable[[], T]) -> T:
    """What is seen where a change has been accepted, without accepting it.

    :raises GroundMoved, django.db.IntegrityError: where it could not be accepted as it is.
    """
    with trial(who=proposal.proposed_by, why=proposal.why) as tried:
        repeat(changes_of(proposal), publication=None)
        settle(since=tried.since)
        return show()


def within_published(draft: Published, *, who: User, show: Callable[[], T]) -> T:
    """What is seen where a draft has been published, without publishing it.

    :raises django.db.IntegrityError: where a rule of the record is broken.
    """
    with trial(who=who, why="To see what is missing") as tried:
        publish(entry_of(draft).drafts, publication=tried.publication)
        settle(since=tried.since)
        return show()


# --- what an author does ------------------------------------------------------------------------------------------


def submit(*, who: User, why: str, about: models.Model, changes: list[RowChange]) -> Proposal:
    """Hand over changes to what is public.

    :param about: the record or part that was being written; it need not be on record yet.
    :raises WaitsAlready: if the same person has submitted the same, and it waits.
    """
    digest = digest_of(changes)
    with _only_once(who=who, digest=digest), transaction.atomic():
        proposal = Proposal.objects.create(
            kind=Proposal.Kind.CHANGE,
            title=str(about)[:300],
            table_name=about._meta.db_table,
            row_id=about.pk,
            changes=[change.as_json() for change in changes],
            digest=digest,
            why=why,
            proposed_by=who,
            submitted_at=timezone.now(),
        )
        _note(proposal, Step.What.SUBMITTED, who)
    return proposal


@contextmanager
def _only_once(*, who: User, digest: str) -> Iterator[None]:
    """Of several who write the same at once, the database lets the first through; the others learn which it was."""
    try:
        yield
    except IntegrityError as error:
        refusal = refusal_of(error)
        first = Proposal.objects.waiting().filter(proposed_by=who, digest=digest).first()
        if refusal.rule != SAME_WAITS or first is None:
            raise
        raise WaitsAlready(refusal.words, proposal_id=first.pk) from error


@transaction.atomic
def submit_entry(*, who: User, why: str, draft: Published, note: str = "") -> Proposal:
    """Hand over a draft, with all that becomes public with it.

    :param why: the reason that readers will see.
    :param note: for the editor who reviews it, and never public.
    :raises Refused: without a reason, if it is public already, or handed over already.
    """
    why, note = why.strip(), note.strip()
    if not why:
        raise Refused("Give the reason that readers will see: what the entry is and where it is from.")
    # Whoever comes second waits here until the first is done.
    draft = type(draft)._default_manager.select_for_update(of=("self",)).get(pk=draft.pk)
    if draft.publication_id is not None:
        raise AlreadyDecided(f"“{draft}” is public already.")
    proposal = open_proposal_of(draft)
    if proposal is None:
        proposal = Proposal.objects.create(
            kind=Proposal.Kind.ENTRY,
            title=str(draft)[:300],
            table_name=draft._meta.db_table,
            row_id=draft.pk,
            why=why,
            proposed_by=who,
            submitted_at=timezone.now(),
        )
        _note(proposal, Step.What.SUBMITTED, who, note)
        return proposal
    if proposal.is_waiting:
        raise Refused(f"“{draft}” is waiting for review already.")
    proposal.proposed_by = who
    return _submit_again(proposal, who=who, why=why, note=note)


def revise(*, proposal: Proposal, who: User, why: str, changes: list[RowChange]) -> Proposal:
    """Put other changes in the place of those that were submitted, and submit them again.

    :raises Refused: if somebody else wrote them, they were decided on, or another proposal says the same.
    """
    digest = digest_of(changes)
    with _only_once(who=who, digest=digest), transaction.atomic():
        proposal = _locked(proposal)
        if proposal.proposed_by != who:
            raise NotAllowed(
                "Only its author can change a proposal. Send it back with a note, or propose something else."
            )
        _must_be_open(proposal)
        proposal.changes = [change.as_json() for change in changes]
        proposal.digest = digest
        return _submit_again(proposal, who=who, why=why)


@transaction.atomic
def withdraw(*, proposal: Proposal, who: User) -> Proposal:
    """Take back one's own proposal. Drafts stay where they are.

    :raises Refused: if somebody else wrote it, or it was decided on.
    """
    proposal = _locked(proposal)
    if proposal.proposed_by != who:
        raise NotAllowed("Only its author can withdraw a proposal. Send it back with a note instead.")
    _must_be_open(proposal)
    _decide(proposal, Proposal.State.WITHDRAWN, who)
    _note(proposal, Step.What.WITHDRAWN, who)
    return proposal


# --- what a second person does ------------------------------------------------------------------------------------


@transaction.atomic
def send_back(*, proposal: Proposal, by: User, note: str) -> Proposal:
    """Give a proposal back to its author, with what is to be mended.

    :raises Refused: without a note or the right to, for one's own, or if it was decided on.
    """
    _must_be_allowed(by, "desk.send_back_proposal", "send back what others propose")
    proposal = _locked(proposal)
    if proposal.proposed_by == by:
        raise OwnWork("This is your own proposal: withdraw it, or change it.")
    _must_be_waiting(proposal)
    if not note.strip():
        raise Refused("Write a note: its author has to know what to mend.")
    proposal.note = note.strip()
    _decide(proposal, Proposal.State.SENT_BACK, by)
    _note(proposal, Step.What.SENT_BACK, by, note.strip())
    return proposal


def accept(*, proposal: Proposal, by: User, read: int, note: str = "") -> Proposal:
    """Make what somebody else proposed public.

    :param read: what was read: the version of a change, or ``Entry.as_read`` of a new entry.
    :raises Refused: if the person may not, wrote any of it, read something else, or was not the first to
        decide; if the ground has moved; and where a rule of the record is broken, with the database's sentence.
    """
    if proposal.kind == Proposal.Kind.CHANGE:
        _must_be_allowed(by, "desk.accept_proposal", "accept changes that others propose")
    else:
        _must_be_allowed(by, "desk.publish_proposal", "publish new entries")
    try:
        with transaction.atomic():
            proposal = _locked(proposal)
            _must_be_waiting(proposal)
            if proposal.proposed_by == by:
                raise OwnWork("Nobody accepts their own proposal: somebody else has to.")
            _must_be_independent(by, [proposal.proposed_by])
            proposal.publication = history.accept(proposed_by=proposal.proposed_by, accepted_by=by, why=proposal.why)
            if proposal.kind == Proposal.Kind.CHANGE:
                _accept_change(proposal, by=by, read=read, publication=proposal.publication)
            else:
                _accept_entry(proposal, by=by, read=read, publication=proposal.publication)
            proposal.note = note.strip()
            _decide(proposal, Proposal.State.ACCEPTED, by)
            _note(proposal, Step.What.ACCEPTED, by, note.strip())
            connection.check_constraints()
    except IntegrityError as error:
        raise Refused(f"The record refuses it: {refusal_of(error).words}") from error
    return proposal


def _accept_change(proposal: Proposal, *, by: User, read: int, publication: Publication) -> None:
    if proposal.version != read:
        raise LookAgain("Its author has changed this proposal while you were reading: look at it again.")
    changes = changes_of(proposal)
    _must_still_lead_there(changes)
    with recording(who=proposal.proposed_by, why=proposal.why, publication=publication):
        repeat(changes, publication=publication)
        entry = entry_behind(changes)
        # What is added here was written by the proposer; drafts that it rests on may have other authors.
        _must_be_of_others(entry, by)
        _publish(entry, proposal, by=by, publication=publication)


def _must_still_lead_there(changes: Iterable[RowChange]) -> None:
    """Refuse a new address of a source against which something has become known since it was proposed."""
    for change in changes:
        if change.model is Source and change.operation == "U" and change.after.get("url"):
            source = Source.objects.select_for_update().get(pk=change.key)
            if objection := objection_to(source, url=change.after["url"]):
                raise LookAgain(objection)


def _accept_entry(proposal: Proposal, *, by: User, read: int, publication: Publication) -> None:
    draft = subject_of(proposal)
    if draft is None:
        raise Refused("The draft is no longer on record.")
    entry = entry_of(draft).locked()
    if not entry.drafts:
        raise AlreadyDecided(f"“{draft}” is public already.")
    if entry.as_read() != read:
        raise LookAgain("Somebody has changed this draft while you were reading: look at it again.")
    _must_be_of_others(entry, by)
    with recording(who=by, why=proposal.why, publication=publication):
        _publish(entry, proposal, by=by, publication=publication)


def _publish(entry: Entry, proposal: Proposal, *, by: User, publication: Publication) -> None:
    """Make all of an entry public; what else was proposed of it has come to its end with this."""
    drafts = entry.drafts
    parts = [part for draft in drafts for part in parts_of(draft)]
    quoted = [part.passage for part in parts if isinstance(part, Citation) and part.passage is not None]
    publish(drafts, publication=publication)
    publish_parts([*parts, *quoted])
    for draft in drafts:
        other = Proposal.objects.filter(_is_about(draft)).exclude(pk=proposal.pk).exclude(proposed_by=by).first()
        if other is not None:
            other.publication = publication
            _decide(other, Proposal.State.ACCEPTED, by)
            _note(other, Step.What.ACCEPTED, by)


def publish_draft(*, draft: Published, by: User, read: int, note: str = "") -> Proposal:
    """Publish a draft that its author has not handed over: as if they had, and then accepted.

    :raises Refused: as ``accept``.
    """
    with transaction.atomic():
        return accept(proposal=_entry_proposal(draft), by=by, read=read, note=note)


def send_back_draft(*, draft: Published, by: User, note: str) -> Proposal:
    """Tell the author of a draft what is to be mended, before they have handed it over.

    :raises Refused: as ``send_back``.
    """
    with transaction.atomic():
        return send_back(proposal=_entry_proposal(draft), by=by, note=note)


# --- reading -------------------------------------------------------------------------------------------------------


def changes_of(proposal: Proposal) -> list[RowChange]:
    return [RowChange.from_json(values) for values in proposal.changes]


def subject_of(proposal: Proposal) -> models.Model | None:
    """The record or part that a proposal is about, if it is on record."""
    return BY_TABLE[proposal.table_name]._default_manager.filter(pk=proposal.row_id).first()


def open_proposal_of(draft: Published) -> Proposal | None:
    """The proposal by which a draft was handed over and not yet decided on."""
    return Proposal.objects.filter(_is_about(draft)).first()


def bound_to(person: User, authors: Iterable[User]) -> list[User]:
    """The authors whose work a person may not accept, since one of the two has the roles from the other."""
    return [author for author in authors if author != person and not person.is_independent_of(author)]


def last_reason(entry: Entry) -> str:
    """The reason that the authors of a draft gave last: what readers see unless they word it anew."""
    revisions = history.revisions_of(entry.rows)
    return revisions[-1].why if revisions else ""


# --- inside --------------------------------------------------------------------------------------------------------


def _is_about(draft: Published) -> models.Q:
    return models.Q(
        kind=Proposal.Kind.ENTRY,
        table_name=draft._meta.db_table,
        row_id=draft.pk,
        state__in=[Proposal.State.SUBMITTED, Proposal.State.SENT_BACK],
    )


def _entry_proposal(draft: Published) -> Proposal:
    """The open proposal for a draft; made in the name of its last author where there is none."""
    locked = type(draft)._default_manager.select_for_update(of=("self",)).get(pk=draft.pk)
    if locked.publication_id is not None:
        raise AlreadyDecided(f"“{draft}” is public already.")
    proposal = open_proposal_of(locked)
    if proposal is not None and proposal.is_waiting:
        return proposal
    authors = entry_of(locked).authors()
    if not authors:
        raise Refused("Nobody is on record as its author: save the draft once more, then somebody else can decide.")
    return submit_entry(who=authors[-1], why=last_reason(entry_of(locked)), draft=locked)


def _locked(proposal: Proposal) -> Proposal:
    return Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)


def _submit_again(proposal: Proposal, *, who: User, why: str, note: str = "") -> Proposal:
    proposal.why = why
    proposal.version += 1
    proposal.state = Proposal.State.SUBMITTED
    proposal.submitted_at = timezone.now()
    proposal.decided_by = None
    proposal.decided_at = None
    proposal.note = ""
    proposal.save()
    _note(proposal, Step.What.SUBMITTED_AGAIN, who, note)
    return proposal


def _decide(proposal: Proposal, state: Proposal.State, by: User) -> None:
    proposal.state = state
    proposal.decided_by = by
    proposal.decided_at = timezone.now()
    proposal.save()


def _note(proposal: Proposal, what: Step.What, who: User, note: str = "") -> None:
    why = proposal.why if what in (Step.What.SUBMITTED, Step.What.SUBMITTED_AGAIN) else ""
    Step.objects.create(proposal=proposal, what=what, who=who, why=why, note=note, changes=proposal.changes)


def _must_be_allowed(person: User, permission: str, words: str) -> None:
    if not person.has_perm(permission):
        raise NotAllowed(f"Your roles do not let you {words}: ask somebody whose roles do.")


def _must_be_open(proposal: Proposal) -> None:
    if not proposal.is_open:
        raise AlreadyDecided(_decision(proposal))


def _must_be_waiting(proposal: Proposal) -> None:
    if not proposal.is_waiting:
        raise AlreadyDecided(_decision(proposal))


def _decision(proposal: Proposal) -> str:
    at = f" on {timezone.localtime(proposal.decided_at):%-d %B %Y at %H:%M}" if proposal.decided_at else ""
    done = f"This proposal was {proposal.get_state_display()}: {proposal.decided_by} did so{at}."
    return f"{done} Nothing was done twice."


def _must_be_of_others(entry: Entry, by: User) -> None:
    if by in entry.authors():
        raise OwnWork("You wrote part of this yourself: somebody else has to accept it.")
    _must_be_independent(by, entry.authors())


def _must_be_independent(by: User, authors: Iterable[User]) -> None:
    bound = bound_to(by, authors)
    if bound:
        raise OwnWork(BOUND.format(author=bound[0]))
