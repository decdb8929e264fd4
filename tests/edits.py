"""Edits of every kind that the record allows, each of something chosen at random, for tests of what holds after any.

An edit that finds nothing to change raises LookupError; one that the record refuses, IntegrityError.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

from django.db import IntegrityError, models, transaction

from companies.models import Company, Ownership
from history.models import FormerSlug, Published
from pledges.models import (
    Answer,
    Citation,
    Claim,
    Clause,
    Condition,
    Effect,
    Event,
    EventFollows,
    Investment,
    Party,
    Pledge,
)
from sources.models import Source
from tests import factories as make

RowT = TypeVar("RowT", bound=models.Model)


def one_of(chance: Random, rows: models.QuerySet[RowT]) -> RowT:
    """A row; IndexError, a LookupError, where there is none."""
    return chance.choice(list(rows.order_by("pk")))


def two_of(chance: Random, rows: models.QuerySet[RowT]) -> tuple[RowT, RowT]:
    one = one_of(chance, rows)
    return one, one_of(chance, rows.exclude(pk=one.pk))


def a_word(chance: Random) -> str:
    return f"word {chance.randrange(1000)}"


def a_day(chance: Random) -> str:
    return f"20{chance.randrange(18, 26)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 28):02}"


def enter_one_of_each(chance: Random) -> None:
    company, other = make.a_company(), make.a_company()
    source = make.a_source()
    pledge = make.a_pledge(company=company, made_on=a_day(chance), source=source)
    make.an_event(companies=[company, other], source=source, date=a_day(chance))
    make.an_investment(investor=other, investee=company)
    make.a_dispute(pledge)


def enter_a_pledge(chance: Random) -> None:
    company = one_of(chance, Company.objects.public().filter(merged_into=None))
    pledge = make.a_pledge(company=company, made_on=a_day(chance), draft=chance.random() < 0.2)
    clause = pledge.terms.get().clauses.first()
    Condition.objects.create(clause=clause, position=0, kind="until-date", ends=a_day(chance))


def enter_an_event(chance: Random) -> None:
    company = one_of(chance, Company.objects.public().filter(merged_into=None))
    event = make.an_event(companies=[company], date=a_day(chance), draft=chance.random() < 0.2)
    Party.objects.create(event=event, position=0, company=company, kind="company", part="sued")
    earlier = one_of(chance, Event.objects.public().exclude(pk=event.pk).filter(followed_by=None))
    if event.publication_id and chance.random() < 0.5:
        EventFollows.objects.create(event=event, follows=earlier, position=0)


def enter_an_effect(chance: Random) -> None:
    pledge = one_of(chance, Pledge.objects.public())
    last = max(effect.date_latest or effect.date_earliest for effect in pledge.effects.all())
    kind = chance.choice(["narrowed", "reaffirmed", "broken", "withdrawn", "extended", "practice"])
    standing = chance.choice(["stated", "reported", "alleged", "found"])
    effect = make.an_effect(pledge, kind, f"{last.year + 1}-03", standing=standing)
    make.cite(effect, one_of(chance, Source.objects.public()), quote=a_word(chance), stance="context")
    if kind == "narrowed":
        make.terms(pledge, effect, actions=chance.choice([["stop-selling"], ["stop-selling", "stop-using"]]))


def reword_a_row(chance: Random) -> None:
    rows, column = chance.choice(
        [
            (Pledge.objects.public(), "title"),
            (Pledge.objects.public(), "summary"),
            (Company.objects.public(), "name"),
            (Event.objects.public(), "summary"),
            (Effect.objects.public(), "summary"),
            (Source.objects.public(), "title"),
            (Source.objects.public(), "publisher"),
            (Clause.objects.all(), "text"),
            (Citation.objects.all(), "locator"),
        ]
    )
    row = one_of(chance, rows)
    type(row)._default_manager.filter(pk=row.pk).update(**{column: a_word(chance)})


def change_a_clause(chance: Random) -> None:
    clause = one_of(chance, Clause.objects.all())
    clause.jurisdictions = chance.choice([["US"], ["EU", "GB"], []])
    clause.audiences = chance.choice([["police"], ["government", "customers"]])
    clause.save()


def take_a_condition_out(chance: Random) -> None:
    one_of(chance, Condition.objects.all()).delete()


def take_a_citation_out(chance: Random) -> None:
    one_of(chance, Citation.objects.all()).delete()


def prefer_an_answer(chance: Random) -> None:
    answer = one_of(chance, Answer.objects.all())
    Answer.objects.filter(pk=answer.pk).update(preferred=not answer.preferred, reason="It is printed there.")


def move_an_effect(chance: Random) -> None:
    effect = one_of(chance, Effect.objects.public().exclude(kind="made"))
    effect.event = one_of(chance, Event.objects.public())
    effect.save()


def move_a_pledge(chance: Random) -> None:
    pledge = one_of(chance, Pledge.objects.public())
    pledge.company = one_of(chance, Company.objects.public())
    pledge.save()


def give_other_sums(chance: Random) -> None:
    investment = one_of(chance, Investment.objects.public())
    Investment.objects.filter(pk=investment.pk).update(amount=chance.randrange(100), currency="USD", amount_is="stake")
    claim = Claim.objects.create(
        investment=investment, position=investment.claims.count(), amount=1, currency="EUR", amount_is="round"
    )
    make.cite(claim)


def _published(chance: Random) -> Published:
    kinds: Sequence[models.QuerySet[Published]] = [
        Pledge.objects.public(),
        Effect.objects.public().exclude(kind__in=["made", "invested"]),
        Event.objects.public(),
        Investment.objects.public(),
        Source.objects.public(),
        Company.objects.public(),
    ]
    return one_of(chance, chance.choice(kinds))


def retract(chance: Random) -> None:
    row = _published(chance)
    type(row)._default_manager.filter(pk=row.pk).update(retracted_because=f"Wrong: {a_word(chance)}")


def let_stand_again(chance: Random) -> None:
    model = chance.choice([Pledge, Event, Effect, Source, Company])
    row = one_of(chance, model._default_manager.exclude(retracted_because=""))
    model._default_manager.filter(pk=row.pk).update(retracted_because="")


def rename(chance: Random) -> None:
    kind, rows = chance.choice(
        [
            ("pledge", Pledge.objects.public()),
            ("company", Company.objects.public()),
            ("event", Event.objects.public()),
            ("source", Source.objects.public()),
        ]
    )
    row = one_of(chance, rows)
    new = f"{kind}-renamed-{chance.randrange(10**6)}"
    FormerSlug.objects.filter(kind=kind, current_slug=row.slug).update(current_slug=new)
    FormerSlug.objects.create(kind=kind, slug=row.slug, current_slug=new)
    type(row)._default_manager.filter(pk=row.pk).update(slug=new)


def merge_companies(chance: Random) -> None:
    whole, part = two_of(chance, Company.objects.public().filter(merged_into=None))
    Company.objects.filter(pk=part.pk).update(merged_into=whole)


def change_owners(chance: Random) -> None:
    owned = Ownership.objects.filter(until=None)
    if owned.exists() and chance.random() < 0.5:
        ownership = one_of(chance, owned)
        ownership.until = "2024"
        ownership.save()
        return
    company, owner = two_of(chance, Company.objects.public())
    Ownership.objects.create(company=company, owner=owner, since="2019")


_WITHIN: Sequence[Callable[[Random], None]] = (
    enter_one_of_each,
    enter_a_pledge,
    enter_an_event,
    enter_an_effect,
    reword_a_row,
    change_a_clause,
    take_a_condition_out,
    take_a_citation_out,
    prefer_an_answer,
    move_an_effect,
    move_a_pledge,
    give_other_sums,
    retract,
    let_stand_again,
    rename,
    merge_companies,
    change_owners,
)


def _as_one_change(edit: Callable[[Random], None]) -> Callable[[Random], None]:
    def edited(chance: Random) -> None:
        with make.published(f"A test: {edit.__name__}"):
            edit(chance)

    edited.__name__ = edit.__name__
    return edited


# The first makes something that the others can change.
EDITS: Sequence[Callable[[Random], None]] = tuple(map(_as_one_change, _WITHIN))


def edit_at_random(chance: Random, *, first: bool) -> str:
    """One edit that the record allows.

    :returns: its name.
    """
    edits = list(EDITS)
    if not first:
        chance.shuffle(edits)
    for edit in edits:
        try:
            with transaction.atomic():
                edit(chance)
        except (IntegrityError, LookupError):
            continue
        return edit.__name__
    raise AssertionError("The record allowed no edit at all.")
