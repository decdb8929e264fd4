"""Every page asks the database as often for twenty rows of a kind as for one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from companies.models import Company
from pledges.models import Pledge
from sources.models import Passage
from tests import factories as make
from timeline.recorded import written

MOST = 20


def busy_pledge(company: Company, number: int) -> Pledge:
    """A pledge with everything that a card, a row or a page of one can show."""
    pledge = make.a_pledge(f"pledge-{number}", company=company, title=f"Pledge {number}")
    asked = make.an_effect(pledge, "asked", "2020-07-01", answered=False, standing="reported")
    make.cite(asked, quote="did not answer")
    narrowed = make.an_effect(pledge, "narrowed", "2021-01-01")
    make.terms(pledge, narrowed, actions=["stop-selling", "stop-using"])
    make.a_dispute(pledge)
    return pledge


def companies_with_all_of_it(number: int) -> None:
    with make.published():
        for one in range(number):
            company = make.a_company(f"company-{one}", name=f"Company {one}")
            busy_pledge(company, one)
            make.an_investment(investor=company)
            make.an_event(companies=[company])


def one_company_with_many_entries(number: int) -> None:
    with make.published():
        company = make.a_company("the-company")
        for one in range(number):
            company.names.create(position=one, name=f"Name {one}")
            pledge = busy_pledge(company, one)
            make.an_investment(investor=company)
            make.an_investment(investee=company)
            make.an_event(companies=[company], source=make.a_source(f"about-{pledge.slug}"))


def one_pledge_with_a_long_life(number: int) -> None:
    with make.published():
        pledge = make.a_pledge("the-pledge")
        for one in range(number):
            effect = make.an_effect(pledge, "narrowed", f"2021-01-{one + 1:02}")
            make.cite(effect, quote=f"words {one}")
            make.terms(pledge, effect)
            make.an_effect(pledge, "asked", f"2021-02-{one + 1:02}", answered=False)
            make.a_dispute(pledge, question=f"Question {one}?")


def one_investment_with_many_claims(number: int) -> None:
    with make.published():
        stake = make.an_investment("the-stake")
        for one in range(number):
            make.cite(stake.claims.create(position=one, amount=one + 1, currency="USD", amount_is="stake"))
            make.a_dispute(stake, question=f"Question {one}?")


def one_event_with_many_sides(number: int) -> None:
    with make.published():
        event = make.an_event("the-event")
        for one in range(number):
            company = make.a_company(f"side-{one}")
            event.event_companies.create(company=company, position=one)
            event.parties.create(company=company, kind="company", part="sued", position=one)
            event.amounts.create(amount=one + 1, currency="USD", amount_is="fine", position=one)
            event.follows_links.create(follows=make.an_event(f"before-{one}"), position=one)
            make.cite(event, quote=f"words {one}")
            make.a_pledge(f"pledge-{one}", company=company, event=event)
            make.a_dispute(event, question=f"Question {one}?")


def one_source_behind_many_entries(number: int) -> None:
    with make.published():
        source = make.a_source("the-source")
        for one in range(number):
            Passage.objects.create(source=source, exact=f"words {one}")
            make.a_pledge(f"pledge-{one}", source=source)
            make.an_event(f"event-{one}", source=source)
            make.a_source(f"copy-{one}", copy_of=source)
            source.cited_works.create(cited=make.a_source(f"work-{one}"))


PAGES: list[tuple[str, Callable[[int], None]]] = [
    *(
        (address, companies_with_all_of_it)
        for address in (
            "/",
            "/companies/",
            "/pledges/",
            "/pledges/?status=in-force-narrowed",
            "/investments/",
            "/sources/",
        )
    ),
    ("/corrections/", companies_with_all_of_it),
    ("/companies/the-company/", one_company_with_many_entries),
    ("/pledges/the-pledge/", one_pledge_with_a_long_life),
    ("/pledges/the-pledge/history/", one_pledge_with_a_long_life),
    ("/cite/pledge/the-pledge/ris/", one_pledge_with_a_long_life),
    ("/investments/the-stake/", one_investment_with_many_claims),
    ("/events/the-event/", one_event_with_many_sides),
    ("/sources/the-source/", one_source_behind_many_entries),
]
AT_A_TIME = [(f"{address}?recorded=", enter) for address, enter in PAGES if "/the-" in address]


def cost(client: Client, address: str) -> int:
    cache.clear()
    if address.endswith("?recorded="):
        address += written(timezone.now())
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
    assert response.status_code == 200
    return len(queries)


@pytest.fixture
def once_and_many(client: Client, db: None) -> Callable[[str, Callable[[int], None]], tuple[int, int]]:
    def asked(address: str, enter: Callable[[int], None]) -> tuple[int, int]:
        # What is entered is taken back in between, so that nothing but the number of rows differs.
        costs = []
        for number in (1, MOST):
            savepoint = connection.savepoint()
            enter(number)
            costs.append(cost(client, address))
            connection.savepoint_rollback(savepoint)
        return costs[0], costs[1]

    return asked


@pytest.mark.parametrize(("address", "enter"), PAGES + AT_A_TIME, ids=[address for address, _ in PAGES + AT_A_TIME])
def test_a_page_costs_the_same_queries_with_one_row_and_with_twenty(
    once_and_many: Callable[[str, Callable[[int], None]], tuple[int, int]],
    address: str,
    enter: Callable[[int], None],
) -> None:
    one, twenty = once_and_many(address, enter)

    assert twenty == one
