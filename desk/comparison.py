"""Old and new side by side: what a proposal, a draft or the history of a record shows to a person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any, Literal

from django.db import IntegrityError, models
from django.utils import timezone

from accounts.models import User
from desk.models import Proposal
from history.models import Publication, Published, Revision
from history.services import before, removals_from, revisions_of
from pledges.models import Effect, Pledge, StatusSpan
from pledges.status import Headline, headline_label

from .services import proposals
from .services.changes import RowChange, Values, label, shown_columns, values_now
from .services.entries import (
    BY_TABLE,
    entry_of,
    owners_among,
    parts_of,
    record_of,
    row_of,
    rows_of,
    unsourced_companies,
)
from .services.refusals import Refused, refusal_of

LONGEST_COMPARED = 20_000  # characters of a text; a longer one is shown whole, as replaced
OPERATIONS = {"I": "added", "U": "changed", "D": "taken out"}


@dataclass(frozen=True)
class Piece:
    """Words that are on both sides, or on one."""

    kind: Literal["same", "removed", "added"]
    text: str


@dataclass(frozen=True)
class FieldShown:
    """One field, before and after."""

    label: str
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]
    changed: bool


@dataclass(frozen=True)
class RowShown:
    """One row, before and after. ``what``: added, changed, taken out; empty for a draft."""

    kind: str
    title: str
    what: str
    fields: tuple[FieldShown, ...]


@dataclass(frozen=True)
class StatusShown:
    """What becomes of a pledge's status today."""

    pledge: Pledge
    before: str
    after: str


@dataclass(frozen=True)
class Done:
    """What one transaction did to a record."""

    at: datetime
    who: str
    accepted_by: str
    why: str
    what: tuple[str, ...] = field(default_factory=tuple)


# --- one value ----------------------------------------------------------------------------------------------------


def shown(model: type[models.Model], column: str, value: Any) -> str:
    """A value of a column as a reader would say it; empty where there is none."""
    if value is None or value == "" or value == []:
        return ""
    fielded = next(f for f in model._meta.concrete_fields if f.column == column)
    if fielded.is_relation and isinstance(fielded.related_model, type):
        found = fielded.related_model._default_manager.filter(pk=value).first()
        return str(found) if found is not None else f"no. {value}, which is not on record"
    if isinstance(value, bool):
        return "yes" if value else "no"
    choices = dict(getattr(getattr(fielded, "base_field", fielded), "flatchoices", None) or [])
    if isinstance(value, list):
        return "; ".join(str(choices.get(item, item)) for item in value)
    return str(choices.get(value, value))


