"""A small record to write on: a company, a source, a public pledge; people with roles; drafts."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group
from django.db import models, transaction

from accounts.models import User
from accounts.roles import Role
from companies.models import Company
from history import services as history
from history.models import Publication
from pledges.models import Citation, Clause, Dispute, Effect, Event, Pledge, Terms
from pledges.services.recording import recording
from sources.models import Source


def person(name: str, *roles: Role, **others: Any) -> User:
    """Somebody with an account, without a password unless one is given; with a role they may open the admin."""
    user = User.objects.create_user(name, **{"is_staff": bool(roles), **others})
    user.groups.set(Group.objects.filter(name__in=roles))
    return user


def people() -> tuple[User, User]:
    """An author, and somebody who may accept and publish."""
    return person("ann", Role.CONTRIBUTOR), person("bob", Role.PUBLISHER)


def by_load(*, why: str = "Load of a data set") -> Publication:
    return history.sign_dataset(name="tests", digest="0" * 64, why=why)


def company(slug: str = "acme", **values: Any) -> Company:
    return Company.objects.create(slug=slug, **{"name": slug.title(), "roles": ["vendor"], **values})


def source(slug: str = "report", **values: Any) -> Source:
    return Source.objects.create(slug=slug, **{"title": f"The {slug}", "type": "news", **values})


def cite(on: models.Model, cited: Source, **values: Any) -> Citation:
    return Citation.objects.create(
        **{on._meta.model_name: on, "source": cited, "position": 0, "stance": "supports", **values}
    )


def pledge(slug: str, by: Company, *, cited: Source | None, publication: Publication | None = None) -> Pledge:
    """A pledge to suspend sales, made on 10 June 2020; without a source if none is given."""
    made = Pledge.objects.create(
        slug=slug,
        company=by,
        title=f"{by} suspends sales",
        summary="No sales to police.",
        form="undertaking",
        binding="voluntary",
        made_on="2020-06-10",
        actions=["suspend-sales"],
        publication=publication,
    )
    event = Event.objects.create(slug=f"{slug}-made", date="2020-06-10", publication=publication)
    effect = Effect.objects.create(
        slug=f"{slug}-made",
        event=event,
        pledge=made,
        kind="made",
        standing="stated",
        position=0,
        date="2020-06-10",
        summary="It says so on its site.",
        publication=publication,
    )
    terms = Terms.objects.create(
        pledge=made, position=0, introduced_by=effect, starts="2020-06-10", actions=["suspend-sales"]
    )
    Clause.objects.create(terms=terms, position=0, key="suspend-sales", action="suspend-sales", nature="lasting")
    if cited is not None:
        cite(effect, cited)
    return made


def dispute(about: Pledge, *, cited: Source | None, publication: Publication | None = None) -> Dispute:
    asked = Dispute.objects.create(pledge=about, position=0, question="To whom?", publication=publication)
    for position, words in enumerate(["To police", "To everybody"]):
        answer = asked.answers.create(position=position, answer=words)
        if cited is not None:
            cite(answer, cited)
    return asked


def public_pledge(slug: str = "no-sales") -> Pledge:
    """A pledge on record, with its company and its source."""
    with transaction.atomic():
        publication = by_load()
        with recording(who=None, why="Load of a data set", publication=publication):
            return pledge(
                slug,
                company(f"{slug}-company", publication=publication),
                cited=source(f"{slug}-source", publication=publication),
                publication=publication,
            )


def draft_pledge(author: User, slug: str = "draft", *, sourced: bool = True, why: str = "Read in the paper") -> Pledge:
    """A pledge that only editors see, with its company, its event and its source."""
    with recording(who=author, why=why):
        return pledge(slug, company(f"{slug}-company"), cited=source(f"{slug}-source") if sourced else None)
