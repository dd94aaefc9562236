"""What must hold of every page: nothing that axe-core finds, and nothing that scrolls sideways."""

from __future__ import annotations

from functools import cache
from typing import Any

from playwright.async_api import Page

from browsing.looks import ROOT

AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
SETTLE = """() => {
  const ends = (animation) => animation.effect?.getComputedTiming().iterations !== Infinity;
  return Promise.allSettled(document.getAnimations().filter(ends).map((animation) => animation.finished));
}"""
RUN = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  const where = (nodes) => nodes.map((node) => node.html.slice(0, 160)).join(" | ");
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${where(nodes)}`);
}"""


async def assert_accessible(page: Page) -> None:
    """Fails with what axe-core finds wrong; animations are waited for, as half a fade has half its contrast."""
    await page.evaluate(SETTLE)
    await page.evaluate(_axe())
    found: list[Any] = await page.evaluate(RUN)
    assert not found, "\n".join(found)


async def assert_fits(page: Page) -> None:
    """Fails if the page is wider than the screen."""
    wide, screen = await page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= screen, f"{page.url} is {wide} px wide on a screen of {screen} px"


@cache
def _axe() -> str:
    return AXE.read_text()
