"""The page of jobs, and questions, wherever they are answered; each test has jobs of its own."""

from __future__ import annotations

import re

import pytest
from browsing.cable import Cable
from browsing.checks import assert_accessible, assert_fits
from browsing.looks import LOOKS, Look, picture
from browsing.opening import Opener
from playwright.async_api import Locator, Page, Route, WebSocketRoute, expect
from support.clients import Parley

pytestmark = pytest.mark.asyncio(loop_scope="session")

QUESTION = "Who is this for"
PATIENCE = 15_000


async def asking(parley: Parley, about: str) -> str:
    """A job that has asked its question."""
    job = await parley.submit(about, task="a newsletter")
    await parley.question(job)
    return job


def row(page: Page, about: str) -> Locator:
    return page.get_by_role("row").filter(has_text=about)


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
async def test_jobs_are_listed_on_every_screen(opened: Opener, parley: Parley, look: Look) -> None:
    job = await asking(parley, f"write something nice about the {look.name} edition")
    page = await opened("/jobs", look=look)
    await expect(page.get_by_text(f"{look.name} edition").locator("visible=true")).to_be_visible()
    await assert_fits(page)
    await assert_accessible(page)
    await picture(page, f"jobs-{look.name}")
    await page.goto(page.url.replace("/jobs", f"/jobs/{job}"))
    await expect(page.get_by_role("dialog")).to_contain_text(QUESTION)
    await assert_accessible(page)
    await picture(page, f"job-{look.name}")


async def test_a_question_is_answered_in_one_tab_and_closes_in_all(opened: Opener, parley: Parley) -> None:
    about = "write something nice about spring books"
    await asking(parley, about)
    first = await opened("/jobs")
    second = await opened("/jobs", beside=first)
    for page in (first, second):
        await row(page, about).get_by_role("button", name="Answer its question").click()
        await expect(page.get_by_role("dialog")).to_contain_text(QUESTION)
    await picture(first, "question-desktop-light")
    await first.get_by_role("button", name="The general public").click()
    for page in (first, second):
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await expect(row(page, about)).to_contain_text("Done")
    await expect(first.get_by_text("Enhance is done")).to_be_visible()


async def test_a_question_outlives_a_reload_and_can_be_declined(opened: Opener, parley: Parley) -> None:
    about = "write something nice about summer books"
    job = await asking(parley, about)
    page = await opened(f"/jobs/{job}")
    await expect(page.get_by_role("region", name="Question")).to_be_visible()
    await page.reload()
    await page.get_by_role("region", name="Question").get_by_role("button", name="Cancel").click()
    await expect(page.get_by_role("region", name="Question")).to_have_count(0)
    await expect(page.get_by_role("dialog")).to_contain_text("Done")
    answered = [event for event in await parley.log(job) if event["type"] == "question.answered"]
    assert [event["data"]["declined"] for event in answered] == [True]


async def test_an_answer_can_be_typed(opened: Opener, parley: Parley) -> None:
    job = await asking(parley, "write something nice about winter books")
    page = await opened(f"/jobs/{job}")
    submit = page.get_by_role("button", name="Submit")
    await expect(submit).to_be_disabled()
    await page.get_by_label("Your answer").fill("people who read by the fire")
    await submit.click()
    await expect(page.get_by_role("dialog")).to_contain_text("Done")
    answered = [event for event in await parley.log(job) if event["type"] == "question.answered"]
    assert [event["data"]["value"] for event in answered] == ["people who read by the fire"]


async def test_a_job_is_cancelled_and_found_by_its_status(opened: Opener, parley: Parley) -> None:
    about = "write something nice about cancelled books"
    await asking(parley, about)
    page = await opened("/jobs")
    await row(page, about).get_by_role("button", name="Cancel this job").click()
    await expect(row(page, about)).to_contain_text("Cancelled")
    await page.get_by_label("Status").select_option("Cancelled")
    await expect(page).to_have_url(re.compile(r"/jobs\?status=cancelled$"))
    await expect(row(page, about)).to_be_visible()
    await page.get_by_label("Kind").select_option("Research")
    await expect(page.get_by_text("No job is like that")).to_be_visible()


async def test_a_job_that_is_not_there_is_said_not_to_be(opened: Opener) -> None:
    page = await opened("/jobs/00000000-0000-7000-8000-000000000000")
    alert = page.get_by_role("alert")
    await expect(alert).to_contain_text("Trace")
    await expect(alert).to_contain_text("no job")


async def test_a_list_that_cannot_be_had_says_why_and_is_had_on_another_try(opened: Opener) -> None:
    page = await opened("/enhance")

    async def refuse(route: Route) -> None:
        problem = {
            "title": "Forbidden",
            "status": 403,
            "detail": "Not today.",
            "code": "forbidden",
            "trace_id": "a" * 32,
        }
        await route.fulfill(status=403, json=problem, content_type="application/problem+json")

    await page.route("**/v1/jobs?limit=50", refuse)
    await page.get_by_role("link", name="Jobs", exact=True).click()
    alert = page.get_by_role("alert")
    await expect(alert).to_contain_text("Not today.")
    await expect(alert).to_contain_text("a" * 32)
    await assert_accessible(page)
    await page.unroute("**/v1/jobs?limit=50")
    await alert.get_by_role("button", name="Try again").click()
    await expect(alert).to_have_count(0)


async def test_where_no_socket_gets_through_events_come_over_http(opened: Opener, parley: Parley) -> None:
    about = "write something nice about radio plays"
    page = await opened("/enhance")

    async def cut(socket: WebSocketRoute) -> None:
        await socket.close()

    await page.context.route_web_socket("**/v1/ws", cut)
    job = await asking(parley, about)
    async with page.expect_response(f"**/v1/jobs/{job}/events"):
        await page.goto(page.url.replace("/enhance", "/jobs"))
    await parley.answer(job, "The general public")
    await expect(row(page, about)).to_contain_text("Done")


async def test_what_happens_while_the_network_is_away_is_seen_when_it_is_back(opened: Opener, parley: Parley) -> None:
    about = "write something nice about travel books"
    job = await asking(parley, about)
    page = await opened("/enhance")
    cable = await Cable.plugged_in(page)
    await page.goto(page.url.replace("/enhance", "/jobs"))
    await expect(page.get_by_role("button", name="Live")).to_be_visible()
    await cable.pull()
    await parley.answer(job, "The general public")
    await parley.until(job, "completed")
    await expect(page.get_by_text("Jobs go on meanwhile")).to_be_visible(timeout=PATIENCE)
    await expect(page.get_by_role("button", name="Connection lost")).to_be_visible()
    await cable.put_back()
    await expect(row(page, about)).to_contain_text("Done")
    await expect(page.get_by_text("Jobs go on meanwhile")).to_have_count(0)
