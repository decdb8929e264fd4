"""What waits for a second person is nowhere to be read, and what was retracted no longer."""

from __future__ import annotations

import pytest
from django.test import Client

from pledges.models import Event
from tests import factories as make
from tests.timeline.reading import text_of
from tests.timeline.test_pages_states import changed

pytestmark = pytest.mark.django_db

MARKER = "quagga"
FORMATS = ("csv", "jsonl", "ris", "bibtex", "csl-json")


def every_address() -> list[str]:
    """All that the public can ask for about the public pledge, its event, its source, a stake and their lists."""
    pages = ["/", "/timeline/", "/companies/", "/pledges/", "/investments/", "/sources/", "/corrections/"]
    pages += ["/companies/acme/", "/pledges/the-pledge/", "/pledges/the-pledge/history/", "/sources/the-source/"]
    pages += ["/events/the-event/", "/investments/the-stake/", "/timeline/feed.atom", f"/timeline/?q={MARKER}"]
    pages += [f"/timeline/export/{name}/" for name in FORMATS]
    records = ("pledge/the-pledge", "event/the-event", "source/the-source", "investment/the-stake")
    pages += [f"/cite/{record}/{name}/" for record in records for name in ("ris", "bibtex", "csl-json")]
    return pages


@pytest.fixture
def public(client: Client) -> dict[str, object]:
    source = make.a_source("the-source")
    company = make.a_company("acme")
    pledge = make.a_pledge("the-pledge", company=company, source=source)
    stake = make.an_investment("the-stake", investor=company, source=source)
    event = make.an_event("the-event", source=source)
    return {"source": source, "pledge": pledge, "stake": stake, "event": event}


def marked(client: Client) -> list[str]:
    """The addresses whose answer holds the marker, but for an echo of the search itself."""
    return [
        address
        for address in every_address()
        if MARKER in text_of(client, address).replace(f"q={MARKER}", "").replace(f'value="{MARKER}"', "")
        and not address.startswith("/timeline/?q=")
    ]


def test_the_marker_would_be_found_if_it_were_public(client: Client, public: dict) -> None:
    make.cite(public["pledge"].effects.get(), public["source"], quote=f"{MARKER} words")

    assert {"/pledges/the-pledge/", "/sources/the-source/", "/cite/source/the-source/ris/"} <= set(marked(client))


@pytest.mark.parametrize("on", ["pledge", "stake"])
def test_a_draft_step_is_nowhere_to_be_read(client: Client, public: dict, on: str) -> None:
    kind = {"pledge": "narrowed", "stake": "exit-announced"}[on]
    values = {"exit_kind": "announced-divestment"} if on == "stake" else {}
    effect = make.an_effect(
        public[on], kind, "2021-01-01", event=public["event"], source=public["source"], draft=True,
        summary=f"{MARKER} summary", **values,
    )  # fmt: skip
    make.cite(effect, public["source"], quote=f"{MARKER} words", locator=f"{MARKER} page")

    assert marked(client) == []


def test_a_draft_event_that_quotes_a_public_source_is_nowhere_to_be_read(client: Client, public: dict) -> None:
    event = make.an_event("waiting", title=f"{MARKER} event", draft=True, source=public["source"])
    make.cite(event, public["source"], quote=f"{MARKER} words")

    assert marked(client) == []


def test_a_draft_question_is_nowhere_to_be_read(client: Client, public: dict) -> None:
    dispute = make.a_dispute(public["pledge"], question=f"{MARKER}?", draft=True)
    make.cite(dispute.answers.first(), public["source"], quote=f"{MARKER} words")

    assert marked(client) == []


def test_a_draft_step_does_not_tie_an_event_to_a_pledge(client: Client, public: dict) -> None:
    other = make.a_source("of-the-event-alone")
    make.cite(public["event"], other)
    make.an_effect(public["pledge"], "narrowed", event=public["event"], source=public["source"], draft=True)

    assert "of-the-event-alone" not in text_of(client, "/cite/pledge/the-pledge/ris/")


def test_what_was_retracted_is_quoted_no_longer(client: Client, public: dict) -> None:
    effect = make.an_effect(public["pledge"], "narrowed", "2021-01-01", source=public["source"])
    make.cite(effect, public["source"], quote=f"{MARKER} words")
    changed(effect, retracted_because="It was about another company.")

    answers = [address for address in marked(client) if not address.endswith("/history/")]

    assert answers == []


def test_the_sources_of_a_retracted_pledge_leave_the_exports(client: Client, public: dict) -> None:
    source = make.a_source("of-the-retracted")
    event = Event.objects.get(slug="the-event")
    gone = make.a_pledge("gone", event=event, source=source)
    changed(gone, retracted_because="It was never said.")

    assert "of-the-retracted" not in text_of(client, "/timeline/export/ris/")
    assert "of-the-retracted" not in text_of(client, "/timeline/export/csv/")
