"""The page that enhances prompts: form, question, result, history."""

from __future__ import annotations

import pytest
from browsing.checks import assert_accessible, assert_fits
from browsing.looks import LOOKS, Look, picture
from browsing.opening import Opener
from playwright.async_api import Page, expect
from support.clients import Parley

pytestmark = pytest.mark.asyncio(loop_scope="session")

READY = "Your better prompt"


async def submit(page: Page, prompt: str) -> None:
    await page.get_by_label("What is it for?").fill("a newsletter")
    await page.get_by_role("textbox", name="Prompt").fill(prompt)
    await page.get_by_role("button", name="Enhance", exact=True).click()


async def enhanced(parley: Parley, prompt: str) -> str:
    """A job that has ended with a better prompt."""
    job = await parley.submit(prompt, task="a newsletter")
    await parley.question(job)
    await parley.answer(job, "The general public")
    await parley.until(job, "completed")
    return job


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
async def test_a_prompt_that_was_enhanced_is_shown_on_every_screen(opened: Opener, parley: Parley, look: Look) -> None:
    page = await opened("/enhance", look=look)
    await expect(page.get_by_role("textbox", name="Prompt")).to_be_visible()
    await assert_fits(page)
    await assert_accessible(page)
    await picture(page, f"enhance-{look.name}")
    job = await enhanced(parley, f"write something nice about the {look.name} shelf")
    await page.goto(page.url.replace("/enhance", f"/enhance/{job}"))
    result = page.get_by_role("region", name=READY)
    await expect(result).to_contain_text(f"{look.name} shelf")
    await expect(page.get_by_role("textbox", name="Prompt")).to_have_value(
        f"write something nice about the {look.name} shelf"
    )
    for tab in ("Prompt", "Changes", "Reasons"):
        await result.get_by_role("tab", name=tab).click()
        await assert_fits(page)
        await assert_accessible(page)
        await picture(page, f"enhanced-{tab.lower()}-{look.name}")


async def test_a_prompt_is_written_after_its_question_was_answered(opened: Opener) -> None:
    page = await opened("/enhance")
    await submit(page, "write something nice about our autumn books")
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("Who is this for")
    await page.reload()
    await dialog.get_by_role("button", name="The general public").click()
    result = page.get_by_role("region", name=READY)
    await expect(result).to_contain_text("autumn books")
    await result.get_by_role("button", name="Copy the prompt").click()
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert "autumn books" in copied
    assert "The general public" in copied
    await result.get_by_role("tab", name="Changes").click()
    await expect(result.locator("ins").filter(has_text="The general public")).to_be_visible()
    await expect(page.get_by_role("region", name="Good to know")).to_contain_text("The general public")


async def test_whoever_cancels_can_try_again(opened: Opener) -> None:
    page = await opened("/enhance")
    await submit(page, "write something nice about our spring books")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Cancel", exact=True).click()
    ended = page.get_by_role("region", name="You cancelled this")
    address = page.url
    await ended.get_by_role("button", name="Try again").click()
    await expect(page.get_by_role("dialog")).to_contain_text("Who is this for")
    assert page.url != address


async def test_history_leads_back_to_what_was_enhanced(opened: Opener, parley: Parley) -> None:
    job = await enhanced(parley, "write something nice about our winter books")
    page = await opened("/enhance")
    await page.get_by_role("region", name="History").get_by_role("link", name="our winter books").click()
    await expect(page.get_by_role("region", name=READY)).to_contain_text("winter books")
    assert page.url.endswith(f"/enhance/{job}")
