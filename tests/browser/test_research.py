"""The page of research, on the penguins of Palmer Station; each test asks questions of its own."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from browsing.checks import assert_accessible, assert_fits
from browsing.looks import LOOKS, Look, picture
from browsing.opening import Opener
from playwright.async_api import FilePayload, Locator, Page, expect
from support.clients import Parley
from support.system import Embedded

pytestmark = pytest.mark.asyncio(loop_scope="session")

PENGUINS = Path(str(resources.files("palmerpenguins"))) / "data" / "penguins.csv"
AVERAGE = "What is the average body mass by species?"
BROKEN = FilePayload(name="broken.xlsx", mimeType="application/octet-stream", buffer=b"PK\3\4" + bytes(range(256)))
NEVER_DURING_TESTS = "0 0 1 1 *"
PATIENCE = 15_000


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def penguins(site: Embedded) -> str:
    """The id of a dataset that is loaded."""
    async with Parley(site.url) as parley:
        accepted = (await parley.http.post("/datasets", files={"file": ("penguins.csv", PENGUINS.read_bytes())})).json()
        assert (await parley.until(accepted["job_id"], "completed", "failed"))["status"] == "completed"
        return str(accepted["dataset_id"])


async def asked(parley: Parley, dataset: str, question: str = AVERAGE, **more: Any) -> str:
    answer = await parley.http.post(
        "/deep-research/jobs/submit", json={"dataset_id": dataset, "question": question, **more}
    )
    return str(answer.json()["job_id"])


def card(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name)


async def test_a_question_about_an_uploaded_table_ends_in_numbers_that_lead_to_their_rows(opened: Opener) -> None:
    page = await opened("/research")
    await page.get_by_label("Tables to upload").set_input_files(PENGUINS)
    profile = card(page, "penguins.csv")
    await expect(profile).to_contain_text("344 rows, 8 columns", timeout=PATIENCE)
    await expect(profile.get_by_role("row").filter(has_text="bill_depth_mm")).to_contain_text("“NA” read as missing")
    await page.get_by_label("What do you want to know?").fill(AVERAGE)
    await page.keyboard.press("Control+Enter")
    number = card(page, "Answer").get_by_role("button", name="5,076.02")
    await expect(number).to_be_visible(timeout=PATIENCE)
    await expect(page.get_by_role("img", name=f"Chart: {AVERAGE}").locator("svg path[aria-label]")).to_have_count(3)
    await number.click()
    panel = page.get_by_role("dialog")
    await expect(panel.get_by_role("cell", name="(cited)")).to_have_text(re.compile("5076.016"))
    await expect(panel.get_by_label("The query")).to_contain_text("GROUP BY 1")
    await assert_accessible(page)
    await page.keyboard.press("Escape")
    await expect(number).to_be_focused()
    await page.get_by_role("button", name="Export").click()
    async with page.expect_download() as downloading:
        await page.get_by_role("menuitem", name="JSON").click()
    assert (await downloading.value).suggested_filename.endswith(".json")
    await card(page, "Go on asking").get_by_role("button").first.click()
    await expect(page.get_by_role("heading", level=1)).not_to_have_text(AVERAGE)
    await expect(card(page, "Answer")).to_be_visible(timeout=PATIENCE)


async def test_a_plan_is_changed_before_any_query_runs(opened: Opener, parley: Parley, penguins: str) -> None:
    page = await opened(f"/research?dataset={penguins}")
    await page.get_by_role("button", name="Options").click()
    await page.get_by_label("Show me the plan first").click()
    question = "What is the average flipper length by island, and how many penguins are there by sex?"
    await page.get_by_label("What do you want to know?").fill(question)
    await page.get_by_role("button", name="Ask", exact=True).click()
    plan = card(page, "Is this what you want to know?")
    await expect(plan.get_by_role("textbox")).to_have_count(2)
    await plan.get_by_role("button", name="Add a part").click()
    await page.keyboard.type("What is the average body mass by year?")
    await plan.get_by_role("button", name="Move part 3 up").click()
    await plan.get_by_role("button", name="Remove part 1").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await assert_accessible(page)
    await picture(page, "research-plan-desktop-light")
    await page.reload()
    await expect(plan.get_by_role("textbox").first).to_have_value("What is the average flipper length by island")
    await plan.get_by_role("textbox", name="Part 1").fill("What is the average body mass by year?")
    await plan.get_by_role("button", name="Remove part 2").click()
    await plan.get_by_role("button", name="Go on with this plan").click()
    await expect(card(page, "Answer")).to_be_visible(timeout=PATIENCE)
    result = (await parley.job(page.url.split("/research/")[1].split("?")[0]))["result"]
    assert [part["text"] for part in result["plan"]] == ["What is the average body mass by year?"]


async def test_a_broken_file_is_refused_in_words_and_can_be_deleted(opened: Opener) -> None:
    page = await opened("/research")
    await page.get_by_label("Tables to upload").set_input_files(BROKEN)
    row = page.get_by_role("list", name="Datasets").get_by_role("listitem").filter(has_text="broken.xlsx")
    await expect(row).to_contain_text("The file is damaged", timeout=PATIENCE)
    await expect(page.get_by_role("alert")).to_contain_text("The workbook is damaged or cut off.")
    await expect(page.get_by_role("button", name="Ask", exact=True)).to_be_disabled()
    await assert_accessible(page)
    await row.get_by_role("button", name="Delete broken.xlsx").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(row).to_have_count(0)


async def test_a_question_is_asked_again_and_again_until_its_schedule_goes(opened: Opener, penguins: str) -> None:
    page = await opened(f"/research?dataset={penguins}")
    await page.get_by_label("What do you want to know?").fill(AVERAGE)
    await page.get_by_role("button", name="Options").click()
    await page.get_by_label("When").select_option("Again and again")
    cron = page.get_by_label("As five cron fields")
    await cron.fill("61 * * * *")
    await page.get_by_role("button", name="Keep asking").click()
    await expect(page.get_by_role("alert")).to_have_text(re.compile("^not a cron expression"))
    await expect(cron).to_have_attribute("aria-invalid", "true")
    await cron.fill(NEVER_DURING_TESTS)
    await page.get_by_role("button", name="Keep asking").click()
    kept = card(page, "Asked again and again")
    await expect(kept).to_contain_text(AVERAGE)
    await kept.get_by_role("button", name="Stop asking").click()
    await page.get_by_role("dialog").get_by_role("button", name="Stop asking").click()
    await expect(kept).to_have_count(0)


async def test_a_question_that_is_cancelled_is_found_by_its_status(
    opened: Opener, parley: Parley, penguins: str
) -> None:
    question = "How many penguins are there by island and year?"
    job = await asked(parley, penguins, question, review_plan=True)
    await parley.question(job)
    page = await opened(f"/research/{job}")
    await page.get_by_role("button", name="Cancel", exact=True).click()
    await expect(page.get_by_text("cancelled before any query had run")).to_be_visible()
    await page.get_by_role("link", name="Ask something else").click()
    await page.get_by_label("Status").select_option("Cancelled")
    await expect(page.get_by_role("list", name="Questions").get_by_role("link")).to_contain_text([question])
    await page.get_by_label("Status").select_option("Failed")
    await expect(page.get_by_text("No question is like that")).to_be_visible()


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
async def test_profile_and_answer_fit_every_screen(opened: Opener, parley: Parley, penguins: str, look: Look) -> None:
    job = await asked(parley, penguins, verbose=1)
    await parley.until(job, "completed")
    page = await opened(f"/research?dataset={penguins}", look=look)
    await expect(card(page, "penguins.csv").get_by_role("row")).to_have_count(9)
    await assert_fits(page)
    await assert_accessible(page)
    await picture(page, f"research-ask-{look.name}")
    await page.goto(page.url.replace("/research", f"/research/{job}"))
    await expect(page.get_by_role("img").locator("svg").first).to_be_visible()
    await assert_fits(page)
    await assert_accessible(page)
    await picture(page, f"research-answer-{look.name}")
