"""A form that cannot be taken, because its sender is no longer signed in, is not lost."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.roles import Role
from accounts.unsent import MOST_CHARACTERS
from companies.models import Company
from tests.desk import record
from tests.desk.pages import Form, Keyboard, typed_in

pytestmark = pytest.mark.django_db

HERE = "http://testserver"
LOG_IN = "/accounts/login/"
ADD = "/admin/companies/company/add/"
PASSWORD = "a long and private sentence"
NOTE = 'First line\n<script>alert("&")</script>'


class Browser(Keyboard):
    """One that says where its forms come from, and whose tokens are looked at."""

    def __init__(self, **headers: str) -> None:
        super().__init__(Client(enforce_csrf_checks=True, headers={"origin": HERE} | headers))

    def sign_in(self) -> None:
        answer = self.send(LOG_IN, username="ann", password=PASSWORD)
        assert answer.redirect_chain[-1][0] == "/desk/"


@pytest.fixture(autouse=True)
def ann():
    return record.person("ann", Role.EDITOR, password=PASSWORD)


def filled_in(browser):
    browser.sign_in()
    return browser.fill_in(ADD, name="Acme", slug="acme", note=NOTE, reason="Read in the Post")


def test_after_the_session_has_ended_what_was_typed_is_shown_and_sent_again_once_signed_in():
    browser = Browser()
    held = filled_in(browser)
    del browser.client.cookies["sessionid"]

    lost = browser.post(ADD, held)
    browser.sign_in()  # in another tab, which makes the token of the first one stale
    once_more = browser.post(ADD, typed_in(lost.text))
    saved = browser.post(ADD, typed_in(once_more.text))

    assert (lost.status_code, once_more.status_code) == (403, 403)
    assert "You are no longer signed in." in lost.text
    assert "The form was opened before you signed in as ann" in once_more.text
    for page in (lost.text, once_more.text):
        held_on_page = typed_in(page)
        assert {name: held_on_page[name] for name in ("name", "note", "reason")} == {
            "name": ["Acme"], "note": [NOTE], "reason": ["Read in the Post"],
        }  # fmt: skip
        assert "<script>" not in page
        assert "default-src" in lost.headers["Content-Security-Policy"]
    assert "was added successfully" in saved.text
    assert Company.objects.get().note.splitlines() == NOTE.splitlines()


def test_a_decision_at_the_desk_is_kept_in_the_same_way():
    browser = Browser()
    browser.open(LOG_IN)
    token = browser.client.cookies["csrftoken"].value

    answer = browser.post(
        "/desk/proposals/1/send-back/", {"note": "Which report?", "read": "1", "csrfmiddlewaretoken": token}
    )

    assert answer.status_code == 403
    assert 'action="/desk/proposals/1/send-back/"' in answer.text
    assert typed_in(answer.text)["note"] == ["Which report?"]


def test_no_password_is_ever_repeated():
    browser = Browser()

    for address in (LOG_IN, "/admin/password_change/", "/admin/accounts/user/add/"):
        sent = {"username": "ann", "password": "hush-1", "new_password1": "hush-2", "password2": "hush-3"}
        answer = browser.post(address, sent)

        assert answer.status_code == 403
        assert "hush" not in answer.text
    assert 'value="ann"' not in browser.post(LOG_IN, {"username": "ann"}).text


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://testserver.example", "http://[", ""])
def test_what_another_site_sends_is_not_made_into_a_form_to_send_again(origin):
    browser = Browser(origin=origin)

    answer = browser.post(ADD, {"name": "Written elsewhere", "reason": "One click away"})

    assert answer.status_code == 403
    assert all("name" not in form for form in Form(answer.text).forms)
    # Where nothing says where it comes from, it can still be copied.
    assert ("Written elsewhere" in answer.text) == (origin == "")


def test_what_is_too_long_to_repeat_is_not_repeated_in_part():
    answer = Browser().post(ADD, {"name": "Acme", "note": "x" * MOST_CHARACTERS})

    assert answer.status_code == 403
    assert "is too long to be repeated here" in answer.text
    assert len(answer.content) < 50_000
