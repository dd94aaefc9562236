"""What surrounds every page, in a real browser."""

from __future__ import annotations

import re

import pytest
from browsing.checks import assert_accessible, assert_fits
from browsing.looks import LOOKS, Look, picture
from browsing.opening import Opener
from playwright.async_api import Page, expect

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGES = ("enhance", "research", "documents", "jobs")


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
async def test_every_empty_page_is_accessible_and_fits_its_screen(opened: Opener, look: Look) -> None:
    page = await opened("/", look=look)
    for name in PAGES:
        await page.get_by_role("link", name=name.capitalize(), exact=True).click()
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await page.wait_for_load_state("networkidle")
        await assert_fits(page)
        await assert_accessible(page)
        await picture(page, f"{name}-empty-{look.name}")


async def test_navigation_leads_the_keyboard_to_the_heading(page: Page) -> None:
    await page.get_by_role("link", name="Research", exact=True).click()
    await expect(page.get_by_role("heading", level=1, name="Research")).to_be_focused()
    await expect(page).to_have_title("Research · Parley")
    await expect(page.get_by_role("link", name="Research", exact=True)).to_have_attribute("aria-current", "page")


async def test_the_first_stop_of_the_keyboard_skips_the_navigation(page: Page) -> None:
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("main")).to_be_focused()


async def test_a_chosen_theme_outlives_a_reload(page: Page) -> None:
    light = await page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    await page.get_by_role("button", name="Theme").click()
    await page.get_by_role("menuitem", name="Dark").click()
    await page.reload()
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert await page.evaluate("getComputedStyle(document.documentElement).backgroundColor") != light


async def test_offline_mode_is_explained(page: Page) -> None:
    await page.get_by_role("button", name="What this means").click()
    dialog = page.get_by_role("dialog", name="Working without a model")
    await expect(dialog).to_contain_text("OPENAI_API_KEY")
    await assert_accessible(page)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="What this means")).to_be_focused()


async def test_an_unknown_address_says_so_and_leads_back(opened: Opener) -> None:
    page = await opened("/nowhere/at/all")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Nothing here")
    await assert_accessible(page)
    await page.get_by_role("link", name="To the start", exact=True).click()
    await expect(page).to_have_url(re.compile("/enhance$"))
