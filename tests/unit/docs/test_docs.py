"""What the documents point to exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from parley_standalone.cli.app import app

ROOT = Path(__file__).parents[3]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("services/*/README.md")])
JOBS = ("ls", "show", "watch", "cancel", "answer")
DEAD = ("ls", "show", "replay")
ROOT_COMMANDS = ("up", "stack", "demo", "login", "enhance", "chat")
COMMANDS = (*ROOT_COMMANDS, *(f"jobs {each}" for each in JOBS), *(f"dead {each}" for each in DEAD))
README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda each: str(each.relative_to(ROOT)))
def test_relative_links_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text())
    assert [each for each in links if not (document.parent / each).exists()] == []


def test_make_targets_of_the_readme_exist() -> None:
    wanted = set(re.findall(r"(?:`|^)make ([a-z]+)", README, re.MULTILINE))
    offered = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert wanted <= offered


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_of_the_readme_explain_themselves(command: str) -> None:
    assert CliRunner().invoke(app, [*command.split(), "--help"]).exit_code == 0


def test_every_decision_says_what_enforces_it() -> None:
    parts = ("# ", "## Context", "## Decision", "## Consequences", "## Enforced by")
    for decision in ROOT.glob("docs/adr/*.md"):
        positions = [decision.read_text().find(each) for each in parts]
        assert -1 not in positions
        assert positions == sorted(positions)
