"""The web app in the system's own Chromium, on an embedded system with the data that Parley ships."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from browsing.looks import DESKTOP, Look
from browsing.opening import Opener
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright
from support.clients import Parley
from support.system import QUICK, Embedded

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 15_000
# The browser itself reports requests that the gateway refused, and connections that a test has cut.
BROKEN_REQUEST = "Failed to load resource"
BROKEN_SOCKET = "WebSocket connection to"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    """Debian's Chromium, headless, with a profile of its own for each context."""
    chromium = shutil.which("chromium")
    assert chromium, "chromium is not installed: run deploy/setup.sh servers"
    async with async_playwright() as playwright:
        # Playwright's own temporary folder is the data folder: a new one each time.
        browser = await playwright.chromium.launch(
            executable_path=chromium, headless=True, args=FLAGS, downloads_path=tmp_path_factory.mktemp("downloads")
        )
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Embedded]:
    """One embedded system, offline and without accounts, for tests that leave it running."""
    async with Embedded(tmp_path_factory.mktemp("site"), QUICK) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def parley(site: Embedded) -> AsyncIterator[Parley]:
    """A client of that system beside the browser."""
    async with Parley(site.url) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def opened(browser: Browser, site: Embedded) -> AsyncIterator[Opener]:
    """Opens pages: `await opened("/jobs")`, each in a fresh profile unless `beside` names a page to share it with.

    A page that logs an error or breaks a rule of the content security policy fails its test.
    """
    complaints: list[str] = []
    contexts: list[BrowserContext] = []

    async def open_page(
        path: str = "/", *, look: Look = DESKTOP, beside: Page | None = None, url: str | None = None
    ) -> Page:
        context = beside.context if beside else await _context(browser, look)
        if not beside:
            contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.extend(_complaint(message)))
        await page.goto(f"{url or site.url}{path}")
        await page.locator("h1").wait_for()
        return page

    yield open_page
    for context in contexts:
        await context.close()
    assert not complaints, "\n".join(complaints)


@pytest_asyncio.fixture(loop_scope="session")
async def page(opened: Opener) -> Page:
    """The page of jobs on a desktop."""
    return await opened("/jobs")


async def _context(browser: Browser, look: Look) -> BrowserContext:
    return await browser.new_context(
        viewport={"width": look.width, "height": look.height},
        color_scheme=look.scheme,
        has_touch=look.small,
        locale="en-GB",
        timezone_id="UTC",
        permissions=["clipboard-read", "clipboard-write"],
    )


def _complaint(message: ConsoleMessage) -> list[str]:
    tolerated = (BROKEN_REQUEST, BROKEN_SOCKET)
    return [] if message.type != "error" or message.text.startswith(tolerated) else [message.text]
