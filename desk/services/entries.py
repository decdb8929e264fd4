"""What belongs to an entry: its parts, what comes with it, and the drafts on which it rests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models

from accounts.models import User
from companies.models import Company, CompanyName, Identifier, Ownership
from history.models import Published, Revision
from history.services import Row, latest_revision, removals_from, revisions_of
from pledges.models import (
    Amount,
    Answer,
    Citation,
    Claim,
    Clause,
    CoInvestor,
    Condition,
    Dispute,
    Effect,
    Event,
    EventCompany,
    EventFollows,
    Investment,
    Party,
    Pledge,
    Round,
    Terms,
)
from sources.models import CitedWork, Passage, Source

Kinds = dict[type[models.Model], tuple[str, ...]]
MOST_DRAFTS = 200

# What stays on record for good, and is published.
RECORDS: tuple[type[Published], ...] = (Pledge, Investment, Round, Event, Effect, Dispute, Company, Source)

# Parts, with the fields that may name what they are parts of.
PARTS: Kinds = {
    CompanyName: ("company",),
    Ownership: ("company",),
    Identifier: ("company",),
    CitedWork: ("source",),
    Passage: ("source",),
    Terms: ("pledge",),
    Clause: ("terms",),
    Condition: ("pledge", "terms", "clause"),
    CoInvestor: ("investment",),
    Claim: ("round", "investment"),
    EventCompany: ("event",),
    Party: ("event",),
    Amount: ("event",),
    EventFollows: ("event",),
    Answer: ("dispute",),
    Citation: ("event", "effect", "claim", "answer"),
}

# Records, and parts of them, that say something about a company. What it is called, who owns it and by which numbers
# it is known are parts of the company itself.
ABOUT_COMPANIES: Kinds = {
    Pledge: ("company",),
    Investment: ("investor", "investee", "through"),
    Round: ("investee",),
    CoInvestor: ("company",),
    EventCompany: ("company",),
    Party: ("company",),
}

# Drafts that become public together with the draft that they are about.
COMES_WITH: Kinds = {
    Effect: ("pledge", "investment", "event"),
    Dispute: ("pledge", "investment", "event", "effect"),
}

# What the name of a draft is made from, so that a list of them asks once.
NAMED_AFTER: dict[type[Published], tuple[str, ...]] = {
    Investment: ("investor", "investee"),
    Round: ("investee",),
    Effect: ("pledge", "investment__investor", "investment__investee"),
}

BY_TABLE: dict[str, type[models.Model]] = {model._meta.db_table: model for model in (*RECORDS, *PARTS)}


def row_of(instance: models.Model) -> Row:
    return instance._meta.db_table, int(instance.pk)


def _pointing_at(instance: models.Model, kinds: Kinds) -> Iterator[tuple[type[models.Model], str]]:
    """The models, each with the field, by which rows of the given kinds belong to an instance."""
    for model, names in kinds.items():
        for name in names:
            if model._meta.get_field(name).related_model is type(instance):
                yield model, name


def owners_among(members: Iterable[models.Model]) -> list[tuple[str, str, int]]:
    """Where parts of the members are found: table, column that names the owner, key of the owner."""
    return [
        (model._meta.db_table, f"{name}_id", int(member.pk))
        for member in members
        for model, name in _pointing_at(member, PARTS)
    ]


def parts_of(instance: models.Model) -> list[models.Model]:
    """The parts of a record, and the parts of these, in the order of their tables and places."""
    found: list[models.Model] = []
    for model, name in _pointing_at(instance, PARTS):
        for part in model._default_manager.filter(**{name: instance}).order_by("pk"):
            found += [part, *parts_of(part)]
    return found


def owner_of(instance: models.Model) -> models.Model | None:
    """What a part is a part of; None for a record."""
    for name in PARTS.get(type(instance), ()):
        owner: models.Model | None = getattr(instance, name)
        if owner is not None:
            return owner
    return None


def record_of(instance: models.Model) -> models.Model:
    """The record that a part belongs to in the end; a record itself."""
    owner = owner_of(instance)
    return instance if owner is None else record_of(owner)


def _rests_on(instance: models.Model) -> Iterator[models.Model]:
    """The drafts that an instance names: with it, they would have to be public."""
    for field in instance._meta.concrete_fields:
        related = field.related_model
        if not isinstance(related, type) or getattr(instance, field.attname) is None:
            continue
        if issubclass(related, Published):
            draft = related._default_manager.filter(
                pk=getattr(instance, field.attname), publication__isnull=True
            ).first()
            if draft is not None:
                yield draft
        elif related is Passage:
            passage = Passage.objects.get(pk=getattr(instance, field.attname))
            if not _is_quoted_in_public(passage):
                yield passage


def _is_quoted_in_public(passage: Passage) -> bool:
    quoting = Citation.objects.filter(passage=passage)
    return any(getattr(record_of(citation), "publication_id", None) for citation in quoting)


@dataclass(frozen=True)
class Entry:
    """Everything that becomes public at once: records that are drafts, and all their parts."""

    members: tuple[models.Model, ...]
    begun_with: tuple[models.Model, ...]

    @property
    def rows(self) -> list[Row]:
        return [row_of(member) for member in self.members]

    @property
    def drafts(self) -> list[Published]:
        return [member for member in self.members if isinstance(member, Published) and member.publication_id is None]

    def removals(self) -> list[Revision]:
        """The revisions by which parts were taken out since the oldest draft here was begun."""
        first = revisions_of([row_of(draft) for draft in self.drafts])
        if not first:
            return []
        return removals_from(owners_among(self.members), since=first[0].pk - 1)

    def as_read(self) -> int:
        """A number that grows with every change to the entry: whoever accepts it names the one that they read."""
        removed = max((revision.pk for revision in self.removals()), default=0)
        return max(latest_revision(self.rows), removed)

    def authors(self) -> list[User]:
        """Who wrote any of it that nobody else has accepted; who did so last comes last."""
        unaccepted: dict[Row, list[Revision]] = {}
        for revision in revisions_of(self.rows):
            row = (revision.table_name, revision.row_id)
            if revision.publication_id is None:
                unaccepted.setdefault(row, []).append(revision)
            else:
                unaccepted.pop(row, None)
        written = [revision for revisions in unaccepted.values() for revision in revisions]
        written += [revision for revision in self.removals() if revision.publication_id is None]
        last: dict[int, int] = {}
        for revision in sorted(written, key=lambda revision: revision.pk):
            if revision.who_id is not None:
                last[revision.who_id] = revision.pk
        return sorted(User.objects.filter(pk__in=last), key=lambda person: last[person.pk])

    def locked(self) -> Entry:
        """The same entry, read again with all its rows locked: nobody adds to it before the transaction ends."""
        keys: dict[type[models.Model], list[int]] = {}
        for member in self.members:
            keys.setdefault(type(member), []).append(int(member.pk))
        for model in sorted(keys, key=lambda model: model._meta.db_table):
            list(model._default_manager.select_for_update(of=("self",)).filter(pk__in=keys[model]).order_by("pk"))
        return entry_of(*(type(member)._default_manager.get(pk=member.pk) for member in self.begun_with))


def entry_of(*begun_with: models.Model) -> Entry:
    """What becomes public together with the given rows, these first.

    With a draft come its parts, the draft effects and disputes about it, and every draft that any of these
    names. What is public already is left out.
    """
    found: dict[Row, models.Model] = {}
    waiting = list(begun_with)
    while waiting:
        member = waiting.pop(0)
        if row_of(member) in found:
            continue
        found[row_of(member)] = member
        if isinstance(member, Published) and member.publication_id is None:
            waiting += parts_of(member)
            for model, name in _pointing_at(member, COMES_WITH):
                waiting += model._default_manager.filter(
                    **{name: member}, publication__isnull=True, retracted_because=""
                ).order_by("pk")
        waiting += _rests_on(member)
    return Entry(tuple(found.values()), begun_with)


def unsourced_companies(entry: Entry) -> list[Company]:
    """The draft companies of an entry about which neither it nor anything public says a thing.

    A company cites nothing itself: its sources are those of what it did. These have none yet.
    """
    here = set(entry.rows)

    def is_told_of(company: Company) -> bool:
        telling = [
            record_of(row)
            for model, name in _pointing_at(company, ABOUT_COMPANIES)
            for row in model._default_manager.filter(**{name: company})
        ]
        return any(getattr(record, "publication_id", None) or row_of(record) in here for record in telling)

    return [draft for draft in entry.drafts if isinstance(draft, Company) and not is_told_of(draft)]


def drafts() -> dict[type[Published], list[Published]]:
    """The drafts that nobody has set aside, newest first, by kind of record.

    What is but a step of another draft is left out: it comes with it.
    """
    found: dict[type[Published], list[Published]] = {}
    for model in RECORDS:
        waiting: models.QuerySet[Any] = model._default_manager.filter(publication__isnull=True, retracted_because="")
        waiting = waiting.select_related(*NAMED_AFTER.get(model, ()))
        if model is Effect:
            waiting = waiting.exclude(pledge__isnull=False, pledge__publication__isnull=True)
            waiting = waiting.exclude(investment__isnull=False, investment__publication__isnull=True)
            waiting = waiting.exclude(event__publication__isnull=True)
        if model is Event:
            waiting = waiting.exclude(kind="", effects__isnull=False)
        if chosen := list(waiting.order_by("-pk")[:MOST_DRAFTS]):
            found[model] = chosen
    return found


def rows_of(instance: models.Model) -> list[Row]:
    """A record or part, with all its parts."""
    return [row_of(member) for member in (instance, *parts_of(instance))]


def named(table: str) -> str:
    """What rows of a table are called."""
    return str(BY_TABLE[table]._meta.verbose_name)
