"""What tests open pages with."""

from __future__ import annotations

from typing import Protocol

from playwright.async_api import Page

from browsing.looks import DESKTOP, Look


class Opener(Protocol):
    """Opens a page at a path, in a fresh profile unless `beside` names a page to share one with.

    `url` is another system than the one that all tests share.
    """

    async def __call__(
        self, path: str = "/", *, look: Look = DESKTOP, beside: Page | None = None, url: str | None = None
    ) -> Page: ...
