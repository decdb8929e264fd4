"""Digests by e-mail in a browser: asking, and the pages that links in mails lead to."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.browser.audit import (
    accessibility_faults,
    at_width,
    contrast_faults,
    in_the_dark,
    sideways_faults,
    structure_faults,
)
from tests.browser.conftest import Tab
from tests.browser.serving import CHECKOUT, WholeSite

pytestmark = pytest.mark.browser

# As readers who have got their mail: it is not sent here, so their links are printed.
LINKS = """
from django.http import QueryDict
from digests import asking
from digests.links import Purpose, token_for
from digests.models import Subscription
from timeline.filters import read_selection
for address, query in [("a@reader.example", "company=microsoft"), ("b@reader.example", "q=rekognition&company=amazon")]:
    asking.ask(address=address, selection=read_selection(QueryDict(query)), rhythm="weekly", language="en-gb")
waiting, confirmed = Subscription.objects.order_by("-pk")[:2]
asking.confirm(confirmed.key)
gone = Subscription(address="c@reader.example")
for one in (waiting, confirmed, gone):
    for purpose in Purpose:
        print(f"/digests/{purpose}/{token_for(one, purpose)}/")
"""
STATES = ["asks to confirm", "asks to leave", "confirmed", "asks to leave too", "run out", "left already"]


@pytest.fixture(scope="module")
def links(site: WholeSite) -> dict[str, str]:
    """For each state of the pages behind links, the way there."""
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", LINKS],
        cwd=CHECKOUT,
        env=site.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(zip(STATES, done.stdout.split(), strict=True))


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("width", [1280, 390])
def test_a_page_behind_a_link_can_be_read_by_everybody(
    site: WholeSite, open_tab: Tab, links: dict[str, str], state: str, width: int
) -> None:
    tab, witness = open_tab(width=width)

    answer = tab.goto(f"{site.address}{links[state]}", wait_until="load")

    assert answer is not None
    assert answer.status == (410 if state == "run out" else 200), site.logged()
    noted = [fault for fault in witness.faults if "Failed to load resource" not in fault]
    faults = noted + sideways_faults(tab) + accessibility_faults(tab) + structure_faults(tab)
    with in_the_dark(tab):
        faults += contrast_faults(tab)
    with at_width(tab, 320):
        faults += sideways_faults(tab)
    assert faults == []


def test_a_reader_asks_confirms_and_leaves_without_scripts(site: WholeSite, open_tab: Tab) -> None:
    tab, _ = open_tab(scripts=False)

    tab.goto(f"{site.address}/timeline/?company=ibm")
    tab.get_by_role("link", name="By e-mail").click()
    assert tab.get_by_text("company is IBM").is_visible()
    tab.get_by_label("Your e-mail address").fill("d@reader.example")
    tab.get_by_label("Every day on which something is new").check()
    tab.get_by_role("button", name="Send me a mail to confirm").click()
    assert tab.get_by_role("heading", name="Look into your mail").is_visible()

    tab.goto(f"{site.address}{link_of(site, 'd@reader.example')}")
    tab.get_by_role("button", name="Yes, send it to me").click()
    assert tab.get_by_role("heading", name="Confirmed").is_visible()
    tab.get_by_role("link", name="Leave this digest").click()
    tab.get_by_role("button", name="Leave this digest").click()
    assert tab.get_by_role("heading", name="You have left").is_visible()


def link_of(site: WholeSite, address: str) -> str:
    code = (
        "from digests.links import Purpose, token_for; from digests.models import Subscription;"
        f"one = Subscription.objects.get(address='{address}');"
        "print(f'/digests/confirm/{token_for(one, Purpose.CONFIRM)}/')"
    )
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", code],
        cwd=CHECKOUT,
        env=site.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_an_address_that_is_none_is_said_beside_the_field_and_at_the_top(site: WholeSite, open_tab: Tab) -> None:
    tab, _ = open_tab()
    tab.goto(f"{site.address}/digests/")
    tab.locator("main form").evaluate("form => { form.noValidate = true }")
    tab.get_by_label("Your e-mail address").fill("nobody")

    tab.get_by_role("button", name="Send me a mail to confirm").click()

    assert tab.title().startswith("Error: ")
    assert tab.locator(".error-summary").evaluate("one => one === document.activeElement")
    assert tab.get_by_label("Your e-mail address").get_attribute("aria-invalid") == "true"
    assert accessibility_faults(tab) == []
