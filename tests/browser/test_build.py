"""What was built of the web app: small at first, from nowhere else, and tested inside."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from browsing.looks import ROOT

import parley_gateway

BUILT = Path(parley_gateway.__file__).parent / "web"
FIRST_LOAD = 250_000


@pytest.fixture(scope="module")
def manifest() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads((BUILT / ".vite" / "manifest.json").read_text())
    return found


def first_load(manifest: dict[str, dict[str, Any]]) -> set[str]:
    """Every file that a first visit loads: the entry, what it imports, and their styles; no lazy chunk."""
    waiting = [name for name, chunk in manifest.items() if chunk.get("isEntry")]
    seen: set[str] = set()
    files: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        files |= {manifest[name]["file"], *manifest[name].get("css", ())}
        waiting += manifest[name].get("imports", ())
    return files


def test_a_first_visit_loads_at_most_250_kilobytes(manifest: dict[str, dict[str, Any]]) -> None:
    files = first_load(manifest)
    assert {Path(name).suffix for name in files} == {".js", ".css"}
    size = sum(len(gzip.compress((BUILT / name).read_bytes())) for name in files)
    assert size <= FIRST_LOAD


def test_every_page_and_every_heavy_library_is_a_chunk_of_its_own(manifest: dict[str, dict[str, Any]]) -> None:
    lazy = {name for name, chunk in manifest.items() if chunk.get("isDynamicEntry")}
    pages = {f"src/pages/{page.lower()}/{page}Page.tsx" for page in ("Enhance", "Research", "Documents", "Jobs")}
    assert pages | {"src/ui/markdown.tsx"} <= lazy


def test_the_page_has_no_inline_script_and_nothing_from_elsewhere() -> None:
    page = (BUILT / "index.html").read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=", page)
    assert all(each.startswith("/") for each in re.findall(r'(?:src|href)="([^"]*)"', page))
    for style in BUILT.rglob("*.css"):
        assert not re.search(r"@import|url\(\s*[\"']?(?:https?:)?//", style.read_text())


def test_the_lock_names_no_registry_and_a_hash_for_every_package() -> None:
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text())
    packages = [package for name, package in lock["packages"].items() if name]
    assert packages
    assert not [package for package in packages if "resolved" in package or not package.get("integrity")]


def test_the_tests_beside_the_sources_pass() -> None:
    tests = subprocess.run(["npm", "test", "--silent"], cwd=ROOT / "web", capture_output=True, text=True, check=False)
    assert tests.returncode == 0, tests.stdout + tests.stderr
