"""The page stays within what the gateway's Content-Security-Policy and untrusted text allow."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import parley_gateway

FOLDER = Path(parley_gateway.__file__).parent / "static"
SCRIPTS = sorted(FOLDER.glob("*.js"))
HTML = (FOLDER / "index.html").read_text()


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.attributes: list[tuple[str, str, str]] = []
        self.feed(HTML)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def values(self, wanted: str) -> list[str]:
        return [value for _, name, value in self.attributes if name == wanted]


def test_nothing_is_inline_and_nothing_comes_from_elsewhere() -> None:
    page = Page()
    assert not re.search(r"<style|<script(?![^>]*\bsrc=)", HTML)
    assert not [name for _, name, _ in page.attributes if name == "style" or name.startswith("on")]
    assert all(each.startswith(("/", "data:,")) for each in page.values("src") + page.values("href"))


def test_every_file_the_page_loads_is_there() -> None:
    page = Page()
    imported = [each for script in SCRIPTS for each in re.findall(r'from "/([^"]+)"', script.read_text())]
    linked = [each[1:] for each in page.values("src") + page.values("href") if re.fullmatch(r"/[\w.]+\.(js|css)", each)]
    assert {*imported, *linked} == {each.name for each in FOLDER.iterdir()} - {"index.html"}


def test_every_label_names_a_field() -> None:
    page = Page()
    assert set(page.values("for")) | set(page.values("aria-labelledby")) <= set(page.values("id"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda each: each.name)
def test_text_of_the_server_never_becomes_markup(script: Path) -> None:
    source = script.read_text()
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser", source
    )


def test_every_element_the_script_looks_up_is_on_the_page() -> None:
    wanted = set(re.findall(r'\bat\("([\w-]+)"\)', (FOLDER / "app.js").read_text()))
    assert wanted <= set(Page().values("id"))
