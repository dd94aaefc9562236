"""The ways in which every page is looked at, and the folder that the pictures go to."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.async_api import Page

ROOT = Path(__file__).parents[3]
PICTURES = ROOT / "artifacts" / "screens"


@dataclass(frozen=True)
class Look:
    """A size of the screen and a colour scheme."""

    name: str
    width: int
    height: int
    scheme: Literal["light", "dark"]

    @property
    def small(self) -> bool:
        return self.width < 640


LOOKS = (
    Look("desktop-light", 1280, 800, "light"),
    Look("desktop-dark", 1280, 800, "dark"),
    Look("phone-light", 360, 740, "light"),
    Look("phone-dark", 360, 740, "dark"),
)
DESKTOP = LOOKS[0]


async def picture(page: Page, name: str) -> None:
    """Keep what the page looks like, for people to look at: `artifacts/screens/<name>.png`."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    temporary = PICTURES / f".{name}-{os.getpid()}.png"
    await page.screenshot(path=temporary, animations="disabled", caret="hide")
    temporary.replace(PICTURES / f"{name}.png")
