"""A real browser on a real server: Debian's Chromium, driven by Playwright, on the packaged curated facts.

Where Debian's ``chromium-headless-shell`` is there, pages open in it: the same engine without the window that nobody
sees, at a quarter of the work. What a page costs is measured in Chromium itself. Everything here skips with the reason
where Chromium, Playwright or the bundle of ``web/`` is missing.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg import KnowledgeGraph
from server.app import create_app
from server.assets import Assets
from server.settings import Settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Playwright, Request

ROOT = Path(__file__).resolve().parents[2]
NAMED = os.environ.get("SARCOMA_KG_CHROMIUM")
CHROMIUM = NAMED or shutil.which("chromium") or shutil.which("chromium-browser")
SHELL = NAMED or shutil.which("chromium-headless-shell") or CHROMIUM
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
WIDE, NARROW = (1280, 900), (390, 844)
PATIENCE_MS = 30_000  # a busy machine is not a fault of a page


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the browser's tests together, whatever shuffles the rest: they share one page server."""
    items.sort(key=lambda item: "tests/browser/" in item.path.as_posix())


@pytest.fixture(scope="session")
def address(curated_graph: KnowledgeGraph) -> Iterator[str]:
    """Where the server listens."""
    if not Assets().is_built:
        pytest.skip("the pages are not bundled: run `npm run build` in web/")
    import waitress

    app = create_app(curated_graph, Settings(query_timeout_s=60))
    # As server.serving.process has it: with the look ahead, waitress notices that a client has gone.
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=6, channel_request_lookahead=1)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(timeout=5)


@pytest.fixture(scope="session")
def driver() -> Iterator[Playwright]:
    """What starts browsers."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as started:
        playwright.expect.set_options(timeout=PATIENCE_MS)
        yield started


def launched(driver: Playwright, program: str | None) -> Iterator[Browser]:
    """A browser without a window, until nobody needs it."""
    if program is None:
        pytest.skip("no Chromium on this machine (apt install chromium, or name one in SARCOMA_KG_CHROMIUM)")
    opened = driver.chromium.launch(executable_path=program, args=list(QUIET))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def browser(driver: Playwright) -> Iterator[Browser]:
    """The browser in which pages are tried."""
    yield from launched(driver, SHELL)


@pytest.fixture(scope="session")
def readers_browser(driver: Playwright) -> Iterator[Browser]:
    """The browser of a reader, in which work is measured."""
    yield from launched(driver, CHROMIUM)


def eventually(page: Page, happened: Callable[[], bool]) -> None:
    """Wait for what no locator tells; events of the page come in meanwhile."""
    for _ in range(PATIENCE_MS // 50):
        if happened():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it never happened")


@dataclass
class Visit:
    """A page, and everything that went wrong on it."""

    page: Page
    address: str
    faults: list[str] = field(default_factory=list)
    under_way: set[Request] = field(default_factory=set)

    def go(self, path: str) -> None:
        """Open a page of the server."""
        self.page.goto(path)

    def rest(self) -> None:
        """Wait until the server has been asked nothing for half a second."""
        quiet = 0

        def is_quiet() -> bool:
            nonlocal quiet
            quiet = 0 if self.under_way else quiet + 1
            return quiet > 10

        eventually(self.page, is_quiet)

    def watch(self) -> None:
        """Note errors of scripts, violations of the content security policy, and requests to anyone else."""
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on(
            "console",
            lambda message: self.faults.append(f"console: {message.text}") if message.type == "error" else None,
        )
        self.page.on(
            "request",
            lambda request: (
                self.faults.append(f"third party: {request.url}") if not self._is_own(request.url) else None
            ),
        )

        self.page.on("request", self._asked)
        self.page.on("requestfinished", self._answered)
        self.page.on("requestfailed", self._answered)

    def _asked(self, request: Request) -> None:
        self.under_way.add(request)

    def _answered(self, request: Request) -> None:
        self.under_way.discard(request)

    def _is_own(self, url: str) -> bool:
        return url.startswith((self.address, "data:", "blob:"))


Visiting = Callable[..., Visit]
Opening = Callable[..., "Page"]


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Visiting]:
    """Open pages: ``visit(size=NARROW, dark=True, scripts=False)``; nothing may go wrong on them during a test."""
    yield from visiting(browser, address)


@pytest.fixture
def open_page(visit: Visiting) -> Opening:
    """Open a page of the server: ``open_page("/about", dark=True)``; settings as those of ``visit``."""

    def opened(path: str, **setting: object) -> Page:
        page = visit(**setting).page
        page.goto(path)
        return page

    return opened


@pytest.fixture
def measured_visit(readers_browser: Browser, address: str) -> Iterator[Visiting]:
    """Open pages in the browser of a reader, to measure their work."""
    yield from visiting(readers_browser, address)


def visiting(browser: Browser, address: str) -> Iterator[Visiting]:
    """What opens pages of a server in a browser, and complains in the end about what went wrong on them."""
    visits: list[Visit] = []

    def start(*, size: tuple[int, int] = WIDE, dark: bool = False, scripts: bool = True, touch: bool = False) -> Visit:
        context = browser.new_context(
            base_url=address,
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            has_touch=touch,
            reduced_motion="reduce",
            accept_downloads=True,
        )
        context.set_default_timeout(PATIENCE_MS)
        context.set_default_navigation_timeout(PATIENCE_MS)
        visits.append(Visit(context.new_page(), address))
        visits[-1].watch()
        return visits[-1]

    yield start
    for each in visits:
        each.page.context.close()
    # A page that answers 404 on purpose logs so; that is no fault of the page.
    assert [fault for each in visits for fault in each.faults if "404 (NOT FOUND)" not in fault] == []
