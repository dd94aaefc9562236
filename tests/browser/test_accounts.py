"""Signing in, on a system of its own that has accounts."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from browsing.checks import assert_accessible, assert_fits
from browsing.looks import LOOKS, picture
from browsing.opening import Opener
from playwright.async_api import Page, expect
from support.system import QUICK, Embedded

pytestmark = pytest.mark.asyncio(loop_scope="session")
PASSWORD = "a password nobody guesses"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def guarded(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Embedded]:
    env = QUICK | {"PARLEY_AUTH": "jwt", "PARLEY_JWT_SECRET": "a secret that is long enough for the tests"}
    async with Embedded(tmp_path_factory.mktemp("guarded"), env) as running:
        yield running


async def register(page: Page, name: str) -> None:
    await page.get_by_role("tab", name="Register").click()
    await page.get_by_label("User name").fill(name)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Create account").click()


async def test_whoever_signs_in_comes_to_the_page_they_asked_for(opened: Opener, guarded: Embedded) -> None:
    page = await opened("/jobs?status=failed", url=guarded.url)
    await register(page, "reader")
    await expect(page.get_by_role("heading", level=1, name="Jobs")).to_be_visible()
    await expect(page.get_by_role("button", name="Live")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("button", name="Live")).to_be_visible()
    assert page.url.endswith("/jobs?status=failed")


async def test_signing_out_in_one_tab_signs_out_in_all(opened: Opener, guarded: Embedded) -> None:
    page = await opened("/jobs", url=guarded.url)
    await register(page, "leaver")
    await expect(page.get_by_role("button", name="Live")).to_be_visible()
    other = await opened("/research", beside=page, url=guarded.url)
    await expect(other.get_by_role("heading", level=1, name="Research")).to_be_visible()
    await page.get_by_role("button", name="Sign out").click()
    for tab in (page, other):
        await expect(tab.get_by_role("heading", level=1, name="Welcome")).to_be_visible()


async def test_what_is_wrong_with_an_account_stands_at_its_field(opened: Opener, guarded: Embedded) -> None:
    page = await opened("/", url=guarded.url)
    await register(page, "x")
    await expect(page.get_by_label("User name")).to_have_attribute("aria-invalid", "true")
    await page.get_by_role("tab", name="Sign in").click()
    await page.get_by_label("User name").fill("nobody")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_contain_text("The user name or the password is wrong.")
    await assert_accessible(page)


async def test_the_way_in_is_accessible_and_fits_every_screen(opened: Opener, guarded: Embedded) -> None:
    for look in LOOKS:
        page = await opened("/", look=look, url=guarded.url)
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await assert_fits(page)
        await assert_accessible(page)
        await picture(page, f"sign-in-{look.name}")
