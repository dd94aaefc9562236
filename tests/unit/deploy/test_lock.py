"""The lock pins everything by version and hash, and names no place to fetch it from."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import distribution, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[3]
LOCK = (ROOT / "requirements.lock").read_text()
ENTRIES = re.split(r"\n(?=\S)", LOCK.strip())
MEMBERS = tuple(f"parley-{folder.name}" for folder in (*ROOT.glob("libs/*"), *ROOT.glob("services/*")))


def test_every_entry_has_an_exact_version_and_hashes() -> None:
    for entry in ENTRIES:
        assert re.match(r"[a-z0-9][a-z0-9.-]*==[\w.!+]+( ; .*)? \\\n", entry), entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry


def test_the_lock_names_no_address() -> None:
    assert "://" not in LOCK
    assert "--index" not in LOCK


def test_all_that_the_workspace_needs_is_locked_at_a_version_it_accepts() -> None:
    pins = [Requirement(entry.split("\\\n")[0]) for entry in ENTRIES]
    locked = {canonicalize_name(pin.name): pin for pin in pins if not pin.marker or pin.marker.evaluate()}
    for member in MEMBERS:
        for text in distribution(member).requires or ():
            wanted = Requirement(text)
            if wanted.name in MEMBERS or (wanted.marker and not wanted.marker.evaluate()):
                continue
            (version,) = locked[canonicalize_name(wanted.name)].specifier
            assert wanted.specifier.contains(version.version, prereleases=True), f"{member}: {text}: run `make lock`"


@pytest.mark.parametrize("package", ["duckdb", "sqlglot"])
def test_what_reads_and_runs_hostile_sql_is_pinned_where_it_is_needed(package: str) -> None:
    project = tomllib.loads((ROOT / "services/research/pyproject.toml").read_text())["project"]
    needed = {each.name: each.specifier for each in map(Requirement, project["dependencies"])}
    (pin,) = needed[package]
    assert (pin.operator, pin.version) == ("==", version(package))
