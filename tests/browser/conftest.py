"""A browser, and something to open in it: the sheet of parts, or the whole site with the starter data."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.test import override_settings
from playwright.sync_api import Browser, BrowserContext

from tests.browser.chromium import NoChromium, chromium, program, window
from tests.browser.serving import CHECKOUT, WholeSite, whole_site
from tests.conftest import TEMPLATE_SUFFIX, RunDatabase

Window = Callable[..., BrowserContext]


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
    """The whole site with the starter data."""
    template = django_db_setup.name + TEMPLATE_SUFFIX
    with whole_site(template=template, data=CHECKOUT / "data", folder=tmp_path_factory.mktemp("site")) as running:
        yield running
