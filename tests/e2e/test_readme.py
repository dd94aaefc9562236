"""The commands that the README prints work as printed."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from parley_standalone.demo import private_system

ROOT = Path(__file__).parents[2]
PRINTED_ADDRESS = "127.0.0.1:8000"
SECTIONS = (
    "## With curl and a socket",
    "## The `parley` command",
    "## Ask a table",
    "## Upload a document",
    "## Ask your documents",
)


def printed_commands(section: str) -> str:
    """Every shell block of one section, as one script."""
    text = (ROOT / "README.md").read_text().split(section, 1)[1].split("\n## ", 1)[0]
    return "\n".join(re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))


async def run(script: str, address: str, folder: Path = ROOT) -> str:
    """Run a printed script against another address, from the root of the project or another folder; its output."""
    here = script.replace(PRINTED_ADDRESS, address).replace(".venv/bin/", f"{Path(sys.executable).parent}/")
    environment = os.environ | {"PARLEY_URL": f"http://{address}"}
    process = await asyncio.create_subprocess_exec(
        "bash", "-euo", "pipefail", "-c", here,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        cwd=folder, env=environment,
    )  # fmt: skip
    async with asyncio.timeout(60):
        output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
    return output.decode()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def address(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    without_keys = {"PATH": os.environ["PATH"]}
    async with private_system(tmp_path_factory.mktemp("parley"), environment=without_keys) as url:
        yield url.removeprefix("http://")


async def test_printed_curl_and_socket_commands_enhance_a_prompt(address: str) -> None:
    output = await run(printed_commands(SECTIONS[0]), address)
    order = ("asked: ", "people who hike", '"status":"completed"', '"type":"job.accepted"', '"type":"job.completed"')
    positions = [output.index(each) for each in order]
    assert positions == sorted(positions)


async def test_printed_parley_commands_enhance_a_prompt(address: str) -> None:
    output = await run(printed_commands(SECTIONS[1]), address)
    assert "hiking boots" in output
    assert "enhance\tcompleted" in output


async def test_printed_commands_answer_a_question_about_a_table(address: str, tmp_path: Path) -> None:
    output = await run(printed_commands(SECTIONS[2]), address, tmp_path)
    order = ('"stage":"Reading the file"', "Stage 1/7: Decomposing question", '"progress_percentage":100', "## Answer")
    positions = [output.index(each) for each in order]
    assert positions == sorted(positions)
    assert "135" in output[positions[-1] :]


async def test_printed_commands_make_a_document_searchable_and_answer_from_it(address: str, tmp_path: Path) -> None:
    output = await run("\n".join(map(printed_commands, SECTIONS[3:])), address, tmp_path)
    order = (
        "Generating embeddings for 1 chunks...",
        '"type":"job.completed"',
        '"task_state":"SUCCESS"',
        '"text":"The keeper',
        '"answer":"Quoted from your documents',
        "417 ships in October",
        '"filename":"log.md"',
    )
    for each in order:
        assert each in output
        output = output.partition(each)[2]
