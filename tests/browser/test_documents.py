"""The page of documents: files on their way, answers that open the passage they stand on, conversations."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from browsing.checks import assert_accessible, assert_fits
from browsing.looks import LOOKS, Look, picture
from browsing.opening import Opener
from playwright.async_api import Locator, Page, expect
from support.clients import Parley
from support.system import QUICK, Embedded

from parley_common.testing.model_server.scripted import ScriptedModel
from parley_common.testing.model_server.serving import serving

pytestmark = pytest.mark.asyncio(loop_scope="session")

REPORT = """# Quarterly report of Acme 🚢

## Revenue

Revenue of Acme in the third quarter was 5 million dollars. It had been 4.2 million dollars in the second.

## Staff

Acme opened an office in Lyon and hired forty engineers there.
"""
QUESTION = "What was the revenue of Acme in the third quarter?"
QUOTED = "Revenue of Acme in the third quarter was 5 million dollars."
WRITTEN = "Revenue was 5 million dollars [1]. "
BROKEN = b"%PDF-1.7\nnothing of a document\n"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def report(site: Embedded) -> str:
    """A document that can be asked about."""
    async with Parley(site.url) as parley:
        return await read(parley)


@pytest.fixture(scope="module")
def model_address() -> Iterator[str]:
    with serving() as address:
        yield address


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def modelled(model_address: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Embedded]:
    """A system with a model that does as it is told, and the report."""
    env = QUICK | {"OPENAI_BASE_URL": f"{model_address}/v1", "PARLEY_STEP_ATTEMPTS": "1"}
    async with Embedded(tmp_path_factory.mktemp("modelled"), env) as running:
        async with Parley(running.url) as parley:
            await read(parley)
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def model(model_address: str) -> AsyncIterator[ScriptedModel]:
    async with ScriptedModel(model_address) as model:
        yield model
        await model.reset()


async def read(parley: Parley) -> str:
    accepted = (await parley.http.post("/api/upload", files={"file": ("report.md", REPORT.encode())})).json()
    await parley.until(accepted["task_id"], "completed", "failed")
    return str(accepted["id"])


async def ask(page: Page, question: str = QUESTION) -> Locator:
    """Type a question and send it; the turn that it begins."""
    chat = page.get_by_role("tab", name="Chat", exact=True)
    if await chat.count():
        await chat.click()
    box = page.get_by_label("Question", exact=True)
    await box.fill(question)
    await box.press("Enter")
    turn = page.get_by_role("article").last
    await expect(turn).to_contain_text(question)
    return turn


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
@pytest.mark.usefixtures("report")
async def test_a_citation_opens_the_passage_it_stands_on(opened: Opener, look: Look) -> None:
    page = await opened("/documents", look=look)
    await expect(page.get_by_text("report.md").first).to_be_visible()
    await assert_accessible(page)
    await picture(page, f"documents-list-{look.name}")
    turn = await ask(page)
    await expect(turn).to_contain_text("Quotations, no model")
    await assert_fits(page)
    await assert_accessible(page)
    await picture(page, f"documents-{look.name}")
    marker = turn.get_by_role("paragraph").filter(has_text=QUOTED).get_by_role("button", name="Source 1: report.md")
    await marker.focus()
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    await expect(dialog.locator("mark")).to_contain_text(QUOTED)
    await expect(dialog.locator("mark")).to_be_in_viewport()
    await assert_accessible(page)
    await picture(page, f"passage-{look.name}")
    await page.keyboard.press("Escape")
    await expect(marker).to_be_focused()


@pytest.mark.usefixtures("report")
async def test_what_no_document_says_is_said_not_to_be_found_and_shows_what_was(opened: Opener) -> None:
    page = await opened("/documents")
    turn = await ask(page, "Who won the chess championship of Atlantis?")
    await expect(turn).to_contain_text("Not found in your documents")
    await turn.get_by_text("How this was answered").click()
    await expect(turn.get_by_role("region", name="Tokens")).to_contain_text("Documents")
    await assert_accessible(page)
    await picture(page, "documents-ledger-desktop-light")


async def test_files_are_read_refused_tried_again_and_deleted(opened: Opener, tmp_path: Path) -> None:
    page, name = await opened("/documents"), f"notes-{uuid4().hex[:6]}"
    files = {f"{name}.md": REPORT.encode() + name.encode(), f"{name}.pdf": BROKEN, f"{name}.bin": bytes(range(256))}
    for file, content in files.items():
        (tmp_path / file).write_bytes(content)
    await page.get_by_label("Files to upload").set_input_files([tmp_path / file for file in files])
    rows = {file: page.get_by_role("listitem").filter(has_text=file) for file in files}
    await expect(rows[f"{name}.md"]).to_contain_text("1 passage")
    await expect(rows[f"{name}.bin"]).to_contain_text("This is a binary file")
    await rows[f"{name}.bin"].get_by_role("button", name="Dismiss").click()
    broken = rows[f"{name}.pdf"]
    await expect(broken.get_by_role("button", name="again")).to_be_visible()
    await picture(page, "documents-broken-desktop-light")
    async with page.expect_response("**/retry") as retried:
        await broken.get_by_role("button", name="again").click()
    assert (await retried.value).status == 202
    await expect(broken.get_by_role("button", name="again")).to_be_visible()
    await broken.get_by_role("button", name="Delete").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete it").click()
    await expect(broken).to_have_count(0)
    await expect(rows[f"{name}.md"]).to_be_visible()


async def test_a_file_that_is_dropped_on_the_page_is_uploaded(opened: Opener) -> None:
    page, name = await opened("/documents"), f"dropped-{uuid4().hex[:6]}.txt"
    files = await page.evaluate_handle(
        "name => { const files = new DataTransfer(); files.items.add(new File([name], name)); return files; }", name
    )
    heading = page.get_by_role("heading", name="Documents", exact=True)
    await heading.dispatch_event("dragenter", {"dataTransfer": files})
    await expect(page.get_by_text("Let go to upload")).to_be_visible()
    await heading.dispatch_event("drop", {"dataTransfer": files})
    await expect(page.get_by_role("listitem").filter(has_text=name)).to_contain_text("1 passage")


@pytest.mark.usefixtures("report")
async def test_a_conversation_is_gone_on_with_after_a_reload_and_deleted(opened: Opener) -> None:
    page = await opened("/documents")
    first = "Where did Acme open an office?"
    await expect(await ask(page, first)).to_contain_text("Lyon")
    await page.reload()
    await expect(page.get_by_role("article").first).to_contain_text("Lyon")
    await expect(await ask(page, "And how many engineers did it hire?")).to_contain_text("forty engineers")
    await page.get_by_role("tab", name="Conversations").click()
    row = page.get_by_role("listitem").filter(has_text=first)
    await expect(row.get_by_role("link")).to_have_attribute("aria-current", "page")
    await picture(page, "conversations-desktop-light")
    await row.get_by_role("button", name="Delete").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete it").click()
    await expect(row).to_have_count(0)
    await expect(page.get_by_text("New conversation")).to_be_visible()


async def test_escape_stops_an_answer_and_what_was_written_stays(
    opened: Opener, modelled: Embedded, model: ScriptedModel
) -> None:
    await model.script({"stream": True, "text": WRITTEN * 40, "gate": "middle", "pause_after": 20})
    page = await opened("/documents", url=modelled.url)
    turn = await ask(page)
    await expect(turn).to_contain_text("5 million dollars")
    await picture(page, "documents-writing-desktop-light")
    await page.keyboard.press("Escape")
    await expect(turn).to_contain_text("You stopped this answer here.")
    await page.reload()
    await expect(turn).to_contain_text("5 million dollars")
    await expect(turn).to_contain_text("You stopped this answer here.")


async def test_an_answer_that_fails_says_why_and_is_asked_again(
    opened: Opener, modelled: Embedded, model: ScriptedModel
) -> None:
    await model.script({"status": 401}, {"stream": True, "text": WRITTEN, "times": None})
    page = await opened("/documents", url=modelled.url)
    turn = await ask(page)
    await expect(turn.get_by_role("alert")).to_contain_text("Trace")
    await assert_accessible(page)
    await turn.get_by_role("button", name="Try again").click()
    await expect(page.get_by_role("article")).to_have_count(2)
    await page.get_by_role("button", name="Source 1: report.md").last.click()
    await expect(page.get_by_role("dialog").locator("mark")).to_contain_text(QUOTED)
