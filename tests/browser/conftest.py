"""A browser, and something to open in it: the sheet of parts, or the whole site with the starter data."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.test import override_settings
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.audit import Witness
from tests.browser.chromium import NoChromium, chromium, program, window
from tests.browser.serving import CHECKOUT, WholeSite, whole_site
from tests.conftest import TEMPLATE_SUFFIX, RunDatabase

Window = Callable[..., BrowserContext]
Tab = Callable[..., tuple[Page, Witness]]


# Not for the whole run: while Playwright's loop turns in this thread, Django refuses to ask the database here.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium. It is missing: that is a failure, since nothing else looks at the pages as readers do."""
    try:
        program()
    except NoChromium as missing:
        pytest.fail(str(missing), pytrace=False)
    with chromium() as running:
        yield running


@pytest.fixture
def open_window(browser: Browser) -> Iterator[Window]:
    """Opens fresh windows, ``open_window(width=390, theme="dark")``, and closes them after the test."""
    opened: list[BrowserContext] = []

    def opens(*, width: int = 1280, theme: str = "light", scripts: bool = True) -> BrowserContext:
        opened.append(window(browser, width=width, theme=theme, scripts=scripts))
        return opened[-1]

    yield opens

    for context in opened:
        context.close()


@pytest.fixture(scope="package")
def kept_tabs(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Tabs that one test after another uses, one for each kind of window.

    A new window starts a new process, which costs more time than most tests of a page.
    """
    kept: dict[tuple[int, str, bool], Page] = {}

    def tab_of(width: int, theme: str, scripts: bool) -> Page:
        kind = (width, theme, scripts)
        if kind not in kept:
            kept[kind] = window(browser, width=width, theme=theme, scripts=scripts).new_page()
        return kept[kind]

    yield tab_of

    for tab in kept.values():
        tab.context.close()


@pytest.fixture
def open_tab(site: WholeSite, kept_tabs: Callable[..., Page]) -> Iterator[Tab]:
    """Gives a tab of the site without cookies, ``open_tab(width=390, theme="dark")``, and a witness of the site in it.

    Not for tests that leave more than cookies behind: those open a window of their own.
    """
    witnesses: list[Witness] = []

    def opens(*, width: int = 1280, theme: str = "light", scripts: bool = True) -> tuple[Page, Witness]:
        tab = kept_tabs(width, theme, scripts)
        # What the page before still does ends here, so that nobody takes it for the doings of the next. An address of
        # the site, since the browser would start a new process for the way from a blank page to the site.
        tab.goto(f"{site.address}/healthz")
        tab.context.clear_cookies()
        witnesses.append(Witness(tab, site=site.address))
        return tab, witnesses[-1]

    yield opens

    for witness in witnesses:
        witness.leave()


class Silent(WSGIRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        """A test run is no place for an access log."""


@pytest.fixture(scope="package")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a page that shows every part in every state."""
    no_collected_files = tmp_path_factory.mktemp("static")
    with override_settings(ROOT_URLCONF="tests.browser.sheet", STATIC_ROOT=no_collected_files):
        application = get_wsgi_application()
        server = ThreadedWSGIServer(("127.0.0.1", 0), Silent)
        server.set_app(application)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="package")
def site(django_db_setup: RunDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeSite]:
    """The whole site with the starter data and the records of ``states``."""
    template = django_db_setup.name + TEMPLATE_SUFFIX
    with whole_site(template=template, data=CHECKOUT / "data", folder=tmp_path_factory.mktemp("site")) as running:
        running.manage("shell", "--verbosity", "0", "--command", "from tests.browser.states import add; add()")
        yield running
