"""A commune, the service on a port of this machine, and the system's Chromium."""

import shutil
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from lms_tracker.config import Settings
from tests import databases, days
from tests.journeys import commune
from tests.journeys.commune import Commune

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-sync",
    "--disable-component-update",
    "--no-first-run",
]


def whole(app: WSGIApplication) -> WSGIApplication:
    """The same application, each answer read to its end and closed before it is sent.

    Werkzeug's server leaves an answer open when the browser hangs up while the rest of its
    request is drained, and a file left open fails whichever test runs when it is collected.
    """

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        pieces = app(environ, start_response)
        try:
            return [b"".join(pieces)]
        finally:
            close = getattr(pieces, "close", None)
            if close is not None:
                close()

    return answer


class Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Nothing: addresses hold keys of people."""


@pytest.fixture(scope="module", autouse=True)
def on_an_ordinary_day(ordinary_day: None) -> None:
    """The service's day, whatever day it is for the browser."""


@pytest.fixture(scope="session")
def settled(shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commune]:
    """The commune, on a database that the journeys of one worker share."""
    database = tmp_path_factory.mktemp("journeys") / "commune.db"
    shutil.copyfile(databases.sqlite_template(shared_folder), database)
    settings = Settings(database_url=f"sqlite:///{database}", secret_key=databases.SECRET_KEY)
    with databases.application(settings) as app:
        with days.ordinary():
            settled = commune.settle(app)
        yield settled


@pytest.fixture(scope="session")
def address(settled: Commune) -> Iterator[str]:
    """Where the service answers, without a slash at the end."""
    server = make_server("127.0.0.1", 0, whole(settled.app), threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    assert found is not None, "these tests drive Chromium: please install it, then run them again"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(params=[360, 1280])
def width(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def has_script(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def window(browser: Browser, address: str, width: int, has_script: bool) -> Iterator[BrowserContext]:
    """A visitor's browser, new and Vietnamese."""
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": 780},
        locale="vi-VN",
        java_script_enabled=has_script,
    )
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def page(window: BrowserContext) -> Page:
    return window.new_page()
