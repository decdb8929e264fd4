"""The pages of those who keep the record, in a browser: they obey the same policy and can be used by everybody."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.urls import reverse
from playwright.sync_api import Browser

from accounts.roles import Role
from tests.browser.audit import accessibility_faults, sideways_faults
from tests.browser.chromium import window
from tests.browser.conftest import Tab
from tests.browser.serving import WholeSite

pytestmark = pytest.mark.browser

PASSWORD = "a long enough password for one run"
MAKE_EDITOR = f"""
from django.contrib.auth.models import Group
from accounts.models import User
ann = User.objects.create_user("ann", password="{PASSWORD}", is_staff=True)
ann.groups.set(Group.objects.filter(name__in=["{Role.EDITOR}"]))
"""
MODELS = sorted(
    f"admin:{model._meta.app_label}_{model._meta.model_name}"
    for model in admin.site._registry
    if model._meta.app_label in ("companies", "sources", "pledges")
)
LISTS = [f"{name}_changelist" for name in MODELS]
FORMS = [f"{name}_add" for name in MODELS]
LINKS = ["/desk/link-health/", "/desk/link-health/schedule/", "/desk/link-health/9to5google-2018-12-13/"]


@pytest.fixture(scope="module")
def signed_in(site: WholeSite, browser: Browser) -> list[dict[str, object]]:
    """The cookies of an editor who has signed in as people do."""
    site.manage("shell", "--verbosity", "0", "--command", MAKE_EDITOR)
    opened = window(browser, width=1280, theme="light", scripts=True)
    tab = opened.new_page()
    tab.goto(f"{site.address}/accounts/login/")
    tab.get_by_label("Name of the account").fill("ann")
    tab.get_by_label("Password", exact=True).fill(PASSWORD)
    tab.get_by_role("button", name="Sign in").click()
    tab.wait_for_url("**/desk/")
    cookies = opened.cookies()
    opened.close()
    return cookies


@pytest.fixture
def open_page(site: WholeSite, signed_in: list[dict[str, object]], open_tab: Tab):
    """Opens a page as that editor, and gives it with all that it did wrong."""

    def opens(path: str, **how: object):
        tab, witness = open_tab(**how)
        tab.context.add_cookies(signed_in)
        answer = tab.goto(f"{site.address}{path}", wait_until="load")
        assert answer is not None
        assert answer.status == 200, site.logged()
        return tab, witness.faults

    return opens


@pytest.mark.parametrize("path", ["/desk/", *LINKS, "/admin/", *map(reverse, LISTS), *map(reverse, FORMS)])
def test_an_editing_page_breaks_no_policy_and_asks_nobody_else(open_page, path):
    _, faults = open_page(path)

    assert faults == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("path", ["/desk/", *LINKS, "/accounts/login/"])
def test_the_desk_can_be_used_by_everybody(open_page, path, width, theme):
    tab, _ = open_page(path, width=width, theme=theme)

    assert sideways_faults(tab) + accessibility_faults(tab) == []


def test_a_row_is_added_to_a_form_by_script(open_page):
    tab, faults = open_page(reverse("admin:companies_company_add"))
    rows = tab.locator("[id^=names-] input[name$=-name]:not([name*=__prefix__])")
    before = rows.count()

    tab.locator("#names-group .add-row a").click()

    assert rows.count() == before + 1
    assert faults == []