def words_compared(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Two texts with the words marked in which they differ."""
    if old == new:
        same = (Piece("same", old),) if old else ()
        return same, same
    if not old or not new or len(old) + len(new) > LONGEST_COMPARED:
        return (Piece("removed", old),) if old else (), (Piece("added", new),) if new else ()
    first, second = re.findall(r"\s+|\S+", old), re.findall(r"\s+|\S+", new)
    left: list[Piece] = []
    right: list[Piece] = []
    for operation, i1, i2, j1, j2 in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        gone, come = "".join(first[i1:i2]), "".join(second[j1:j2])
        if operation == "equal":
            left.append(Piece("same", gone))
            right.append(Piece("same", come))
        else:
            left += [Piece("removed", gone)] if gone else []
            right += [Piece("added", come)] if come else []
    return tuple(left), tuple(right)


def _fields(model: type[models.Model], old: Values, new: Values) -> tuple[FieldShown, ...]:
    fields = []
    for column in shown_columns(model):
        was, will = shown(model, column, old.get(column)), shown(model, column, new.get(column))
        if was or will:
            left, right = words_compared(was, will)
            fields.append(FieldShown(label(model, column).capitalize(), left, right, changed=was != will))
    return tuple(fields)


# --- proposals and drafts -----------------------------------------------------------------------------------------


def _instance(model: type[models.Model], key: int, values: Values) -> models.Model:
    """A row as an object, whether or not it is on record."""
    made = model(pk=key)
    for fielded in model._meta.concrete_fields:
        if fielded.column in values:
            setattr(made, fielded.attname, fielded.to_python(values[fielded.column]))
    return made


def _title(model: type[models.Model], key: int, values: Values) -> str:
    """What a row is called, with what it belongs to."""
    made = _instance(model, key, values)
    try:
        record = record_of(made)
        return str(made) if record is made else f"{made} ({record._meta.verbose_name} “{record}”)"
    except models.ObjectDoesNotExist:
        # What it belonged to is taken out with it.
        return str(model._meta.verbose_name)


def compared(changes: Iterable[RowChange]) -> list[RowShown]:
    """Changes side by side. Call where they have been made, so that what is new has a name."""
    rows = []
    for change in changes:
        old, new = dict(change.before), dict(change.after)
        if change.operation == "U":
            now = values_now(change.table, change.key) or {}
            old, new = now | old, now | new
        rows.append(
            RowShown(
                kind=str(change.model._meta.verbose_name).capitalize(),
                title=_title(change.model, change.key, new or old),
                what=OPERATIONS[change.operation],
                fields=_fields(change.model, old, new),
            )
        )
    return rows


def laid_out(members: Iterable[models.Model]) -> list[RowShown]:
    """Rows as they are, field by field."""
    rows = []
    for member in members:
        values = values_now(*row_of(member)) or {}
        rows.append(
            RowShown(
                kind=str(member._meta.verbose_name).capitalize(),
                title=_title(type(member), int(member.pk), values),
                what="",
                fields=_fields(type(member), {}, values),
            )
        )
    return rows


def _pledges_behind(members: Iterable[models.Model]) -> list[Pledge]:
    """The pledges whose status may change with some rows."""
    found: dict[int, Pledge] = {}
    for member in members:
        record = record_of(member)
        pledge = record.pledge if isinstance(record, Effect) else record
        if isinstance(pledge, Pledge):
            found[pledge.pk] = pledge
    return list(found.values())


def _headlines_today(pledges: Sequence[Pledge]) -> dict[int, str]:
    """The status of each pledge today, in words, by its key."""
    spans = StatusSpan.objects.on(timezone.localdate()).filter(pledge__in=pledges)
    return {span.pledge_id: headline_label(Headline(span.headline)) for span in spans}


@dataclass(frozen=True)
class Shown:
    """What a person reads before deciding.

    refusal: why it could not be accepted as it is now; warnings: what no rule forbids, and is worth a thought.
    """

    rows: list[RowShown]
    statuses: list[StatusShown] = field(default_factory=list)
    refusal: str = ""
    warnings: list[str] = field(default_factory=list)


def _with_statuses(pledges: Sequence[Pledge], now: dict[int, str], later: dict[int, str]) -> list[StatusShown]:
    return [
        StatusShown(pledge, now.get(pledge.pk, ""), later.get(pledge.pk, ""))
        for pledge in pledges
        if pledge.pk in now or pledge.pk in later
    ]


def change_shown(proposal: Proposal) -> Shown:
    """A change to what is public. While it is waiting, tried against the record as it is now."""
    changes = proposals.changes_of(proposal)
    # What it is about comes first.
    changes.sort(key=lambda change: (change.table, change.key) != (proposal.table_name, proposal.row_id))
    if not proposal.is_open:
        return Shown(compared(changes))

    def show() -> tuple[list[RowShown], list[Pledge], dict[int, str]]:
        members = [c.model._default_manager.filter(pk=c.key).first() for c in changes]
        pledges = _pledges_behind(member for member in members if member is not None)
        return compared(changes), pledges, _headlines_today(pledges)

    try:
        rows, pledges, later = proposals.within(proposal, show=show)
    except (Refused, IntegrityError) as error:
        return Shown(compared(changes), refusal=_words(error))
    return Shown(rows, _with_statuses(pledges, _headlines_today(pledges), later))


def draft_shown(draft: Published, *, reader: User) -> Shown:
    """A draft with all that would become public with it, tried against the rules of the record."""
    if draft.publication_id is not None:
        return Shown(laid_out([draft, *parts_of(draft)]))
    entry = entry_of(draft)
    members = entry.members
    warnings = [
        f"The company “{company}” is not yet part of any sourced entry: nothing on record says where it is known from."
        for company in unsourced_companies(entry)
    ]
    pledges = _pledges_behind(members)
    try:
        later = proposals.within_published(draft, who=reader, show=lambda: _headlines_today(pledges))
    except IntegrityError as error:
        return Shown(laid_out(members), refusal=_words(error), warnings=warnings)
    return Shown(laid_out(members), _with_statuses(pledges, _headlines_today(pledges), later), warnings=warnings)


def _words(error: Exception) -> str:
    return refusal_of(error).words if isinstance(error, IntegrityError) else str(error)


# --- history ------------------------------------------------------------------------------------------------------


def _named_fields(revision: Revision, earlier: Revision | None) -> str:
    model = BY_TABLE[revision.table_name]
    kind = str(model._meta.verbose_name)
    if revision.operation != Revision.Operation.UPDATED or earlier is None:
        return f"{kind} {OPERATIONS[revision.operation]}"
    if revision.state.get("publication_id") != earlier.state.get("publication_id"):
        return f"{kind} published"
    names = [label(model, c) for c in shown_columns(model) if revision.state.get(c) != earlier.state.get(c)]
    return f"{kind}: {', '.join(names)}" if names else f"{kind} saved as it was"


def history_of(record: models.Model) -> list[Done]:
    """What was done to a record and its parts, what was done at once in one line, latest first."""
    rows = rows_of(record)
    revisions = {r.pk: r for r in revisions_of(rows)}
    revisions |= {r.pk: r for r in removals_from(owners_among([record]))}
    earlier = before(revisions.values())
    people = User.objects.in_bulk([r.who_id for r in revisions.values() if r.who_id is not None])
    accepted = Publication.objects.select_related("accepted_by").in_bulk(
        [r.publication_id for r in revisions.values() if r.publication_id is not None]
    )
    together: dict[tuple[Any, ...], list[Revision]] = {}
    for number in sorted(revisions):
        r = revisions[number]
        together.setdefault((r.transaction, r.who_id, r.publication_id, r.why), []).append(r)
    done = []
    for some in reversed(together.values()):
        first = some[0]
        publication = accepted.get(first.publication_id) if first.publication_id is not None else None
        done.append(
            Done(
                at=first.at,
                who=str(people.get(first.who_id, "")) if first.who_id is not None else "a data set",
                accepted_by=str(publication.accepted_by or "") if publication else "",
                why=first.why,
                what=tuple(dict.fromkeys(_named_fields(r, earlier.get(r.pk)) for r in some)),
            )
        )
    return done
