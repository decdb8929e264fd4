"""The smallest valid public things, for tests that state only what matters to them.

Each function makes a change of its own, unless it is called within ``published()``, which groups what belongs to
one change. Everything is public and cites one source, unless ``draft=True``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any

from django.db import transaction

from companies.models import Company
from history.models import Publication
from history.services import sign_dataset
from pledges.models import Answer, Citation, Claim, Clause, Dispute, Effect, Event, Investment, Pledge, Round, Terms
from pledges.services.recording import recording
from pledges.vocabulary import usual_nature
from sources.addresses import identity_key, likeness_key
from sources.models import Passage, Source

_numbers = count(1)
_open: list[Publication] = []


@contextmanager
def published(why: str = "A test") -> Iterator[Publication]:
    """One change to the public record, with what is derived worked out at its end. Within another, a part of that."""
    if _open:
        yield _open[-1]
        return
    with transaction.atomic():
        publication = sign_dataset(name="tests", digest="0" * 64, why=why)
        with recording(who=None, why=why, publication=publication):
            _open.append(publication)
            try:
                yield publication
            finally:
                _open.pop()


def _slug(kind: str) -> str:
    return f"{kind}-{next(_numbers)}"


def _public(publication: Publication, draft: bool) -> dict[str, Any]:
    return {"publication": None if draft else publication}


def a_company(slug: str = "", *, draft: bool = False, **values: Any) -> Company:
    slug = slug or _slug("company")
    with published() as publication:
        return Company.objects.create(
            slug=slug, **_public(publication, draft), **{"name": slug.title(), "roles": ["vendor"], **values}
        )


def a_source(slug: str = "", *, draft: bool = False, url: str | None = "", **values: Any) -> Source:
    """A news report; ``url=None`` for one without an address."""
    slug = slug or _slug("source")
    url = f"https://news.example/{slug}" if url == "" else url
    with published() as publication:
        return Source.objects.create(
            slug=slug,
            url=url,
            identity_key=identity_key(url) if url else None,
            likeness_key=likeness_key(url) if url else None,
            **_public(publication, draft),
            **{"title": f"The {slug}", "type": Source.Type.NEWS, "publisher": "The Example", **values},
        )


def cite(
    thing: Event | Effect | Claim | Answer, source: Source | None = None, *, quote: str = "", **values: Any
) -> Citation:
    """A source bearing on something: supporting it, unless told otherwise."""
    with published():
        source = source or a_source()
        passage = Passage.objects.get_or_create(source=source, exact=quote)[0] if quote else None
        return Citation.objects.create(
            **{
                type(thing)._meta.model_name or "": thing,
                "source": source,
                "passage": passage,
                "position": thing.citations.count(),
                "stance": "supports",
                **values,
            }
        )


def an_event(
    slug: str = "",
    *,
    draft: bool = False,
    companies: Sequence[Company] = (),
    source: Source | None = None,
    **values: Any,
) -> Event:
    """A development: a lawsuit on 10 June 2020."""
    slug = slug or _slug("event")
    with published() as publication:
        event = Event.objects.create(
            slug=slug,
            **_public(publication, draft),
            **{"kind": "lawsuit", "title": f"The {slug}", "summary": "Somebody sued.", "date": "2020-06-10", **values},
        )
        for position, company in enumerate(companies):
            event.event_companies.create(company=company, position=position)
        cite(event, source)
        return event


def an_effect(
    on: Pledge | Investment,
    kind: str,
    date: str = "2020-06-10",
    *,
    event: Event | None = None,
    source: Source | None = None,
    draft: bool = False,
    **values: Any,
) -> Effect:
    """What happened to a pledge or an investment: a happening of its own, unless an event is given."""
    slug = values.pop("slug", "") or _slug(f"{on.slug}-{kind}")
    with published() as publication:
        happening = event or Event.objects.create(slug=slug, date=date, **_public(publication, draft))
        effect = Effect.objects.create(
            slug=slug,
            event=happening,
            kind=kind,
            date=date,
            position=on.effects.count(),
            **{"pledge" if isinstance(on, Pledge) else "investment": on},
            **_public(publication, draft),
            **{"standing": "stated", "summary": f"It was {kind}.", **values},
        )
        cite(effect, source)
        return effect


def a_pledge(
    slug: str = "",
    *,
    company: Company | None = None,
    made_on: str = "2020-06-10",
    event: Event | None = None,
    source: Source | None = None,
    draft: bool = False,
    **values: Any,
) -> Pledge:
    """A pledge made on 10 June 2020 in a happening of its own: no sales of facial recognition to police in the US."""
    slug = slug or _slug("pledge")
    with published() as publication:
        pledge = Pledge.objects.create(
            slug=slug,
            company=company or a_company(),
            made_on=made_on,
            **_public(publication, draft),
            **{
                "title": "No sales to police",
                "summary": "It will not sell facial recognition to police.",
                "form": "undertaking",
                "binding": "voluntary",
                "actions": ["stop-selling"],
                "technologies": ["facial-recognition"],
                "audiences": ["police"],
                "jurisdictions": ["US"],
                **values,
            },
        )
        made = an_effect(pledge, "made", made_on, slug=f"{slug}-made", event=event, source=source, draft=draft)
        terms(pledge, made)
        return pledge


def terms(pledge: Pledge, introduced_by: Effect, **values: Any) -> Terms:
    """A version of the wording from an effect on, with a clause for each action of the pledge."""
    with published():
        version = Terms.objects.create(
            **{
                "pledge": pledge,
                "position": pledge.terms.count(),
                "introduced_by": introduced_by,
                "starts": introduced_by.date,
                "actions": pledge.actions,
                "technologies": pledge.technologies,
                "audiences": pledge.audiences,
                "jurisdictions": pledge.jurisdictions,
                **values,
            }
        )
        for position, action in enumerate(version.actions):
            Clause.objects.create(
                terms=version,
                position=position,
                key=action,
                action=action,
                nature=usual_nature(action),
                technologies=version.technologies,
                audiences=version.audiences,
                jurisdictions=version.jurisdictions,
            )
        return version


def an_investment(
    slug: str = "",
    *,
    investor: Company | None = None,
    investee: Company | None = None,
    event: Event | None = None,
    source: Source | None = None,
    draft: bool = False,
    **values: Any,
) -> Investment:
    slug = slug or _slug("investment")
    with published() as publication:
        investment = Investment.objects.create(
            slug=slug,
            investor=investor or a_company(),
            investee=investee or a_company(),
            **_public(publication, draft),
            **{"announced_on": "2019-06", **values},
        )
        date = investment.announced_on
        an_effect(investment, "invested", date, slug=slug, event=event, source=source, draft=draft, standing="reported")
        return investment


def a_round(slug: str = "", *, investee: Company | None = None, draft: bool = False, **values: Any) -> Round:
    """A round of which a source gives the sum: 74 million dollars."""
    slug = slug or _slug("round")
    with published() as publication:
        one = Round.objects.create(
            slug=slug,
            investee=investee or a_company(),
            **_public(publication, draft),
            **{"announced_on": "2019-06", **values},
        )
        cite(Claim.objects.create(round=one, position=0, amount=74_000_000, currency="USD", amount_is="round"))
        return one


def a_dispute(
    about: Pledge | Effect | Investment | Event,
    *,
    answers: Sequence[str] = ("Yes", "No"),
    preferred: int | None = None,
    draft: bool = False,
    **values: Any,
) -> Dispute:
    """A question on which two sources disagree; open, unless the place of a preferred answer is given."""
    with published() as publication:
        dispute = Dispute.objects.create(
            **{type(about)._meta.model_name or "": about},
            **_public(publication, draft),
            **{"position": about.disputes.count(), "question": "Is it so?", **values},
        )
        for position, answer in enumerate(answers):
            is_preferred = position == preferred
            cite(
                Answer.objects.create(
                    dispute=dispute,
                    position=position,
                    answer=answer,
                    preferred=is_preferred,
                    reason="It rests on the paper itself." if is_preferred else None,
                )
            )
        return dispute
